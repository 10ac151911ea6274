package compact

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Get implements Store.
func (x *index) Get(object any) (any, bool, error) {
	kept, exists, err := x.Indexer.Get(object)
	return x.whole(kept), exists, err
}

// GetByKey implements Store.
func (x *index) GetByKey(key string) (any, bool, error) {
	kept, exists, err := x.Indexer.GetByKey(key)
	return x.whole(kept), exists, err
}

// List implements Store.
func (x *index) List() []any {
	return x.all(x.Indexer.List())
}

// ByIndex implements Indexer.
func (x *index) ByIndex(name, value string) ([]any, error) {
	if _, ours := x.fields[name]; !ours {
		kept, err := x.Indexer.ByIndex(name, value)
		return x.all(kept), err
	}
	var found []any
	err := x.each(name, value, func(object client.Object) error {
		found = append(found, object)
		return nil
	})
	return found, err
}

// all makes the objects of records, in their place.
func (x *index) all(kept []any) []any {
	for i := range kept {
		kept[i] = x.whole(kept[i])
	}
	return kept
}

// each visits what has a value in an index of ours.
func (x *index) each(name, value string, visit func(client.Object) error) error {
	records, err := x.records(name, value)
	if err != nil {
		return err
	}
	values := x.values[name]
	for _, r := range records {
		object := x.whole(r).(client.Object)
		// Hashes may collide, however rarely.
		if found, err := values(object); err != nil {
			return err
		} else if !slices.Contains(found, value) {
			continue
		}
		if err := visit(object); err != nil {
			return err
		}
	}
	return nil
}

// held gives a test for the values that anything has in an index of ours now.
func (x *index) held(name string) (func(value string) bool, error) {
	number, ours := x.fields[name]
	if !ours {
		return nil, errNoIndex(name)
	}
	hashes := map[uint64]struct{}{}
	for _, kept := range x.Indexer.List() {
		for _, hash := range kept.(*record).values {
			if hash%(1<<fieldBits) == number {
				hashes[hash] = struct{}{}
			}
		}
	}
	return func(value string) bool {
		_, found := hashes[x.hash(name, value)]
		return found
	}, nil
}

func errNoIndex(name string) error { return fmt.Errorf("there is no index %s", name) }

// records are those whose hashes say that they have a value in an index of ours.
func (x *index) records(name, value string) ([]*record, error) {
	if strings.HasPrefix(value, everyNamespace) {
		return nil, fmt.Errorf("index %s is kept for look-ups in one namespace: name it", name)
	}
	if _, ours := x.fields[name]; !ours {
		return nil, errNoIndex(name)
	}
	hash := x.hash(name, value)
	candidates, err := x.Indexer.ByIndex(name, bucketOf(hash))
	if err != nil {
		return nil, err
	}
	records := make([]*record, 0, len(candidates))
	for _, candidate := range candidates {
		if r := candidate.(*record); slices.Contains(r.values, hash) {
			records = append(records, r)
		}
	}
	return records, nil
}
