package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

const (
	firstSyncUsers = 5000
	latency        = 20 * time.Millisecond
)

// measureRequests counts the requests of a first sync into an empty Jira, and
// compares its rate with what the latency and the budget would allow.
func measureRequests(ctx context.Context, w *world) (_ []result, err error) {
	f, stop, err := w.followJira(ctx, "requests")
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := f.populate(ctx, firstSyncUsers); err != nil {
		return nil, err
	}
	faults := rig.Faults{LatencyMillis: int(latency.Milliseconds())}
	if err := f.simulator.SetFaults(faults); err != nil {
		return nil, err
	}
	f.simulator.ClearRequests()
	start := time.Now()
	if err := f.enforce(ctx, firstSyncUsers, 0); err != nil {
		return nil, err
	}
	took := lastCreation(f, start)
	writes, listings, others := f.counted()
	ideal, rate := inFlight/latency.Seconds(), firstSyncUsers/took.Seconds()
	what := fmt.Sprintf("first sync of %d users", firstSyncUsers)
	return []result{
		amount(what+": requests", fmt.Sprintf("one a user (and %d listing pages)", listings), firstSyncUsers, float64(writes+others), 1.05),
		{
			what: what + ": rate", against: fmt.Sprintf("%d in flight at %s", inFlight, latency),
			reference: series{unit: unitRate, values: []float64{ideal}}, ours: series{unit: unitRate, values: []float64{rate}},
			ratio: rate / ideal, bar: bar{atLeast: true, limit: 0.85},
		},
	}, nil
}

// followJira is follow for a Jira of its own, which stop ends.
func (w *world) followJira(ctx context.Context, namespace string) (f *followed, stop func(), err error) {
	product, err := localenv.StartJira(jira.Options{})
	if err != nil {
		return nil, nil, err
	}
	stop = func() { _ = product.Stop() }
	if f, err = w.follow(ctx, namespace, &product.Product, product.Simulator); err != nil {
		stop()
		return nil, nil, err
	}
	return f, stop, nil
}

// lastCreation is how long after the start the last account was asked for and
// made.
func lastCreation(f *followed, start time.Time) time.Duration {
	var last time.Time
	for _, r := range f.simulator.Requests() {
		if r.Method == http.MethodPost && r.At.After(last) {
			last = r.At
		}
	}
	return last.Sub(start) + latency
}
