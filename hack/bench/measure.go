package main

import (
	"context"
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

// times are what the rounds took.
type times struct{ reference, ours series }

func (c contest) run(ctx context.Context) (times, error) {
	t := times{series{unit: unitTime}, series{unit: unitTime}}
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
			t.reference.values = append(t.reference.values, float64(theirs))
			t.ours.values = append(t.ours.values, float64(mine))
		}
	}
	return t, nil
}

func timed(ctx context.Context, round int, do func(context.Context, int) error) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	start := time.Now()
	err := do(ctx, round)
	return time.Since(start), err
}
