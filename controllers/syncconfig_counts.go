package controllers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	// countShare is how many times as long as a count took no other is made: a
	// tenth of the time goes into counting at most, however many objects there are.
	countShare = 10
	// countPatience is how long the counts may be out of date by that: on a
	// busy machine most of the time that a count takes is waiting.
	countPatience = 10 * time.Second
)

// pace says when the objects of each SyncConfig are counted next. Its zero
// value is ready for use.
type pace struct {
	mu   sync.Mutex
	next map[types.NamespacedName]time.Time
}

// wait is how long not to count yet.
func (p *pace) wait(config types.NamespacedName, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, p.next[config].Sub(now))
}

// counted notes a count that has ended.
func (p *pace) counted(config types.NamespacedName, start, end time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.next = map[types.NamespacedName]time.Time{}
	}
	p.next[config] = end.Add(min(countShare*end.Sub(start), countPatience))
}

// forget drops what is remembered of a SyncConfig.
func (p *pace) forget(config types.NamespacedName) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.next, config)
}

// recount counts the objects, unless they were counted only just now; then it
// says when to.
func (r *SyncConfigReconciler) recount(ctx context.Context, config *v1alpha1.SyncConfig) (time.Duration, error) {
	key, start := client.ObjectKeyFromObject(config), r.clock.Now()
	if wait := r.pace.wait(key, start); wait > 0 {
		return wait, nil
	}
	err := r.count(ctx, config)
	r.pace.counted(key, start, r.clock.Now())
	return 0, err
}

// count counts the SyncConfig's users and groups by what their status says.
func (r *SyncConfigReconciler) count(ctx context.Context, config *v1alpha1.SyncConfig) error {
	scope := scopeOf(config)
	users, groups := &v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}
	if err := errors.Join(r.client.List(ctx, users, scope...), r.client.List(ctx, groups, scope...)); err != nil {
		return fmt.Errorf("count the objects of SyncConfig %s/%s: %w", config.Namespace, config.Name, err)
	}
	var u v1alpha1.UserCounts
	for i := range users.Items {
		user := &users.Items[i]
		u.Total++
		if !user.IsActive() {
			u.Inactive++
		}
		tally(user.Status.Conditions, user.Status.ObservedGeneration == user.Generation, &u.Ready, &u.Failed, &u.Pending)
	}
	var g v1alpha1.GroupCounts
	for i := range groups.Items {
		group := &groups.Items[i]
		g.Total++
		tally(group.Status.Conditions, group.Status.ObservedGeneration == group.Generation, &g.Ready, &g.Failed, &g.Pending)
	}
	config.Status.Users, config.Status.Groups = u, g
	config.Status.Planned = plannedCounts(config, users.Items, groups.Items)
	return nil
}

// tally puts one object into the count that it belongs to.
func tally(conditions []metav1.Condition, observed bool, ready, failed, pending *int32) {
	switch {
	case meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionStalled):
		*failed++
	case observed && meta.IsStatusConditionTrue(conditions, v1alpha1.ConditionReady):
		*ready++
	default:
		*pending++
	}
}
