package main

import (
	"context"
	"encoding/json"
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

// readVersions asks the go command for go.mod, which needs no network.
func readVersions(ctx context.Context) (versions, error) {
	out, err := goCommand(ctx, "mod", "edit", "-json").Output()
	if err != nil {
		return versions{}, fmt.Errorf("read the versions from go.mod (run this in hack/controlplane): %w", withStderr(err))
	}
	return parseVersions(out)
}

// parseVersions reads what go mod edit -json prints.
func parseVersions(goMod []byte) (versions, error) {
	var file struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(goMod, &file); err != nil {
		return versions{}, fmt.Errorf("read the versions from go.mod: %w", err)
	}
	var v versions
	for _, module := range file.Require {
		switch module.Path {
		case kubernetesModule:
			v.kubernetes = module.Version
		case etcdModule:
			v.etcd = module.Version
		}
	}
	if v.kubernetes == "" || v.etcd == "" {
		return versions{}, fmt.Errorf("read the versions from go.mod: it does not require both %s and %s", kubernetesModule, etcdModule)
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
