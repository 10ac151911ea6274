package main

import (
	"flag"
	"fmt"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client/config"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/atlassync/atlassync/controllers/manager"
)

const flagsHead = `# Flags

Generated from the code by ` + "`make generate`" + `. Set flags in ` + "`args`" + ` of
` + "`config/manager/deployment.yaml`" + `. What belongs to one identity provider or one
directory is not a flag but a field of the [SyncConfig](api.md#syncconfigspec).

`

// flagsPage lists the flags of the binary, as main.go binds them.
func flagsPage() (string, error) {
	options := manager.DefaultOptions()
	own := flag.NewFlagSet("atlassync", flag.ContinueOnError)
	options.BindFlags(own)

	libraries := flag.NewFlagSet("libraries", flag.ContinueOnError)
	config.RegisterFlags(libraries)
	(&zap.Options{}).BindFlags(libraries)

	return flagsHead + "## atlassync\n\n" + flagTable(own) +
		"\n## Logging and the Kubernetes API server\n\n" + flagTable(libraries), nil
}

func flagTable(flags *flag.FlagSet) string {
	var table strings.Builder
	table.WriteString("| flag | default | meaning |\n|---|---|---|\n")
	flags.VisitAll(func(f *flag.Flag) {
		fmt.Fprintf(&table, "| `--%s` | %s | %s |\n", f.Name, code(f.DefValue), cell(f.Usage))
	})
	return table.String()
}

func code(value string) string {
	if value == "" {
		return ""
	}
	return "`" + value + "`"
}

// cell makes a text fit into one cell of a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
