package directory

import "context"

type urgencyKey struct{}

// Urgent gives a context whose requests wait for their turn apart from those
// that concern everybody: for somebody who joins or leaves.
func Urgent(ctx context.Context) context.Context {
	return context.WithValue(ctx, urgencyKey{}, true)
}

// IsUrgent reports whether a context is one of Urgent.
func IsUrgent(ctx context.Context) bool {
	return ctx.Value(urgencyKey{}) != nil
}
