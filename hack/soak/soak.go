package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	// followTime is how long the directories may take to follow once the
	// traffic has stopped.
	followTime = 30 * time.Second
	// samplesWanted is how often the manager is measured.
	samplesWanted = 60
)

// soak runs the traffic and looks on. What breaks is in the result; an error
// says why there is none.
func soak(ctx context.Context, out io.Writer, dir string, s settings) (_ *result, err error) {
	w, err := start(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.stop()) }()
	t := &traffic{
		world: w, population: newPopulation(s.people, s.groups), record: newRecord(),
		random: rand.New(rand.NewPCG(1, 2)), //nolint:gosec // the same traffic each time
	}
	if err := t.fill(ctx); err != nil {
		return nil, fmt.Errorf("make the first people: %w", err)
	}
	look := &lookout{world: w, began: time.Now()}
	r := &result{}
	for round := range s.rounds {
		if err := look.while(ctx, s.duration/samplesWanted, func() error {
			return t.keepUp(ctx, s.rate, s.duration/time.Duration(s.rounds))
		}); err != nil {
			return nil, err
		}
		broken, err := t.settle(ctx)
		if err != nil {
			return nil, err
		}
		r.Broken = append(r.Broken, t.record.failures...)
		if r.Broken = append(r.Broken, broken...); len(r.Broken) > 0 {
			break
		}
		_, _ = fmt.Fprintf(out, "%s: round %d of %d: %d people and %d groups are in both directories as they should be\n",
			time.Since(look.began).Truncate(time.Second), round+1, s.rounds, len(t.population.expected().accounts), len(t.population.expected().members))
		w.forgetRequests()
	}
	r.Latencies, r.Skipped, r.Samples = t.record.latencies(), t.record.skipped, look.samples
	return r, r.judge()
}

// judge adds what grew. A run that broke off early has nothing to compare.
func (r *result) judge() (err error) {
	if len(r.Broken) > 0 {
		return nil
	}
	if r.Growths, err = growths(r.Samples); err != nil {
		return err
	}
	for _, g := range r.Growths {
		if g.tooMuch() {
			r.Broken = append(r.Broken, g.String())
		}
	}
	return nil
}

// fill makes nine of ten people, and every other group, before the clock runs.
func (t *traffic) fill(ctx context.Context) error {
	for range len(t.population.people) * 9 / 10 {
		if _, err := t.assign(ctx); err != nil {
			return err
		}
	}
	for range len(t.population.circles)/2 + 1 {
		if _, err := t.pushGroup(ctx); err != nil {
			return err
		}
	}
	return nil
}

// settle waits until everything is as it should be, and says what is not when
// the time is over.
func (t *traffic) settle(ctx context.Context) (broken []string, err error) {
	want := t.population.expected()
	for deadline := time.Now().Add(followTime); ; {
		broken = nil
		for name, held := range t.world.states() {
			broken = append(broken, differences(want, name, held)...)
		}
		users := &v1alpha1.ProvisionedUserList{}
		if err := t.world.env.ControlPlane.Client.List(ctx, users, client.InNamespace(t.world.namespace)); err != nil {
			return nil, fmt.Errorf("list the users: %w", err)
		}
		broken = append(broken, unsettled(want, users.Items)...)
		if len(broken) == 0 || time.Now().After(deadline) {
			return broken[:min(len(broken), mostFailures)], nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// lookout measures the manager while something is done.
type lookout struct {
	world   *world
	began   time.Time
	samples []sample
}

func (l *lookout) while(ctx context.Context, every time.Duration, do func() error) error {
	done := make(chan struct{})
	var measuring error
	var looking sync.WaitGroup
	looking.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for measuring == nil {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			var s sample
			if s, measuring = l.world.measure(ctx, l.began); measuring == nil {
				l.samples = append(l.samples, s)
			}
		}
	})
	err := do()
	close(done)
	looking.Wait()
	return errors.Join(err, measuring)
}
