package directory

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Kind says what went wrong, in terms that a decision can be made on.
type Kind uint8

// The kinds of failure.
const (
	// KindUnknown is an error that no client classified.
	KindUnknown Kind = iota
	// KindNotFound: the account, group or address does not exist.
	KindNotFound
	// KindAlreadyExists: the name is taken.
	KindAlreadyExists
	// KindInvalid: the directory refused the values; repeating is useless.
	KindInvalid
	// KindUnauthorized: the credentials are not accepted.
	KindUnauthorized
	// KindForbidden: the credentials are accepted but lack a right.
	KindForbidden
	// KindRateLimited: too many requests; wait RetryAfter.
	KindRateLimited
	// KindLicenceExceeded: the product has no seat left.
	KindLicenceExceeded
	// KindUnavailable: no answer, a time-out, or a failure of the product;
	// nothing was changed, or repeating is harmless.
	KindUnavailable
	// KindUntrusted: the TLS certificate is not trusted.
	KindUntrusted
	// KindUnsupported: the product cannot do this.
	KindUnsupported
	// KindAmbiguous: a write was sent and its outcome is not known.
	KindAmbiguous
	// KindWrongDirectory: the product writes to another user directory than
	// the configured one.
	KindWrongDirectory
)

var kindNames = map[Kind]string{
	KindUnknown: "unknown", KindNotFound: "not found", KindAlreadyExists: "already exists",
	KindInvalid: "invalid", KindUnauthorized: "unauthorized", KindForbidden: "forbidden",
	KindRateLimited: "rate limited", KindLicenceExceeded: "licence exceeded",
	KindUnavailable: "unavailable", KindUntrusted: "certificate not trusted",
	KindUnsupported: "unsupported", KindAmbiguous: "outcome unknown",
	KindWrongDirectory: "wrong directory",
}

// String is the kind in words, as metrics and messages show it.
func (k Kind) String() string {
	return kindNames[k]
}

// Error is a failure of a directory operation.
type Error struct {
	// Kind says what went wrong.
	Kind Kind
	// Op is the operation, such as "create user".
	Op string
	// Status is the HTTP status, 0 if there was no answer.
	Status int
	// URL is where the request went, without credentials or query.
	URL string
	// Message is what the product said, for the administrator.
	Message string
	// RetryAfter is how long to wait, for KindRateLimited.
	RetryAfter time.Duration
	// RequestID is the id that the product gave the request, for its
	// administrator's logs; empty where it gives none.
	RequestID string
	// Timeout says that the request got no answer in time.
	Timeout bool
	// Err is the cause, if there is one.
	Err error
}

// Error says what failed, where, and why. While the whole directory is down
// it says the same for every request, so that a status that shows it stays as
// it is; the id of a request helps with a failure of its own only.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	b.WriteString(": ")
	b.WriteString(e.Kind.String())
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d", e.Status)
		if e.URL != "" {
			b.WriteString(" from " + e.URL)
		}
		if e.RequestID != "" && !IsDown(e) {
			b.WriteString(", request " + e.RequestID)
		}
		b.WriteString(")")
	} else if e.URL != "" {
		b.WriteString(" (" + e.URL + ")")
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	} else if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error {
	return e.Err
}

// KindOf is the kind of err, or KindUnknown if it is not an *Error.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return KindUnknown
}

// IsNotFound reports whether err says that something does not exist.
func IsNotFound(err error) bool {
	return KindOf(err) == KindNotFound
}

// IsDown reports whether err concerns the directory as a whole, so that
// trying the next object is useless: it does not answer, its certificate is
// not trusted, it refuses the credentials, or it writes to the wrong user
// directory. An internal error (HTTP 500) or
// an answer that makes no sense (HTTP 200) may be about one object only, and a
// cancelled call about the caller.
func IsDown(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || errors.Is(err, context.Canceled) {
		return false
	}
	switch e.Kind {
	case KindUnauthorized, KindUntrusted, KindWrongDirectory:
		return true
	case KindUnavailable:
		return e.Status != http.StatusInternalServerError && e.Status != http.StatusOK
	default:
		return false
	}
}
