package manager

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"k8s.io/client-go/rest"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

const usernameUsage = `usage: atlassync username [--regex REGEX --replacement TEXT] [--case Preserve|Lower] USERNAME…

Shows which directory username each userName of the identity provider becomes
with these values in spec.username of a SyncConfig, or why it cannot be one.
Put the values in single quotes, so that the shell leaves $1 alone. It talks to
nobody.
`

// Username is the command of that name: it tries out spec.username.
func Username(_ context.Context, std Streams, _ func() (*rest.Config, error), args []string) error {
	flags := newFlags("username", std.Out, usernameUsage)
	regex := flags.String("regex", "", "")
	replacement := flags.String("replacement", "", "")
	letters := flags.String("case", string(v1alpha1.CasePreserve), "")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("%w; see atlassync username -help", err)
	}
	lower := *letters == string(v1alpha1.CaseLower)
	if flags.NArg() == 0 || !lower && *letters != string(v1alpha1.CasePreserve) || *regex == "" && *replacement != "" {
		return errors.New(strings.TrimSpace(usernameUsage))
	}
	username, err := plan.CompileUsername(*regex, *replacement, lower)
	if err != nil {
		return err
	}
	return printUsernames(std.Out, username, flags.Args())
}

func printUsernames(out io.Writer, username plan.Username, names []string) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(table, "USERNAME\tDIRECTORY USERNAME\tNOTE")
	unusable := 0
	for _, name := range names {
		result := username.Apply(name)
		note := plan.CheckUsername(result, "")
		if note != "" {
			unusable++
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", name, result, note)
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the usernames: %w", err)
	}
	if unusable > 0 {
		return fmt.Errorf("%d of %d usernames cannot be used", unusable, len(names))
	}
	return nil
}

// newFlags are the flags of a command that explains itself with usage.
func newFlags(name string, out io.Writer, usage string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() { _, _ = fmt.Fprint(out, usage) }
	return flags
}
