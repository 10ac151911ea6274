// Command bench measures atlassync against references that it measures in the
// same run, on the same machine: other libraries, plain client-go, and itself
// at a small size. It prints a table and never fails because of a figure.
//
//	go -C hack/bench run .                                        all scenarios
//	go -C hack/bench run . -scenario=first-sync -users=100000
//	go -C hack/bench run . -rounds                                for benchstat
//
// It is a module of its own, so that what it compares with never becomes a
// requirement of the product.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

// timeLimit bounds a whole run.
const timeLimit = 4 * time.Hour

// scenario is one thing that is measured. Some give more than one line.
type scenario struct {
	name    string
	measure func(context.Context, *world) ([]result, error)
}

// scenarios in an order in which later ones find what earlier ones made: the
// large tenant is imported, synced, read, and only then given large groups.
var scenarios = []scenario{
	{"filter", measureFilter},
	{"post", measurePost},
	{"latency", measureLatency},
	{"delivery", measureDelivery},
	{"get", measureGet},
	{"find", measureFind},
	{"page", measurePage},
	{"removes", measureRemoves},
	{"requests", measureRequests},
	{"batches", measureBatches},
	{"import", measureImport},
	{"first-sync", measureFirstSync},
	{"burst", measureBurst},
	{"storage", measureStorage},
	{"memory", measureMemory},
	{"restart", measureRestart},
	{"sweep", measureSweep},
	{"steady", measureSteady},
	{"growth", measureGrowth},
	{"full-push", measureFullPush},
	{"member", measureMember},
}

func main() {
	ctrl.SetLogger(logr.Discard()) // the logs are the manager's, in its file
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	err := run(ctx)
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	scenarios string
	users     int
	quiet     time.Duration
	rounds    bool
	json      string
	profiles  string
}

func parseFlags() settings {
	var s settings
	flag.StringVar(&s.scenarios, "scenario", "", "The scenarios to measure: some of "+names()+". Empty: all.")
	flag.IntVar(&s.users, "users", 20_000, "How many users the large tenants have.")
	flag.DurationVar(&s.quiet, "quiet", 10*time.Minute, "How long the scenario steady watches that nothing happens.")
	flag.BoolVar(&s.rounds, "rounds", false, "Print every round, as go test -bench does, instead of the table.")
	flag.StringVar(&s.json, "json", "", "File for all that was measured, as JSON.")
	flag.StringVar(&s.profiles, "profiles", "", "Folder for a processor and an allocation profile of the manager in each scenario.")
	flag.Parse()
	return s
}

func run(ctx context.Context) (err error) {
	s := parseFlags()
	chosen, err := choose(s.scenarios)
	if err != nil {
		return err
	}
	if s.users < 1000 {
		return errors.New("-users must be at least 1000")
	}
	w := &world{users: s.users, quiet: s.quiet, profiles: s.profiles, estates: map[int]*estate{}}
	defer func() { err = errors.Join(err, w.stop()) }()
	var results []result
	for _, c := range chosen {
		lines, err := w.measure(ctx, c)
		if err != nil {
			return fmt.Errorf("measure %s: %w", c.name, err)
		}
		results = append(results, lines...)
	}
	if s.json != "" {
		if err := writeJSON(s.json, results); err != nil {
			return err
		}
	}
	if s.rounds {
		return printRounds(os.Stdout, results)
	}
	return printTable(os.Stdout, results)
}

// measure runs one scenario and says on the way how it goes.
func (w *world) measure(ctx context.Context, c scenario) ([]result, error) {
	fmt.Fprintf(os.Stderr, "Measuring %s …\n", c.name)
	start := time.Now()
	w.scenario = c.name
	lines, err := c.measure(ctx, w)
	for i := range lines {
		lines[i].scenario = c.name
		fmt.Fprintln(os.Stderr, "  "+lines[i].String())
	}
	fmt.Fprintf(os.Stderr, "  took %s\n", time.Since(start).Round(time.Second))
	return lines, err
}

// choose gives the scenarios of a list of names, in their own order, or all.
func choose(list string) ([]scenario, error) {
	if list == "" {
		return scenarios, nil
	}
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		if !slices.ContainsFunc(scenarios, func(c scenario) bool { return c.name == name }) {
			return nil, fmt.Errorf("there is no scenario %q: choose of %s", name, names())
		}
		wanted[name] = true
	}
	return slices.DeleteFunc(slices.Clone(scenarios), func(c scenario) bool { return !wanted[c.name] }), nil
}

func names() string {
	all := make([]string, 0, len(scenarios))
	for _, c := range scenarios {
		all = append(all, c.name)
	}
	return strings.Join(all, ", ")
}
