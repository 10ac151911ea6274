// Package controllers makes the Atlassian directories follow the custom
// resources: SyncConfigReconciler opens and closes the way to each directory,
// UserReconciler and GroupReconciler ask package plan what to do and do it.
package controllers

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/time/rate"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// base is what the reconcilers share.
type base struct {
	reader
	// live reads from the API server: Secrets and namespaces, by name.
	live        client.Reader
	directories *directory.Registry
	// compiled are the policies of the SyncConfigs.
	compiled *compiled
	events   events.EventRecorder
	clock    clock.PassiveClock
	metrics  *Metrics
	// news bounds the events that tell of changes made. Each costs the API
	// server as much as a status, and of thousands nobody reads one.
	news *rate.Limiter
	// removals bounds what is taken away within a window.
	removals *removals
	// holdings are the SyncConfigs that this manager may work on.
	holdings *holdings
}

const (
	// newsPerSecond and newsAtOnce are how many events may tell of changes made.
	newsPerSecond = 1
	newsAtOnce    = 100
)

// syncConfig is what a user or group needs of its SyncConfig.
type syncConfig struct {
	*v1alpha1.SyncConfig
	policies plan.Policies
}

// version identifies the spec that claims were computed with.
func (s *syncConfig) version() specVersion { return versionOf(s.SyncConfig) }

// errElsewhere says that a SyncConfig is for another manager to reconcile.
var errElsewhere = errors.New("another manager reconciles it")

// configOf reads the SyncConfig that an object in namespace belongs to. It is
// nil when the SyncConfig is gone or going; the error is a *plan.InvalidError
// when it cannot be used as it is, and errElsewhere when it is of another
// shard. What it gives is to be read and not changed.
func (b *base) configOf(ctx context.Context, namespace, name string) (*syncConfig, error) {
	config := &v1alpha1.SyncConfig{}
	key := types.NamespacedName{Namespace: namespace, Name: name}
	err := b.client.Get(ctx, key, config, client.UnsafeDisableDeepCopy)
	if apierrors.IsNotFound(err) {
		// Users and groups are let go when it is gone, for good: a cache that
		// does not know of it yet does not say so.
		err = b.live.Get(ctx, key, config)
	}
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read SyncConfig %s/%s: %w", namespace, name, err)
	case !b.holdings.matches(config):
		return nil, errElsewhere
	case !config.DeletionTimestamp.IsZero():
		return nil, nil
	}
	policies, err := b.compiled.policies(config)
	return &syncConfig{SyncConfig: config, policies: policies}, err
}

// namespaceGoing reports whether a namespace is being deleted as a whole.
func (b *base) namespaceGoing(ctx context.Context, name string) (bool, error) {
	namespace := &corev1.Namespace{}
	err := b.live.Get(ctx, types.NamespacedName{Name: name}, namespace)
	if apierrors.IsNotFound(err) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("read namespace %s: %w", name, err)
	}
	return !namespace.DeletionTimestamp.IsZero(), nil
}

// connection gives the way to a directory if its gate is open, and the reason
// why it is not otherwise. The connection to where the entry led before it
// changed, or where it leads since, is none.
func (b *base) connection(config *syncConfig, dir *v1alpha1.DirectorySpec) (*directory.Connection, directory.Gate) {
	connection, ok := b.directories.Get(string(config.UID), dir.Name)
	if !ok {
		return nil, directory.Gate{Reason: directory.ErrNotProbed}
	}
	gate := connection.Gate()
	switch {
	case !connection.LeadsTo(placeOf(dir)):
		if gate.Open {
			gate.Open, gate.Reason = false, directory.ErrNotProbed
		}
	case connection.Settling():
		gate.Open, gate.Reason = false, errFirstReading
	}
	return connection, gate
}

// errFirstReading is why nobody is let in yet.
var errFirstReading = errors.New("it is being read for the first time")

// normal and warning send an event about an object.
func (b *base) normal(object client.Object, reason, action, format string, args ...any) {
	b.events.Eventf(object, nil, corev1.EventTypeNormal, reason, action, "%s", truncate(fmt.Sprintf(format, args...)))
}

func (b *base) warning(object client.Object, reason, action, format string, args ...any) {
	b.events.Eventf(object, nil, corev1.EventTypeWarning, reason, action, "%s", truncate(fmt.Sprintf(format, args...)))
}

// did counts a change that was made and tells it on the object. In a mass
// import the events become few: status, metrics and logs have it all.
func (b *base) did(object client.Object, directoryName, reason, format string, args ...any) {
	b.metrics.changed(directoryName, reason)
	if !b.news.AllowN(b.clock.Now(), 1) {
		b.metrics.eventsLeftOut.Inc()
		return
	}
	b.normal(object, reason, "Provision", format, args...)
}

// tellFailure sends a warning when an object's state in a directory turns bad,
// once, not on every attempt.
func (b *base) tellFailure(object client.Object, before string, v verdict) {
	if v.unchanged || before == v.reason {
		return
	}
	b.warning(object, v1alpha1.EventProvisioningFailed, "Provision", "%s: %s", v.directory, v.message)
}

func (s *syncConfig) key() types.NamespacedName {
	return client.ObjectKeyFromObject(s.SyncConfig)
}

func claimScopeOf(config *syncConfig, dir *v1alpha1.DirectorySpec) claimScope {
	return claimScope{config: config.key(), directory: dir.Name}
}

// release lets a deleted object go and leaves the directories as they are.
func (b *base) release(ctx context.Context, object client.Object, why string) error {
	if err := b.dropFinalizer(ctx, object); err != nil {
		return err
	}
	b.normal(object, v1alpha1.EventReleased, "Release", "Left every directory as it is, because %s", why)
	return nil
}
