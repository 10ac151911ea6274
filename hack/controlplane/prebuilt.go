package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// answerTime is how long the index of prebuilt binaries may take to answer;
// downloadTime is for the download itself. Many networks reach only a Go
// module proxy, and nobody should wait long to find that out.
const (
	answerTime   = 20 * time.Second
	downloadTime = 5 * time.Minute
)

// prebuilt gets the binaries that the Kubernetes project publishes for
// envtest, by its own tool setup-envtest, which verifies their checksums.
type prebuilt struct{ versions }

func (p prebuilt) fill(ctx context.Context, folder string) error {
	// Not every patch release is published, so the newest of the minor is taken.
	release := p.minor() + ".x"
	tool := filepath.Join(folder, "setup-envtest")
	if err := runQuietly(goCommand(ctx, "build", "-o", tool, setupEnvtest)); err != nil {
		return fmt.Errorf("build setup-envtest: %w", err)
	}
	store := filepath.Join(folder, "store")
	if _, err := p.ask(ctx, answerTime, tool, "list", release, "--bin-dir", store); err != nil {
		return err
	}
	say("downloading etcd and kube-apiserver %s", release)
	unpacked, err := p.ask(ctx, downloadTime, tool, "use", release, "--bin-dir", store, "-p", "path")
	if err != nil {
		return err
	}
	return moveUp(strings.TrimSpace(unpacked), folder, tool, store)
}

const setupEnvtest = "sigs.k8s.io/controller-runtime/tools/setup-envtest"

// ask runs setup-envtest and returns what it printed.
func (p prebuilt) ask(ctx context.Context, limit time.Duration, tool string, args ...string) (string, error) {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	out, err := command(bounded, tool, args...).Output()
	if bounded.Err() != nil {
		return "", fmt.Errorf("setup-envtest %s: no result within %s", args[0], limit)
	}
	if err != nil {
		return "", fmt.Errorf("setup-envtest %s: %w", args[0], withStderr(err))
	}
	return string(out), nil
}

// moveUp moves the programs from the folder where setup-envtest unpacked them,
// which it makes read-only, and removes what is no longer needed.
func moveUp(unpacked, folder string, rest ...string) error {
	if err := os.Chmod(unpacked, 0o755); err != nil {
		return err
	}
	for _, name := range servers {
		if err := os.Rename(filepath.Join(unpacked, name), filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	for _, path := range rest {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}
