package controllers

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// tally counts the users and groups of each SyncConfig by what their status
// says. It follows the cache event by event, so that a status costs the same
// however many there are. A controller starts to work only after its handlers
// have seen all that was there.
type tally struct {
	mu     sync.Mutex
	counts map[types.NamespacedName]*counts
}

// counts are what the users and groups of one SyncConfig add up to.
type counts struct {
	users  v1alpha1.UserCounts
	groups v1alpha1.GroupCounts
	// planned leaves out the default groups that would be created.
	planned  v1alpha1.PlannedCounts
	defaults createdDefaults
}

func newTally() *tally {
	return &tally{counts: map[types.NamespacedName]*counts{}}
}

// follow counts users or groups, and has the SyncConfigs reconciled whose
// counts may have changed by that.
func (t *tally) follow() handler.EventHandler {
	then := gathered(func(_ context.Context, o client.Object) []types.NamespacedName {
		return []types.NamespacedName{countedFor(o)}
	})
	return handler.Funcs{
		CreateFunc: func(ctx context.Context, e event.CreateEvent, q requestQueue) {
			t.replace(nil, e.Object)
			then.Create(ctx, e, q)
		},
		UpdateFunc: func(ctx context.Context, e event.UpdateEvent, q requestQueue) {
			t.replace(e.ObjectOld, e.ObjectNew)
			then.Update(ctx, e, q)
			if countedFor(e.ObjectOld) != countedFor(e.ObjectNew) {
				then.Delete(ctx, event.DeleteEvent{Object: e.ObjectOld}, q)
			}
		},
		DeleteFunc: func(ctx context.Context, e event.DeleteEvent, q requestQueue) {
			t.replace(e.Object, nil)
			then.Delete(ctx, e, q)
		},
	}
}

// countedFor is the SyncConfig that a user or group belongs to.
func countedFor(object client.Object) types.NamespacedName {
	key := types.NamespacedName{Namespace: object.GetNamespace()}
	switch o := object.(type) {
	case *v1alpha1.ProvisionedUser:
		key.Name = o.Spec.SyncConfigName
	case *v1alpha1.ProvisionedGroup:
		key.Name = o.Spec.SyncConfigName
	}
	return key
}

// replace takes an object off as it was, and adds it as it is; nil is for one
// that was not there, or is not any more.
func (t *tally) replace(before, after client.Object) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if before != nil {
		t.add(before, -1)
	}
	if after != nil {
		t.add(after, 1)
	}
}

// add counts an object so many times.
func (t *tally) add(object client.Object, times int32) {
	config := countedFor(object)
	c := t.counts[config]
	if c == nil {
		c = &counts{}
		t.counts[config] = c
	}
	switch o := object.(type) {
	case *v1alpha1.ProvisionedUser:
		c.addUser(o, times)
	case *v1alpha1.ProvisionedGroup:
		c.addGroup(o, times)
	}
	if c.users.Total == 0 && c.groups.Total == 0 {
		delete(t.counts, config)
	}
}

// tell brings the counts in the status of a SyncConfig up to date.
func (t *tally) tell(config *v1alpha1.SyncConfig) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts[client.ObjectKeyFromObject(config)]
	if c == nil {
		c = &counts{}
	}
	config.Status.Users, config.Status.Groups, config.Status.Planned = c.users, c.groups, nil
	if isDryRun(config) {
		planned := c.planned
		planned.Groups.Create += int32(len(c.defaults))
		config.Status.Planned = &planned
	}
}

func (c *counts) addUser(user *v1alpha1.ProvisionedUser, times int32) {
	c.users.Total += times
	if !user.IsActive() {
		c.users.Inactive += times
	}
	observed := user.Status.ObservedGeneration == user.Generation
	*countOf(user.Status.Conditions, observed, &c.users.Ready, &c.users.Failed, &c.users.Pending) += times
	for _, entry := range user.Status.Directories {
		tallyPlanned(&c.planned.Users, entry.PlannedAction, len(entry.HeldRemovals) > 0, times)
		c.defaults.add(entry, times)
	}
}

func (c *counts) addGroup(group *v1alpha1.ProvisionedGroup, times int32) {
	c.groups.Total += times
	observed := group.Status.ObservedGeneration == group.Generation
	*countOf(group.Status.Conditions, observed, &c.groups.Ready, &c.groups.Failed, &c.groups.Pending) += times
	for _, entry := range group.Status.Directories {
		tallyPlanned(&c.planned.Groups, entry.PlannedAction, len(entry.HeldRemovals) > 0, times)
	}
}

// countOf is the count that an object with such a status belongs to.
func countOf(conditions []metav1.Condition, observed bool, ready, failed, pending *int32) *int32 {
	switch {
	case meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionStalled):
		return failed
	case observed && meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionReady):
		return ready
	default:
		return pending
	}
}
