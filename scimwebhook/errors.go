package scimwebhook

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// retryAfter is the most seconds that a client waits before it tries again.
// Okta reads only whole seconds and doubles them, so it is small.
const retryAfter = 5

// ownFault is what a client learns of a fault on our side.
const ownFault = "the server failed on this request: its log says why under the request id"

// failure is an answer that is not a success (RFC 7644 section 3.12).
type failure struct {
	status   int
	scimType string
	detail   string
	// cause is for our log; nil where the request itself is at fault.
	cause error
	// retryAfter is after how many seconds to try again; 0 says nothing of it.
	retryAfter int
	// rejected is the limit that the request is beyond, if it is.
	rejected rejection
}

func (f *failure) Error() string { return f.detail }
func (f *failure) Unwrap() error { return f.cause }

func failf(status int, scimType, format string, args ...any) *failure {
	return &failure{status: status, scimType: scimType, detail: fmt.Sprintf(format, args...)}
}

// because says which limit the request is beyond.
func (f *failure) because(limit rejection) *failure {
	f.rejected = limit
	return f
}

// failureOf finds the answer to an error of any part of the server.
func failureOf(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if e, ok := errors.AsType[*store.Error](err); ok {
		return storeFailure(e)
	}
	if f := requestFailure(err); f != nil {
		return f
	}
	return &failure{status: http.StatusInternalServerError, detail: ownFault, cause: err}
}

// requestFailure is the answer to a document, operation or filter that is
// wrong; nil if err is none of that.
func requestFailure(err error) *failure {
	var f *failure
	wrongFilter, isFilter := errors.AsType[*filter.Error](err)
	if e, ok := errors.AsType[*schema.Error](err); ok {
		f = failf(http.StatusBadRequest, e.ScimType, "%s", e.Detail)
		if e.ScimType == schema.TooMany {
			f.status = http.StatusRequestEntityTooLarge
			return f.because(rejectedTooMany)
		}
	} else if isFilter {
		f = failf(http.StatusBadRequest, schema.InvalidFilter, "%s", wrongFilter.Error())
	}
	if isFilter && wrongFilter.Limit {
		return f.because(rejectedFilter)
	}
	return f
}

func storeFailure(e *store.Error) *failure {
	f := &failure{detail: e.Detail}
	switch e.Kind {
	case store.NotFound:
		f.status = http.StatusNotFound
	case store.Uniqueness:
		f.status, f.scimType = http.StatusConflict, schema.Uniqueness
	case store.Mutability:
		f.status, f.scimType = http.StatusBadRequest, schema.Mutability
	case store.Stale:
		f.status = http.StatusPreconditionFailed
	case store.Invalid:
		f.status, f.scimType = http.StatusBadRequest, schema.InvalidValue
	case store.TooLarge:
		f.status = http.StatusRequestEntityTooLarge
	case store.Unavailable:
		f.status, f.cause, f.retryAfter = http.StatusServiceUnavailable, e, retryAfter
	default:
		f.status, f.cause = http.StatusInternalServerError, e
	}
	return f
}

// errorMessage is the body of an error. Status is a string in SCIM.
type errorMessage struct {
	Schemas  []string `json:"schemas"`
	Status   string   `json:"status"`
	ScimType string   `json:"scimType,omitempty"`
	Detail   string   `json:"detail"`
}

// maxDetail is the most bytes of a detail: it is shown in a list of tasks, and
// may quote what a client made up.
const maxDetail = 1000

// shorten cuts a text that would be a burden where it is shown.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// fail answers with an error, and logs what is our own fault.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	f := failureOf(err)
	c := callOf(r.Context())
	if f.cause != nil {
		c.logger().Error(f.cause, "SCIM request failed", "status", f.status)
	}
	if f.status >= http.StatusInternalServerError {
		f.detail += " (request id " + c.id + ")"
	}
	c.rejected = f.rejected
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="SCIM"`) // RFC 6750 section 3
	}
	if f.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.retryAfter))
	}
	respond(w, f.status, errorMessage{
		Schemas:  []string{schema.URNError},
		Status:   strconv.Itoa(f.status),
		ScimType: f.scimType,
		Detail:   shorten(f.detail, maxDetail),
	})
}
