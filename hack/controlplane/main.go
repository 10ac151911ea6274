// Command controlplane makes sure that etcd and kube-apiserver of the versions
// in this module's go.mod are on this machine, and prints their folder on
// standard output. Messages go to standard error.
//
// It is a module of its own, so that the Kubernetes sources stay out of the
// requirements of atlassync. Run it in its folder:
//
//	go -C hack/controlplane run .
//	go -C hack/controlplane run . -controllers   kube-controller-manager instead
//
// KUBEBUILDER_ASSETS, when it names a folder that holds both programs, is used
// as it is.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var folder string
	var err error
	if len(os.Args) > 1 && os.Args[1] == "-controllers" {
		folder, err = ensureControllers(ctx, os.Getenv)
	} else {
		folder, err = ensure(ctx, os.Getenv)
	}
	stop()
	if err != nil {
		say("%v", err)
		os.Exit(1)
	}
	fmt.Println(folder)
}

// ensure returns the folder that holds both programs and fills it first when
// that is needed.
func ensure(ctx context.Context, getenv func(string) string) (string, error) {
	if own := getenv("KUBEBUILDER_ASSETS"); own != "" {
		if servers.complete(own) {
			return own, nil
		}
		say("KUBEBUILDER_ASSETS=%s does not hold etcd and kube-apiserver: it is left aside", own)
	}
	v, err := readVersions(ctx)
	if err != nil {
		return "", err
	}
	folder, err := cacheFolder(getenv, v)
	if err != nil {
		return "", err
	}
	return folder, servers.install(ctx, folder, []source{
		{"prebuilt binaries", prebuilt{v}.fill},
		{"building from source", build{v, servers}.fill},
	})
}

// ensureControllers does the same for kube-controller-manager.
func ensureControllers(ctx context.Context, getenv func(string) string) (string, error) {
	v, err := readVersions(ctx)
	if err != nil {
		return "", err
	}
	folder, err := cacheFolder(getenv, v)
	if err != nil {
		return "", err
	}
	folder += "-controllers"
	return folder, controllers.install(ctx, folder, []source{{"building from source", build{v, controllers}.fill}})
}

// say writes one line for the person who waits.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "controlplane: "+format+"\n", args...)
}
