package localenv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

const (
	controlPlaneStartTimeout = time.Minute
	controlPlaneStopTimeout  = 30 * time.Second
)

// ControlPlane is a Kubernetes API: etcd and kube-apiserver with RBAC, and no
// controllers, kubelets or garbage collection.
type ControlPlane struct {
	// Config signs in as a cluster administrator.
	Config *rest.Config
	// Client does the same and knows the kinds of atlassync.
	Client client.Client
	// Kubeconfig is Config as the content of a kubeconfig file.
	Kubeconfig []byte

	env  *envtest.Environment
	logs *os.File
	// slowUntil is when the API server stops delaying creations.
	slowUntil time.Time
}

// StartControlPlane runs the programs in the folder binaries with their data
// and their log in dir, which must be empty.
func StartControlPlane(binaries, dir string) (*ControlPlane, error) {
	env := environment(binaries, dir)
	logs, err := prepare(env, dir)
	if err != nil {
		return nil, fmt.Errorf("start the control plane: %w", err)
	}
	config, err := env.Start()
	if err != nil {
		_ = env.Stop()
		_ = logs.Close()
		return nil, fmt.Errorf("start the control plane (its log is %s): %w", logs.Name(), err)
	}
	plane := &ControlPlane{Config: config, Kubeconfig: env.KubeConfig, env: env, logs: logs}
	if plane.Client, err = newClient(config); err != nil {
		_ = plane.Stop()
		return nil, fmt.Errorf("start the control plane: %w", err)
	}
	return plane, nil
}

// environment never uses a cluster that exists, whatever USE_EXISTING_CLUSTER says.
func environment(binaries, dir string) *envtest.Environment {
	env := &envtest.Environment{
		UseExistingCluster:       new(false),
		ControlPlaneStartTimeout: controlPlaneStartTimeout,
		ControlPlaneStopTimeout:  controlPlaneStopTimeout,
	}
	env.ControlPlane.Etcd = &envtest.Etcd{
		Path:    filepath.Join(binaries, "etcd"),
		DataDir: filepath.Join(dir, "etcd"),
	}
	env.ControlPlane.APIServer = &envtest.APIServer{
		Path:    filepath.Join(binaries, "kube-apiserver"),
		CertDir: filepath.Join(dir, "kube-apiserver"),
	}
	env.ControlPlane.APIServer.Configure().Set("authorization-mode", "RBAC")
	return env
}

// prepare makes the folders, and the log that both programs write to.
func prepare(env *envtest.Environment, dir string) (*os.File, error) {
	etcd, server := env.ControlPlane.Etcd, env.ControlPlane.APIServer
	for _, folder := range []string{etcd.DataDir, server.CertDir} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return nil, err
		}
	}
	logs, err := os.Create(filepath.Join(dir, "controlplane.log"))
	if err != nil {
		return nil, err
	}
	etcd.Out, etcd.Err, server.Out, server.Err = logs, logs, logs, logs
	return logs, nil
}

func newClient(config *rest.Config) (client.Client, error) {
	kinds := runtime.NewScheme()
	if err := scheme.AddToScheme(kinds); err != nil {
		return nil, err
	}
	if err := v1alpha1.AddToScheme(kinds); err != nil {
		return nil, err
	}
	return client.New(config, client.Options{Scheme: kinds})
}

// ServiceAccountKubeconfig is the content of a kubeconfig file that signs in
// as a ServiceAccount, by a token for it that is valid for a month.
func (p *ControlPlane) ServiceAccountKubeconfig(ctx context.Context, account client.ObjectKey) ([]byte, error) {
	token, err := requestToken(ctx, p.Client, account)
	if err != nil {
		return nil, err
	}
	return kubeconfig(p.Config, account.Name, token)
}

// Stop ends both programs.
func (p *ControlPlane) Stop() error {
	err := p.env.Stop()
	_ = p.logs.Close()
	if err != nil {
		return fmt.Errorf("stop the control plane: %w", err)
	}
	return nil
}
