package controllers

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// ensureFinalizer adds the finalizer to an object that was not written by
// SCIM, which stamps it at creation.
func (b *base) ensureFinalizer(ctx context.Context, object client.Object) error {
	if !object.GetDeletionTimestamp().IsZero() || controllerutil.ContainsFinalizer(object, v1alpha1.Finalizer) {
		return nil
	}
	before := object.DeepCopyObject().(client.Object)
	controllerutil.AddFinalizer(object, v1alpha1.Finalizer)
	if err := b.client.Patch(ctx, object, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
		return fmt.Errorf("add finalizer to %s: %w", client.ObjectKeyFromObject(object), err)
	}
	return nil
}

// dropFinalizer lets a deleted object go, a group after its slices.
func (b *base) dropFinalizer(ctx context.Context, object client.Object) error {
	if group, ok := object.(*v1alpha1.ProvisionedGroup); ok {
		if err := b.deleteSlices(ctx, group); err != nil {
			return err
		}
	}
	before := object.DeepCopyObject().(client.Object)
	if !controllerutil.RemoveFinalizer(object, v1alpha1.Finalizer) {
		return nil
	}
	err := b.client.Patch(ctx, object, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("remove finalizer from %s: %w", client.ObjectKeyFromObject(object), err)
	}
	return nil
}

// releaseReason says why a deleted object is let go without any change in the
// directories; empty if the directories are to follow. Taking the machinery
// away removes nobody: a SyncConfig, namespace or definition that goes leaves
// every account as it is.
func (b *base) releaseReason(ctx context.Context, object client.Object, config *syncConfig) (string, error) {
	if config == nil {
		return "its SyncConfig is gone", nil
	}
	if object.GetAnnotations()[v1alpha1.AnnotationRelease] == "true" {
		return "annotation " + v1alpha1.AnnotationRelease + " asks for it", nil
	}
	going, err := b.namespaceGoing(ctx, object.GetNamespace())
	switch {
	case err != nil:
		return "", err
	case going:
		return "its namespace is being deleted", nil
	}
	if going, err = b.kindGoing(ctx, object); err != nil || !going {
		return "", err
	}
	return "its custom resource definition is being deleted, which deletes every user and group", nil
}

// usersGoing reports whether all users of a namespace are being deleted, with
// the namespace or with their kind.
func (b *base) usersGoing(ctx context.Context, namespace string) (bool, error) {
	going, err := b.namespaceGoing(ctx, namespace)
	if err != nil || going {
		return going, err
	}
	return b.kindGoing(ctx, &v1alpha1.ProvisionedUser{})
}

// kindGoing reports whether an object is deleted because all of its kind are:
// somebody takes atlassync off the cluster.
func (b *base) kindGoing(ctx context.Context, object client.Object) (bool, error) {
	name := "provisionedusers." + v1alpha1.GroupVersion.Group
	if _, ok := object.(*v1alpha1.ProvisionedGroup); ok {
		name = "provisionedgroups." + v1alpha1.GroupVersion.Group
	}
	definition := &unstructured.Unstructured{}
	definition.SetGroupVersionKind(schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"})
	err := b.live.Get(ctx, types.NamespacedName{Name: name}, definition)
	switch {
	case apierrors.IsForbidden(err):
		return false, nil // a manager of one namespace may not look
	case apierrors.IsNotFound(err):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("read custom resource definition %s: %w", name, err)
	}
	return definition.GetDeletionTimestamp() != nil, nil
}
