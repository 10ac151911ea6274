// Package compact has informers keep users and groups as compressed bytes: a
// tenth of the memory, and next to nothing in it that the garbage collector has
// to follow. What is read is made anew.
package compact

import (
	"reflect"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Cache makes the informers of one controller-runtime cache, and looks into
// them. Its zero value is ready for use.
type Cache struct {
	mu      sync.Mutex
	indexes map[reflect.Type][]*index
}

// NewInformer implements cache.Options.NewInformer. Look-ups by field are for
// one namespace; one for all namespaces is an error.
func (c *Cache) NewInformer(lw toolscache.ListerWatcher, example runtime.Object, resync time.Duration, indexers toolscache.Indexers) toolscache.SharedIndexInformer {
	records := newIndex(codecOf(example))
	shared := toolscache.NewSharedIndexInformer(&lister{toolscache.ToListerWatcherWithContext(lw), records}, example, resync, indexers)
	records.Indexer = shared.GetIndexer()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.indexes == nil {
		c.indexes = map[reflect.Type][]*index{}
	}
	kind := reflect.TypeOf(example)
	c.indexes[kind] = append(c.indexes[kind], records)
	return &informer{shared, records}
}

// Each visits the objects of the example's kind that have the value in an
// index over a field, until a visit fails. It holds one at a time, where a list
// holds them all. It does not wait for own writes.
func (c *Cache) Each(example client.Object, namespace, field, value string, visit func(client.Object) error) error {
	for _, index := range c.of(example) {
		if err := index.each("field:"+field, namespace+"/"+value, visit); err != nil {
			return err
		}
	}
	return nil
}

// Names gives the names of such objects without reading any of them. Very
// rarely there may be one too many.
func (c *Cache) Names(example client.Object, namespace, field, value string) ([]types.NamespacedName, error) {
	var names []types.NamespacedName
	for _, index := range c.of(example) {
		records, err := index.records("field:"+field, namespace+"/"+value)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			names = append(names, types.NamespacedName{Namespace: r.GetNamespace(), Name: r.GetName()})
		}
	}
	return names, nil
}

// Values gives a test for what such objects have as values in an index over a
// field now, without reading any of them. It is for many values; very rarely
// it passes one too many.
func (c *Cache) Values(example client.Object, field string) (held func(namespace, value string) bool, err error) {
	var tests []func(string) bool
	for _, index := range c.of(example) {
		test, err := index.held("field:" + field)
		if err != nil {
			return nil, err
		}
		tests = append(tests, test)
	}
	return func(namespace, value string) bool {
		return slices.ContainsFunc(tests, func(held func(string) bool) bool { return held(namespace + "/" + value) })
	}, nil
}

func (c *Cache) of(example client.Object) []*index {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.indexes[reflect.TypeOf(example)]
}
