package manager

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers"
)

const planUsage = `usage: atlassync plan -f FILE|FOLDER|- [-o table|json]

Prints what would change in each directory if the SyncConfigs in the file, in
the YAML and JSON files of the folder, or on stdin were applied. It reads the
users, the groups and the Secrets of the directories with your kubeconfig, has
the API server check the SyncConfigs in a dry run, reads the directories, and
changes nothing. If you may not write SyncConfigs, it does without that check,
and says so on stderr.

Exit code 0: nothing would change; 2: something would; 1: it cannot be told.
`

// ErrChanges says that a plan has changes. It is no failure: the command ends
// with exit code 2.
var ErrChanges = errors.New("there are changes")

// Plan is the command of that name: it prints what controllers.Preview finds.
func Plan(ctx context.Context, std Streams, connect func() (*rest.Config, error), args []string) error {
	flags := newFlags("plan", std.Out, planUsage)
	path := flags.String("f", "", "")
	format := flags.String("o", "table", "")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w; see atlassync plan -help", err)
	}
	if *path == "" || flags.NArg() != 0 || *format != "table" && *format != "json" {
		return errors.New(strings.TrimSpace(planUsage))
	}
	configs, err := readSyncConfigs(*path, os.Stdin)
	if err != nil {
		return err
	}
	kube, err := newClient(connect)
	if err != nil {
		return err
	}
	previews, failure := previewAll(ctx, kube, std.Err, configs)
	if *format == "json" {
		err = json.NewEncoder(std.Out).Encode(previews)
	} else {
		err = printPreviews(std.Out, previews)
	}
	if err := errors.Join(failure, err); err != nil {
		return err
	}
	for i := range previews {
		if previews[i].Changes() > 0 {
			return ErrChanges
		}
	}
	return nil
}

// previewAll previews every SyncConfig. One that fails does not keep the
// others from being shown.
func previewAll(ctx context.Context, kube client.Client, notes io.Writer, configs []*v1alpha1.SyncConfig) ([]controllers.ConfigPreview, error) {
	previews := make([]controllers.ConfigPreview, 0, len(configs))
	var failures []error
	for _, config := range configs {
		key := client.ObjectKeyFromObject(config)
		admitted, err := admit(ctx, kube, notes, config)
		if err == nil {
			var preview controllers.ConfigPreview
			preview, err = controllers.Preview(ctx, kube, Connectors(), admitted)
			previews = append(previews, preview)
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("SyncConfig %s: %w", key, err))
		}
	}
	return previews, errors.Join(failures...)
}

func printPreviews(out io.Writer, previews []controllers.ConfigPreview) error {
	for i := range previews {
		if err := printPreview(out, &previews[i]); err != nil {
			return fmt.Errorf("print the plan: %w", err)
		}
	}
	return nil
}

func printPreview(out io.Writer, preview *controllers.ConfigPreview) error {
	_, _ = fmt.Fprintf(out, "SyncConfig %s/%s\n", preview.Namespace, preview.Name)
	switch preview.Mode {
	case v1alpha1.ModePaused:
		_, err := fmt.Fprintln(out, "mode is Paused: nothing is written to any directory")
		return err
	case v1alpha1.ModeDryRun:
		_, _ = fmt.Fprintln(out, "mode is DryRun: this is what Enforce would do")
	case v1alpha1.ModeEnforce:
	}
	if len(preview.Planned) > 0 {
		table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
		_, _ = fmt.Fprintln(table, "DIRECTORY\tKIND\tNAME\tACTION\tDETAIL")
		for _, p := range preview.Planned {
			action, detail := p.Action, p.Detail
			switch {
			case p.Held && action != "":
				action += ", held"
			case p.Held:
				action = "held"
			case action == "":
				action, detail = "none", p.Reason+": "+p.Detail
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.Directory, p.Kind, p.Name, action, detail)
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, preview.Summary())
	return err
}
