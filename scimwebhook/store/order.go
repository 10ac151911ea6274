package store

import (
	"cmp"
	"sync"
	"time"

	"github.com/tidwall/btree"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// order knows the names of all resources of each SyncConfig, oldest first, so
// that any page costs the same and pages do not shift while resources are
// added. It learns from informer events, and from what this replica writes. The
// zero value is ready for use once syncConfig is set.
//
// The trees count what is below each node, so that a page is found by its
// number and a newcomer by its place in some steps each, however many there
// are and in whatever order they come.
type order struct {
	syncConfig func(client.Object) string

	mu      sync.RWMutex
	entries map[Scope]*btree.BTreeG[Position]
}

// Position is the place of a resource among those of its kind: they sort by
// age, then by the name of the object, which is the same on every replica. It
// never changes. The zero Position is before all others.
type Position struct {
	Created time.Time `json:"c"`
	Name    string    `json:"n"`
}

// PositionOf is the place of a resource.
func PositionOf(obj metav1.Object) Position {
	return Position{Created: obj.GetCreationTimestamp().Time, Name: obj.GetName()}
}

// Compare is negative when p comes before other, and zero for the same place.
func (p Position) Compare(other Position) int {
	return cmp.Or(p.Created.Compare(other.Created), cmp.Compare(p.Name, other.Name))
}

// page gives the positions at offset and following, at most limit of them,
// and how many there are in all.
func (o *order) page(s Scope, offset, limit int) (page []Position, total int) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	all := o.entries[s]
	if all == nil {
		return nil, 0
	}
	if first, ok := all.GetAt(offset); ok {
		page = from(all, first, limit)
	}
	return page, all.Len()
}

// after gives the positions that follow one, at most limit of them. It finds
// its place also when the resource there is gone.
func (o *order) after(s Scope, p Position, limit int) []Position {
	o.mu.RLock()
	defer o.mu.RUnlock()
	all := o.entries[s]
	if all == nil {
		return nil
	}
	if _, there := all.Get(p); there {
		return from(all, p, limit+1)[1:]
	}
	return from(all, p, limit)
}

// from gives the positions from one on, at most limit of them.
func from(all *btree.BTreeG[Position], first Position, limit int) []Position {
	page := make([]Position, 0, min(limit, all.Len()))
	all.Ascend(first, func(p Position) bool {
		if len(page) < limit {
			page = append(page, p)
		}
		return len(page) < limit
	})
	return page
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
	o.put(Scope{Namespace: obj.GetNamespace(), SyncConfig: o.syncConfig(obj)}, PositionOf(obj), present)
}

func (o *order) put(s Scope, p Position, present bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.entries[s]
	switch {
	case present && all == nil:
		if o.entries == nil {
			o.entries = map[Scope]*btree.BTreeG[Position]{}
		}
		all = btree.NewBTreeGOptions(func(a, b Position) bool { return a.Compare(b) < 0 }, btree.Options{NoLocks: true})
		o.entries[s] = all
		all.Set(p)
	case present:
		all.Set(p)
	case all != nil:
		all.Delete(p)
		if all.Len() == 0 {
			delete(o.entries, s)
		}
	}
}
