// Package store keeps SCIM users and groups as custom resources. It is the
// only part of the SCIM server that talks to Kubernetes, and it decides what
// identity and uniqueness mean there:
//
//   - a resource belongs to one SyncConfig and is invisible through any other;
//   - its SCIM id is spec.id, made here and never changed or used again;
//   - userName and displayName are unique in any letter case, on any number of
//     replicas, because the object's name is computed from them and a new name
//     is claimed first;
//   - a read comes from the cache, and asks the API server before it says that
//     something does not exist;
//   - an update never overwrites what somebody else wrote meanwhile.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// Scope is one SyncConfig, the boundary that no look-up crosses.
type Scope struct {
	Namespace  string
	SyncConfig string
}

// Options are what a Store works with.
type Options struct {
	// Client reads from a cache that carries v1alpha1.Indexes, and writes. Give
	// it read-your-writes consistency (client.CacheOptions), so that an answer
	// on this replica always shows the changes answered before it.
	Client client.Client
	// Live reads from the API server.
	Live client.Reader
	// Namespace is the only one that is served; empty means all. It must be
	// set if the cache holds one namespace only.
	Namespace string
	// NewID makes the SCIM id of a new resource: a random UUID.
	NewID func() string
	// Now is the time; time.Now outside of tests.
	Now func() time.Time
}

// Store holds the users and groups of every SyncConfig. It is safe for
// concurrent use, also by several processes.
type Store struct {
	Users  *Users
	Groups *Groups
	Tokens *Tokens

	synced []toolscache.InformerSynced
}

// New makes a Store. Call Watch before the first page is read.
func New(o Options) *Store {
	return &Store{Users: newUsers(o), Groups: newGroups(o), Tokens: newTokens(o)}
}

// Watch keeps the order of pages up to date from the informers of the cache
// that Options.Client reads, and adds the store's own indexes to it. Call it
// once, before the cache starts.
func (s *Store) Watch(ctx context.Context, informers cache.Informers) error {
	if _, err := informers.GetInformer(ctx, &v1alpha1.SyncConfig{}, cache.BlockUntilSynced(false)); err != nil {
		return fmt.Errorf("watch SyncConfigs: %w", err)
	}
	if _, err := informers.GetInformer(ctx, &v1alpha1.MembershipSlice{}, cache.BlockUntilSynced(false)); err != nil {
		return fmt.Errorf("watch membership slices: %w", err)
	}
	if err := errors.Join(s.Users.indexClaims(ctx, informers), s.Groups.indexClaims(ctx, informers)); err != nil {
		return fmt.Errorf("index the names that are claimed: %w", err)
	}
	if err := s.watch(ctx, informers, s.Users.newObject(), &s.Users.order); err != nil {
		return fmt.Errorf("watch users: %w", err)
	}
	if err := s.watch(ctx, informers, s.Groups.newObject(), &s.Groups.order); err != nil {
		return fmt.Errorf("watch groups: %w", err)
	}
	return nil
}

func (s *Store) watch(ctx context.Context, informers cache.Informers, kind client.Object, handler toolscache.ResourceEventHandler) error {
	informer, err := informers.GetInformer(ctx, kind, cache.BlockUntilSynced(false))
	if err != nil {
		return err
	}
	registration, err := informer.AddEventHandler(handler)
	if err != nil {
		return err
	}
	s.synced = append(s.synced, registration.HasSynced)
	return nil
}

// WaitForSync waits until everything that existed at the start is in the
// pages. It reports false when ctx ends before that.
func (s *Store) WaitForSync(ctx context.Context) bool {
	return toolscache.WaitForCacheSync(ctx.Done(), s.synced...)
}
