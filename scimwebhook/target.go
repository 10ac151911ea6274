package scimwebhook

import (
	"context"
	"iter"
	"slices"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// target is one kind of resource in a search, and how it is searched.
type target struct {
	searchable

	// view is what the client wants to see.
	view view
	// needs is what the filter and the sort look at.
	needs view
	// accept is nil if whatever is a candidate is found.
	accept filter.Predicate
	// key is nil if nothing is sorted.
	key *sorter
	// lookup finds the candidates that have value; nil looks at everything.
	lookup lookup
	value  string
}

// targetsOf prepares every kind of resource for the query.
func targetsOf(q query, kinds []searchable) ([]target, error) {
	targets := make([]target, 0, len(kinds))
	for i, kind := range kinds {
		t := target{searchable: kind, needs: view{only: []schema.Ref{}}}
		if err := t.selectBy(q.filter, othersOf(kinds, i)); err != nil {
			return nil, err
		}
		if err := t.sortBy(q.sortBy, othersOf(kinds, i)); err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// othersOf are the resources that are searched along with the i-th.
func othersOf(kinds []searchable, i int) []*schema.Resource {
	var others []*schema.Resource
	for j, kind := range kinds {
		if j != i {
			others = append(others, kind.kind())
		}
	}
	return others
}

// selectBy decides how to find what satisfies a filter.
func (t *target) selectBy(e filter.Expr, others []*schema.Resource) (err error) {
	if e == nil {
		return nil
	}
	if t.accept, err = filter.Compile(e, t.kind(), others...); err != nil {
		return err
	}
	for _, path := range filter.Paths(e) {
		t.need(path.String())
	}
	conjuncts := filter.Conjuncts(e)
	for _, part := range conjuncts {
		attribute, value := equality(part, t.kind())
		if t.lookup = t.searchable.lookup(attribute); t.lookup != nil {
			t.value = value
			break
		}
	}
	if t.lookup != nil && len(conjuncts) == 1 {
		t.accept = nil // the index has said it all
	}
	return nil
}

// need makes an attribute a part of what is looked at, as a whole.
func (t *target) need(path string) {
	if ref, known := t.kind().Resolve(path); known {
		ref.Sub = nil
		t.needs.only = append(t.needs.only, ref)
	}
}

// equality is the attribute and the value in a part of a filter that says
// that the two are equal; members[value eq "x"] says so of members.value.
// For anything else the attribute is empty.
func equality(e filter.Expr, resource *schema.Resource) (attribute, value string) {
	if path, ok := e.(filter.ValuePath); ok {
		inner, ok := path.Filter.(filter.Comparison)
		if !ok {
			return "", ""
		}
		inner.Path = filter.AttrPath{URN: path.Path.URN, Name: path.Path.Name, Sub: inner.Path.Name}
		e = inner
	}
	comparison, ok := e.(filter.Comparison)
	if !ok || comparison.Op != filter.Equal {
		return "", ""
	}
	ref, known := resource.Resolve(comparison.Path.String())
	value, isText := comparison.Text()
	if !known || !isText {
		return "", ""
	}
	if ref.Sub == nil && ref.Attr != nil && ref.Attr.Type == schema.TypeComplex {
		ref.Sub = ref.Attr.SubAttributes.Find("value")
	}
	return ref.String(), value
}

// candidates are the resources behind a position that may satisfy the filter,
// in stable order.
func (t *target) candidates(ctx context.Context, s store.Scope, from store.Position) iter.Seq2[object, error] {
	if t.lookup == nil {
		return t.after(ctx, s, from)
	}
	return func(yield func(object, error) bool) {
		found, err := t.lookup(ctx, s, t.value)
		if err != nil {
			yield(nil, err)
			return
		}
		slices.SortFunc(found, func(a, b object) int { return store.PositionOf(a).Compare(store.PositionOf(b)) })
		for _, obj := range found {
			if store.PositionOf(obj).Compare(from) > 0 && !yield(obj, nil) {
				return
			}
		}
	}
}

// examine reports whether a candidate, or the error in its place, is a hit.
func (t *target) examine(ctx context.Context, s store.Scope, obj object, err error) (h hit, ok bool, _ error) {
	if err != nil {
		return hit{}, false, err
	}
	h = hit{place: place{At: store.PositionOf(obj)}, id: obj.SCIMID()}
	if t.accept == nil && t.key == nil {
		return h, true, nil
	}
	doc, err := t.render(ctx, s, obj, t.needs)
	if err != nil {
		return hit{}, false, err
	}
	h.key = t.key.of(doc)
	return h, t.accept == nil || t.accept(doc), nil
}
