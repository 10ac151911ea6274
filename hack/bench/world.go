package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/hack/localenv"
)

// world is the API server that the scenarios share, started by the first
// that needs it.
type world struct {
	// users is how many users the large tenants have.
	users int
	// quiet is how long nothing happens in the scenario steady.
	quiet time.Duration
	// profiles is the folder for profiles; empty for none.
	profiles string
	// scenario is the name of the one that is being measured.
	scenario string

	dir string
	env *localenv.Environment
	// config signs in as the manager does, so that the API server treats
	// whoever uses it like the manager. Nothing holds it back.
	config *rest.Config
	client client.Client
	// small and large are what the reading scenarios share.
	small, large *tenant
	// estates are the tenants that follow a Jira, by how many users they have.
	estates map[int]*estate
	// products are to be stopped at the end.
	products []func() error
}

// start starts the API server once.
func (w *world) start(ctx context.Context) (err error) {
	if w.client != nil {
		return nil
	}
	if w.dir, err = os.MkdirTemp("", "atlassync-bench-"); err != nil {
		return err
	}
	if w.env, err = localenv.Start(ctx, localenv.Options{Dir: w.dir}); err != nil {
		return err
	}
	plane := w.env.ControlPlane
	if err := plane.Client.Create(ctx, lease()); err != nil {
		return fmt.Errorf("take the lease: %w", err)
	}
	account, err := plane.ServiceAccountKubeconfig(ctx, localenv.ManagerAccount)
	if err != nil {
		return err
	}
	if w.config, err = clientcmd.RESTConfigFromKubeConfig(account); err != nil {
		return err
	}
	w.config.QPS = -1
	w.client, err = client.New(w.config, client.Options{Scheme: plane.Client.Scheme()})
	return err
}

// lease keeps replicas from reconciling: only who holds it does. So a row can
// measure a replica that does nothing but answer.
func lease() *coordinationv1.Lease {
	now := metav1.NewMicroTime(time.Now())
	return &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{Namespace: localenv.ManagerAccount.Namespace, Name: "atlassync"},
		Spec: coordinationv1.LeaseSpec{
			HolderIdentity: new("bench"), AcquireTime: &now, RenewTime: &now,
			LeaseDurationSeconds: new(int32((2 * timeLimit).Seconds())),
		},
	}
}

// stop ends all that was started and removes its files.
func (w *world) stop() error {
	var failures []error
	if w.env != nil {
		failures = append(failures, w.env.Stop())
	}
	for _, stop := range w.products {
		failures = append(failures, stop())
	}
	if w.dir != "" {
		failures = append(failures, os.RemoveAll(w.dir))
	}
	return errors.Join(failures...)
}
