package controllers

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// UserReconciler makes the accounts of ProvisionedUsers true in every
// directory of their SyncConfig.
type UserReconciler struct {
	base
	names   *claims
	waiting *waitingRoom
}

// Reconcile brings one user's accounts as far as they can go now.
func (r *UserReconciler) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	user := &v1alpha1.ProvisionedUser{}
	if err := r.client.Get(ctx, request.NamespacedName, user); err != nil {
		if apierrors.IsNotFound(err) {
			r.names.forget(request.NamespacedName)
			r.removals.forget(v1alpha1.RemovalOfUser, request.NamespacedName)
			return reconcile.Result{}, nil
		}
		return reconcile.Result{}, fmt.Errorf("read ProvisionedUser %s: %w", request, err)
	}
	work := newUserWork(user)
	proceed, over, err := r.begin(ctx, work, user.Spec.SyncConfigName)
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
