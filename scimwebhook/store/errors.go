package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Kind says what is wrong, so that the server can choose a status.
type Kind string

// The kinds of errors.
const (
	// NotFound: there is no such resource in this SyncConfig.
	NotFound Kind = "NotFound"
	// Uniqueness: the name or externalId belongs to somebody else.
	Uniqueness Kind = "Uniqueness"
	// Mutability: the resource is not written by SCIM.
	Mutability Kind = "Mutability"
	// Stale: the resource does not meet the request's condition (WithCondition).
	Stale Kind = "Stale"
	// Invalid: a value is not accepted.
	Invalid Kind = "Invalid"
	// TooLarge: the resource as a whole is larger than can be kept.
	TooLarge Kind = "TooLarge"
	// Unavailable: the API server does not answer now; nothing is known to be wrong.
	Unavailable Kind = "Unavailable"
	// Internal: a fault on our side.
	Internal Kind = "Internal"
)

// Error is what every method of this package fails with.
type Error struct {
	Kind Kind
	// Detail is for the administrator of the identity provider. It names
	// nothing of the cluster but the resource itself.
	Detail string
	// Err is the cause, for our own log.
	Err error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Detail
	}
	return e.Detail + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

func errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...)}
}

// fromAPI turns the API server's refusal, or its silence, into an Error.
// A conflict or an absence is the caller's business and handled before.
func fromAPI(err error) *Error {
	switch {
	case apierrors.IsInvalid(err):
		return &Error{Kind: Invalid, Detail: invalidDetail(err), Err: err}
	case apierrors.IsRequestEntityTooLargeError(err):
		return &Error{Kind: TooLarge, Detail: "the resource is larger than can be stored: send fewer or shorter values", Err: err}
	case isUnavailable(err):
		return &Error{Kind: Unavailable, Detail: "the change or query could not be completed now, nothing is wrong with the request: try again", Err: err}
	default:
		return &Error{Kind: Internal, Detail: "the server failed on this request: its log says why under the request id", Err: err}
	}
}

func isUnavailable(err error) bool {
	if apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err) || apierrors.IsTooManyRequests(err) ||
		apierrors.IsServiceUnavailable(err) || apierrors.IsInternalError(err) || apierrors.IsConflict(err) {
		return true
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

const (
	maxCauses      = 5
	maxCauseLength = 300
)

// invalidDetail names the SCIM attributes that the CRD's validation refused.
func invalidDetail(err error) string {
	status, ok := errors.AsType[*apierrors.StatusError](err)
	if !ok || status.ErrStatus.Details == nil || len(status.ErrStatus.Details.Causes) == 0 {
		return "a value is not accepted"
	}
	var parts []string
	for _, cause := range status.ErrStatus.Details.Causes {
		if len(parts) == maxCauses {
			parts = append(parts, "and more")
			break
		}
		parts = append(parts, causeDetail(cause))
	}
	return strings.Join(parts, "; ")
}

func causeDetail(cause metav1.StatusCause) string {
	message := cause.Message
	if len(message) > maxCauseLength {
		message = strings.ToValidUTF8(message[:maxCauseLength], "") + "…"
	}
	return scimPath(cause.Field) + ": " + message
}

// scimPath is the SCIM path of a field of the custom resource.
func scimPath(field string) string {
	path, _ := strings.CutPrefix(field, "spec.")
	if rest, ok := strings.CutPrefix(path, "enterprise."); ok {
		return enterpriseURN + ":" + rest
	}
	return path
}

// enterpriseURN is the enterprise extension (RFC 7643 section 4.3).
const enterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
