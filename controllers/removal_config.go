package controllers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// heldReview is what is held of a SyncConfig's removals at one moment.
type heldReview struct {
	items []plan.HeldItem
	// approval is the last one; taken says that it is new.
	approval *v1alpha1.ApprovedRemovals
	taken    bool
	// users and groups are those of which removals can be made by now.
	users, groups []types.NamespacedName
	// next is when there will be room for others; zero if none waits.
	next time.Duration
	// remade says that nobody knows what was removed before the SyncConfig
	// was made again, so that there is no room.
	remade bool
}

// review looks at what is held, and takes the approval in the SyncConfig's
// annotation if it is for exactly that. Whatever begins to be held from now on
// is no part of it.
func (r *removals) review(ctx context.Context, config *v1alpha1.SyncConfig) (heldReview, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	limit := limitOf(config, r.clock.Now())
	found := heldReview{approval: config.Status.ApprovedRemovals}
	var ledgers []*ledger
	for i := range config.Spec.Directories {
		dir := &config.Spec.Directories[i]
		l, err := r.ledger(ctx, config, dir)
		if err != nil {
			return heldReview{}, err
		}
		ledgers = append(ledgers, l)
		for _, item := range l.held {
			item.Directory = dir.Name
			found.items = append(found.items, item)
		}
		found.lookForRoom(l, limit, config.Namespace)
		found.remade = found.remade || limit.counts(l.remade)
	}
	value := config.Annotations[v1alpha1.AnnotationApproveRemovals]
	if value == "" || isDryRun(config) || value != plan.SumUp(found.items).Approval {
		return found, nil
	}
	found.approval, found.taken = &v1alpha1.ApprovedRemovals{Value: value, Time: seconds(limit.now)}, true
	for _, l := range ledgers {
		l.sealed = found.approval.Time.Time
	}
	return found, nil
}

// lookForRoom finds who has waited longest, as many as may go now.
func (f *heldReview) lookForRoom(l *ledger, limit limit, namespace string) {
	for kind, into := range map[v1alpha1.RemovalKind]*[]types.NamespacedName{
		v1alpha1.RemovalOfUser: &f.users, v1alpha1.RemovalOfGroup: &f.groups,
	} {
		var waiting []plan.HeldItem
		for key, item := range l.held {
			if key.kind == kind {
				waiting = append(waiting, item)
			}
		}
		slices.SortFunc(waiting, func(a, b plan.HeldItem) int {
			return cmp.Or(a.Since.Compare(b.Since.Time), cmp.Compare(a.Object, b.Object))
		})
		count, room := l.counts[kind], l.spare(kind, limit)
		left := 0
		for _, item := range waiting {
			object := types.NamespacedName{Namespace: namespace, Name: item.Object}
			_, placed := count.places.of[object]
			switch {
			case placed:
			case room > 0:
				room--
			default:
				left++
				continue
			}
			*into = append(*into, object)
		}
		if left > 0 {
			f.expect(l.nextSpare(kind, limit))
		}
	}
}

// expect has the next look taken once there may be room.
func (f *heldReview) expect(after time.Duration) {
	if after = max(after, time.Second); f.next == 0 || after < f.next {
		f.next = after
	}
}

// approve lets what was held at the time of an approval be done, and gives the
// users and groups that it is about.
func (r *removals) approve(config *v1alpha1.SyncConfig, approval *v1alpha1.ApprovedRemovals) (users, groups []types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range config.Spec.Directories {
		l := r.ledgers[ledgerKeyOf(config, &config.Spec.Directories[i])]
		if l == nil {
			continue
		}
		l.approved = approval
		for key := range l.held {
			if key.kind == v1alpha1.RemovalOfUser {
				users = append(users, key.object)
			} else {
				groups = append(groups, key.object)
			}
		}
	}
	return users, groups
}

