package manager

import (
	"context"
	"io"

	"k8s.io/client-go/rest"
)

// Command is something that the binary can do besides running the manager. It
// prints to out, and calls connect if it needs the API server.
type Command func(ctx context.Context, out io.Writer, connect func() (*rest.Config, error), args []string) error

// Commands are all of them by name.
func Commands() map[string]Command {
	return map[string]Command{"orphans": Orphans, "plan": Plan, "token": Token, "username": Username}
}
