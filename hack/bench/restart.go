package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	// restartRounds is how often all users of a run are listed and started with.
	// A smaller estate takes as much time in more rounds, so that kube-apiserver
	// collects its garbage as often.
	restartRounds = 3
	// calm is how long a replica is left alone before its memory is looked at:
	// Go collects garbage at least every two minutes, and gives back to the
	// system what it has not used for a while.
	calm = 150 * time.Second
)

// restart is what starting the manager of an estate anew was like.
type restart struct {
	ready, list series
	// own and served are the processor times of the manager and of
	// kube-apiserver until it was ready, listed that of kube-apiserver for a list.
	own, served, listed series
	// cpu is the manager's until nothing was left to do.
	cpu time.Duration
	// api and requests are the writes from the start until nothing was left to do.
	api      apiWrites
	requests int
	// objects is the size of all objects as JSON, peak the most memory until
	// nothing was left to do, steady the memory some time later.
	objects, peak, steady float64
}

// restarted restarts the manager of an estate, once.
func (e *estate) restarted(ctx context.Context) (*restart, error) {
	if e.again != nil {
		return e.again, nil
	}
	times := series{unit: unitTime}
	r := &restart{ready: times, list: times, own: times, served: times, listed: times}
	if err := r.listAll(ctx, e); err != nil {
		return nil, err
	}
	for range e.rounds() - 1 {
		if err := r.start(ctx, e); err != nil {
			return nil, err
		}
	}
	keep := e.world.profile(ctx, e.tenant)
	before, err := e.world.apiWrites(ctx)
	if err != nil {
		return nil, err
	}
	e.simulator.ClearRequests()
	start := time.Now()
	if err := r.start(ctx, e); err != nil {
		return nil, err
	}
	if err := e.settled(ctx, start); err != nil {
		return nil, err
	}
	if r.cpu, err = e.process().cpu(); err != nil {
		return nil, err
	}
	if err := keep(); err != nil {
		return nil, err
	}
	after, err := e.world.apiWrites(ctx)
	if err != nil {
		return nil, err
	}
	r.api = after.since(before)
	r.requests, _, _ = e.counted()
	e.again = r
	return r, r.weigh(ctx, e.process())
}

// rounds is how often an estate is listed and started with.
func (e *estate) rounds() int {
	return max(restartRounds, restartRounds*e.world.users/e.users)
}

// start takes the time until a manager that is started anew is ready.
func (r *restart) start(ctx context.Context, e *estate) error {
	if err := e.replica.Stop(); err != nil {
		return err
	}
	start := time.Now()
	served, err := serving(func() error { return e.replica.Start(ctx) })
	if err != nil {
		return err
	}
	r.ready = r.ready.with(time.Since(start))
	r.served = r.served.with(served)
	own, err := e.process().cpu()
	r.own = r.own.with(own)
	return err
}

// serving is the processor time that kube-apiserver has used while do ran.
func serving(do func() error) (time.Duration, error) {
	server, err := childNamed("kube-apiserver")
	if err != nil {
		return 0, err
	}
	before, err := server.cpu()
	if err != nil {
		return 0, err
	}
	if err := do(); err != nil {
		return 0, err
	}
	after, err := server.cpu()
	return after - before, err
}

// listAll takes the time to read all objects by client-go, and their size.
func (r *restart) listAll(ctx context.Context, e *estate) error {
	for range e.rounds() {
		var objects []client.ObjectList
		start := time.Now()
		served, err := serving(func() (err error) {
			objects, err = e.objects(ctx)
			return err
		})
		if err != nil {
			return err
		}
		r.list = r.list.with(time.Since(start))
		r.listed = r.listed.with(served)
		if r.objects, err = sizeOf(objects); err != nil {
			return err
		}
	}
	return nil
}

// weigh takes the memory of a process that has just started.
func (r *restart) weigh(ctx context.Context, p process) (err error) {
	if r.peak, err = p.peak(); err != nil {
		return err
	}
	if err := pause(ctx, calm); err != nil {
		return err
	}
	r.steady, err = p.resident()
	return err
}

// settled waits until the directory has been read after a time, and nothing is
// left to do.
func (e *estate) settled(ctx context.Context, after time.Time) error {
	if err := e.swept(ctx, after); err != nil {
		return err
	}
	return e.idle(ctx)
}

// objects reads all users, groups and members of an estate by client-go.
func (e *estate) objects(ctx context.Context) ([]client.ObjectList, error) {
	lists := []client.ObjectList{&v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}, &v1alpha1.MembershipSliceList{}}
	for _, list := range lists {
		if err := e.world.client.List(ctx, list, client.InNamespace(e.namespace)); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// sizeOf is how long lists are as JSON, without what only the API server uses.
func sizeOf(lists []client.ObjectList) (sum float64, err error) {
	for _, list := range lists {
		err := eachObject(list, func(o client.Object) error {
			o.SetManagedFields(nil)
			content, err := json.Marshal(o)
			sum += float64(len(content))
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// measureRestart tells how soon a manager that is started anew is ready, and
// that it writes nothing when everything is in sync.
func measureRestart(ctx context.Context, w *world) ([]result, error) {
	e, err := w.whole(ctx)
	if err != nil {
		return nil, err
	}
	r, err := e.restarted(ctx)
	if err != nil {
		return nil, err
	}
	statusWrites := r.api["provisionedusers/status"] + r.api["provisionedgroups/status"]
	return []result{
		{
			what: fmt.Sprintf("restart with %d users in sync: ready", e.users), against: "a list of the objects by client-go",
			reference: r.list, ours: r.ready, ratio: r.ready.median() / r.list.median(), bar: bar{limit: 2},
		},
		told("the same: processor time of the manager per user, until nothing is left to do", spent(r.cpu/time.Duration(e.users))),
		none("the same: writes to the directory", float64(r.requests)),
		none("the same: status writes of users and groups", statusWrites),
	}, nil
}

// measureMemory tells how much memory the manager has.
func measureMemory(ctx context.Context, w *world) ([]result, error) {
	e, err := w.whole(ctx)
	if err != nil {
		return nil, err
	}
	r, err := e.restarted(ctx)
	if err != nil {
		return nil, err
	}
	const most = 4096
	users := float64(e.users)
	return []result{
		{
			what: fmt.Sprintf("memory of the manager per user, %d users and %d groups", e.users, e.users/usersPerGroup), against: "4 KiB",
			reference: single(unitBytes, most), ours: single(unitBytes, r.steady/users), ratio: r.steady / users / most, bar: bar{limit: 1},
		},
		{
			what: "the same", against: "the objects as JSON", reference: single(unitBytes, r.objects), ours: single(unitBytes, r.steady),
			ratio: r.steady / r.objects, bar: bar{open: true},
		},
		{
			what: "its peak at the start", against: "its memory some minutes later", reference: single(unitBytes, r.steady), ours: single(unitBytes, r.peak),
			ratio: r.peak / r.steady, bar: bar{limit: 1.5},
		},
	}, nil
}

// eachObject calls do for every object of a list.
func eachObject(list client.ObjectList, do func(client.Object) error) error {
	return meta.EachListItem(list, func(o runtime.Object) error { return do(o.(client.Object)) })
}
