package main

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

const (
	firstSyncUsers = 5000
	latency        = 20 * time.Millisecond

	sweptUsers   = 10_000
	sweptGroups  = 200
	sweptMembers = 50
)

// measureSync counts the requests of a first sync into an empty Jira, and
// compares its rate with what the latency and the budget would allow.
func measureSync(ctx context.Context, w *world) (_ []result, err error) {
	f, stop, err := w.followJira(ctx, "first-sync")
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

// measureSweep counts what a reading of a Jira costs in which nothing changed.
func measureSweep(ctx context.Context, w *world) (_ []result, err error) {
	f, stop, err := w.followJira(ctx, "sweep")
	if err != nil {
		return nil, err
	}
	defer stop()
	// Before the first reading, since a new interval counts from the next one.
	if err := f.configure(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Resync.Interval.Duration = time.Minute }); err != nil {
		return nil, err
	}
	if err := f.populate(ctx, sweptUsers); err != nil {
		return nil, err
	}
	for n := range sweptGroups {
		if _, err := f.createGroup(ctx, fmt.Sprintf("group-%d", n), sweptMembers); err != nil {
			return nil, err
		}
	}
	if err := f.enforce(ctx, sweptUsers, sweptGroups); err != nil {
		return nil, err
	}
	return f.measureUnchanged(ctx)
}

// measureUnchanged waits for a reading and counts what it costs.
func (f *followed) measureUnchanged(ctx context.Context) ([]result, error) {
	if err := f.swept(ctx, time.Now()); err != nil {
		return nil, err
	}
	before, err := f.versions(ctx)
	if err != nil {
		return nil, err
	}
	f.simulator.ClearRequests()
	if err := f.swept(ctx, time.Now()); err != nil {
		return nil, err
	}
	writes, listings, others := f.counted()
	after, err := f.versions(ctx)
	if err != nil {
		return nil, err
	}
	statusWrites := 0
	for name, version := range after {
		if before[name] != version {
			statusWrites++
		}
	}
	const pages = (sweptUsers+2)/1000 + 1 + sweptGroups // the client asks for 1,000 accounts at once
	what := fmt.Sprintf("reading of %d users and %d groups", sweptUsers, sweptGroups)
	return []result{
		amount(what, "the pages of the listings", pages, float64(writes+listings+others), 1),
		amount(what+": writes and status writes", "1 (there must be none)", 1, float64(writes+statusWrites), 0),
	}, nil
}

// versions are the resource versions of all users and groups.
func (f *followed) versions(ctx context.Context) (map[string]string, error) {
	users, groups := &v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}
	for _, list := range []client.ObjectList{users, groups} {
		if err := f.world.client.List(ctx, list, client.InNamespace(f.namespace)); err != nil {
			return nil, err
		}
	}
	versions := map[string]string{}
	for i := range users.Items {
		versions["user "+users.Items[i].Name] = users.Items[i].ResourceVersion
	}
	for i := range groups.Items {
		versions["group "+groups.Items[i].Name] = groups.Items[i].ResourceVersion
	}
	return versions, nil
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
		if r.Method == "POST" && r.At.After(last) {
			last = r.At
		}
	}
	return last.Sub(start) + latency
}
