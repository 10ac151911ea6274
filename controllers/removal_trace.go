package controllers

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// An object that goes takes its status along. What it remembers of its own
// removal is handed to the SyncConfig first.

// tracesPerWindow is how many points in time past removals are told apart by.
const tracesPerWindow = 60

// traces are what a user or group remembers of its removal from the
// directories, by their names.
type traces struct {
	kind   v1alpha1.RemovalKind
	object types.NamespacedName
	at     map[string]time.Time
}

func (t traces) add(directory string, at *metav1.Time) {
	if at != nil {
		t.at[directory] = at.Time
	}
}

func (w *userWork) traces() traces {
	t := traces{v1alpha1.RemovalOfUser, w.key(), map[string]time.Time{}}
	for _, entry := range slices.Concat(w.user.Status.Directories, w.entries) {
		t.add(entry.Name, entry.RemovalTime)
	}
	return t
}

func (w *groupWork) traces() traces {
	t := traces{v1alpha1.RemovalOfGroup, w.key(), map[string]time.Time{}}
	for _, entry := range slices.Concat(w.group.Status.Directories, w.entries) {
		t.add(entry.Name, entry.RemovalTime)
	}
	return t
}

// keepTraces hands what an object remembers to its SyncConfig, if it still
// counts. It is written before the object is let go: if that fails it is
// counted twice for a while, rather than not at all.
func (r *removals) keepTraces(ctx context.Context, config *v1alpha1.SyncConfig, t traces) error {
	limit := limitOf(config, r.clock.Now())
	maps.DeleteFunc(t.at, func(_ string, at time.Time) bool { return !limit.counts(at) })
	if len(t.at) == 0 {
		return nil
	}
	r.tracing.Lock()
	defer r.tracing.Unlock()
	past, err := r.moveToPast(ctx, config, t)
	if err != nil {
		return err
	}
	patch, err := json.Marshal(map[string]any{"status": map[string]any{"pastRemovals": past}})
	if err != nil {
		return fmt.Errorf("note past removals on SyncConfig %s: %w", config.Name, err)
	}
	target := &v1alpha1.SyncConfig{ObjectMeta: metav1.ObjectMeta{Namespace: config.Namespace, Name: config.Name}}
	err = r.client.Status().Patch(ctx, target, client.RawPatch(types.MergePatchType, patch))
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("note past removals on SyncConfig %s/%s: %w", config.Namespace, config.Name, err)
	}
	return nil
}

// releaseWork lets a deleted object go and leaves the directories as they are.
// What was removed of it before counts still: it may wait for one directory
// and have been removed from another.
func (b *base) releaseWork(ctx context.Context, w work, why string) error {
	if config := w.progressed().config; config != nil {
		if err := b.removals.keepTraces(ctx, config.SyncConfig, w.traces()); err != nil {
			return err
		}
	}
	return b.release(ctx, w.object(), why)
}

// moveToPast has removals of an object count among those of objects that are
// gone, and gives all of these.
func (r *removals) moveToPast(ctx context.Context, config *v1alpha1.SyncConfig, t traces) ([]v1alpha1.PastRemovals, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	limit := limitOf(config, r.clock.Now())
	past := []v1alpha1.PastRemovals{}
	for i := range config.Spec.Directories {
		dir := &config.Spec.Directories[i]
		l, err := r.ledger(ctx, config, dir)
		if err != nil {
			return nil, err
		}
		at, removed := t.at[dir.Name]
		if _, counted := l.counts[t.kind].done[t.object]; counted && removed {
			delete(l.counts[t.kind].done, t.object)
			delete(l.counts[t.kind].managed, t.object)
			l.addPast(v1alpha1.PastRemovals{Directory: dir.Name, Kind: t.kind, Time: traceTime(at, limit.window), Count: 1})
		}
		l.used(t.kind, limit) // which drops what counts no more
		past = append(past, l.past...)
	}
	return past, nil
}

func (l *ledger) addPast(past v1alpha1.PastRemovals) {
	for i := range l.past {
		if l.past[i].Kind == past.Kind && l.past[i].Time.Equal(&past.Time) {
			l.past[i].Count += past.Count
			return
		}
	}
	l.past = append(l.past, past)
}

// traceTime is a time rounded up, so that a few of them tell of any number of
// removals and none counts for less long than it should.
func traceTime(at time.Time, window time.Duration) metav1.Time {
	step := max(window/tracesPerWindow, time.Second)
	if rounded := at.Truncate(step); rounded.Before(at) {
		at = rounded.Add(step)
	}
	return seconds(at)
}
