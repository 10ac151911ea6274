package controllers

import (
	"context"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// removals counts what is removed from each directory, so that no more goes
// within a window than the removal limit allows. What is to be removed is
// entered first, so that workers together do not go too far either. It is held
// in memory, built from the objects' status, where each of them notes its own
// removal before it is made.
type removals struct {
	reader
	clock clock.PassiveClock

	mu      sync.Mutex
	ledgers map[ledgerKey]*ledger
	// tracing orders the writes of what is remembered of objects that go.
	tracing sync.Mutex
}

func newRemovals(r reader, now clock.PassiveClock) *removals {
	return &removals{reader: r, clock: now, ledgers: map[ledgerKey]*ledger{}}
}

// ledgerKey is one directory of one SyncConfig.
type ledgerKey struct {
	config            types.NamespacedName
	uid               types.UID
	directory, target string
}

func ledgerKeyOf(config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec) ledgerKey {
	return ledgerKey{client.ObjectKeyFromObject(config), config.UID, dir.Name, dir.Target()}
}

// isDryRun reports whether nothing is written to the directories, but planned.
func isDryRun(config *v1alpha1.SyncConfig) bool {
	return config.Spec.Mode == v1alpha1.ModeDryRun
}

// removal is something that is about to be taken away.
type removal struct {
	kind   v1alpha1.RemovalKind
	object types.NamespacedName
	// action says what is done; see v1alpha1.HeldRemoval.
	action string
	// label is how people know the user or group.
	label string
	// untilDone has an approved removal stay among the held ones until it is
	// done, so that it can be asked for again.
	untilDone bool
}

func (w removal) heldKey() heldKey { return heldKey{w.kind, w.object} }

// item is the removal as it is shown while it is held.
func (w removal) item(held v1alpha1.HeldRemoval) plan.HeldItem {
	return plan.HeldItem{HeldRemoval: held, Object: w.object.Name, Label: w.label}
}

// reservation is the answer to a removal that is asked for.
type reservation struct {
	// held says since when the removal waits; nil if it may be made.
	held *v1alpha1.HeldRemoval
	// counted says that the removal counts from now on, and not already.
	counted bool
	// noted says that the object has to note the removal before it is made:
	// it is limited, and nothing else would tell of it after a crash.
	noted bool
	// final says that a refusal does not take it back: an approval was used.
	final bool
	// approved is when it was approved, for what only an approval allows.
	approved metav1.Time
}

// reserve asks for the removal of a user or a group. If it may be made it
// counts from now on, and once only however often it is tried.
func (r *removals) reserve(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, what removal) (reservation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.ledger(ctx, config, dir)
	if err != nil {
		return reservation{}, err
	}
	limit, count := limitOf(config, r.clock.Now()), l.counts[what.kind]
	l.used(what.kind, limit) // which drops what counts no more
	if _, again := count.done[what.object]; again {
		l.unhold(what)
		return reservation{}, nil
	}
	over := !l.admits(what, limit)
	if over && !l.approves(what, limit) {
		return reservation{held: l.hold(what, limit.now)}, nil
	}
	l.unhold(what)
	count.places.use(what.object)
	if isDryRun(config) {
		count.places.of[what.object] = struct{}{}
		return reservation{}, nil
	}
	count.enter(what.object, limit.now)
	_, limited := limit.Allows(what.kind, l.population(what.kind))
	return reservation{counted: true, noted: limited, final: over}, nil
}

// ask asks for a removal of members that only an approval allows. It is held
// until the object does not show it as held any more.
func (r *removals) ask(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, what removal) (reservation, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.ledger(ctx, config, dir)
	if err != nil {
		return reservation{}, err
	}
	limit := limitOf(config, r.clock.Now())
	if l.approves(what, limit) {
		return reservation{approved: l.approved.Time}, nil
	}
	return reservation{held: l.hold(what, limit.now)}, nil
}

// undo takes a reservation back: the directory has refused the removal.
func (r *removals) undo(config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, what removal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.ledgers[ledgerKeyOf(config, dir)]; l != nil {
		delete(l.counts[what.kind].done, what.object)
	}
}

// observe notes that an object is managed in a directory, or is not, and which
// removals of it are still held.
func (r *removals) observe(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, kind v1alpha1.RemovalKind, object types.NamespacedName, managed bool, held []v1alpha1.HeldRemoval) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, err := r.ledger(ctx, config, dir)
	if err != nil {
		return err
	}
	if managed {
		l.counts[kind].managed[object] = struct{}{}
	} else {
		delete(l.counts[kind].managed, object)
		l.counts[kind].places.leave(object)
	}
	l.retain(kind, object, held)
	return nil
}

// forget drops an object that is gone. What was removed of it still counts.
func (r *removals) forget(kind v1alpha1.RemovalKind, object types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, l := range r.ledgers {
		if key.config.Namespace == object.Namespace {
			delete(l.counts[kind].managed, object)
			l.counts[kind].places.leave(object)
			l.retain(kind, object, nil)
		}
	}
}

// forgetConfig drops what is known of a SyncConfig that is gone.
func (r *removals) forgetConfig(config types.NamespacedName) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key := range r.ledgers {
		if key.config == config {
			delete(r.ledgers, key)
		}
	}
}

// seconds is a time as Kubernetes writes it.
func seconds(t time.Time) metav1.Time {
	return metav1.NewTime(t.Truncate(time.Second))
}
