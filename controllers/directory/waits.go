package directory

import (
	"context"
	"time"
)

type waitsKey struct{}

// ObserveWaits gives a context that tells observe of every wait that the
// limits of a directory cause to the requests made with it: for a turn in its
// budget, and the pauses that it asks for, each once.
func ObserveWaits(ctx context.Context, observe func(wait time.Duration)) context.Context {
	return context.WithValue(ctx, waitsKey{}, observe)
}

// Waited tells of a wait to whoever observes the context, if anybody does.
func Waited(ctx context.Context, wait time.Duration) {
	if observe, ok := ctx.Value(waitsKey{}).(func(time.Duration)); ok {
		observe(wait)
	}
}
