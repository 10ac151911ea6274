package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	kubernetesModule = "k8s.io/kubernetes"
	etcdModule       = "go.etcd.io/etcd/server/v3"
)

// versions are the releases that go.mod asks for, such as v1.37.2.
type versions struct {
	kubernetes string
	etcd       string
}

// readVersions asks the go command for the versions in go.mod.
func readVersions(ctx context.Context) (versions, error) {
	out, err := goCommand(ctx, "list", "-m", kubernetesModule, etcdModule).Output()
	if err != nil {
		return versions{}, fmt.Errorf("read the versions from go.mod (run this in hack/controlplane): %w", withStderr(err))
	}
	return parseVersions(string(out))
}

// parseVersions reads the "path version" lines of go list -m.
func parseVersions(list string) (versions, error) {
	found := map[string]string{}
	for line := range strings.Lines(list) {
		if path, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			found[path] = version
		}
	}
	v := versions{kubernetes: found[kubernetesModule], etcd: found[etcdModule]}
	if v.kubernetes == "" || v.etcd == "" {
		return versions{}, fmt.Errorf("go.mod names no version of %s or %s", kubernetesModule, etcdModule)
	}
	return v, nil
}

// minor is the Kubernetes release without "v" and patch, such as "1.37".
func (v versions) minor() string {
	parts := strings.SplitN(strings.TrimPrefix(v.kubernetes, "v"), ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// cacheFolder is where the programs of these versions are kept: outside of any
// checkout, so that all checkouts of one person share it.
func cacheFolder(getenv func(string) string, v versions) (string, error) {
	root := getenv("XDG_CACHE_HOME")
	if !filepath.IsAbs(root) { // the XDG specification says to ignore relative paths
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the cache folder: %w: set XDG_CACHE_HOME", err)
		}
		root = filepath.Join(home, ".cache")
	}
	name := strings.Join([]string{v.kubernetes, v.etcd, runtime.GOOS, runtime.GOARCH}, "-")
	return filepath.Join(root, "atlassync", "controlplane", name), nil
}
