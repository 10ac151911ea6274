package controllers

import (
	"context"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// ledger is what was removed from one directory, and what waits.
type ledger struct {
	counts map[v1alpha1.RemovalKind]*removalCount
	held   map[heldKey]plan.HeldItem
	// past are the removals of objects that are gone.
	past []v1alpha1.PastRemovals
	// remade is when the SyncConfig was made, if its objects are older: it was
	// deleted, and what it knew of past removals went with it.
	remade time.Time
	// approved is the last approval.
	approved *v1alpha1.ApprovedRemovals
	// sealed is when an approval was last weighed: what is held from then on
	// is not part of it, and gets a later time.
	sealed time.Time
	// seated is the generation of the SyncConfig that places were given for.
	seated int64
}

// removalCount counts the removals of users, or of groups.
type removalCount struct {
	managed map[types.NamespacedName]struct{}
	done    map[types.NamespacedName]time.Time
	oldest  time.Time // not after the oldest of done
	places  places
}

// heldKey identifies what is held: one removal of a kind for each object.
type heldKey struct {
	kind   v1alpha1.RemovalKind
	object types.NamespacedName
}

func newLedger() *ledger {
	count := func() *removalCount {
		return &removalCount{
			managed: map[types.NamespacedName]struct{}{}, done: map[types.NamespacedName]time.Time{},
			places: places{of: map[types.NamespacedName]struct{}{}},
		}
	}
	return &ledger{held: map[heldKey]plan.HeldItem{}, counts: map[v1alpha1.RemovalKind]*removalCount{
		v1alpha1.RemovalOfUser: count(), v1alpha1.RemovalOfGroup: count(),
	}}
}

// ledger gives the ledger of a directory, built from what the objects' status
// tells if this is the first time that it is needed, with places given for the
// SyncConfig as it is.
func (r *removals) ledger(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec) (*ledger, error) {
	key := ledgerKeyOf(config, dir)
	l := r.ledgers[key]
	if l != nil && l.seated >= config.Generation {
		l.endPlaces(limitOf(config, r.clock.Now()), isDryRun(config))
		return l, nil
	}
	l, err := r.buildLedger(ctx, l, config, dir)
	if err != nil {
		return nil, fmt.Errorf("SyncConfig %s: %w", key.config, err)
	}
	r.ledgers[key] = l
	return l, nil
}

// read enters what an object remembers.
func (l *ledger) read(what removal, managed bool, removed *metav1.Time, held []v1alpha1.HeldRemoval) {
	if managed {
		l.counts[what.kind].managed[what.object] = struct{}{}
	}
	if removed != nil {
		l.counts[what.kind].enter(what.object, removed.Time)
	}
	for _, h := range held {
		what.kind, what.action = h.Kind, h.Action
		l.held[what.heldKey()] = what.item(h)
	}
}

// date finds out whether an object was provisioned by an earlier SyncConfig of
// the same name.
func (l *ledger) date(object client.Object, managed bool, config *v1alpha1.SyncConfig) {
	if managed && object.GetCreationTimestamp().Time.Before(config.CreationTimestamp.Time) {
		l.remade = config.CreationTimestamp.Time
	}
}

func (c *removalCount) enter(object types.NamespacedName, at time.Time) {
	if len(c.done) == 0 || at.Before(c.oldest) {
		c.oldest = at
	}
	c.done[object] = at
}

// hold makes a removal wait, from now on if it does not yet.
func (l *ledger) hold(what removal, now time.Time) *v1alpha1.HeldRemoval {
	item, waits := l.held[what.heldKey()]
	if !waits || item.Action != what.action {
		since := now.Truncate(time.Second)
		if !since.After(l.sealed) {
			since = l.sealed.Add(time.Second)
		}
		item = what.item(v1alpha1.HeldRemoval{Kind: what.kind, Action: what.action, Since: metav1.NewTime(since)})
		l.held[what.heldKey()] = item
	}
	return &item.HeldRemoval
}

func (l *ledger) unhold(what removal) {
	if !what.untilDone {
		delete(l.held, what.heldKey())
	}
}

// approves reports whether somebody approved exactly this removal.
func (l *ledger) approves(what removal, limit limit) bool {
	item, waits := l.held[what.heldKey()]
	return waits && item.Action == what.action && limit.approves(l.approved, item.Since)
}

// retain keeps of an object's held removals those that it has still.
func (l *ledger) retain(kind v1alpha1.RemovalKind, object types.NamespacedName, held []v1alpha1.HeldRemoval) {
	kinds := []v1alpha1.RemovalKind{v1alpha1.RemovalOfUser}
	if kind == v1alpha1.RemovalOfGroup {
		kinds = []v1alpha1.RemovalKind{v1alpha1.RemovalOfGroup, v1alpha1.RemovalOfMembers, v1alpha1.RemovalOfAdopted}
	}
	for _, k := range kinds {
		if !slices.ContainsFunc(held, func(h v1alpha1.HeldRemoval) bool { return h.Kind == k }) {
			delete(l.held, heldKey{k, object})
		}
	}
}
