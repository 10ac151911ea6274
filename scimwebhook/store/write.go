package store

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// A conflict means that another replica was first. The tries add up to about
// two seconds, well within the time that a client waits.
const conflictTries = 20

func conflictBackoff() wait.Backoff {
	return wait.Backoff{Duration: 5 * time.Millisecond, Factor: 1.7, Jitter: 1, Cap: 100 * time.Millisecond, Steps: conflictTries}
}

// update applies mutate to the resource with id and writes the result, unless
// it is the same as before. It begins with what the cache shows. Whatever that
// leads to without a write, be it an error or no change, counts only once it
// is repeated on what the API server holds, because the cache may be behind;
// so mutate must be a pure function of the object.
func (c *collection[T]) update(ctx context.Context, s Scope, id string, mutate func(T) error) (T, error) {
	done, err := c.turns.take(ctx, turn{scope: s, id: id})
	if err != nil {
		return *new(T), fromAPI(err)
	}
	defer done()
	return c.updateInTurn(ctx, s, id, mutate)
}

func (c *collection[T]) updateInTurn(ctx context.Context, s Scope, id string, mutate func(T) error) (T, error) {
	current, err := c.Get(ctx, s, id)
	if err != nil {
		return current, err
	}
	next, written, _ := c.attempt(ctx, s, current, mutate) // an error may be the cache's
	if written {
		return next, nil
	}
	backoff := conflictBackoff()
	for range conflictTries {
		if current, err = c.reread(ctx, s, current); err != nil {
			return current, err
		}
		next, _, err = c.attempt(ctx, s, current, mutate)
		if !apierrors.IsConflict(err) {
			return next, err
		}
		if !pause(ctx, backoff.Step()) {
			break
		}
	}
	return next, errorf(Unavailable, "the %s is being changed by too many requests at once: try again", c.resource)
}

// attempt makes one try on current. A conflict is given back as it is.
func (c *collection[T]) attempt(ctx context.Context, s Scope, current T, mutate func(T) error) (next T, written bool, err error) {
	if err := c.checkCondition(ctx, current); err != nil {
		return current, false, err
	}
	next = current.DeepCopyObject().(T)
	if err := mutate(next); err != nil {
		return current, false, err
	}
	c.restore(next, current)
	if equality.Semantic.DeepEqual(current, next) {
		return current, false, nil
	}
	if err := c.admit(ctx, s, current, next); err != nil {
		return current, false, err
	}
	setLastModified(next, c.now())
	if err := c.write(ctx, s, current, next); err != nil {
		if apierrors.IsConflict(err) {
			return current, false, err
		}
		return current, false, storeError(err)
	}
	return next, true, nil
}

// write puts next in the place of current. A new name is claimed first.
func (c *collection[T]) write(ctx context.Context, s Scope, current, next T) error {
	clearClaim(next)
	if c.sameName(current, next) {
		return c.client.Update(ctx, next)
	}
	claiming, err := c.claim(ctx, s, current, c.name(next))
	if err != nil {
		return err
	}
	next.SetResourceVersion(claiming.GetResourceVersion())
	if err := c.client.Update(ctx, next); err != nil {
		c.abandon(ctx, claiming)
		return err
	}
	return nil
}

// restore keeps a mutation from changing whose the resource is.
func (c *collection[T]) restore(next, current T) {
	syncConfig, id := c.identity(next)
	oldSyncConfig, oldID := c.identity(current)
	*syncConfig, *id = *oldSyncConfig, *oldID
}

// admit refuses a change that must not be written.
func (c *collection[T]) admit(ctx context.Context, s Scope, current, next T) error {
	if err := c.checkManaged(current); err != nil {
		return err
	}
	if c.sameName(current, next) {
		return nil
	}
	holders, err := c.FindByName(ctx, s, c.name(next))
	if err != nil {
		return err
	}
	return c.refuseOthers(ctx, s, holders, c.name(next), current.SCIMID())
}

// checkManaged refuses to change what somebody keeps by hand, in Git for example.
func (c *collection[T]) checkManaged(obj T) error {
	if obj.GetLabels()[v1alpha1.LabelManagedBy] == v1alpha1.ManagedBySCIM {
		return nil
	}
	return errorf(Mutability, "this %s is not managed by SCIM: it is written in the cluster, usually from Git, as %s, and must be changed there",
		c.resource, client.ObjectKeyFromObject(obj))
}

// reread gives what the API server holds now. An object deleted and made anew
// under the same name is another resource.
func (c *collection[T]) reread(ctx context.Context, s Scope, old T) (T, error) {
	obj, err := c.liveObject(ctx, s, old.GetName())
	if apierrors.IsNotFound(err) {
		return *new(T), c.notFound(old.SCIMID())
	}
	if err != nil {
		return *new(T), fromAPI(err)
	}
	if !c.visible(s, obj) || obj.GetUID() != old.GetUID() {
		return *new(T), c.notFound(old.SCIMID())
	}
	return obj, nil
}

// Delete removes the resource with id. The finalizer keeps its object until
// the directories have followed; SCIM does not show it any more.
func (c *collection[T]) Delete(ctx context.Context, s Scope, id string) error {
	obj, err := c.Get(ctx, s, id)
	if err != nil {
		return err
	}
	if c.deleteIf(ctx, obj) == nil { // an error may be the cache's
		return nil
	}
	backoff := conflictBackoff()
	for range conflictTries {
		if obj, err = c.reread(ctx, s, obj); err != nil {
			return err
		}
		if err = c.deleteIf(ctx, obj); !apierrors.IsConflict(err) {
			return err
		}
		if !pause(ctx, backoff.Step()) {
			break
		}
	}
	return errorf(Unavailable, "the %s is being changed by too many requests at once: try again", c.resource)
}

// deleteIf removes exactly what was checked. A conflict is given back as it is.
func (c *collection[T]) deleteIf(ctx context.Context, obj T) error {
	if err := c.checkManaged(obj); err != nil {
		return err
	}
	if err := c.checkCondition(ctx, obj); err != nil {
		return err
	}
	err := c.client.Delete(ctx, obj, client.Preconditions{UID: new(obj.GetUID()), ResourceVersion: new(obj.GetResourceVersion())})
	switch {
	case err == nil:
		c.order.change(obj, false)
		return nil
	case apierrors.IsNotFound(err):
		return c.notFound(obj.SCIMID())
	case apierrors.IsConflict(err):
		return err
	default:
		return fromAPI(err)
	}
}

// pause waits, and reports whether ctx is still alive after it.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
