package store

import (
	"cmp"
	"slices"
	"sync"
	"time"

	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// order knows the names of all resources of each SyncConfig, oldest first, so
// that any page costs the same and pages do not shift while resources are
// added. It learns from informer events. The zero value is ready for use once
// syncConfig is set.
type order struct {
	syncConfig func(client.Object) string

	mu      sync.RWMutex
	entries map[Scope][]entry
}

// entry sorts by age, then by name, which is the same on every replica.
type entry struct {
	created time.Time
	name    string
}

func (e entry) compare(other entry) int {
	return cmp.Or(e.created.Compare(other.created), cmp.Compare(e.name, other.name))
}

// page gives the names at offset and following, at most limit of them, and
// how many there are in all.
func (o *order) page(s Scope, offset, limit int) (names []string, total int) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	all := o.entries[s]
	from := min(offset, len(all))
	for _, e := range all[from:min(from+limit, len(all))] {
		names = append(names, e.name)
	}
	return names, len(all)
}

// OnAdd implements cache.ResourceEventHandler.
func (o *order) OnAdd(obj any, _ bool) { o.set(obj) }

// OnUpdate implements cache.ResourceEventHandler.
func (o *order) OnUpdate(_, obj any) { o.set(obj) }

// OnDelete implements cache.ResourceEventHandler.
func (o *order) OnDelete(obj any) {
	if tombstone, ok := obj.(toolscache.DeletedFinalStateUnknown); ok {
		obj = tombstone.Obj
	}
	if object, ok := obj.(client.Object); ok {
		o.change(object, false)
	}
}

// set lists an object, unless it is on its way out.
func (o *order) set(obj any) {
	if object, ok := obj.(client.Object); ok {
		o.change(object, object.GetDeletionTimestamp() == nil)
	}
}

func (o *order) change(obj client.Object, present bool) {
	s := Scope{Namespace: obj.GetNamespace(), SyncConfig: o.syncConfig(obj)}
	e := entry{created: obj.GetCreationTimestamp().Time, name: obj.GetName()}

	o.mu.Lock()
	defer o.mu.Unlock()
	if o.entries == nil {
		o.entries = map[Scope][]entry{}
	}
	i, found := slices.BinarySearchFunc(o.entries[s], e, entry.compare)
	switch {
	case present && !found:
		o.entries[s] = slices.Insert(o.entries[s], i, e)
	case !present && found:
		o.entries[s] = slices.Delete(o.entries[s], i, i+1)
	}
	if len(o.entries[s]) == 0 {
		delete(o.entries, s)
	}
}
