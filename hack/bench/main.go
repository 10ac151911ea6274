// Command bench measures atlassync against references that it measures in the
// same run, on the same machine: other libraries, plain client-go, and itself
// at a small size. It prints a table and never fails because of a figure.
//
//	go -C hack/bench run .                      all rows
//	go -C hack/bench run . -row=get -users=100000
//	go -C hack/bench run . -rounds                 for benchstat
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
const timeLimit = 30 * time.Minute

// row is one thing that is measured. Some give more than one line.
type row struct {
	name    string
	measure func(context.Context, *world) ([]result, error)
}

var rows = []row{
	{"filter", measureFilter},
	{"post", measurePost},
	{"get", measureGet},
	{"find", measureFind},
	{"page", measurePage},
	{"member", measureMember},
	{"removes", measureRemoves},
	{"sync", measureSync},
	{"sweep", measureSweep},
	{"batches", measureBatches},
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

func run(ctx context.Context) (err error) {
	list := flag.String("row", "", "The rows to measure: some of "+names()+". Empty: all.")
	users := flag.Int("users", 20_000, "How many users the rows get, find and page have in the cache.")
	rounds := flag.Bool("rounds", false, "Print every round, as go test -bench does, instead of the table.")
	flag.Parse()
	chosen, err := choose(*list)
	if err != nil {
		return err
	}
	if *users < 1000 {
		return errors.New("-users must be at least 1000")
	}
	w := &world{users: *users}
	defer func() { err = errors.Join(err, w.stop()) }()
	var results []result
	for _, r := range chosen {
		fmt.Fprintf(os.Stderr, "Measuring %s …\n", r.name)
		lines, err := r.measure(ctx, w)
		if err != nil {
			return fmt.Errorf("measure %s: %w", r.name, err)
		}
		results = append(results, lines...)
	}
	if *rounds {
		return printRounds(os.Stdout, results)
	}
	return printTable(os.Stdout, results)
}

// choose gives the rows of a list of names, or all of them.
func choose(list string) ([]row, error) {
	if list == "" {
		return rows, nil
	}
	var chosen []row
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(rows, func(r row) bool { return r.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no row %q: choose of %s", name, names())
		}
		chosen = append(chosen, rows[i])
	}
	return chosen, nil
}

func names() string {
	all := make([]string, 0, len(rows))
	for _, r := range rows {
		all = append(all, r.name)
	}
	return strings.Join(all, ", ")
}
