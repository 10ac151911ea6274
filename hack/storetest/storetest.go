// Package storetest makes replicas of the SCIM store for tests.
package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/apitest"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// Replica is a store with a cache of its own, as each replica of the server has.
type Replica struct {
	Store  *store.Store
	Client client.Client
	Live   client.Reader
}

// NewReplica makes a store whose cache is filled and runs until ctx ends.
func NewReplica(ctx context.Context, env *apitest.Env, wrap ...func(client.Client) client.Client) (*Replica, error) {
	objects, err := env.Cached(ctx)
	if err != nil {
		return nil, err
	}
	cached := objects.Client
	for _, w := range wrap {
		cached = w(cached)
	}
	s := store.New(store.Options{Client: cached, Live: env.Client, NewID: uuid.NewString, Now: time.Now})
	if err := s.Watch(ctx, objects); err != nil {
		return nil, err
	}
	go func() { _ = objects.Start(ctx) }()
	if !s.WaitForSync(ctx) {
		return nil, fmt.Errorf("fill the cache: %w", ctx.Err())
	}
	return &Replica{Store: s, Client: cached, Live: env.Client}, nil
}

// SyncConfig is a valid SyncConfig for a scope, with one directory.
func SyncConfig(s store.Scope) *v1alpha1.SyncConfig {
	return &v1alpha1.SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: s.SyncConfig},
		Spec: v1alpha1.SyncConfigSpec{Directories: []v1alpha1.DirectorySpec{{
			Name:                  "jira",
			Product:               v1alpha1.ProductJira,
			URL:                   "https://jira.example.com",
			CredentialsSecretName: "jira-admin",
		}}},
	}
}

// AfterWrites calls then once a replica has made n writes.
func AfterWrites(n int64, then func()) func(client.Client) client.Client {
	return func(c client.Client) client.Client { return &counting{Client: c, n: n, then: then} }
}

// counting counts the writes of a client.
type counting struct {
	client.Client
	made atomic.Int64
	n    int64
	then func()
}

func (c *counting) Create(ctx context.Context, obj client.Object, opts ...client.CreateOption) error {
	defer c.count()
	return c.Client.Create(ctx, obj, opts...)
}

func (c *counting) Update(ctx context.Context, obj client.Object, opts ...client.UpdateOption) error {
	defer c.count()
	return c.Client.Update(ctx, obj, opts...)
}

func (c *counting) count() {
	if c.made.Add(1) == c.n {
		c.then()
	}
}
