package manager

import (
	"context"
	"fmt"
	"io"
	"maps"

	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/uuid"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// admit gives a SyncConfig as it would be if it was applied, checked by the
// API server in a dry run. Kubernetes asks for the right to write even for
// that; for who has none, the SyncConfig is completed here, and notes tell
// that nobody checked it.
func admit(ctx context.Context, kube client.Client, notes io.Writer, config *v1alpha1.SyncConfig) (*v1alpha1.SyncConfig, error) {
	config = config.DeepCopy()
	present := &v1alpha1.SyncConfig{}
	err := kube.Get(ctx, client.ObjectKeyFromObject(config), present)
	verb := "update"
	switch {
	case apierrors.IsNotFound(err):
		present, verb = nil, "create"
		err = kube.Create(ctx, config, client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict))
	case err != nil:
		return nil, fmt.Errorf("read what is there now: %w", err)
	default:
		applyTo(present, config)
		err = kube.Update(ctx, config, client.DryRunAll, client.FieldValidation(metav1.FieldValidationStrict))
	}
	if apierrors.IsForbidden(err) && !mayWrite(ctx, kube, verb, config) {
		_, _ = fmt.Fprintf(notes, "SyncConfig %s: the API server has not checked it, for even in a dry run it asks for the right to %s syncconfigs; "+
			"whether it would be admitted is not known\n", client.ObjectKeyFromObject(config), verb)
		return complete(present, config)
	}
	if err != nil {
		return nil, fmt.Errorf("have the API server check it: %w", err)
	}
	return config, nil
}

// applyTo gives config the metadata that it has after it is applied: labels
// and annotations that it does not name stay.
func applyTo(present, config *v1alpha1.SyncConfig) {
	given := config.ObjectMeta
	config.ObjectMeta = *present.ObjectMeta.DeepCopy()
	config.Labels = merged(config.Labels, given.Labels)
	config.Annotations = merged(config.Annotations, given.Annotations)
}

func merged(present, given map[string]string) map[string]string {
	if present == nil {
		return given
	}
	maps.Copy(present, given)
	return present
}

// mayWrite tells a missing right from a refusal by an admission webhook, which
// the API server answers with the same code. If it cannot be found out, it was
// a refusal.
func mayWrite(ctx context.Context, kube client.Client, verb string, config *v1alpha1.SyncConfig) bool {
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{
			Namespace: config.Namespace, Name: config.Name, Verb: verb, Group: v1alpha1.GroupVersion.Group, Resource: "syncconfigs",
		},
	}}
	return kube.Create(ctx, review) != nil || review.Status.Allowed
}

// complete does what the API server does besides checking: it fills in the
// defaults and what only it sets.
func complete(present, config *v1alpha1.SyncConfig) (*v1alpha1.SyncConfig, error) {
	config, err := withDefaults(config)
	if err != nil {
		return nil, err
	}
	if present == nil {
		config.UID, config.Generation, config.CreationTimestamp = uuid.NewUUID(), 1, metav1.Now()
		return config, nil
	}
	config.Status = present.Status
	if !equality.Semantic.DeepEqual(config.Spec, present.Spec) {
		config.Generation++
	}
	return config, nil
}
