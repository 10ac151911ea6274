package main

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

const (
	latencyRounds  = 1000
	deliveryRounds = 100
)

// measureLatency compares a single POST, when nothing else goes on, with one
// create by client-go.
func measureLatency(ctx context.Context, w *world) ([]result, error) {
	const beside = "latency-reference"
	t, err := w.tenant(ctx, "latency", "--leader-elect=false")
	if err != nil {
		return nil, err
	}
	if err := w.prepare(ctx, beside); err != nil {
		return nil, err
	}
	stored, err := w.storedUser(ctx, t)
	if err != nil {
		return nil, err
	}
	taken, err := contest{
		warmUps: latencyRounds / 10, rounds: latencyRounds,
		reference: func(ctx context.Context, round int) error {
			return w.client.Create(ctx, likeness(stored, beside, 1+round))
		},
		ours: func(ctx context.Context, round int) error {
			_, err := t.create(ctx, "/Users", profile(1+round))
			return err
		},
	}.run(ctx)
	if err != nil {
		return nil, err
	}
	const slowest = 0.99
	tail := times{single(unitTime, taken.reference.quantile(slowest)), single(unitTime, taken.ours.quantile(slowest))}
	return []result{
		timesLonger("a single POST /Users: median", "a create by client-go", taken, 1.3),
		timesLonger("a single POST /Users: 99 of 100", "a create by client-go", tail, 2),
	}, nil
}

// measureDelivery takes the time from the answer to a POST to the account in a
// directory, and compares it with what that cannot do without: the directory's
// own time and two writes to the API server.
func measureDelivery(ctx context.Context, w *world) (_ []result, err error) {
	const beside = "delivery-reference"
	e, err := w.newEstate(ctx, 0)
	if err != nil {
		return nil, err
	}
	if err := w.prepare(ctx, beside); err != nil {
		return nil, err
	}
	stored, err := w.storedUser(ctx, e.tenant)
	if err != nil {
		return nil, err
	}
	if err := e.simulator.SetFaults(rig.Faults{LatencyMillis: int(latency.Milliseconds())}); err != nil {
		return nil, err
	}
	if err := e.enforce(ctx, 1, 0); err != nil {
		return nil, err
	}
	t := times{series{unit: unitTime}, series{unit: unitTime}}
	for round := range deliveryRounds {
		theirs, err := w.createAndTell(ctx, likeness(stored, beside, 1+round))
		if err != nil {
			return nil, err
		}
		mine, err := e.deliver(ctx, 1+round)
		if err != nil {
			return nil, err
		}
		t.reference.values = append(t.reference.values, float64(latency+theirs))
		t.ours.values = append(t.ours.values, float64(mine))
	}
	return []result{timesLonger("from 201 to the account in the directory, median",
		fmt.Sprintf("%s of the directory, a create and a status write", latency), t, 1.5)}, nil
}

// createAndTell is how long a create and a status write take by client-go.
func (w *world) createAndTell(ctx context.Context, user *v1alpha1.ProvisionedUser) (time.Duration, error) {
	start := time.Now()
	if err := w.client.Create(ctx, user); err != nil {
		return 0, err
	}
	before := user.DeepCopy()
	user.Status.ObservedGeneration = user.Generation
	user.Status.Directories = []v1alpha1.UserDirectoryStatus{{Name: "bench", State: v1alpha1.UserActive, Username: user.Spec.UserName}}
	err := w.client.Status().Patch(ctx, user, client.MergeFrom(before))
	return time.Since(start), err
}

// deliver is how long after the answer to its POST a user has its account.
func (e *estate) deliver(ctx context.Context, n int) (time.Duration, error) {
	if _, err := e.create(ctx, "/Users", profile(n)); err != nil {
		return 0, err
	}
	start := time.Now()
	if err := e.hasAccount(ctx, n); err != nil {
		return 0, err
	}
	return time.Since(start), nil
}
