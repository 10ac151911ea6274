package scimwebhook

import (
	"context"
	"errors"
	"iter"

	"github.com/atlassync/atlassync/scimwebhook/schema"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// searchable is a kind of resource as a search sees it.
type searchable interface {
	kind() *schema.Resource
	// list gives a page of all resources in a stable order, and their number.
	list(ctx context.Context, s store.Scope, offset, limit int) ([]object, int, error)
	// after gives all resources behind a position, in the same order.
	after(ctx context.Context, s store.Scope, from store.Position) iter.Seq2[object, error]
	// lookup finds resources by the value of an attribute without looking at
	// all of them; nil if that is not possible.
	lookup(attribute string) lookup
	get(ctx context.Context, s store.Scope, id string) (object, error)
	render(ctx context.Context, s store.Scope, obj object, v view) (map[string]any, error)
}

// lookup finds the resources with a value, in any order.
type lookup func(ctx context.Context, s store.Scope, value string) ([]object, error)

// finder finds the resources with a value of an attribute, such as userName
// or members.value.
type finder[T object] struct {
	attribute string
	find      func(ctx context.Context, s store.Scope, value string) ([]T, error)
}

type finders[T object] []finder[T]

// collection makes a backend searchable.
type collection[T object] struct {
	resource *schema.Resource
	backend  backend[T]
}

func (c collection[T]) kind() *schema.Resource { return c.resource }

func (c collection[T]) list(ctx context.Context, s store.Scope, offset, limit int) ([]object, int, error) {
	found, total, err := c.backend.list(ctx, s, offset, limit)
	return objects(found), total, err
}

func (c collection[T]) after(ctx context.Context, s store.Scope, from store.Position) iter.Seq2[object, error] {
	return func(yield func(object, error) bool) {
		for obj, err := range c.backend.after(ctx, s, from) {
			if !yield(obj, err) {
				return
			}
		}
	}
}

func (c collection[T]) lookup(attribute string) lookup {
	if attribute == "id" {
		return c.byID
	}
	for _, f := range c.backend.finders() {
		if f.attribute == attribute {
			return func(ctx context.Context, s store.Scope, value string) ([]object, error) {
				found, err := f.find(ctx, s, value)
				return objects(found), err
			}
		}
	}
	return nil
}

func (c collection[T]) byID(ctx context.Context, s store.Scope, id string) ([]object, error) {
	obj, err := c.backend.get(ctx, s, id)
	if isMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []object{obj}, nil
}

func (c collection[T]) get(ctx context.Context, s store.Scope, id string) (object, error) {
	return c.backend.get(ctx, s, id)
}

func (c collection[T]) render(ctx context.Context, s store.Scope, obj object, v view) (map[string]any, error) {
	return c.backend.render(ctx, s, obj.(T), v)
}

func objects[T object](found []T) []object {
	all := make([]object, 0, len(found))
	for _, obj := range found {
		all = append(all, obj)
	}
	return all
}

// isMissing reports whether an error says that a resource does not exist.
func isMissing(err error) bool {
	e, ok := errors.AsType[*store.Error](err)
	return ok && e.Kind == store.NotFound
}
