package okta

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// ErrNoMatch says that a search found nobody.
var ErrNoMatch = errors.New("no match")

// Error is an answer that refuses a request (RFC 7644 section 3.12).
type Error struct {
	// Method and Path are the request's.
	Method, Path string
	// Status is the HTTP status.
	Status int
	// SCIMType is the SCIM detail error keyword, such as uniqueness.
	SCIMType string
	// Detail is what Okta shows to its administrator.
	Detail string
	// RetryAfter is the header of this name, in seconds, with 429.
	RetryAfter string
}

// Error says what was refused, and why.
func (e *Error) Error() string {
	message := fmt.Sprintf("%s %s: HTTP %d", e.Method, e.Path, e.Status)
	if e.SCIMType != "" {
		message += " " + e.SCIMType
	}
	return message + ": " + e.Detail
}

// newError reads the SCIM error in body. Okta reports anything else as invalid
// JSON, and so does this.
func newError(method, path string, response *http.Response, body []byte) *Error {
	var scim struct {
		SCIMType string `json:"scimType"`
		Detail   string `json:"detail"`
	}
	if err := json.Unmarshal(body, &scim); err != nil {
		scim.Detail = fmt.Sprintf("invalid JSON: %v", err)
	}
	return &Error{
		Method: method, Path: path,
		Status:     response.StatusCode,
		SCIMType:   scim.SCIMType,
		Detail:     scim.Detail,
		RetryAfter: response.Header.Get("Retry-After"),
	}
}
