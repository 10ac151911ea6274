package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// result is a line of the table.
type result struct {
	what, against   string
	reference, ours series
	ratio           float64
	bar             bar
}

// bar is what a ratio has to reach.
type bar struct {
	atLeast bool
	limit   float64
}

func (b bar) String() string {
	if b.atLeast {
		return fmt.Sprintf("≥ %g", b.limit)
	}
	return fmt.Sprintf("≤ %g", b.limit)
}

func (b bar) met(ratio float64) string {
	if b.atLeast && ratio >= b.limit || !b.atLeast && ratio <= b.limit {
		return "yes"
	}
	return "no"
}

// timesLonger is the line of two times whose ratio is ours to the reference's,
// which the bar bounds from above.
func timesLonger(what, against string, t times, most float64) result {
	return result{
		what: what, against: against, reference: t.reference, ours: t.ours,
		ratio: t.ours.median() / t.reference.median(), bar: bar{limit: most},
	}
}

// printTable tells the medians.
func printTable(out io.Writer, results []result) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(table, "what\tagainst\treference\tours\tratio\tbar\tmet"); err != nil {
		return err
	}
	for _, r := range results {
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%.3g\t%s\t%s\n",
			r.what, r.against, r.reference, r.ours, r.ratio, r.bar, r.bar.met(r.ratio)); err != nil {
			return err
		}
	}
	return table.Flush()
}

// printRounds tells every round as `go test -bench` does, for benchstat.
func printRounds(out io.Writer, results []result) error {
	for _, r := range results {
		name := "BenchmarkSCIM/" + strings.NewReplacer(" ", "_", "/", "").Replace(r.what)
		for _, side := range []struct {
			name string
			series
		}{{"reference", r.reference}, {"ours", r.ours}} {
			for _, value := range side.values {
				if _, err := fmt.Fprintf(out, "%s/%s 1 %g %s\n", name, side.name, value, side.unit); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
