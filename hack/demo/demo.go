package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/atlassync/atlassync/hack/localenv"
)

// demo is up, session and down in one, in a folder of its own, so that it does
// not disturb what `make up` started.
func demo(ctx context.Context) (err error) {
	checkout, err := localenv.Checkout()
	if err != nil {
		return err
	}
	if _, err := localenv.Binaries(ctx, checkout); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "atlassync-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	start := time.Now()
	fmt.Println("Starting etcd, kube-apiserver, five simulated products and atlassync …")
	env, manager, known, err := bringUp(ctx, dir)
	if env != nil {
		defer func() { err = errors.Join(err, stopDemo(env, err == nil)) }()
	}
	if err != nil {
		return err
	}
	fmt.Printf("  ready in %.1f s. config/samples is applied, with the simulators' addresses and\n"+
		"  credentials, over plain HTTP. SCIM: %s\n", time.Since(start).Seconds(), known.scimBaseURL)
	if err := tell(ctx, known); err != nil {
		return withLog(err, manager.Log)
	}
	return nil
}

func stopDemo(env *localenv.Environment, say bool) error {
	if err := env.Stop(); err != nil {
		return err
	}
	if say {
		fmt.Println("Everything is stopped. `make up` starts the same and lets it run.")
	}
	return nil
}
