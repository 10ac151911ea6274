package main

import (
	"context"
	"fmt"
	"time"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

const (
	estateLatency  = 5 * time.Millisecond
	estateInFlight = 32
	// usersPerGroup and groupSize give each user one group or so: 2,000
	// groups of 50 for 100,000 users.
	usersPerGroup, groupSize = 50, 50
)

// estate is a tenant of the size of a large customer: it begins paused, with
// users that no directory has yet, and follows a Jira of its own.
type estate struct {
	*followed

	jira  *localenv.Jira
	users int
	// ids are the users' SCIM ids.
	ids []string
	// created is the API server's count before the first user came.
	created apiWrites
	// first is what the first sync was like; nil before it.
	first *firstSync
	// grouped says that the groups are there.
	grouped bool
	// again is what a restart was like, push how the group of everybody came;
	// nil before.
	again *restart
	push  *push
}

// estate gives the tenant of so many users, made once.
func (w *world) estate(ctx context.Context, users int) (*estate, error) {
	if e := w.estates[users]; e != nil {
		return e, nil
	}
	e, err := w.newEstate(ctx, users)
	if err != nil {
		return nil, err
	}
	stored, err := e.firstUser(ctx)
	if err != nil {
		return nil, err
	}
	told := startProgress("make users", users)
	defer told.end()
	err = parallel(ctx, users-1, func(ctx context.Context, n int) error {
		defer told.done.Add(1)
		e.ids[1+n] = userID(1 + n)
		return w.client.Create(ctx, likeness(stored, e.namespace, 1+n))
	})
	if err != nil {
		return nil, err
	}
	return e, e.cached(ctx, users)
}

// newEstate is an estate without users.
func (w *world) newEstate(ctx context.Context, users int) (*estate, error) {
	product, err := localenv.StartJira(jira.Options{})
	if err != nil {
		return nil, err
	}
	w.products = append(w.products, product.Stop)
	f, err := w.follow(ctx, fmt.Sprintf("estate-%d", users), &product.Product, product.Simulator)
	if err != nil {
		return nil, err
	}
	e := &estate{followed: f, jira: product, users: users, ids: make([]string, users)}
	w.estates[users] = e
	if e.created, err = w.apiWrites(ctx); err != nil {
		return nil, err
	}
	if err := f.simulator.SetFaults(rig.Faults{LatencyMillis: int(estateLatency.Milliseconds())}); err != nil {
		return nil, err
	}
	return e, f.configure(ctx, func(spec *v1alpha1.SyncConfigSpec) {
		spec.Directories[0].MaxConcurrentRequests = estateInFlight
	})
}

// synced is the large estate after its first sync.
func (w *world) synced(ctx context.Context) (*estate, error) {
	e, err := w.estate(ctx, w.users)
	if err != nil {
		return nil, err
	}
	return e, e.sync(ctx)
}

// whole is the large estate in sync, with its groups.
func (w *world) whole(ctx context.Context) (*estate, error) { return w.wholeOf(ctx, w.users) }

func (w *world) wholeOf(ctx context.Context, users int) (*estate, error) {
	e, err := w.estate(ctx, users)
	if err != nil {
		return nil, err
	}
	if err := e.sync(ctx); err != nil || e.grouped {
		return e, err
	}
	groups := e.users / usersPerGroup
	told := startProgress("make groups", groups)
	defer told.end()
	err = parallel(ctx, groups, func(ctx context.Context, n int) error {
		defer told.done.Add(1)
		first := n * groupSize
		_, err := e.createGroup(ctx, fmt.Sprintf("group-%d", n), e.ids[first:first+groupSize])
		return err
	})
	if err != nil {
		return nil, err
	}
	e.grouped = true
	if err := e.inSync(ctx, e.users, groups); err != nil {
		return nil, err
	}
	return e, e.idle(ctx)
}

// cached waits until the replica has so many users in its cache.
func (t *tenant) cached(ctx context.Context, users int) error {
	return await(ctx, "the cache holds all users", func(ctx context.Context) (bool, error) {
		var list struct {
			TotalResults int `json:"totalResults"`
		}
		err := t.get(ctx, fmt.Sprintf(readPathForm, 1, 1), &list)
		return list.TotalResults >= users, err
	})
}

// idle waits until the replica's queues are empty and nothing is worked on.
func (t *tenant) idle(ctx context.Context) error {
	return await(ctx, "nothing is left to do", func(ctx context.Context) (bool, error) {
		for _, name := range []string{"workqueue_depth", "workqueue_unfinished_work_seconds"} {
			if sum, err := t.metric(ctx, name); err != nil || sum > 0 {
				return false, err
			}
		}
		return true, nil
	})
}
