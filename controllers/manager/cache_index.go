package manager

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// indexBuckets is how many buckets an index has. An object costs the less the
// more share a bucket, and a look-up the more: 100,000 users are 6 in each.
const indexBuckets = 1 << 14

// newInformer makes informers with indexes that take little memory. The usual
// ones keep a set for every value: 290 bytes for one name of one user, and as
// much again for looking in all namespaces, which nobody does.
func newInformer(lw toolscache.ListerWatcher, example runtime.Object, resync time.Duration, indexers toolscache.Indexers) toolscache.SharedIndexInformer {
	informer := toolscache.NewSharedIndexInformer(lw, example, resync, indexers)
	return &bucketedInformer{informer, &bucketedIndexer{informer.GetIndexer(), maphash.MakeSeed(), toolscache.Indexers{}}}
}

// bucketedInformer is an informer whose indexes are added in buckets.
type bucketedInformer struct {
	toolscache.SharedIndexInformer

	indexer *bucketedIndexer
}

// GetIndexer implements SharedIndexInformer.
func (i *bucketedInformer) GetIndexer() toolscache.Indexer { return i.indexer }

// AddIndexers implements SharedIndexInformer.
func (i *bucketedInformer) AddIndexers(indexers toolscache.Indexers) error {
	return i.SharedIndexInformer.AddIndexers(i.indexer.bucketed(indexers))
}

// bucketedIndexer looks for values in buckets, and picks what really has them.
type bucketedIndexer struct {
	toolscache.Indexer

	seed maphash.Seed
	// exact are the functions by which the indexes were asked for.
	exact toolscache.Indexers
}

// bucketed are indexers that give the buckets of the values that the given
// ones give, those for all namespaces left out.
func (b *bucketedIndexer) bucketed(indexers toolscache.Indexers) toolscache.Indexers {
	buckets := toolscache.Indexers{}
	for name, values := range indexers {
		key := func(value string) string { return value }
		if name != indexOfAll {
			b.exact[name], key = values, b.bucket
		}
		buckets[name] = func(object any) ([]string, error) {
			found, err := values(object)
			keys := make([]string, 0, len(found))
			for _, value := range found {
				if !strings.HasPrefix(value, everyNamespace) {
					keys = append(keys, key(value))
				}
			}
			return keys, err
		}
	}
	return buckets
}

// indexOfAll is the index that finds all objects of a SyncConfig, as
// controller-runtime calls it. It has few values, and keeps them as they are.
const indexOfAll = "field:" + v1alpha1.IndexSyncConfig

// everyNamespace is how controller-runtime begins the values for look-ups in
// all namespaces.
const everyNamespace = "__all_namespaces/"

func (b *bucketedIndexer) bucket(value string) string {
	return strconv.FormatUint(maphash.String(b.seed, value)%indexBuckets, 36)
}

// ByIndex implements Indexer.
func (b *bucketedIndexer) ByIndex(name, value string) ([]any, error) {
	if strings.HasPrefix(value, everyNamespace) {
		return nil, fmt.Errorf("index %s is kept for look-ups in one namespace: name it", name)
	}
	values, ok := b.exact[name]
	if !ok {
		return b.Indexer.ByIndex(name, value)
	}
	candidates, err := b.Indexer.ByIndex(name, b.bucket(value))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(candidates, func(object any) bool {
		found, failed := values(object)
		if failed != nil {
			err = failed
		}
		return !slices.Contains(found, value)
	}), err
}

// GetIndexers implements Indexer: with the functions that were asked for.
func (b *bucketedIndexer) GetIndexers() toolscache.Indexers {
	all := b.Indexer.GetIndexers()
	exact := make(toolscache.Indexers, len(all))
	for name, values := range all {
		exact[name] = values
		if asked, ok := b.exact[name]; ok {
			exact[name] = asked
		}
	}
	return exact
}
