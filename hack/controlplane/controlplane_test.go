package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestParseVersions(t *testing.T) {
	const kubernetes = `{"Path":"k8s.io/kubernetes","Version":"v1.37.2"}`
	const etcd = `{"Path":"go.etcd.io/etcd/server/v3","Version":"v3.7.0","Indirect":true}`
	tests := map[string]struct {
		goMod   string
		want    versions
		wantErr bool
	}{
		"both":        {`{"Require":[` + kubernetes + `,` + etcd + `]}`, versions{"v1.37.2", "v3.7.0"}, false},
		"one missing": {`{"Require":[` + kubernetes + `]}`, versions{}, true},
		"none":        {`{"Require":null}`, versions{}, true},
		"not JSON":    {`module x`, versions{}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := parseVersions([]byte(tt.goMod))
			if got != tt.want || (err != nil) != tt.wantErr {
				t.Errorf("got %+v, %v; want %+v, error %v", got, err, tt.want, tt.wantErr)
			}
		})
	}
}

func TestVersionsComeFromGoMod(t *testing.T) {
	v, err := readVersions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{kubernetesModule + " " + v.kubernetes, etcdModule + " " + v.etcd} {
		if !strings.Contains(string(mod), want) {
			t.Errorf("go.mod does not say %q", want)
		}
	}
}

func TestLinkerFlagsStampTheVersion(t *testing.T) {
	flags := build{versions: versions{kubernetes: "v1.37.2"}}.linkerFlags()
	for _, want := range []string{"gitVersion=v1.37.2", "gitMajor=1", "gitMinor=37"} {
		if !strings.Contains(flags, want) {
			t.Errorf("%q lacks %q", flags, want)
		}
	}
}

func TestCacheFolder(t *testing.T) {
	v := versions{"v1.37.2", "v3.7.0"}
	leaf := "/atlassync/controlplane/v1.37.2-v3.7.0-" + runtime.GOOS + "-" + runtime.GOARCH
	t.Setenv("HOME", "/home/somebody")
	for cache, want := range map[string]string{
		"":         "/home/somebody/.cache" + leaf,
		"/scratch": "/scratch" + leaf,
		"relative": "/home/somebody/.cache" + leaf,
	} {
		got, err := cacheFolder(func(string) string { return cache }, v)
		if err != nil || got != want {
			t.Errorf("XDG_CACHE_HOME=%q: got %q, %v; want %q", cache, got, err, want)
		}
	}
}

func TestEnsureUsesOwnBinaries(t *testing.T) {
	own := t.TempDir()
	if err := writePrograms(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	got, err := ensure(t.Context(), func(string) string { return own })
	if err != nil || got != own {
		t.Errorf("got %q, %v; want %q", got, err, own)
	}
}

func TestInstallFallsBackAndLeavesNoRest(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "cache", "v1")
	err := servers.install(t.Context(), folder, []source{
		{"broken", func(_ context.Context, dir string) error {
			return errors.Join(errors.New("no network"), os.WriteFile(filepath.Join(dir, "junk"), nil, 0o600))
		}},
		{"working", writePrograms},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !servers.complete(folder) {
		t.Error("the programs are not in place")
	}
	for _, gone := range []string{folder + ".partial", filepath.Join(folder, "junk")} {
		if _, err := os.Stat(gone); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left behind", gone)
		}
	}
}

func TestInstallRepairsAnIncompleteFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "v1")
	if err := os.MkdirAll(filepath.Join(folder, "etcd"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := servers.install(t.Context(), folder, []source{{"working", writePrograms}}); err != nil {
		t.Fatal(err)
	}
	if !servers.complete(folder) {
		t.Error("the programs are not in place")
	}
}

func TestInstallNamesEveryAttemptThatFailed(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "v1")
	err := servers.install(t.Context(), folder, []source{
		{"prebuilt", func(context.Context, string) error { return errors.New("no such host") }},
		{"empty", func(context.Context, string) error { return nil }},
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"prebuilt: no such host", "empty: it did not give", "GOPROXY", "KUBEBUILDER_ASSETS"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	if servers.complete(folder) {
		t.Error("a failed install looks complete")
	}
}

func TestInstallAtOnceFillsOnce(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "v1")
	var fills atomic.Int32
	counting := source{"counting", func(ctx context.Context, dir string) error {
		fills.Add(1)
		return writePrograms(ctx, dir)
	}}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := servers.install(t.Context(), folder, []source{counting}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := fills.Load(); got != 1 {
		t.Errorf("filled %d times, want once", got)
	}
}

func TestInterruptEndsTheWaitForAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := lock(ctx, path); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v, want an interruption", err)
	}
}

func TestUnpackedProgramsAreMovedOutOfTheReadOnlyStore(t *testing.T) {
	folder := t.TempDir()
	store := filepath.Join(folder, "store")
	unpacked := filepath.Join(store, "k8s", "1.37.2")
	if err := errors.Join(os.MkdirAll(unpacked, 0o755), writePrograms(t.Context(), unpacked), os.Chmod(unpacked, 0o555)); err != nil {
		t.Fatal(err)
	}
	if err := moveUp(unpacked, folder, store); err != nil {
		t.Fatal(err)
	}
	if !servers.complete(folder) {
		t.Error("the programs are not in place")
	}
	if _, err := os.Stat(store); !errors.Is(err, os.ErrNotExist) {
		t.Error("the store is left behind")
	}
}

// writePrograms is a source that works at once.
func writePrograms(_ context.Context, dir string) error {
	for _, name := range servers {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			return err
		}
	}
	return nil
}
