package localenv

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// Controllers is a kube-controller-manager with the two loops that take away:
// of namespaces, and of what an owner left behind.
type Controllers struct {
	// Log is the file with its output.
	Log     string
	process *process
}

// StartControllers runs kube-controller-manager against the control plane, and
// builds it first if this machine does not have it. Stop ends it.
func (e *Environment) StartControllers(ctx context.Context) (*Controllers, error) {
	folder, err := controllerBinaries(ctx, e.checkout)
	if err != nil {
		return nil, err
	}
	address, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	c := &Controllers{Log: filepath.Join(e.Dir, "controllers.log")}
	c.process, err = startProcess(c.Log, filepath.Join(folder, "kube-controller-manager"),
		"--kubeconfig="+e.AdminKubeconfig, "--authentication-kubeconfig="+e.AdminKubeconfig, "--authorization-kubeconfig="+e.AdminKubeconfig,
		"--bind-address=127.0.0.1", "--secure-port="+port, "--cert-dir="+filepath.Join(e.Dir, "controllers"),
		"--leader-elect=false", "--controllers=namespace-controller,garbage-collector-controller")
	if err != nil {
		return nil, fmt.Errorf("start kube-controller-manager: %w", err)
	}
	return c, nil
}

// Stop ends it at once: it keeps nothing that has to be brought in order, and
// takes a signal for a failure.
func (c *Controllers) Stop() {
	c.process.kill()
}

// controllerBinaries is the folder of kube-controller-manager.
func controllerBinaries(ctx context.Context, checkout string) (string, error) {
	cmd := interruptible(ctx, "go", "run", ".", "-controllers")
	cmd.Dir = filepath.Join(checkout, "hack", "controlplane")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("get kube-controller-manager: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
