package localenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/hack/simulator/jira"
)

// ManagerAccount is the ServiceAccount that config/default gives the manager.
var ManagerAccount = client.ObjectKey{Namespace: "atlassync-system", Name: "atlassync"}

// Options say what to start, and where.
type Options struct {
	// Dir holds data, kubeconfigs and logs. It must be empty, and whoever
	// made it removes it.
	Dir string
	// AllProducts starts every product; otherwise there is a Jira only.
	AllProducts bool
}

// Environment is a control plane with the shipped configuration, simulated
// products, and any number of managers.
type Environment struct {
	Products

	// Dir is the folder of Options.
	Dir string
	// ControlPlane is the Kubernetes API.
	ControlPlane *ControlPlane
	// AdminKubeconfig is the path of a kubeconfig for people.
	AdminKubeconfig string

	checkout string
	program  string
	managers []*Manager
}

// Start builds the manager and starts everything but the manager itself.
func Start(ctx context.Context, options Options) (_ *Environment, err error) {
	checkout, err := Checkout()
	if err != nil {
		return nil, err
	}
	e := &Environment{
		Dir:             options.Dir,
		AdminKubeconfig: filepath.Join(options.Dir, "kubeconfig"),
		checkout:        checkout,
		program:         filepath.Join(options.Dir, "atlassync"),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Stop())
		}
	}()
	if err := BuildManager(ctx, checkout, e.program); err != nil {
		return nil, err
	}
	if options.AllProducts {
		e.Products, err = StartProducts(ProductOptions{})
	} else {
		e.Jira, err = StartJira(jira.Options{})
	}
	if err != nil {
		return nil, err
	}
	return e, e.startControlPlane(ctx)
}

// startControlPlane applies config/default as shipped, and writes the
// kubeconfigs for people and for the manager.
func (e *Environment) startControlPlane(ctx context.Context) error {
	binaries, err := Binaries(ctx, e.checkout)
	if err != nil {
		return err
	}
	if e.ControlPlane, err = StartControlPlane(binaries, e.Dir); err != nil {
		return err
	}
	shipped, err := Render(filepath.Join(e.checkout, "config", "default"))
	if err != nil {
		return err
	}
	if err := e.ControlPlane.Apply(ctx, shipped); err != nil {
		return err
	}
	account, err := e.ControlPlane.ServiceAccountKubeconfig(ctx, ManagerAccount)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(e.AdminKubeconfig, e.ControlPlane.Kubeconfig, 0o600),
		os.WriteFile(e.managerKubeconfig(), account, 0o600),
	)
}

func (e *Environment) managerKubeconfig() string {
	return filepath.Join(e.Dir, "manager.kubeconfig")
}

// StartManager runs one more replica, with further flags if any, and waits
// until it is ready. Its log is <name>.log in Dir.
func (e *Environment) StartManager(ctx context.Context, name string, flags ...string) (*Manager, error) {
	m, err := newManager(e.program, e.managerKubeconfig(), filepath.Join(e.Dir, name+".log"), flags...)
	if err != nil {
		return nil, fmt.Errorf("start manager %s: %w", name, err)
	}
	e.managers = append(e.managers, m)
	return m, m.Start(ctx)
}

// Stop ends everything, last started first, and waits for it.
func (e *Environment) Stop() error {
	var failures []error
	for _, m := range slices.Backward(e.managers) {
		failures = append(failures, m.Stop())
	}
	if e.ControlPlane != nil {
		failures = append(failures, e.ControlPlane.Stop())
	}
	return errors.Join(append(failures, e.Products.Stop())...)
}
