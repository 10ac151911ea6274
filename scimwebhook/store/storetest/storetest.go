// Package storetest runs a real API server for the tests of the store and of
// what is built on it, and makes replicas of the store on it.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// Env is an API server with the custom resources installed.
type Env struct {
	// Client reads and writes without a cache, as an administrator would.
	Client client.Client

	environment envtest.Environment
	config      *rest.Config
	scheme      *runtime.Scheme
}

// Start starts etcd and kube-apiserver from KUBEBUILDER_ASSETS and installs
// the custom resources found in crdDir.
func Start(crdDir string) (*Env, error) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		return nil, errors.New("KUBEBUILDER_ASSETS does not say where etcd and kube-apiserver are: run the tests with `make test`")
	}
	e := &Env{
		scheme: runtime.NewScheme(),
		environment: envtest.Environment{
			CRDDirectoryPaths:     []string{crdDir},
			ErrorIfCRDPathMissing: true,
		},
	}
	if err := errors.Join(clientgoscheme.AddToScheme(e.scheme), v1alpha1.AddToScheme(e.scheme)); err != nil {
		return nil, fmt.Errorf("register kinds: %w", err)
	}
	var err error
	if e.config, err = e.environment.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start the API server: %w", err), e.Stop())
	}
	e.config.QPS = -1 // the tests decide how hard they press
	if e.Client, err = client.New(e.config, client.Options{Scheme: e.scheme}); err != nil {
		return nil, errors.Join(fmt.Errorf("make a client: %w", err), e.Stop())
	}
	return e, nil
}

// Stop stops what Start started.
func (e *Env) Stop() error { return e.environment.Stop() }

// Namespace makes a namespace with a new name.
func (e *Env) Namespace(ctx context.Context) (string, error) {
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	if err := e.Client.Create(ctx, ns); err != nil {
		return "", fmt.Errorf("create a namespace: %w", err)
	}
	return ns.Name, nil
}

// Replica is a store with a cache of its own, as each replica of the server has.
type Replica struct {
	Store  *store.Store
	Client client.Client
	Live   client.Reader
}

// Replica makes a store whose cache is filled and runs until ctx ends.
func (e *Env) Replica(ctx context.Context) (*Replica, error) {
	objects, err := cache.New(e.config, cache.Options{Scheme: e.scheme})
	if err != nil {
		return nil, fmt.Errorf("make a cache: %w", err)
	}
	for _, index := range v1alpha1.Indexes() {
		keys := func(o client.Object) []string { return index.Keys(o) }
		if err := objects.IndexField(ctx, index.Kind, index.Name, keys); err != nil {
			return nil, fmt.Errorf("add index %s: %w", index.Name, err)
		}
	}
	cached, err := client.New(e.config, client.Options{Scheme: e.scheme, Cache: &client.CacheOptions{
		Reader:                          objects,
		EnableReadYourWritesConsistency: new(true),
	}})
	if err != nil {
		return nil, fmt.Errorf("make a cached client: %w", err)
	}
	s := store.New(store.Options{Client: cached, Live: e.Client, NewID: uuid.NewString, Now: time.Now})
	if err := s.Watch(ctx, objects); err != nil {
		return nil, err
	}
	go func() { _ = objects.Start(ctx) }()
	if !s.WaitForSync(ctx) {
		return nil, fmt.Errorf("fill the cache: %w", ctx.Err())
	}
	return &Replica{Store: s, Client: cached, Live: e.Client}, nil
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
