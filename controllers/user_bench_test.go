package controllers

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// BenchmarkUserInSync tells what it costs to look at a user in sync, without
// what the cache and controller-runtime cost.
func BenchmarkUserInSync(b *testing.B) {
	const users = 1000
	ctx, reconciler := context.Background(), inSync(b, users)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if _, err := reconciler.Reconcile(ctx, reconcile.Request{NamespacedName: numbered(n % users)}); err != nil {
			b.Fatal(err)
		}
	}
}

// inSync is a reconciler of so many users in sync, all of whom it has looked
// at once.
func inSync(b *testing.B, users int) *UserReconciler {
	kept := &keptObjects{users: map[types.NamespacedName]*v1alpha1.ProvisionedUser{}, config: &v1alpha1.SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: "people", Name: "okta", UID: "1", Generation: 1},
		Spec: v1alpha1.SyncConfigSpec{Directories: []v1alpha1.DirectorySpec{{
			Name: "jira", Product: v1alpha1.ProductJira, URL: "https://jira.example.com", CredentialsSecretName: "jira-admin",
		}}},
	}}
	jira := directorytest.NewFake()
	shared := base{
		live: kept, events: &recorder{}, clock: clock.RealClock{},
		metrics: NewMetrics(prometheus.NewRegistry()), news: rate.NewLimiter(newsPerSecond, newsAtOnce),
	}
	shared.client = kept
	set := newReconcilers(shared, Options{Connectors: map[string]directory.Connector{"Jira": func(directory.Config) (directory.Directory, error) { return jira, nil }}})
	dir := &kept.config.Spec.Directories[0]
	connection, err := set.users.directories.Ensure("1", dir.Name, directory.Config{Product: "Jira", URL: dir.URL})
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	info, err := jira.Probe(ctx)
	if err != nil {
		b.Fatal(err)
	}
	connection.Open(info)
	for n := range users {
		kept.users[numbered(n)] = newcomer(n)
	}
	if _, err := connection.Sweep(ctx, nil, -1); err != nil {
		b.Fatal(err)
	}
	connection.Settle()
	kept.writable = true
	for n := range users {
		if _, err := set.users.Reconcile(ctx, reconcile.Request{NamespacedName: numbered(n)}); err != nil {
			b.Fatal(err)
		}
	}
	kept.writable = false
	return set.users
}

func numbered(n int) types.NamespacedName {
	return types.NamespacedName{Namespace: "people", Name: fmt.Sprintf("user-%06d-example-com", n)}
}

// newcomer is a user as the SCIM server writes it.
func newcomer(n int) *v1alpha1.ProvisionedUser {
	key, id := numbered(n), fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	return &v1alpha1.ProvisionedUser{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: key.Namespace, Name: key.Name, Generation: 1, UID: types.UID(id), Finalizers: []string{v1alpha1.Finalizer},
			CreationTimestamp: metav1.NewTime(time.Unix(int64(1e9+n), 0)), Labels: map[string]string{v1alpha1.LabelID: id},
		},
		Spec: v1alpha1.ProvisionedUserSpec{
			SyncConfigName: "okta", ID: id, UserName: key.Name,
			UserProfile: v1alpha1.UserProfile{DisplayName: key.Name, Emails: []v1alpha1.MultiValue{{Value: key.Name + "@example.com", Primary: true}}},
		},
	}
}

// keptObjects is a client of one SyncConfig and its users that gives copies, as
// the cache does, and lets nobody write who is in sync.
type keptObjects struct {
	client.Client

	config   *v1alpha1.SyncConfig
	users    map[types.NamespacedName]*v1alpha1.ProvisionedUser
	writable bool
}

func (k *keptObjects) Get(_ context.Context, key client.ObjectKey, object client.Object, _ ...client.GetOption) error {
	switch o := object.(type) {
	case *v1alpha1.ProvisionedUser:
		k.users[key].DeepCopyInto(o)
	case *v1alpha1.SyncConfig:
		k.config.DeepCopyInto(o)
	}
	return nil
}

func (k *keptObjects) List(_ context.Context, list client.ObjectList, _ ...client.ListOption) error {
	switch l := list.(type) {
	case *v1alpha1.ProvisionedUserList:
		for _, user := range k.users {
			l.Items = append(l.Items, *user)
		}
	case *v1alpha1.SyncConfigList:
		l.Items = []v1alpha1.SyncConfig{*k.config}
	}
	return nil
}

func (k *keptObjects) Status() client.SubResourceWriter { return keptStatus{kept: k} }

type keptStatus struct {
	client.SubResourceWriter

	kept *keptObjects
}

func (s keptStatus) Patch(_ context.Context, object client.Object, _ client.Patch, _ ...client.SubResourcePatchOption) error {
	if !s.kept.writable {
		return errors.New("a user in sync is written")
	}
	user := object.(*v1alpha1.ProvisionedUser)
	s.kept.users[client.ObjectKeyFromObject(user)] = user.DeepCopy()
	return nil
}
