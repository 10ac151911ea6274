package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// progressEvery is how often a line tells that the build goes on.
const progressEvery = 15 * time.Second

// build makes the programs from their sources, which the Go module proxy has.
type build struct {
	versions
	programs
}

func (b build) fill(ctx context.Context, folder string) error {
	say("building %s from source, of Kubernetes %s and etcd %s: 2 to 8 minutes on 2 cores, once", strings.Join(b.programs, " and "), b.kubernetes, b.etcd)
	for _, name := range b.programs {
		pkg := kubernetesModule + "/cmd/" + name
		if name == "etcd" {
			pkg = etcdModule
		}
		if err := b.one(ctx, name, pkg, filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

func (b build) one(ctx context.Context, name, pkg, output string) error {
	done := make(chan struct{})
	defer close(done)
	go progress(name, done)

	cmd := goCommand(ctx, "build", "-trimpath", "-ldflags", b.linkerFlags(), "-o", output, pkg)
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0") // no C compiler needed
	if err := runQuietly(cmd); err != nil {
		return fmt.Errorf("go build %s: %w", pkg, err)
	}
	return nil
}

// linkerFlags strips the debug tables and stamps the version: the API server
// reports it to clients, and without it takes itself for v0.0.0.
func (b build) linkerFlags() string {
	const stamp = " -X k8s.io/component-base/version."
	major, minor, _ := strings.Cut(b.minor(), ".")
	return "-s -w" +
		stamp + "gitVersion=" + b.kubernetes +
		stamp + "gitMajor=" + major +
		stamp + "gitMinor=" + minor
}

// progress says every now and then that name is still being built.
func progress(name string, done <-chan struct{}) {
	start := time.Now()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			say("%s: still building after %s", name, time.Since(start).Round(time.Second))
		}
	}
}
