// Command demo runs atlassync on this machine with everything around it: a
// Kubernetes API, simulated products, and an Okta that talks SCIM to it.
//
//	go run ./hack/demo demo     the whole story, then everything is stopped
//	go run ./hack/demo up       start in the background; .run/env says where
//	go run ./hack/demo session  Okta's part alone, against what is up
//	go run ./hack/demo down     stop what up started
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	ctrl.SetLogger(logr.Discard()) // the logs are the manager's, in its file
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	commands := map[string]func(context.Context) error{
		"demo":        demo,
		"up":          up,
		"session":     session,
		"down":        down,
		superviseVerb: supervise,
	}
	if len(args) == 1 && commands[args[0]] != nil {
		return commands[args[0]](ctx)
	}
	return errors.New("usage: demo demo|up|session|down")
}
