package store

import (
	"context"
	"iter"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// List gives at most limit resources, oldest first, leaving out the first
// offset ones, and how many there are in all.
func (c *collection[T]) List(ctx context.Context, s Scope, offset, limit int) (page []T, total int, err error) {
	positions, total := c.order.page(s, offset, limit)
	page = make([]T, 0, len(positions))
	for obj, err := range c.read(ctx, s, positions) {
		if err != nil {
			return nil, 0, err
		}
		page = append(page, obj)
	}
	return page, total, nil
}

// scanChunk is how many positions a scan copies at a time.
const scanChunk = 1000

// After gives all resources behind a position, oldest first. Those that exist
// throughout are all given, whatever comes and goes meanwhile. It ends with
// the first error; the end of ctx is one.
func (c *collection[T]) After(ctx context.Context, s Scope, from Position) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			positions := c.order.after(s, from, scanChunk)
			if len(positions) == 0 {
				return
			}
			for obj, err := range c.read(ctx, s, positions) {
				if !yield(obj, err) || err != nil {
					return
				}
			}
			from = positions[len(positions)-1]
		}
	}
}

// read gives the resources at positions that are still there.
func (c *collection[T]) read(ctx context.Context, s Scope, positions []Position) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, p := range positions {
			obj, found, err := c.readOne(ctx, s, p)
			if err != nil {
				yield(obj, err)
				return
			}
			if found && !yield(obj, nil) {
				return
			}
		}
	}
}

func (c *collection[T]) readOne(ctx context.Context, s Scope, p Position) (obj T, found bool, err error) {
	if err := ctx.Err(); err != nil {
		return obj, false, fromAPI(err)
	}
	obj = c.newObject()
	err = c.client.Get(ctx, client.ObjectKey{Namespace: s.Namespace, Name: p.Name}, obj)
	switch {
	case apierrors.IsNotFound(err):
		c.order.put(s, p, false) // gone, and maybe faster than we could list it
		return obj, false, nil
	case err != nil:
		return obj, false, fromAPI(err)
	default:
		return obj, c.visible(s, obj), nil
	}
}
