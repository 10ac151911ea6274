package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// result is what a soak found.
type result struct {
	Latencies []latency `json:"latencies"`
	Skipped   int       `json:"skipped"`
	Samples   []sample  `json:"samples"`
	Growths   []growth  `json:"growths"`
	// Broken are sentences; a good run has none.
	Broken []string `json:"broken"`
}

// failure is an error if anything is broken.
func (r *result) failure() error {
	if len(r.Broken) == 0 {
		return nil
	}
	return errors.New(strings.Join(r.Broken, "\n"))
}

func (r *result) print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "OPERATION\tCOUNT\tP50 ms\tP99 ms\tMAX ms")
	for _, l := range r.Latencies {
		_, _ = fmt.Fprintf(table, "%s\t%d\t%.1f\t%.1f\t%.1f\n", l.Operation, l.Count, l.P50, l.P99, l.Max)
	}
	_, _ = fmt.Fprintln(table, "\nOF THE MANAGER\tFIRST THIRD\tLAST THIRD\tBAR\t")
	for _, g := range r.Growths {
		_, _ = fmt.Fprintf(table, "%s\t%.1f\t%.1f\t%.1f\t%s\n", g.Vital, g.First, g.Last, g.Bar, map[bool]string{true: "GREW", false: "flat"}[g.tooMuch()])
	}
	return table.Flush()
}
