package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	pprof "github.com/google/pprof/profile"
)

// profiledSeconds is how long one processor profile is, of which as many are
// joined as a scenario takes.
const profiledSeconds = 5

// profile begins a processor profile of the replica, which may be starting
// just now. keep ends it, and adds what the replica has allocated since it
// started, and what it holds. Without a folder for profiles neither does
// anything.
func (w *world) profile(ctx context.Context, t *tenant) (keep func() error) {
	if w.profiles == "" {
		return func() error { return nil }
	}
	name, stop, ended := w.scenario, make(chan struct{}), make(chan error, 1)
	file := func(kind string) string { return filepath.Join(w.profiles, name+"."+kind+".pprof") }
	go func() { ended <- t.profileUntil(ctx, stop, file("cpu")) }()
	return func() error {
		close(stop)
		if err := <-ended; err != nil {
			return err
		}
		if err := t.save(ctx, "allocs", file("allocs")); err != nil {
			return err
		}
		return t.save(ctx, "heap?gc=1", file("heap"))
	}
}

// profileUntil joins processor profiles until it is to stop.
func (t *tenant) profileUntil(ctx context.Context, stop <-chan struct{}, file string) error {
	var parts []*pprof.Profile
	for {
		part, err := t.profiled(ctx, fmt.Sprintf("profile?seconds=%d", profiledSeconds))
		if err == nil {
			parts = append(parts, part)
		} // otherwise it is being started anew
		select {
		case <-stop:
			if len(parts) == 0 {
				return err
			}
			return join(parts, file)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// profiled reads one profile of the replica.
func (t *tenant) profiled(ctx context.Context, kind string) (*pprof.Profile, error) {
	body, err := t.open(ctx, t.pprof+"/debug/pprof/"+kind)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	return pprof.Parse(body)
}

func join(parts []*pprof.Profile, file string) error {
	whole, err := pprof.Merge(parts)
	if err != nil {
		return fmt.Errorf("join the processor profiles: %w", err)
	}
	return write(file, whole.Write)
}

// save writes a profile of the replica to a file as it is.
func (t *tenant) save(ctx context.Context, kind, file string) error {
	body, err := t.open(ctx, t.pprof+"/debug/pprof/"+kind)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	return write(file, func(out io.Writer) error {
		_, err := io.Copy(out, body)
		return err
	})
}

// write makes a file of what content writes.
func write(file string, content func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	err = content(out)
	if closing := out.Close(); err == nil {
		err = closing
	}
	return err
}
