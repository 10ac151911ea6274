package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// programs are executables that belong together: they are had together, in a
// folder of their own.
type programs []string

// The two sets. The controllers are apart, because few tests need them and
// nobody publishes them for tests.
var (
	servers     = programs{"etcd", "kube-apiserver"}
	controllers = programs{"kube-controller-manager"}
)

// source is one way to get the programs: fill puts them into a folder.
type source struct {
	name string
	fill func(ctx context.Context, folder string) error
}

// complete says whether folder holds all programs.
func (p programs) complete(folder string) bool {
	for _, name := range p {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

// install fills folder from the first source that works. The folder appears
// by one rename with everything in it, and a lock makes a second process wait
// for the first one, so nobody ever sees half of it.
func (p programs) install(ctx context.Context, folder string, sources []source) error {
	if p.complete(folder) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return fmt.Errorf("make the cache folder: %w: set XDG_CACHE_HOME to a folder that can be written to", err)
	}
	unlock, err := lock(ctx, folder+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	if p.complete(folder) {
		return nil
	}
	partial := folder + ".partial"
	defer func() { _ = os.RemoveAll(partial) }()
	if err := p.fillFromFirst(ctx, partial, sources); err != nil {
		return err
	}
	return replace(partial, folder)
}

// fillFromFirst tries the sources in order, each into an empty folder.
func (p programs) fillFromFirst(ctx context.Context, folder string, sources []source) error {
	var failures []error
	for _, s := range sources {
		err := p.fillEmpty(ctx, folder, s)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted while %s", s.name)
		}
		failures = append(failures, fmt.Errorf("  %s: %w", s.name, err))
	}
	return fmt.Errorf("%s could not be had:\n%w\n%s", strings.Join(p, " and "), errors.Join(failures...), advice)
}

const advice = `What to do, one of:
  - allow access to the Go module proxy, or name one: GOPROXY=https://…
  - allow access to raw.githubusercontent.com and github.com for the prebuilt binaries
  - KUBEBUILDER_ASSETS=<folder with etcd and kube-apiserver>`

func (p programs) fillEmpty(ctx context.Context, folder string, s source) error {
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("remove the rest of an earlier attempt: %w", err)
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return fmt.Errorf("make a folder to work in: %w", err)
	}
	if err := s.fill(ctx, folder); err != nil {
		return err
	}
	if !p.complete(folder) {
		return fmt.Errorf("it did not give all of %v", p)
	}
	return nil
}

func replace(partial, folder string) error {
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("remove the incomplete %s: %w", folder, err)
	}
	if err := os.Rename(partial, folder); err != nil {
		return fmt.Errorf("put the finished folder in place: %w", err)
	}
	return nil
}

// lock takes an advisory lock, which the system drops when the process ends in
// whatever way. It polls, because a blocked flock cannot be interrupted.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	poll := time.NewTicker(200 * time.Millisecond)
	defer poll.Stop()
	for waited := false; ; waited = true {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
		}
		if !waited {
			say("another process is getting the control plane: waiting for it")
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(errors.New("interrupted while waiting for another process"), file.Close())
		case <-poll.C:
		}
	}
}
