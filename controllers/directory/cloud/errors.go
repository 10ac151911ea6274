package cloud

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// traceMark is what message puts before the id of a request. Where the
// answer has it in no header, explained finds it there.
const traceMark = " (traceId "

// message reads the two shapes of an error body: SCIM's own (RFC 7644,
// section 3.12), whose detail and scimType are optional, and
// {"error":"…","traceId":"…"} of who is not let in.
func message(body []byte) string {
	var failure struct {
		Schemas  []string `json:"schemas"`
		Detail   string   `json:"detail"`
		ScimType string   `json:"scimType"`
		Error    string   `json:"error"`
		TraceID  string   `json:"traceId"`
	}
	if json.Unmarshal(body, &failure) != nil {
		return ""
	}
	text := cmp.Or(failure.Detail, failure.Error, failure.ScimType)
	switch {
	case text == "" && len(failure.Schemas) > 0:
		return "Atlassian gives no reason"
	case text != "" && failure.TraceID != "":
		return text + traceMark + failure.TraceID + ")"
	}
	return text
}

// explained puts the id of the request where it belongs, and adds what to do
// to refusals whose words leave that open.
func (c *Client) explained(err error) error {
	failure, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return err
	}
	text, traceID, _ := strings.Cut(failure.Message, traceMark)
	explained := *failure
	explained.Message = text
	explained.RequestID = cmp.Or(failure.RequestID, strings.TrimSuffix(traceID, ")"))
	if failure.Kind == directory.KindUnauthorized || failure.Kind == directory.KindForbidden {
		return changed(&explained, failure.Kind, "check that the token is the API key of directory "+c.id+
			", not one of the organisation or of another directory; a new key can be made at admin.atlassian.com")
	}
	return &explained
}

// wrongDirectory is the error of a directory that does not exist.
func (c *Client) wrongDirectory(err error) error {
	return changed(err, directory.KindWrongDirectory, "there is no directory "+c.id+" at this URL; "+
		"compare directoryID with the SCIM base URL at admin.atlassian.com, and see whether the directory was removed there")
}

// malformed is the error of an answer that lacks what it must have. It is
// never read as "there is nothing".
func malformed(op, what string) error {
	return &directory.Error{Kind: directory.KindUnavailable, Op: op, Status: http.StatusOK,
		Message: "Atlassian's answer has " + what + "; try again, and if that lasts, " +
			"check that the URL is Atlassian's and that no proxy changes its answers"}
}

// moved is the error of a listing that may lack somebody.
func moved() error {
	return &directory.Error{Kind: directory.KindUnavailable, Op: directory.OpEachUser, Status: http.StatusOK,
		Message: "users moved from one page to another while they were listed, as when one is deleted; " +
			"the listing is not complete and will be read again"}
}

// missing is the error of a look that found nothing.
func (c *Client) missing(op, what, name string) error {
	return &directory.Error{Kind: directory.KindNotFound, Op: op,
		Message: fmt.Sprintf("there is no %s %q in directory %s", what, name, c.id)}
}

// changed gives a failure the kind that is known by now, and advice.
func changed(err error, kind directory.Kind, advice string) error {
	failure, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return err
	}
	changed := *failure
	changed.Kind = kind
	if advice != "" {
		changed.Message = strings.TrimRight(failure.Message, ". ") + "; " + advice
	}
	return &changed
}

// isRefused reports whether the values were refused; why, a look must show.
// 409 is what is documented for what exists, 400 what might be answered too.
func isRefused(err error) bool {
	kind := directory.KindOf(err)
	return kind == directory.KindInvalid || kind == directory.KindAlreadyExists
}