// reviewRemovals sums up what is held, and has those looked at for whom there
// is room.
func (r *SyncConfigReconciler) reviewRemovals(ctx context.Context, config *v1alpha1.SyncConfig) (heldReview, error) {
	found, err := r.removals.review(ctx, config)
	if err != nil {
		return found, err
	}
	r.metrics.setHeld(config, found.items)
	r.again.users(found.users...)
	r.again.groups(found.groups...)
	return found, nil
}

// approveRemovals acts on an approval that has been written to the status.
func (r *SyncConfigReconciler) approveRemovals(config *v1alpha1.SyncConfig, found heldReview) {
	if !found.taken {
		return
	}
	users, groups := r.removals.approve(config, found.approval)
	r.normal(config, v1alpha1.EventRemovalsApproved, "Approve", "%d held removals were approved and are done now", len(found.items))
	r.again.users(users...)
	r.again.groups(groups...)
}

// finding is the condition RemovalsHeld.
func (f *heldReview) finding(config *v1alpha1.SyncConfig, now time.Time) finding {
	limit, over, waiting := limitOf(config, now), 0, 0
	for _, item := range f.items {
		if item.Kind == v1alpha1.RemovalOfAdopted {
			continue
		}
		over++
		if !limit.approves(f.approval, item.Since) {
			waiting++
		}
	}
	status := config.Status.HeldRemovals
	howTo := fmt.Sprintf("annotate the SyncConfig with %s=%s to let exactly what is held be done", v1alpha1.AnnotationApproveRemovals, status.Approval)
	why := "more is to be removed than removalLimit allows"
	if f.remade {
		why = "it is not known what was removed before this SyncConfig was made again, so that nothing more is until a window has passed"
	}
	switch {
	case waiting > 0:
		return finding{metav1.ConditionTrue, v1alpha1.ReasonLimitExceeded,
			fmt.Sprintf("%d removals wait, since %s: %s; if it is right, %s", waiting, why, strings.Join(status.Sample, ", "), howTo)}
	case over > 0:
		return finding{metav1.ConditionTrue, v1alpha1.ReasonApproved, fmt.Sprintf("%d removals were approved and are being done", over)}
	case len(f.items) > 0:
		return finding{metav1.ConditionFalse, v1alpha1.ReasonWithinLimit,
			fmt.Sprintf("Nothing is over removalLimit. Members of %d groups stay who were in them before they were taken over: if they are to go, %s", len(f.items), howTo)}
	}
	return finding{metav1.ConditionFalse, v1alpha1.ReasonWithinLimit, "Nothing is over removalLimit"}
}

// tellHeld sends a warning when the removal limit begins to be exceeded.
func (c *checkup) tellHeld(b *base) {
	exceeded := func(conditions []metav1.Condition) *metav1.Condition {
		held := meta.FindStatusCondition(conditions, v1alpha1.ConditionRemovalsHeld)
		if held == nil || held.Reason != v1alpha1.ReasonLimitExceeded {
			return nil
		}
		return held
	}
	if now := exceeded(c.config.Status.Conditions); now != nil && exceeded(c.before.Status.Conditions) == nil {
		b.warning(c.config, v1alpha1.EventRemovalHeld, "Review", "%s", now.Message)
	}
}

// setHeld shows how many removals are held.
func (m *Metrics) setHeld(config *v1alpha1.SyncConfig, items []plan.HeldItem) {
	name := client.ObjectKeyFromObject(config).String()
	counts := map[string]map[v1alpha1.RemovalKind]int{}
	for _, item := range items {
		if counts[item.Directory] == nil {
			counts[item.Directory] = map[v1alpha1.RemovalKind]int{}
		}
		counts[item.Directory][item.Kind]++
	}
	for _, dir := range config.Spec.Directories {
		for _, kind := range []v1alpha1.RemovalKind{v1alpha1.RemovalOfUser, v1alpha1.RemovalOfGroup, v1alpha1.RemovalOfMembers, v1alpha1.RemovalOfAdopted} {
			m.held.WithLabelValues(name, dir.Name, string(kind)).Set(float64(counts[dir.Name][kind]))
		}
	}
}
