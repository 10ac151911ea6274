package localenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// modulePath tells this checkout's go.mod from those below it.
const modulePath = "module github.com/atlassync/atlassync\n"

// Checkout is the root folder of the sources that the working directory is in.
func Checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the checkout: %w", err)
	}
	for {
		content, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && bytes.HasPrefix(content, []byte(modulePath)) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find the checkout: the working directory is not inside a checkout of atlassync")
		}
		dir = parent
	}
}

// Binaries is the folder with etcd and kube-apiserver: what KUBEBUILDER_ASSETS
// names, else what hack/controlplane gets, which takes minutes the first time
// and tells about it on standard error.
func Binaries(ctx context.Context, checkout string) (string, error) {
	cmd := interruptible(ctx, "go", "run", ".")
	cmd.Dir = filepath.Join(checkout, "hack", "controlplane")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("get etcd and kube-apiserver: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// BuildManager builds the manager from the checkout to output.
func BuildManager(ctx context.Context, checkout, output string) error {
	cmd := interruptible(ctx, "go", "build", "-o", output, ".")
	cmd.Dir = checkout
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the manager: %w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// interruptible is a child that gets the chance to clean up when ctx ends.
func interruptible(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}
