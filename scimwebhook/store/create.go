package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// Two that want one name may hinder each other; both begin again, and one is
// sooner. Every try may leave an object that is being deleted.
const createTries = 5

func createBackoff() wait.Backoff {
	return wait.Backoff{Duration: 10 * time.Millisecond, Factor: 3, Jitter: 1, Steps: createTries}
}

// uncontested creates a resource by try, which fails with a conflict when
// somebody else took the name, or the externalId, at the same moment.
func (c *collection[T]) uncontested(ctx context.Context, try func() (T, error)) (T, error) {
	backoff := createBackoff()
	for range createTries {
		obj, err := try()
		if !apierrors.IsConflict(err) {
			return obj, err
		}
		if !pause(ctx, backoff.Step()) {
			break
		}
	}
	return *new(T), errorf(Unavailable, "the %s or externalId is being taken by too many requests at once: try again", c.nameAttribute)
}

// create writes a new resource and sees to it that nobody else has its name.
// A conflict, given back as it is, means that somebody has.
func (c *collection[T]) create(ctx context.Context, s Scope, obj T) (T, error) {
	created, err := c.createObject(ctx, s, obj)
	if err != nil {
		return created, err
	}
	if err := c.confirm(ctx, s, created); err != nil {
		return created, cmp.Or(c.withdraw(ctx, created), err)
	}
	c.order.set(created)
	return created, nil
}

// createObject writes a new resource. Two replicas that create one name at the
// same moment compute the same object name, so that one of them is told.
func (c *collection[T]) createObject(ctx context.Context, s Scope, obj T) (T, error) {
	syncConfig, id := c.identity(obj)
	*syncConfig, *id = s.SyncConfig, c.newID()
	obj.SetNamespace(s.Namespace)
	obj.SetLabels(labels(s, *id))
	obj.SetFinalizers([]string{v1alpha1.Finalizer})
	for n := range maxSuffix {
		attempt := obj.DeepCopyObject().(T)
		attempt.SetName(objectName(s, c.name(obj), n+1))
		err := c.client.Create(ctx, attempt)
		if err == nil {
			return attempt, nil
		}
		if !apierrors.IsAlreadyExists(err) {
			return *new(T), fromAPI(err)
		}
		if err := c.refuseHolder(ctx, s, attempt.GetName(), c.name(obj)); err != nil {
			return *new(T), err
		}
	}
	return *new(T), errorf(Unavailable, "too many %ss that held the %s %q before are still being removed: try again later",
		c.resource, c.nameAttribute, c.name(obj))
}

// refuseKnown fails when the cache knows a resource that holds name. It need
// not show all yet, because whoever it misses is noticed later.
func (c *collection[T]) refuseKnown(ctx context.Context, s Scope, name string) error {
	holders, err := c.cached(ctx, s, v1alpha1.IndexName, v1alpha1.Fold(name), asIs...)
	if err != nil {
		return err
	}
	return c.refuseOthers(ctx, s, holders, name, "")
}

// refuseOthers fails when one of holders, which may be out of date, holds name
// and is not the resource with id.
func (c *collection[T]) refuseOthers(ctx context.Context, s Scope, holders []T, name, id string) error {
	for _, holder := range holders {
		if holder.SCIMID() == id {
			continue
		}
		if err := c.refuseHolder(ctx, s, holder.GetName(), name); err != nil {
			return err
		}
	}
	return nil
}

// refuseHolder fails when an object holds name. One that was renamed, or is
// being deleted, does not.
func (c *collection[T]) refuseHolder(ctx context.Context, s Scope, objectName, name string) error {
	holder, err := c.liveObject(ctx, s, objectName)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fromAPI(err)
	}
	if c.holds(s, holder, name) {
		return c.taken(holder)
	}
	return nil
}

// confirm sees to it that nobody else has the name or the externalId of a new
// resource, in a cache that shows all that was written before it.
func (c *collection[T]) confirm(ctx context.Context, s Scope, created T) error {
	if err := c.outdo(ctx, s, created, c.name(created)); err != nil || c.externalID == nil {
		return err
	}
	same, err := c.sameExternalID(ctx, s, c.externalID(created))
	if err == nil && hasOthers(same, created) {
		err = c.contested(created)
	}
	return err
}

// sameExternalID gives the resources that have an externalId, in the cache as
// it is.
func (c *collection[T]) sameExternalID(ctx context.Context, s Scope, externalID string) ([]T, error) {
	if externalID == "" {
		return nil, nil
	}
	return c.cached(ctx, s, v1alpha1.IndexExternalID, externalID, asIs...)
}

// hasOthers reports whether found holds more than mine.
func hasOthers[T resource](found []T, mine T) bool {
	return slices.ContainsFunc(found, func(other T) bool { return other.GetUID() != mine.GetUID() })
}

// withdrawTime is how long it may take to undo a creation, also when the
// request has ended.
const withdrawTime = 5 * time.Second

// withdraw deletes a new resource that cannot stay. Controllers may have seen
// it already, so it goes the way of all others.
func (c *collection[T]) withdraw(ctx context.Context, created T) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), withdrawTime)
	defer cancel()
	err := c.client.Delete(ctx, created, client.Preconditions{UID: new(created.GetUID())})
	if err == nil || apierrors.IsNotFound(err) {
		return nil
	}
	return fromAPI(err)
}
