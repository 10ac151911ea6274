package store

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// A resource that is about to get a new name claims it first. Whoever takes a
// name, by a claim or by creating a resource, then looks who else has it, in a
// cache that shows the own write and so all writes before it. Of two one sees
// the other. docs/design/0009-one-holder-per-name.md has the proof.

const (
	// annotationClaim is the name that a resource is about to get, folded,
	// behind a random value that makes every claim a change of the object.
	annotationClaim = "atlassync.dev/claims-name"
	// indexClaim finds users and groups by the name that they claim.
	indexClaim = "claim"
)

// claimOf is the name that a resource claims, folded; empty if it does not.
func claimOf(obj metav1.Object) string {
	_, name, _ := strings.Cut(obj.GetAnnotations()[annotationClaim], "/")
	return name
}

// setClaim makes a resource claim a name.
func setClaim(obj metav1.Object, token, name string) {
	annotations := obj.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[annotationClaim] = token + "/" + v1alpha1.Fold(name)
	obj.SetAnnotations(annotations)
}

// clearClaim makes a resource claim nothing.
func clearClaim(obj metav1.Object) {
	annotations := obj.GetAnnotations()
	delete(annotations, annotationClaim)
	obj.SetAnnotations(annotations)
}

// indexClaims lets the cache find claims. It comes before the cache starts.
func (c *collection[T]) indexClaims(ctx context.Context, indexer client.FieldIndexer) error {
	return indexer.IndexField(ctx, c.newObject(), indexClaim, func(o client.Object) []string {
		name := claimOf(o)
		if name == "" {
			return nil
		}
		return []string{v1alpha1.IndexKey(c.syncConfig(o.(T)), name)}
	})
}

// claim makes current claim a name, which can be written then, conditionally,
// unless somebody takes the claim away. A conflict is given back as it is; it
// may mean that the name has just been taken.
func (c *collection[T]) claim(ctx context.Context, s Scope, current T, name string) (T, error) {
	claiming := current.DeepCopyObject().(T)
	setClaim(claiming, c.newID(), name)
	if err := c.client.Update(ctx, claiming); err != nil {
		return claiming, err
	}
	if err := c.outdo(ctx, s, claiming, name); err != nil {
		c.abandon(ctx, claiming)
		return claiming, err
	}
	return claiming, nil
}

// abandon ends a claim that came to nothing. If that fails, whoever wants the
// name next ends it.
func (c *collection[T]) abandon(ctx context.Context, claiming T) { _ = c.endClaim(ctx, claiming) }

// endClaim makes a resource claim nothing, unless it was changed since.
func (c *collection[T]) endClaim(ctx context.Context, owner T) error {
	next := owner.DeepCopyObject().(T)
	clearClaim(next)
	return c.client.Update(ctx, next)
}

// outdo sees to it that nobody but mine, which was just written, has a name or
// gets it by an earlier claim. If somebody has it, that is a conflict.
func (c *collection[T]) outdo(ctx context.Context, s Scope, mine T, name string) error {
	// This waits for our own write, a look-up by index would wait for all others' too.
	err := c.client.Get(ctx, client.ObjectKeyFromObject(mine), c.newObject(), client.UnsafeDisableDeepCopy)
	if err != nil && !apierrors.IsNotFound(err) {
		return fromAPI(err)
	}
	// Claims first: who gets the name between the two looks is a claimant in the
	// first and a holder in the second. The other way round nobody would be seen.
	claimants, err := c.cached(ctx, s, indexClaim, v1alpha1.Fold(name), asIs...)
	if err != nil {
		return err
	}
	for _, claimant := range claimants {
		if claimant.GetUID() == mine.GetUID() {
			continue
		}
		held, err := c.takeClaim(ctx, s, claimant, name)
		if err != nil {
			return err
		}
		if held {
			return c.contested(mine)
		}
	}
	holders, err := c.cached(ctx, s, v1alpha1.IndexName, v1alpha1.Fold(name), asIs...)
	if err != nil {
		return err
	}
	if hasOthers(holders, mine) {
		return c.contested(mine)
	}
	return nil
}

// contested is the conflict of two that want one name. Both begin again.
func (c *collection[T]) contested(mine T) error {
	resource := v1alpha1.GroupVersion.WithResource(c.resource + "s").GroupResource()
	return apierrors.NewConflict(resource, mine.GetName(), fmt.Errorf("somebody else has the %s", c.nameAttribute))
}

// takeClaim takes the claim to a name away from its owner, who notices when
// writing the name. If the owner was faster, it holds the name.
func (c *collection[T]) takeClaim(ctx context.Context, s Scope, owner T, name string) (held bool, err error) {
	backoff := conflictBackoff()
	for range conflictTries {
		if c.holds(s, owner, name) || claimOf(owner) != v1alpha1.Fold(name) {
			return c.holds(s, owner, name), nil
		}
		err = c.endClaim(ctx, owner)
		if err == nil || apierrors.IsNotFound(err) {
			return false, nil
		}
		if !apierrors.IsConflict(err) {
			return false, fromAPI(err)
		}
		if !pause(ctx, backoff.Step()) {
			break
		}
		owner, err = c.liveObject(ctx, s, owner.GetName())
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		if err != nil {
			return false, fromAPI(err)
		}
	}
	return false, errorf(Unavailable, "the %s is being given to too many %ss at once: try again", c.nameAttribute, c.resource)
}
