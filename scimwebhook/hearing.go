package scimwebhook

import (
	"context"
	"time"

	"github.com/go-logr/logr"

	"github.com/atlassync/atlassync/scimwebhook/store"
)

// hearing lets each SyncConfig show when its identity provider was last heard
// of, without that any request waits for it.
type hearing struct {
	scopes chan store.Scope
}

func newHearing() *hearing {
	return &hearing{scopes: make(chan store.Scope, 64)}
}

// note says that a valid token was presented. When others are waiting to be
// noted, this one is left out: the next request will do.
func (h *hearing) note(scope store.Scope) {
	select {
	case h.scopes <- scope:
	default:
	}
}

// run writes the notes until ctx ends, for each SyncConfig one in a while.
func (h *hearing) run(ctx context.Context, write func(context.Context, store.Scope) error, log logr.Logger) {
	noted := map[store.Scope]time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case scope := <-h.scopes:
			if time.Since(noted[scope]) < store.NoteEvery {
				continue
			}
			noted[scope] = time.Now()
			if err := write(ctx, scope); err != nil && ctx.Err() == nil {
				log.Error(err, "The time of the last SCIM request cannot be shown", "namespace", scope.Namespace, "syncConfig", scope.SyncConfig)
			}
		}
	}
}
