package store

import (
	"context"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Version tells the states of one resource apart: it changes with every
// change of the spec or of a further page of members, and with nothing else.
// It holds neither quotes nor commas.
func Version(obj metav1.Object) string {
	incarnation, _, _ := strings.Cut(string(obj.GetUID()), "-")
	version := incarnation + "." + strconv.FormatInt(obj.GetGeneration(), 36)
	if pages, ok := obj.GetAnnotations()[annotationPages]; ok {
		version += "." + pages
	}
	return version
}

// Condition decides by the Version of a resource whether a request for it may
// go on.
type Condition func(version string) bool

type conditionKey struct{}

// WithCondition makes the writes under ctx depend on a condition. It belongs
// to the request just like its deadline, and it is checked again with every
// attempt to write.
func WithCondition(ctx context.Context, condition Condition) context.Context {
	return context.WithValue(ctx, conditionKey{}, condition)
}

// checkCondition refuses a write whose condition current does not meet.
func (c *collection[T]) checkCondition(ctx context.Context, current T) error {
	condition, ok := ctx.Value(conditionKey{}).(Condition)
	if !ok {
		return nil
	}
	current, err := c.stamped(ctx, current)
	if err != nil {
		return err
	}
	if condition(Version(current)) {
		return nil
	}
	return errorf(Stale, "the %s has been changed since: read it again and repeat the change on what it is now", c.resource)
}
