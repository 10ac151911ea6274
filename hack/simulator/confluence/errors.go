package confluence

import (
	"fmt"
	"net/http"
)

// restError is a refusal in the form that Confluence's resources give it.
type restError struct {
	StatusCode int    `json:"statusCode"`
	Data       data   `json:"data"`
	Message    string `json:"message"`
	Reason     string `json:"reason"`
}

// data is Confluence's ValidationResult.
type data struct {
	Authorized bool  `json:"authorized"`
	Valid      bool  `json:"valid"`
	ReadOnlyOK bool  `json:"allowedInReadOnlyMode"`
	Errors     []any `json:"errors"`
	Successful bool  `json:"successful"`
}

// Error gives the message.
func (e *restError) Error() string { return fmt.Sprintf("HTTP %d: %s", e.StatusCode, e.Message) }

func refuse(status int, format string, args ...any) *restError {
	return &restError{
		StatusCode: status,
		Data: data{
			Authorized: status != http.StatusForbidden && status != http.StatusUnauthorized,
			Valid:      status != http.StatusBadRequest,
			ReadOnlyOK: true,
			Errors:     []any{},
		},
		Message: fmt.Sprintf(format, args...),
		Reason:  http.StatusText(status),
	}
}

func noSuchUser(name string) *restError {
	return refuse(http.StatusNotFound, "No user found with key or username : %s", name)
}

func noSuchGroup(name string) *restError {
	return refuse(http.StatusNotFound, "No group found with name : %s", name)
}

func (s *Server) readOnly(what string) *restError {
	return refuse(s.options.Unconfirmed.ReadOnlyStatus, "%s is in a user directory that is read only.", what)
}
