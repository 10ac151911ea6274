package openapi

import (
	"errors"
	"net/http"
)

// Test is a Reporter that can also end and tell; *testing.T is one.
type Test interface {
	Reporter
	Logf(format string, args ...any)
	Fatal(args ...any)
}

// Middleware checks the traffic of a simulated product against the document
// that load gives, such as Jira. It is nil, and the test says so, where the
// vendors' documents are not on this machine.
func Middleware(t Test, load func() (*Checker, error)) func(http.Handler) http.Handler {
	t.Helper()
	checker, err := load()
	if errors.Is(err, ErrNoSpecs) {
		t.Logf("traffic is not checked: %v", err)
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return func(next http.Handler) http.Handler { return checker.Wrap(t, next) }
}
