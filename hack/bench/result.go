package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// result is a line of the table.
type result struct {
	// scenario is the one that it is of.
	scenario        string
	what, against   string
	reference, ours series
	ratio           float64
	bar             bar
}

// bar is what a ratio has to reach.
type bar struct {
	atLeast bool
	limit   float64
	// open says that there is none: the line only tells.
	open bool
}

func (b bar) String() string {
	if b.open {
		return "-"
	}
	if b.atLeast {
		return fmt.Sprintf("≥ %g", b.limit)
	}
	return fmt.Sprintf("≤ %g", b.limit)
}

func (b bar) met(ratio float64) string {
	if b.open {
		return "-"
	}
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

// told is a line without a reference.
func told(what string, ours series) result {
	return result{what: what, against: "-", reference: ours, ours: ours, ratio: 1, bar: bar{open: true}}
}

// none is the line of a count that has to be 0.
func none(what string, count float64) result {
	return result{
		what: what, against: "none", reference: single(unitWrites, 0), ours: single(unitWrites, count), ratio: count, bar: bar{limit: 0},
	}
}

// String is a line for people.
func (r result) String() string {
	return fmt.Sprintf("%s: %s against %s (%s), ratio %.3g, bar %s: %s", r.what, r.ours, r.reference, r.against, r.ratio, r.bar, r.bar.met(r.ratio))
}

// writeJSON keeps everything in a file, for programs.
func writeJSON(file string, results []result) error {
	type side struct {
		Unit   string    `json:"unit"`
		Values []float64 `json:"values"`
	}
	type line struct {
		Scenario  string  `json:"scenario"`
		What      string  `json:"what"`
		Against   string  `json:"against"`
		Reference side    `json:"reference"`
		Ours      side    `json:"ours"`
		Ratio     float64 `json:"ratio"`
		Bar       string  `json:"bar"`
		Met       bool    `json:"met"`
	}
	lines := make([]line, 0, len(results))
	for _, r := range results {
		lines = append(lines, line{
			r.scenario, r.what, r.against, side{r.reference.unit, r.reference.values}, side{r.ours.unit, r.ours.values},
			r.ratio, r.bar.String(), r.bar.met(r.ratio) == "yes",
		})
	}
	content, err := json.MarshalIndent(lines, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	return os.WriteFile(file, append(content, '\n'), 0o600)
}

// printTable tells the medians.
func printTable(out io.Writer, results []result) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(table, "scenario\twhat\tagainst\treference\tours\tratio\tbar\tmet"); err != nil {
		return err
	}
	for _, r := range results {
		if _, err := fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%.3g\t%s\t%s\n",
			r.scenario, r.what, r.against, r.reference, r.ours, r.ratio, r.bar, r.bar.met(r.ratio)); err != nil {
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
