package main

import (
	"context"
	"fmt"
	"testing"
	"time"

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
type parsing struct{ nanoseconds, allocations []int64 }

func measureFilter(ctx context.Context, _ *world) ([]result, error) {
	var reference, ours parsing
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
	theirs, mine := median(reference.nanoseconds), median(ours.nanoseconds)
	line := result{
		what: what + ", times faster", against: against,
		reference: short(time.Duration(theirs)), ours: short(time.Duration(mine)),
		ratio: float64(theirs) / float64(mine), bar: bar{atLeast: true, limit: 50},
	}
	theirs, mine = median(reference.allocations), median(ours.allocations)
	return []result{line, {
		what: what + ", our allocations", against: against,
		reference: fmt.Sprint(theirs), ours: fmt.Sprint(mine),
		ratio: float64(mine), bar: bar{limit: 5},
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
	p.nanoseconds = append(p.nanoseconds, measured.NsPerOp())
	p.allocations = append(p.allocations, measured.AllocsPerOp())
	return err
}
