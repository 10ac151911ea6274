package manager

import (
	"context"
	"io"

	"k8s.io/client-go/rest"
)

// Streams are what a command prints to: Out takes what was asked for, so that
// it can be piped, and Err what a person should know besides.
type Streams struct{ Out, Err io.Writer }

// Command is something that the binary can do besides running the manager. It
// calls connect if it needs the API server.
type Command func(ctx context.Context, std Streams, connect func() (*rest.Config, error), args []string) error

// Commands are all of them by name.
func Commands() map[string]Command {
	return map[string]Command{"orphans": Orphans, "plan": Plan, "token": Token, "username": Username}
}
