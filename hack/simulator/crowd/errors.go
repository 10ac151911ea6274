package crowd

import (
	"encoding/xml"
	"fmt"
	"net/http"
)

// apiError is a refusal as Crowd gives it: {"reason":"…","message":"…"}, or
// <error> in XML.
type apiError struct {
	XMLName xml.Name `json:"-"                xml:"error"`
	Reason  string   `json:"reason,omitempty" xml:"reason,omitempty"`
	Message string   `json:"message"          xml:"message"`

	status int
}

// Error is status, reason and message.
func (e *apiError) Error() string {
	return fmt.Sprintf("HTTP %d: %s: %s", e.status, e.Reason, e.Message)
}

func refuse(status int, reason, format string, args ...any) *apiError {
	return &apiError{status: status, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

func noSuchUser(status int, name string) *apiError {
	return refuse(status, "USER_NOT_FOUND", "User <%s> does not exist", name)
}

func noSuchGroup(name string) *apiError {
	return refuse(http.StatusNotFound, "GROUP_NOT_FOUND", "Group <%s> does not exist", name)
}

func missing(parameter string) *apiError {
	return refuse(http.StatusBadRequest, "ILLEGAL_ARGUMENT", "The query parameter %s is missing", parameter)
}

func invalidUser(format string, args ...any) *apiError {
	return refuse(http.StatusBadRequest, "INVALID_USER", format, args...)
}

// denied refuses a change that a directory does not permit.
func denied(format string, args ...any) *apiError {
	return refuse(http.StatusForbidden, "APPLICATION_PERMISSION_DENIED", format, args...)
}

// withoutReason is what answers when no resource is there to do it.
func withoutReason(status int) *apiError {
	return &apiError{Message: fmt.Sprintf("HTTP %d %s", status, http.StatusText(status))}
}
