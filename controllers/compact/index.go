package compact

import (
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// buckets is how many buckets an index has. client-go keeps a set for every
// value of an index, 290 bytes to find one user by one name; in buckets values
// share the sets. An object costs the less the more share one, and a look-up
// the more: 100,000 users are 24 in each.
const buckets = 1 << 12

// index is an informer's store of records, which shows whole objects, and
// finds them by the hashes that the records have.
type index struct {
	toolscache.Indexer

	codec *codec
	// transform changes what comes, if it is set.
	transform toolscache.TransformFunc
	seed      maphash.Seed
	// fields are the indexes by number, values their functions by name.
	fields map[string]uint64
	values toolscache.Indexers
	// filling is set with the first record.
	filling atomic.Bool
	recent  [remembered]atomic.Pointer[read]
}

// remembered is how many objects are kept whole for a while: most are read
// several times soon after they changed.
const remembered = 1024

// read is an object that was made of a record, or became one.
type read struct {
	from   *record
	object client.Object
}

func newIndex(c *codec) *index {
	return &index{codec: c, seed: maphash.MakeSeed(), fields: map[string]uint64{}, values: toolscache.Indexers{}}
}

// AddIndexers implements Indexer.
func (x *index) AddIndexers(indexers toolscache.Indexers) error {
	if x.filling.Load() {
		return errors.New("indexes must be added before the cache fills")
	}
	bucketed := toolscache.Indexers{}
	for name, values := range indexers {
		number := uint64(len(x.fields))
		x.fields[name], x.values[name] = number, values
		bucketed[name] = func(object any) ([]string, error) { return bucketsOf(object.(*record), number), nil }
	}
	return x.Indexer.AddIndexers(bucketed)
}

// GetIndexers implements Indexer: with the functions that were asked for.
func (x *index) GetIndexers() toolscache.Indexers {
	all := maps.Clone(x.Indexer.GetIndexers())
	maps.Copy(all, x.values)
	return all
}

// keep makes a record of an object that nobody else has, unless it is one, and
// remembers the object.
func (x *index) keep(object any) (*record, error) {
	if done, ok := object.(*record); ok {
		return done, nil
	}
	whole, err := x.prepare(object)
	if err != nil {
		return nil, err
	}
	r, err := x.pack(whole)
	if err == nil && r.Object == nil {
		x.slot(r).Store(&read{r, whole})
	}
	return r, err
}

// prepare makes an object what it is to be in the cache: without its managed
// fields, which nothing reads.
func (x *index) prepare(object any) (client.Object, error) {
	if x.transform != nil {
		var err error
		if object, err = x.transform(object); err != nil {
			return nil, err
		}
	}
	whole, ok := object.(client.Object)
	if !ok {
		return nil, fmt.Errorf("the cache is for objects, and this is a %T", object)
	}
	whole.SetManagedFields(nil)
	return whole, nil
}

// pack makes a record of an object.
func (x *index) pack(whole client.Object) (*record, error) {
	x.filling.Store(true)
	r := &record{head: headOf(whole)}
	if err := x.hashValues(r, whole); err != nil {
		return nil, err
	}
	if x.codec == nil {
		r.Object = whole
		return r, nil
	}
	var err error
	r.data, err = x.codec.encode(whole)
	return r, err
}

func (x *index) hashValues(r *record, whole client.Object) error {
	for name, values := range x.values {
		found, err := values(whole)
		if err != nil {
			return fmt.Errorf("index %s by %s: %w", r.head, name, err)
		}
		for _, value := range found {
			if !strings.HasPrefix(value, everyNamespace) {
				r.values = append(r.values, x.hash(name, value))
			}
		}
	}
	r.values = slices.Clip(r.values)
	return nil
}

// everyNamespace is how controller-runtime begins the values for look-ups in
// all namespaces.
const everyNamespace = "__all_namespaces/"

// fieldBits are the lowest bits of a hash: the number of the index.
const fieldBits = 8

func (x *index) hash(name, value string) uint64 {
	return maphash.String(x.seed, value)<<fieldBits | x.fields[name]
}

func bucketOf(hash uint64) string {
	return strconv.FormatUint(hash>>fieldBits%buckets, 36)
}

func bucketsOf(r *record, field uint64) []string {
	var found []string
	for _, hash := range r.values {
		if hash%(1<<fieldBits) == field {
			found = append(found, bucketOf(hash))
		}
	}
	return found
}

// slot is where a record's object is remembered.
func (x *index) slot(r *record) *atomic.Pointer[read] {
	return &x.recent[maphash.String(x.seed, r.head)%remembered]
}

// whole is the object that a record was made of; it is shared, and not to be
// changed.
func (x *index) whole(kept any) any {
	r, ok := kept.(*record)
	if !ok {
		return kept
	}
	if r.Object != nil {
		return r.Object
	}
	slot := x.slot(r)
	if last := slot.Load(); last != nil && last.from == r {
		return last.object
	}
	object := x.decode(r)
	slot.Store(&read{r, object})
	return object
}

// decode makes an object of a record. That cannot fail, since the record was
// made here: if it does, memory is broken, and nothing can be trusted.
func (x *index) decode(r *record) client.Object {
	object, err := x.codec.decode(r.data)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", r.head, err))
	}
	return object
}
