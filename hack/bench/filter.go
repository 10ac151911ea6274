package main

import (
	"context"
	"testing"

	scimfilter "github.com/scim2/filter-parser/v2"

	"github.com/atlassync/atlassync/scimwebhook/filter"
)

// lookups are filters as identity providers send them to find a user.
var lookups = []string{
	`userName eq "test.user@okta.local"`,
	`userName eq "ada.lovelace@example.com"`,
	`userName eq "00u1a2b3c4d5e6f7g8h9"`,
}

const filterRounds = 5

// parsing is what one parse costs.
type parsing struct{ time, allocations series }

func newParsing() parsing {
	return parsing{series{unit: unitTime}, series{unit: unitAllocations}}
}

func measureFilter(ctx context.Context, _ *world) ([]result, error) {
	reference, ours := newParsing(), newParsing()
	for range filterRounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := reference.add(func(s string) error { _, err := scimfilter.ParseFilter([]byte(s)); return err }); err != nil {
			return nil, err
		}
		if err := ours.add(func(s string) error { _, err := filter.Parse(s); return err }); err != nil {
			return nil, err
		}
	}
	const what, against = "parse the filter userName eq", "scim2/filter-parser"
	faster := result{
		what: what + ", times faster", against: against, reference: reference.time, ours: ours.time,
		ratio: reference.time.median() / ours.time.median(), bar: bar{atLeast: true, limit: 50},
	}
	return []result{faster, {
		what: what + ", our allocations", against: against, reference: reference.allocations, ours: ours.allocations,
		ratio: ours.allocations.median(), bar: bar{limit: 5},
	}}, nil
}

// add measures parse for about a second.
func (p *parsing) add(parse func(string) error) (err error) {
	measured := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if err = parse(lookups[n%len(lookups)]); err != nil {
				b.FailNow()
			}
		}
	})
	p.time.values = append(p.time.values, float64(measured.NsPerOp()))
	p.allocations.values = append(p.allocations.values, float64(measured.AllocsPerOp()))
	return err
}
