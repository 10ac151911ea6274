// Command atlassync provisions users and groups from SCIM identity providers
// into Atlassian directories.
package main

import (
	"flag"
	"fmt"
	"os"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/atlassync/atlassync/controllers/manager"
)

// version is set by the build.
var version = "dev"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "atlassync:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) > 1 && os.Args[1] == "orphans" {
		return manager.Orphans(ctrl.SetupSignalHandler(), os.Stdout, ctrl.GetConfig, os.Args[2:])
	}
	options := manager.DefaultOptions()
	options.Version = version
	options.BindFlags(flag.CommandLine)
	logging := zap.Options{}
	logging.BindFlags(flag.CommandLine)
	flag.Parse()
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&logging)))

	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the Kubernetes API server: %w", err)
	}
	return manager.Run(ctrl.SetupSignalHandler(), config, options)
}
