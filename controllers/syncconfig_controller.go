package controllers

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

const (
	// probeInterval is how often a directory that works is looked at.
	probeInterval = time.Minute
	// reprobeInterval is how often one that does not work is looked at.
	reprobeInterval = 10 * time.Second
	// probeTimeout bounds a probe, whatever requestTimeout allows.
	probeTimeout = 30 * time.Second
)

// SyncConfigReconciler checks a SyncConfig, sees to its token Secret, opens
// and closes the gate of each of its directories, and tells how its objects are.
type SyncConfigReconciler struct {
	base
	// baseURL is the address under which identity providers reach the SCIM server.
	baseURL string
	// userAgent is how directory clients introduce themselves.
	userAgent string
	// admit is called when work that waited for a SyncConfig can go on.
	admit func(config types.NamespacedName)
	// forget is called when a SyncConfig is gone.
	forget func(config types.NamespacedName)
	// again has users and groups reconciled.
	again wakers
	// closed receives the SyncConfigs whose gates closed, or of which a
	// directory has been read.
	closed *inbox
	// sweeps are the complete readings of the directories.
	sweeps *sweeps
	// leases tell whether other managers are at work.
	leases *leases

	mu     sync.Mutex
	uids   map[types.NamespacedName]types.UID
	probed map[probeKey]time.Time
	// requests are those that are being worked on, by SyncConfig.
	requests map[types.UID]configRequest

	// tally has the counts of users and groups.
	tally *tally
}

type probeKey struct {
	uid       types.UID
	directory string
}

// Reconcile sees to one SyncConfig as long as it is there and this manager's.
func (r *SyncConfigReconciler) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	config := &v1alpha1.SyncConfig{}
	err := r.client.Get(ctx, request.NamespacedName, config)
	if apierrors.IsNotFound(err) || err == nil && !config.DeletionTimestamp.IsZero() {
		r.holdings.letGo(request.NamespacedName)
		r.metrics.configs.DeleteLabelValues(request.String())
		r.disconnect(request.NamespacedName)
		return reconcile.Result{}, nil
	}
	if err != nil {
		return reconcile.Result{}, fmt.Errorf("read SyncConfig %s: %w", request, err)
	}
	r.metrics.configs.WithLabelValues(request.String()).Set(1)
	if held, again, err := r.hold(ctx, config); err != nil || !held {
		return reconcile.Result{RequeueAfter: again}, err
	}
	r.metrics.heldConfigs.WithLabelValues(request.String()).Set(1)
	r.remember(config)
	return r.checkUp(ctx, config)
}

// checkUp brings the status, the token Secret and the gates up to date.
func (r *SyncConfigReconciler) checkUp(ctx context.Context, config *v1alpha1.SyncConfig) (reconcile.Result, error) {
	check := newCheckup(config, r.clock.Now())
	if err := r.ensureToken(ctx, config); err != nil {
		return reconcile.Result{}, err
	}
	_, err := plan.Compile(&config.Spec)
	check.configuration(err)
	r.takeRequest(check)
	for i := range config.Spec.Directories {
		status, err := r.inspect(ctx, config, &config.Spec.Directories[i])
		if err != nil {
			return reconcile.Result{}, err
		}
		check.add(status)
	}
	r.retain(config)
	r.tally.tell(config)
	if check.held, err = r.reviewRemovals(ctx, config); err != nil {
		return reconcile.Result{}, err
	}
	if err := r.answerRequest(ctx, check); err != nil {
		return reconcile.Result{}, err
	}
	return r.finish(ctx, check)
}

// finish writes the status if it changed, and asks for the next look.
func (r *SyncConfigReconciler) finish(ctx context.Context, check *checkup) (reconcile.Result, error) {
	result := reconcile.Result{RequeueAfter: check.nextLook()}
	if !check.summarise(r.baseURL) {
		return result, nil
	}
	check.tell(&r.base)
	err := r.client.Status().Patch(ctx, check.config, client.MergeFrom(check.before))
	if client.IgnoreNotFound(err) != nil {
		return reconcile.Result{}, fmt.Errorf("write status of SyncConfig %s/%s: %w", check.config.Namespace, check.config.Name, err)
	}
	r.approveRemovals(check.config, check.held)
	r.tellAnswer(check.config, check.answer)
	return result, nil
}

// remember keeps the UID of a SyncConfig: when it is gone, only its name is left.
func (r *SyncConfigReconciler) remember(config *v1alpha1.SyncConfig) {
	key := client.ObjectKeyFromObject(config)
	r.mu.Lock()
	old, known := r.uids[key]
	r.uids[key] = config.UID
	r.mu.Unlock()
	if known && old != config.UID {
		r.directories.Forget(string(old))
	}
}

// disconnect forgets a SyncConfig that is gone. Its users and groups stay.
func (r *SyncConfigReconciler) disconnect(key types.NamespacedName) {
	r.mu.Lock()
	uid, known := r.uids[key]
	delete(r.uids, key)
	r.mu.Unlock()
	if known {
		r.directories.Forget(string(uid))
		r.sweeps.retain(uid, func(string) bool { return false })
		r.dropRequest(uid)
		r.metrics.forgetConfig(key.String())
		r.forget(key)
	}
}

// retain drops what is known of directories that the spec no longer names.
func (r *SyncConfigReconciler) retain(config *v1alpha1.SyncConfig) {
	names := make([]string, 0, len(config.Spec.Directories))
	for _, dir := range config.Spec.Directories {
		names = append(names, dir.Name)
	}
	r.directories.Retain(string(config.UID), names...)
	r.sweeps.retain(config.UID, func(name string) bool { return slices.Contains(names, name) })
}

// gateClosed is called by the registry: the SyncConfig is to probe now.
func (r *SyncConfigReconciler) gateClosed(uid, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.probed, probeKey{types.UID(uid), name})
	for key, known := range r.uids {
		if string(known) == uid {
			r.closed.add(key)
		}
	}
}

// instrument has the metrics of a directory count its operations.
func (r *SyncConfigReconciler) instrument(uid, name string, d directory.Directory) directory.Directory {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, known := range r.uids {
		if string(known) == uid {
			return directory.Instrument(d, r.metrics.observer(key.String(), name), r.metrics.waited(key.String(), name))
		}
	}
	return d
}
