package manager

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/atlassync/atlassync/controllers"
)

const orphansUsage = `usage: atlassync orphans [-o table|json] NAMESPACE/SYNCCONFIG

Lists the accounts in the directories of a SyncConfig behind which none of its
users stands. It reads the SyncConfig, its users and the Secrets of its
directories with your kubeconfig, reads the directories, and changes nothing.
`

// Orphans is the command of that name: it prints what controllers.Orphans
// finds.
func Orphans(ctx context.Context, std Streams, connect func() (*rest.Config, error), args []string) error {
	flags := newFlags("orphans", std.Out, orphansUsage)
	format := flags.String("o", "table", "")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w; see atlassync orphans -help", err)
	}
	namespace, name, ok := strings.Cut(flags.Arg(0), "/")
	if !ok || flags.NArg() != 1 || *format != "table" && *format != "json" {
		return errors.New(strings.TrimSpace(orphansUsage))
	}
	reader, err := newClient(connect)
	if err != nil {
		return err
	}
	orphans, failure := controllers.Orphans(ctx, reader, Connectors(), types.NamespacedName{Namespace: namespace, Name: name})
	if *format == "json" {
		err = json.NewEncoder(std.Out).Encode(orphans)
	} else {
		err = printOrphans(std.Out, orphans)
	}
	return errors.Join(failure, err)
}

func printOrphans(out io.Writer, orphans []controllers.Orphan) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(table, "DIRECTORY\tUSERNAME\tDISPLAY NAME\tACTIVE\tNOTE")
	for _, o := range orphans {
		note := ""
		if o.Self {
			note = "atlassync signs in with it"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%t\t%s\n", o.Directory, o.Username, o.DisplayName, o.Active, note)
	}
	return table.Flush()
}
