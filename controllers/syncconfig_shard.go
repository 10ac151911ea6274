package controllers

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// handOverInterval is how often it is looked whether a SyncConfig has been let
// go, by another manager or by the last work of this one.
const handOverInterval = time.Second

// hold takes up a SyncConfig of this shard once no other manager has it, and
// lets go one that is not of this shard any more. It reports whether it is
// held; if not, when to look again.
//
// The record is in the status and not in memory alone: a manager that takes up
// a SyncConfig must know that the one before it has ended its work, and what
// of that was written. Only then does it look at any user.
func (r *SyncConfigReconciler) hold(ctx context.Context, config *v1alpha1.SyncConfig) (held bool, again time.Duration, err error) {
	shard := r.holdings
	if shard.alone() {
		return true, 0, nil
	}
	if !shard.matches(config) {
		again, err = r.letGo(ctx, config)
		return false, again, err
	}
	if holder := config.Status.ReconciledBy; holder != "" && holder != shard.Lease.String() {
		r.abandon(config)
		atWork, err := r.leases.held(ctx, holder)
		if err != nil || atWork {
			return false, handOverInterval, err
		}
	} else if shard.holds(config) && holder != "" {
		return true, 0, nil
	}
	return r.takeUp(ctx, config)
}

// takeUp records that this manager reconciles a SyncConfig, and has all of its
// users and groups looked at.
func (r *SyncConfigReconciler) takeUp(ctx context.Context, config *v1alpha1.SyncConfig) (held bool, again time.Duration, err error) {
	shard := r.holdings
	if ended := r.abandon(config); !ended {
		return false, handOverInterval, nil // work on what was let go a moment ago
	}
	if lease := shard.Lease.String(); config.Status.ReconciledBy != lease {
		before := config.DeepCopy()
		config.Status.ReconciledBy = lease
		if err := r.recordHolder(ctx, config, before); err != nil {
			return false, 0, err
		}
	}
	shard.take(config)
	_, _, err = r.lookAgainAtAll(ctx, config)
	return true, 0, err
}

// letGo gives up a SyncConfig that is not of this shard: at once in memory,
// and for others to see when the last work has ended.
func (r *SyncConfigReconciler) letGo(ctx context.Context, config *v1alpha1.SyncConfig) (again time.Duration, err error) {
	if ended := r.abandon(config); !ended {
		return handOverInterval, nil
	}
	if config.Status.ReconciledBy != r.holdings.Lease.String() {
		return 0, nil
	}
	before := config.DeepCopy()
	config.Status.ReconciledBy = ""
	message := fmt.Sprintf("Let go by the manager with the lease %s, whose --selector its labels do not match: waits for one whose --selector they do match", r.holdings.Lease)
	set := conditionSet{&config.Status.Conditions, max(config.Status.ObservedGeneration, 0), metav1.NewTime(r.clock.Now())}
	set.set(v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonWaitingForManager, message)
	set.setOnly(true, v1alpha1.ConditionReconciling, v1alpha1.ReasonWaitingForManager, message)
	set.setOnly(false, v1alpha1.ConditionStalled, "", "")
	return 0, r.recordHolder(ctx, config, before)
}

// abandon forgets what is known of a SyncConfig and begins no work on it any
// more. It reports whether all work on it has ended.
func (r *SyncConfigReconciler) abandon(config *v1alpha1.SyncConfig) (ended bool) {
	key := client.ObjectKeyFromObject(config)
	ended = r.holdings.letGo(key)
	r.disconnect(key)
	r.forget(key) // work that still went on may have left something
	return ended
}

// recordHolder writes who reconciles a SyncConfig, unless somebody else has
// changed it meanwhile.
func (r *SyncConfigReconciler) recordHolder(ctx context.Context, config, before *v1alpha1.SyncConfig) error {
	err := r.client.Status().Patch(ctx, config, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("write into the status of SyncConfig %s/%s who reconciles it: %w", config.Namespace, config.Name, err)
	}
	return nil
}
