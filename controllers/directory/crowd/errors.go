package crowd

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

const (
	needsApplication = "Crowd does not accept the credentials; they must be the name and the password " +
		"of an application of Crowd, not those of a user"
	needsPermission = "Crowd answers an application only at the addresses on its list (Remote addresses), " +
		"and lets it change only what both the application and the directory permit (Permissions)"
	notCrowd = "no user management API is at this address; check that the URL is the base URL of Crowd, " +
		"with its context path, or of a Jira that is a user server"
)

// reasons are the kinds of Crowd's reasons. What is not here is judged by
// the HTTP status alone.
//
// https://docs.atlassian.com/atlassian-crowd/2.7.0/com/atlassian/crowd/integration/rest/entity/ErrorEntity.ErrorReason.html
var reasons = map[string]directory.Kind{
	"APPLICATION_ACCESS_DENIED":     directory.KindForbidden,
	"APPLICATION_PERMISSION_DENIED": directory.KindForbidden,
	"GROUP_NOT_FOUND":               directory.KindNotFound,
	"ILLEGAL_ARGUMENT":              directory.KindInvalid,
	"INVALID_CREDENTIAL":            directory.KindInvalid, // the password policy refused
	"INVALID_EMAIL":                 directory.KindInvalid,
	"INVALID_GROUP":                 directory.KindInvalid,
	"INVALID_USER":                  directory.KindInvalid,
	"MEMBERSHIP_ALREADY_EXISTS":     directory.KindAlreadyExists,
	"MEMBERSHIP_NOT_FOUND":          directory.KindNotFound,
	"NESTED_GROUPS_NOT_SUPPORTED":   directory.KindUnsupported,
	"UNSUPPORTED_OPERATION":         directory.KindUnsupported,
	"USER_NOT_FOUND":                directory.KindNotFound,
}

// message reads Crowd's error body, {"reason":"…","message":"…"}, or the same
// in XML, as "reason: message". Some bodies have no reason.
func message(body []byte) string {
	var failure struct {
		XMLName xml.Name `json:"-"       xml:"error"`
		Reason  string   `json:"reason"  xml:"reason"`
		Message string   `json:"message" xml:"message"`
	}
	if json.Unmarshal(body, &failure) != nil && xml.Unmarshal(body, &failure) != nil {
		return ""
	}
	if failure.Reason == "" || failure.Message == "" {
		return failure.Reason + failure.Message
	}
	return failure.Reason + ": " + failure.Message
}

// interpret gives a failure the kind of Crowd's reason, and the words that
// help. The same reason comes with different statuses: a user that is not
// there is 404, and 400 when it was to become a member.
func interpret(err error) error {
	failure, ok := errors.AsType[*directory.Error](err)
	if !ok || failure.Status < http.StatusBadRequest || failure.Status >= http.StatusInternalServerError {
		return err
	}
	told := *failure
	reason, _, _ := strings.Cut(told.Message, ":")
	kind, known := reasons[reason]
	switch {
	case told.Status == http.StatusUnauthorized:
		told.Message = needsApplication
	case known:
		told.Kind = kind
	case told.Status == http.StatusNotFound:
		// Not Crowd's word for an account or a group that does not exist.
		told.Kind, told.Message = directory.KindUnavailable, notCrowd
	}
	if told.Kind == directory.KindForbidden {
		told.Message = strings.TrimRight(told.Message, ". ") + "; " + needsPermission
	}
	return &told
}

// malformed is the error of an answer that lacks what it must have. It is
// never read as "there is nothing".
func malformed(op, what string) error {
	return &directory.Error{Kind: directory.KindUnavailable, Op: op, Status: http.StatusOK,
		Message: "Crowd's answer has " + what + "; check that the URL is Crowd's and that no proxy changes its answers"}
}

// reclassify gives a refusal the kind that a look at Crowd has shown.
func reclassify(refusal error, kind directory.Kind) error {
	failure, ok := errors.AsType[*directory.Error](refusal)
	if !ok {
		return refusal
	}
	changed := *failure
	changed.Kind = kind
	return &changed
}

// isRefused reports whether Crowd refused the values; INVALID_USER does not
// tell a name that is taken from one that is wrong, so that a look must.
func isRefused(err error) bool {
	kind := directory.KindOf(err)
	return kind == directory.KindInvalid || kind == directory.KindAlreadyExists
}

// isStatus reports whether err is an answer with one of these statuses.
func isStatus(err error, statuses ...int) bool {
	failure, ok := errors.AsType[*directory.Error](err)
	return ok && slices.Contains(statuses, failure.Status)
}
