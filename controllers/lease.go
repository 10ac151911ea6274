package controllers

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// leases tell whether the managers of other shards are at work. Like leader
// election itself they go by when they saw a lease change, and not by what
// the clock of another machine wrote into it.
type leases struct {
	live  client.Reader
	clock clock.PassiveClock

	mu   sync.Mutex
	seen map[string]sighting
}

// sighting is when a version of a lease was first seen.
type sighting struct {
	version string
	at      time.Time
}

func newLeases(live client.Reader, now clock.PassiveClock) *leases {
	return &leases{live: live, clock: now, seen: map[string]sighting{}}
}

// held reports whether a manager holds the lease with this namespace/name, or
// may still do so.
func (l *leases) held(ctx context.Context, name string) (bool, error) {
	namespace, bare, _ := strings.Cut(name, "/")
	lease := &coordinationv1.Lease{}
	err := l.live.Get(ctx, types.NamespacedName{Namespace: namespace, Name: bare}, lease)
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read lease %s to see whether its manager is at work: %w", name, err)
	}
	if lease.Spec.HolderIdentity == nil || *lease.Spec.HolderIdentity == "" {
		return false, nil // given back by a manager that stopped
	}
	duration := 15 * time.Second // of client-go; every lease of leader election says its own
	if lease.Spec.LeaseDurationSeconds != nil {
		duration = time.Duration(*lease.Spec.LeaseDurationSeconds) * time.Second
	}
	return l.clock.Since(l.sighted(name, lease.ResourceVersion)) < duration, nil
}

func (l *leases) sighted(name, version string) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen[name].version != version {
		l.seen[name] = sighting{version: version, at: l.clock.Now()}
	}
	return l.seen[name].at
}
