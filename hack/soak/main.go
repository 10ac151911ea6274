// Command soak keeps the real manager under Okta's mix of SCIM requests at a
// fixed rate, against a real API server and simulated directories, and fails
// with a sentence if an invariant breaks or the manager grows.
//
//	go run ./hack/soak -duration=1h -rate=10
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	ctrl.SetLogger(logr.Discard()) // the logs are the manager's, in its file
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

// settings say how long and how hard.
type settings struct {
	duration time.Duration
	// rate is in operations per second; each is one to three requests.
	rate float64
	// people and groups bound the population, so that memory can be flat.
	people, groups int
	// rounds is how often the traffic stops for a check.
	rounds int
	// json is the file that the result is written to; empty means none.
	json string
}

func run(ctx context.Context, out io.Writer, args []string) error {
	s, err := parse(args)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "soak-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	result, err := soak(ctx, out, dir, s)
	if err != nil {
		return err
	}
	if err := result.print(out); err != nil {
		return err
	}
	if s.json != "" {
		content, err := json.MarshalIndent(result, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(s.json, append(content, '\n'), 0o600); err != nil {
			return err
		}
	}
	return result.failure()
}

func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.DurationVar(&s.duration, "duration", time.Hour, "how long to send requests")
	flags.Float64Var(&s.rate, "rate", 10, "operations per second, kept even if answers are slow")
	flags.IntVar(&s.people, "people", 300, "how many people there are at most")
	flags.IntVar(&s.groups, "groups", 20, "how many groups there are at most")
	flags.IntVar(&s.rounds, "rounds", 12, "how often the traffic stops for a check")
	flags.StringVar(&s.json, "json", "", "file for the result as JSON")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.duration < time.Second || !(s.rate > 0) || s.people < 1 || s.groups < 1 || s.rounds < 1 {
		return s, errors.New("the duration must be at least 1s, and rate, people, groups and rounds more than 0")
	}
	return s, nil
}
