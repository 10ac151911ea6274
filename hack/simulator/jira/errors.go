package jira

import (
	"fmt"
	"net/http"
	"strings"
)

// apiError is a refusal in the form that Jira's resources give it:
// {"errorMessages":["…"],"errors":{"field":"…"}}.
type apiError struct {
	status   int
	Messages []string          `json:"errorMessages"`
	Fields   map[string]string `json:"errors"`
}

// Error joins the messages.
func (e *apiError) Error() string {
	all := append([]string{}, e.Messages...)
	for field, message := range e.Fields {
		all = append(all, field+": "+message)
	}
	return fmt.Sprintf("HTTP %d: %s", e.status, strings.Join(all, "; "))
}

// refuse is a general message.
func refuse(status int, format string, args ...any) *apiError {
	return &apiError{
		status:   status,
		Messages: []string{fmt.Sprintf(format, args...)},
		Fields:   map[string]string{},
	}
}

// refuseFields is one message for each field that is wrong.
func refuseFields(fields map[string]string) *apiError {
	return &apiError{status: http.StatusBadRequest, Messages: []string{}, Fields: fields}
}

func noSuchUser(name string) *apiError {
	return refuse(http.StatusNotFound, "The user named '%s' does not exist", name)
}

func noSuchGroup(name string) *apiError {
	return refuse(http.StatusNotFound, "The group named '%s' does not exist.", name)
}

func usernameTaken() *apiError {
	return refuseFields(map[string]string{"username": "A user with that username already exists."})
}

func (s *Server) readOnly(action string) *apiError {
	return refuse(s.options.Unconfirmed.ReadOnlyStatus, "%s The user's directory is read only.", action)
}

func (s *Server) noSeatLeft() *apiError {
	return refuse(s.options.Unconfirmed.LicenceStatus,
		"The licence of %s allows %d users and all seats are taken.", ApplicationKey, s.options.Seats)
}
