package controllers

import (
	"sync"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// Shard is which SyncConfigs a manager reconciles, and how the managers of
// other shards see that it is at work. The zero value is a manager that is
// alone and reconciles all.
type Shard struct {
	// Selector is for the labels of SyncConfigs; nil takes all of them.
	Selector labels.Selector
	// Lease is what this manager holds while it reconciles.
	Lease types.NamespacedName
}

func (s *Shard) matches(config *v1alpha1.SyncConfig) bool {
	return s.Selector == nil || s.Selector.Matches(labels.Set(config.Labels))
}

// alone reports whether there is no other manager to mind.
func (s *Shard) alone() bool { return s.Lease.Name == "" }

// holdings are the SyncConfigs that this manager has taken up. Of one that is
// not among them it touches nothing, so that two managers never work on the
// same users. Its methods do nothing when it is nil.
type holdings struct {
	Shard

	mu   sync.Mutex
	held map[types.NamespacedName]types.UID
	// busy counts the reconciles of users and groups that are under way.
	busy map[types.NamespacedName]int
}

func newHoldings(shard Shard) *holdings {
	return &holdings{Shard: shard, held: map[types.NamespacedName]types.UID{}, busy: map[types.NamespacedName]int{}}
}

// enter begins work on a user or group of a SyncConfig. It gives nil when that
// is not held: then nothing may be done. Else the function ends the work.
func (h *holdings) enter(config *v1alpha1.SyncConfig) (leave func()) {
	key := client.ObjectKeyFromObject(config)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.has(key, config.UID) {
		return nil
	}
	h.busy[key]++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.busy[key]--
	}
}

// holds reports whether a SyncConfig has been taken up.
func (h *holdings) holds(config *v1alpha1.SyncConfig) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.has(client.ObjectKeyFromObject(config), config.UID)
}

func (h *holdings) has(key types.NamespacedName, uid types.UID) bool {
	return h.alone() || h.held[key] == uid
}

func (h *holdings) take(config *v1alpha1.SyncConfig) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.held[client.ObjectKeyFromObject(config)] = config.UID
}

// letGo keeps new work on a SyncConfig from beginning, and reports whether all
// of it has ended.
func (h *holdings) letGo(key types.NamespacedName) (ended bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.held, key)
	if h.busy[key] > 0 {
		return false
	}
	delete(h.busy, key)
	return true
}
