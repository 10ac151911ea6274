package store

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// resource is a custom resource that SCIM shows.
type resource interface {
	client.Object
	SCIMID() string
}

// kind is what users and groups do not have in common.
type kind[T resource] struct {
	// resource and nameAttribute are how errors speak of it.
	resource, nameAttribute string
	newObject               func() T
	newList                 func() client.ObjectList
	// identity points at the fields of the spec that never change.
	identity func(T) (syncConfig, id *string)
	// name is unique in any letter case.
	name func(T) string
	// externalID is that of a resource where two may not have the same. It may
	// be nil.
	externalID func(T) string
	// stamp gives obj with what its version and its time of change need beyond
	// the object itself. It may be nil.
	stamp func(ctx context.Context, obj T) (T, error)
}

// collection is the store of one kind.
type collection[T resource] struct {
	kind[T]
	client client.Client
	live   client.Reader
	newID  func() string
	now    func() time.Time
	order  order
	turns  turns
}

func newCollection[T resource](o Options, k kind[T]) collection[T] {
	return collection[T]{
		kind:   k,
		client: o.Client,
		live:   o.Live,
		newID:  o.NewID,
		now:    o.Now,
		order:  order{syncConfig: func(obj client.Object) string { return k.syncConfig(obj.(T)) }},
	}
}

func (k kind[T]) syncConfig(obj T) string {
	syncConfig, _ := k.identity(obj)
	return *syncConfig
}

func (c *collection[T]) stamped(ctx context.Context, obj T) (T, error) {
	if c.stamp == nil {
		return obj, nil
	}
	return c.stamp(ctx, obj)
}

// Get gives the resource with a SCIM id.
func (c *collection[T]) Get(ctx context.Context, s Scope, id string) (T, error) {
	found, err := c.cached(ctx, s, v1alpha1.IndexID, id)
	if err == nil && len(found) == 0 {
		found, err = c.liveByID(ctx, s, id)
	}
	if err != nil {
		return *new(T), err
	}
	if len(found) == 0 {
		return *new(T), c.notFound(id)
	}
	return found[0], nil
}

// FindByName gives the resource whose userName or displayName is name in any
// letter case; none is no error.
func (c *collection[T]) FindByName(ctx context.Context, s Scope, name string) ([]T, error) {
	found, err := c.cached(ctx, s, v1alpha1.IndexName, v1alpha1.Fold(name))
	if err != nil || len(found) > 0 {
		return found, err
	}
	return c.liveByName(ctx, s, name)
}

// FindByExternalID gives the resources with exactly this externalId; none is
// no error.
func (c *collection[T]) FindByExternalID(ctx context.Context, s Scope, externalID string) ([]T, error) {
	return c.cached(ctx, s, v1alpha1.IndexExternalID, externalID)
}

// asIs are the options of a look-up that shows the cache as it is, and whose
// objects are only looked at.
var asIs = []client.ListOption{client.DisableReadYourWritesConsistency, client.UnsafeDisableDeepCopy}

// cached asks an index of the cache.
func (c *collection[T]) cached(ctx context.Context, s Scope, index, value string, opts ...client.ListOption) ([]T, error) {
	return c.list(ctx, c.client, s, append(opts,
		client.InNamespace(s.Namespace),
		client.MatchingFields{index: v1alpha1.IndexKey(s.SyncConfig, value)})...)
}

// liveByID asks the API server for an object that the cache may not have
// seen yet. One written by hand without the label is only in the cache.
func (c *collection[T]) liveByID(ctx context.Context, s Scope, id string) ([]T, error) {
	if id == "" || len(validation.IsValidLabelValue(id)) > 0 {
		return nil, nil
	}
	found, err := c.list(ctx, c.live, s, client.InNamespace(s.Namespace), client.MatchingLabels{v1alpha1.LabelID: id})
	if err != nil {
		return nil, err
	}
	var same []T
	for _, obj := range found {
		if obj.SCIMID() == id {
			same = append(same, obj)
		}
	}
	return same, nil
}

// liveByName asks the API server for the holder of a name that the cache may
// not have seen yet, under the object names that the holder can have.
func (c *collection[T]) liveByName(ctx context.Context, s Scope, name string) ([]T, error) {
	for n := range maxSuffix {
		obj, err := c.liveObject(ctx, s, objectName(s, name, n+1))
		if apierrors.IsNotFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fromAPI(err)
		}
		if c.holds(s, obj, name) {
			return []T{obj}, nil
		}
	}
	return nil, nil
}

func (c *collection[T]) liveObject(ctx context.Context, s Scope, objectName string) (T, error) {
	obj := c.newObject()
	err := c.live.Get(ctx, client.ObjectKey{Namespace: s.Namespace, Name: objectName}, obj)
	return obj, err
}

func (c *collection[T]) list(ctx context.Context, reader client.Reader, s Scope, opts ...client.ListOption) ([]T, error) {
	list := c.newList()
	if err := reader.List(ctx, list, opts...); err != nil {
		return nil, fromAPI(err)
	}
	var found []T
	err := apimeta.EachListItem(list, func(item runtime.Object) error {
		if obj := item.(T); c.visible(s, obj) {
			found = append(found, obj)
		}
		return nil
	})
	if err != nil {
		return nil, fromAPI(err)
	}
	return found, nil
}

// visible reports whether SCIM shows an object: it belongs to the SyncConfig
// and is not on its way out.
func (c *collection[T]) visible(s Scope, obj T) bool {
	return obj.GetNamespace() == s.Namespace && c.syncConfig(obj) == s.SyncConfig && obj.GetDeletionTimestamp() == nil
}

func (c *collection[T]) holds(s Scope, obj T, name string) bool {
	return c.visible(s, obj) && v1alpha1.Fold(c.name(obj)) == v1alpha1.Fold(name)
}

// sameName reports whether a and b have the same name, in any letter case.
func (c *collection[T]) sameName(a, b T) bool {
	return v1alpha1.Fold(c.name(a)) == v1alpha1.Fold(c.name(b))
}

func (c *collection[T]) notFound(id string) *Error {
	return errorf(NotFound, "there is no %s with id %q here: it may have been deleted, or belong to another base URL", c.resource, id)
}

func (c *collection[T]) taken(holder T) *Error {
	return errorf(Uniqueness, "%s %q is already taken by the %s with id %s (%s): link to it instead of creating it, or choose another %s",
		c.nameAttribute, c.name(holder), c.resource, holder.SCIMID(), client.ObjectKeyFromObject(holder), c.nameAttribute)
}
