// Package apitest runs a real API server, with the custom resources
// installed, for the tests of what reads and writes them.
package apitest

import (
	"context"
	"errors"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/compact"
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
// the custom resources found in the folder crds.
func Start(crds string) (*Env, error) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		return nil, errors.New("KUBEBUILDER_ASSETS does not say where etcd and kube-apiserver are: run the tests with `make test`")
	}
	e := &Env{
		scheme:      runtime.NewScheme(),
		environment: envtest.Environment{CRDDirectoryPaths: []string{crds}, ErrorIfCRDPathMissing: true},
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

// Config is how an administrator connects to the API server.
func (e *Env) Config() *rest.Config { return rest.CopyConfig(e.config) }

// Stop stops what Start started.
func (e *Env) Stop() error { return e.environment.Stop() }

// Namespace makes a namespace with a new name.
func (e *Env) Namespace(ctx context.Context) (string, error) {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "test-"}}
	if err := e.Client.Create(ctx, namespace); err != nil {
		return "", fmt.Errorf("create a namespace: %w", err)
	}
	return namespace.Name, nil
}

// Cached is a cache with all indexes, to be started by the caller.
type Cached struct {
	cache.Cache
	// Client reads from the cache what it wrote itself.
	Client client.Client
	// Objects are what the cache holds.
	Objects *compact.Cache
}

// Cached makes a cache and a client.
func (e *Env) Cached(ctx context.Context) (*Cached, error) {
	made := &Cached{Objects: &compact.Cache{}}
	objects, err := cache.New(e.config, cache.Options{Scheme: e.scheme, NewInformer: made.Objects.NewInformer})
	if err != nil {
		return nil, fmt.Errorf("make a cache: %w", err)
	}
	made.Cache = objects
	for _, index := range v1alpha1.Indexes() {
		keys := func(o client.Object) []string { return index.Keys(o) }
		if err := objects.IndexField(ctx, index.Kind, index.Name, keys); err != nil {
			return nil, fmt.Errorf("add index %s: %w", index.Name, err)
		}
	}
	made.Client, err = client.New(e.config, client.Options{Scheme: e.scheme, Cache: &client.CacheOptions{
		Reader: objects, EnableReadYourWritesConsistency: new(true),
		DisableFor: []client.Object{&corev1.Secret{}, &corev1.Namespace{}},
	}})
	if err != nil {
		return nil, fmt.Errorf("make a cached client: %w", err)
	}
	return made, nil
}
