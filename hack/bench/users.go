package main

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// userName of the n-th user.
func userName(n int) string { return fmt.Sprintf("user-%07d@example.com", n) }

// userID of the n-th user among those that are written without SCIM.
func userID(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// profile is the n-th user as Okta sends it.
func profile(n int) map[string]any {
	return map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"userName":   userName(n),
		"externalId": fmt.Sprintf("00u%017d", n),
		"name":       map[string]string{"givenName": "Test", "familyName": fmt.Sprintf("User %d", n)},
		"emails":     []map[string]any{{"primary": true, "value": userName(n), "type": "work"}},
		"locale":     "en-US",
		"groups":     []any{},
		"active":     true,
	}
}

// storedUser is what the SCIM server made of user 0, whom it creates.
func (w *world) storedUser(ctx context.Context, t *tenant) (*v1alpha1.ProvisionedUser, error) {
	id, err := t.create(ctx, "/Users", profile(0))
	if err != nil {
		return nil, err
	}
	return w.userOf(ctx, t, id)
}

// userOf is the object of a user.
func (w *world) userOf(ctx context.Context, t *tenant, id string) (*v1alpha1.ProvisionedUser, error) {
	var found v1alpha1.ProvisionedUserList
	if err := w.client.List(ctx, &found, client.InNamespace(t.namespace), client.MatchingLabels{v1alpha1.LabelID: id}); err != nil {
		return nil, err
	}
	if len(found.Items) != 1 {
		return nil, fmt.Errorf("user %s is in %d objects, not in one", id, len(found.Items))
	}
	return &found.Items[0], nil
}

// likeness is the n-th user, as the SCIM server would have stored it, in a
// namespace. Stored is another one.
func likeness(stored *v1alpha1.ProvisionedUser, namespace string, n int) *v1alpha1.ProvisionedUser {
	user := &v1alpha1.ProvisionedUser{Spec: *stored.Spec.DeepCopy()}
	user.ObjectMeta = metav1.ObjectMeta{
		Namespace: namespace, Name: fmt.Sprintf("user-%07d-example-com-0123456789abcdef", n),
		Finalizers: stored.Finalizers, Annotations: stored.Annotations,
		Labels: map[string]string{v1alpha1.LabelID: userID(n)},
	}
	for label, value := range stored.Labels {
		if label != v1alpha1.LabelID {
			user.Labels[label] = value
		}
	}
	user.Spec.ID, user.Spec.UserName = userID(n), userName(n)
	user.Spec.ExternalID = fmt.Sprintf("00u%017d", n)
	user.Spec.Name.FamilyName = fmt.Sprintf("User %d", n)
	user.Spec.Emails[0].Value = userName(n)
	return user
}

// write makes users from the from-th on without SCIM.
func (w *world) write(ctx context.Context, stored *v1alpha1.ProvisionedUser, namespace string, from, count int) error {
	return parallel(ctx, count, func(ctx context.Context, n int) error {
		return w.client.Create(ctx, likeness(stored, namespace, from+n))
	})
}

// parallel calls do for 0 to count-1, as many at once as there are connections.
func parallel(ctx context.Context, count int, do func(context.Context, int) error) error {
	calls, ctx := errgroup.WithContext(ctx)
	calls.SetLimit(connections)
	for n := range count {
		calls.Go(func() error { return do(ctx, n) })
	}
	return calls.Wait()
}
