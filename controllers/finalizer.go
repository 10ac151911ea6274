package controllers

import (
	"context"
	"fmt"

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
// away removes nobody: a SyncConfig or namespace that goes leaves every
// account as it is.
func (b *base) releaseReason(ctx context.Context, object client.Object, config *syncConfig) (string, error) {
	if config == nil {
		return "its SyncConfig is gone", nil
	}
	if object.GetAnnotations()[v1alpha1.AnnotationRelease] == "true" {
		return "annotation " + v1alpha1.AnnotationRelease + " asks for it", nil
	}
	going, err := b.namespaceGoing(ctx, object.GetNamespace())
	if err != nil || !going {
		return "", err
	}
	return "its namespace is being deleted", nil
}
