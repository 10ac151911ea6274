package main

import (
	"context"
	"fmt"
	"time"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	// accountsPerPage is how many accounts the client asks for at once.
	accountsPerPage = 1000
	sweepCPU        = 5 * time.Second
	steadyShare     = 1 // percent of a processor
	settling        = 10 * time.Second
)

// measureSweep counts what a reading of a directory costs in which nothing
// changed.
func measureSweep(ctx context.Context, w *world) ([]result, error) {
	e, err := w.whole(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.readEvery(ctx, time.Minute); err != nil {
		return nil, err
	}
	if err := e.settled(ctx, time.Now()); err != nil {
		return nil, err
	}
	keep := w.profile(ctx, e.tenant)
	c, err := e.measured(ctx, func(ctx context.Context) error { return e.settled(ctx, time.Now()) })
	if err != nil {
		return nil, err
	}
	if err := keep(); err != nil {
		return nil, err
	}
	pages := float64((e.users+2)/accountsPerPage + 1 + e.users/usersPerGroup)
	return []result{
		amount(fmt.Sprintf("reading of %d unchanged users and their groups", e.users), "the pages of the listings", pages, float64(c.writes+c.listings+c.others), 1),
		none("the same: writes to the directory, and status writes of users and groups", float64(c.writes)+c.statusWrites()),
		{
			what: "the same: processor time of the manager", against: "the bar itself", reference: spent(sweepCPU), ours: spent(c.cpu),
			ratio: float64(c.cpu) / float64(sweepCPU), bar: bar{limit: 1},
		},
	}, e.readEvery(ctx, time.Hour)
}

// readEvery sets how often the directory is read as a whole.
func (e *estate) readEvery(ctx context.Context, interval time.Duration) error {
	return e.configure(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Resync.Interval.Duration = interval })
}

// quiet waits until nothing was written for so long, and nothing is left to do.
func (e *estate) quiet(ctx context.Context, long time.Duration) error {
	return await(ctx, "nothing is written any more", func(ctx context.Context) (bool, error) {
		c, err := e.measured(ctx, func(ctx context.Context) error { return pause(ctx, long) })
		if err != nil || float64(c.writes)+c.api.total() > 0 {
			return false, err
		}
		return true, e.idle(ctx)
	})
}

// measureSteady counts what the manager does while nothing happens.
func measureSteady(ctx context.Context, w *world) ([]result, error) {
	e, err := w.whole(ctx)
	if err != nil {
		return nil, err
	}
	// What came before may have changed the SyncConfig only just now, and
	// everybody is looked at because of that.
	if err := e.quiet(ctx, settling); err != nil {
		return nil, err
	}
	c, err := e.measured(ctx, func(ctx context.Context) error { return pause(ctx, w.quiet) })
	if err != nil {
		return nil, err
	}
	share := 100 * float64(c.cpu) / float64(w.quiet)
	return []result{
		none(fmt.Sprintf("writes in %s in which nothing happens", w.quiet), float64(c.writes)+c.api.total()),
		{
			what: "the same: processor time of the manager", against: "1 % of a processor", reference: single(unitShare, steadyShare), ours: single(unitShare, share),
			ratio: share / steadyShare, bar: bar{limit: 1},
		},
	}, nil
}
