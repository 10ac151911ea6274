package controllers

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// GroupReconciler makes ProvisionedGroups and their members true in every
// directory of their SyncConfig.
type GroupReconciler struct {
	base
	names   *claims
	waiting *waitingRoom
	sharing nameLocks
	known   *knownMembers
}

// Reconcile brings one group as far as it can go now.
func (r *GroupReconciler) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	group := &v1alpha1.ProvisionedGroup{}
	if err := r.client.Get(ctx, request.NamespacedName, group); err != nil {
		if apierrors.IsNotFound(err) {
			r.names.forget(request.NamespacedName)
			r.removals.forget(v1alpha1.RemovalOfGroup, request.NamespacedName)
			return reconcile.Result{}, nil
		}
		return reconcile.Result{}, fmt.Errorf("read ProvisionedGroup %s: %w", request, err)
	}
	pages, err := r.pagesOf(ctx, group)
	if err != nil {
		return reconcile.Result{}, err
	}
	work := newGroupWork(group, pages)
	proceed, over, err := r.begin(ctx, work, group.Spec.SyncConfigName)
	defer work.leave()
	if err != nil || over {
		return reconcile.Result{}, err
	}
	if proceed {
		for i := range work.config.Spec.Directories {
			work.add(r.provision(ctx, work, &work.config.Spec.Directories[i]))
		}
	}
	return r.finish(ctx, work)
}
