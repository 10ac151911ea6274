package main

import (
	"context"
	"slices"
	"time"
)

// contest measures two actions in turns, so that whatever else the machine
// does hits both alike.
type contest struct {
	// warmUps are the rounds that come first and do not count.
	warmUps int
	// rounds are those that count.
	rounds int
	// reference and ours are measured. Rounds are numbered from 0, warm-ups
	// included.
	reference, ours func(ctx context.Context, round int) error
}

// times are what a round took, in the median.
type times struct{ reference, ours time.Duration }

func (c contest) run(ctx context.Context) (times, error) {
	var reference, ours []time.Duration
	for round := range c.warmUps + c.rounds {
		theirs, err := timed(ctx, round, c.reference)
		if err != nil {
			return times{}, err
		}
		mine, err := timed(ctx, round, c.ours)
		if err != nil {
			return times{}, err
		}
		if round >= c.warmUps {
			reference, ours = append(reference, theirs), append(ours, mine)
		}
	}
	return times{median(reference), median(ours)}, nil
}

func timed(ctx context.Context, round int, do func(context.Context, int) error) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	start := time.Now()
	err := do(ctx, round)
	return time.Since(start), err
}

// median of at least one value.
func median[T int64 | time.Duration](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
