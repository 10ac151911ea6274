package bitbucket

import (
	"fmt"
	"net/http"
)

// The names that errors carry.
const (
	serverError     = "com.atlassian.bitbucket.ServerException"
	authorisation   = "com.atlassian.bitbucket.AuthorisationException"
	wrongPassword   = "com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"
	invalidArgument = "com.atlassian.bitbucket.validation.ArgumentValidationException"
	integrity       = "com.atlassian.bitbucket.IntegrityException"
	forbidden       = "com.atlassian.bitbucket.ForbiddenException"
	absentUser      = "com.atlassian.bitbucket.user.NoSuchUserException"
	absentGroup     = "com.atlassian.bitbucket.user.NoSuchGroupException"
)

// apiError is a refusal in the form that Bitbucket gives it:
// {"errors":[{"context":null,"message":"…","exceptionName":"…"}]}.
type apiError struct {
	status                      int
	context, message, exception string
}

// Error is the message.
func (e *apiError) Error() string {
	return fmt.Sprintf("HTTP %d: %s", e.status, e.message)
}

func (e *apiError) body() any {
	var context any
	if e.context != "" {
		context = e.context
	}
	return map[string]any{"errors": []any{
		map[string]any{"context": context, "message": e.message, "exceptionName": e.exception},
	}}
}

func refuse(status int, exception, format string, args ...any) *apiError {
	return &apiError{status: status, message: fmt.Sprintf(format, args...), exception: exception}
}

// malformed refuses the value of one field, or the request if field is empty.
func malformed(field, format string, args ...any) *apiError {
	refusal := refuse(http.StatusBadRequest, invalidArgument, format, args...)
	refusal.context = field
	return refusal
}

// notPermitted is the refusal of whoever lacks a permission: 401 as well.
func notPermitted() *apiError {
	return refuse(http.StatusUnauthorized, authorisation, "You are not permitted to access this resource")
}

func noSuchUser(name string) *apiError {
	return refuse(http.StatusNotFound, absentUser, "User '%s' does not exist.", name)
}

func noSuchGroup(name string) *apiError {
	return refuse(http.StatusNotFound, absentGroup, "Group '%s' does not exist.", name)
}

func (s *Server) readOnly(what, name string) *apiError {
	return refuse(s.options.Unconfirmed.ReadOnlyStatus, integrity, "%s '%s' is in a directory that is read only.", what, name)
}

func noLicenceLeft() *apiError {
	return refuse(http.StatusForbidden, forbidden, "The number of users would exceed the limit of your Bitbucket license.")
}

func ranksHigher(what, name string) *apiError {
	return refuse(http.StatusForbidden, forbidden, "You may not change %s '%s', which has a higher permission level than you.", what, name)
}
