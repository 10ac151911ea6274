// Command atlassync provisions users and groups from SCIM identity providers
// into Atlassian directories.
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/atlassync/atlassync/controllers/manager"
)

// version is set by the build.
var version = "dev"

func main() {
	err := run()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, manager.ErrChanges):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "atlassync:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		commands := manager.Commands()
		command, ok := commands[os.Args[1]]
		if !ok {
			return fmt.Errorf("there is no command %s; use one of %s, or none to run the manager",
				os.Args[1], strings.Join(slices.Sorted(maps.Keys(commands)), ", "))
		}
		return command(ctrl.SetupSignalHandler(), manager.Streams{Out: os.Stdout, Err: os.Stderr}, ctrl.GetConfig, os.Args[2:])
	}
	options := manager.DefaultOptions()
	options.Version = version
	options.BindFlags(flag.CommandLine)
	logging := zap.Options{}
	logging.BindFlags(flag.CommandLine)
	flag.Parse()
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&logging), manager.LazyValues()))

	config, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("find the Kubernetes API server: %w", err)
	}
	return manager.Run(ctrl.SetupSignalHandler(), config, options)
}
