package main

import (
	"context"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	// newcomers is how many users come by SCIM while a first sync is under way,
	// one each newcomerPause.
	newcomers     = 5
	newcomerPause = 3 * time.Second

	// statusRounds is how often the reference writes the status of each of its
	// users, of which it has a fifth of the tenant's, and statusLeast at least. It
	// has to take long: kube-apiserver collects its garbage and checks its cache
	// every few minutes, which is a good part of its work.
	statusRounds, statusLeast = 3, 2000
)

// firstSync is what the first sync of an estate was like.
type firstSync struct {
	took time.Duration
	// cpu is the manager's.
	cpu time.Duration
	// api are the writes since before the first user came.
	api apiWrites
	// requests are those to the directory.
	requests int
	// newcomers is how long each was on its way into the directory.
	newcomers series
}

// sync ends the pause of an estate, once, and waits until all are in sync.
func (e *estate) sync(ctx context.Context) error {
	if e.first != nil {
		return nil
	}
	first := &firstSync{newcomers: series{unit: unitTime}}
	e.simulator.ClearRequests()
	before, err := e.process().cpu()
	if err != nil {
		return err
	}
	keep := e.world.profile(ctx, e.tenant)
	start := time.Now()
	if err := e.configure(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModeEnforce }); err != nil {
		return err
	}
	if err := e.welcome(ctx, first); err != nil {
		return err
	}
	if err := e.inSync(ctx, e.users, 0); err != nil {
		return err
	}
	first.took = lastCreation(e.followed, start)
	if err := keep(); err != nil {
		return err
	}
	after, err := e.process().cpu()
	if err != nil {
		return err
	}
	api, err := e.world.apiWrites(ctx)
	if err != nil {
		return err
	}
	writes, listings, others := e.counted()
	first.cpu, first.api, first.requests = after-before, api.since(e.created), writes+listings+others
	e.first = first
	return nil
}

// welcome lets users come by SCIM one by one, and takes the time until each
// has an account.
func (e *estate) welcome(ctx context.Context, first *firstSync) error {
	for range newcomers {
		if err := pause(ctx, newcomerPause); err != nil {
			return err
		}
		n := e.users
		start := time.Now()
		id, err := e.create(ctx, "/Users", profile(n))
		if err != nil {
			return err
		}
		if err := e.hasAccount(ctx, n); err != nil {
			return err
		}
		first.newcomers.values = append(first.newcomers.values, float64(time.Since(start)))
		e.ids, e.users = append(e.ids, id), n+1
	}
	return nil
}

// hasAccount waits until the n-th user has an account in the directory.
func (e *estate) hasAccount(ctx context.Context, n int) error {
	poll := time.NewTicker(time.Millisecond)
	defer poll.Stop()
	for {
		if _, ok := e.jira.Simulator.User(userName(n)); ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the account of %s: %w", userName(n), ctx.Err())
		case <-poll.C:
		}
	}
}

// measureFirstSync compares the rate of a first sync with what the directory
// and the API server would allow.
func measureFirstSync(ctx context.Context, w *world) ([]result, error) {
	e, err := w.synced(ctx)
	if err != nil {
		return nil, err
	}
	status, err := w.statusWrites(ctx, e)
	if err != nil {
		return nil, err
	}
	ideal := min(estateInFlight/estateLatency.Seconds(), status.median())
	users := float64(e.users)
	rate := users / e.first.took.Seconds()
	own := e.first.api["provisionedusers"] + e.first.api["provisionedusers/status"]
	return []result{
		{
			what:      fmt.Sprintf("first sync of %d users, %d in flight at %s", e.users, estateInFlight, estateLatency),
			against:   "status writes by client-go, with a watch",
			reference: single(unitRate, ideal), ours: single(unitRate, rate), ratio: rate / ideal, bar: bar{atLeast: true, limit: 0.8},
		},
		{
			what: "API writes of a provisioned user", against: "its creation and its status",
			reference: single(unitShares, 2), ours: single(unitShares, own/users), ratio: own / users / 2, bar: bar{limit: 1},
		},
		told("API writes besides, per user (all: "+e.first.api.String()+")", single(unitShares, (e.first.api.total()-own)/users)),
		{
			what: "directory requests per provisioned user", against: "one",
			reference: single(unitShares, 1), ours: single(unitShares, float64(e.first.requests)/users), ratio: float64(e.first.requests) / users, bar: bar{limit: 1.05},
		},
		told("processor time of the manager per user", spent(e.first.cpu/time.Duration(e.users))),
	}, nil
}

// measureBurst tells how long a new user is on its way into the directory
// while everybody else is queued.
func measureBurst(ctx context.Context, w *world) ([]result, error) {
	e, err := w.synced(ctx)
	if err != nil {
		return nil, err
	}
	slowest := e.first.newcomers.quantile(1)
	limit := 5 * time.Second
	return []result{{
		what: fmt.Sprintf("a new user's way into the directory while %d are queued, slowest of %d", w.users, newcomers), against: "the bar itself",
		reference: spent(limit), ours: single(unitTime, slowest), ratio: slowest / float64(limit), bar: bar{limit: 1},
	}}, nil
}

// statusWrites is how fast client-go writes such a status as users in sync
// have, in a process that watches the users too.
func (w *world) statusWrites(ctx context.Context, e *estate) (series, error) {
	const beside = "status-reference"
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := w.prepare(ctx, beside); err != nil {
		return series{}, err
	}
	if err := w.watchUsers(ctx, beside); err != nil {
		return series{}, err
	}
	like, err := w.userOf(ctx, e.tenant, e.ids[1])
	if err != nil {
		return series{}, err
	}
	users := max(statusLeast, e.users/5)
	if err := w.write(ctx, like, beside, 0, users); err != nil {
		return series{}, err
	}
	told := startProgress("status writes by client-go", statusRounds*users)
	defer told.end()
	start := time.Now()
	err = parallel(ctx, statusRounds*users, func(ctx context.Context, n int) error {
		defer told.done.Add(1)
		user := likeness(like, beside, n%users)
		before := user.DeepCopy()
		user.Status = *like.Status.DeepCopy()
		user.Status.LastRequestedAt = fmt.Sprintf("round %d", n/users)
		return w.client.Status().Patch(ctx, user, client.MergeFrom(before))
	})
	return single(unitRate, float64(statusRounds*users)/time.Since(start).Seconds()), err
}
