package bitbucket

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// message reads Bitbucket's error body:
// {"errors":[{"context":"field","message":"…","exceptionName":"…"}]}.
func message(body []byte) string {
	var failure struct {
		Errors []struct {
			Context       string `json:"context"`
			Message       string `json:"message"`
			ExceptionName string `json:"exceptionName"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &failure) != nil {
		return ""
	}
	var parts []string
	for _, e := range failure.Errors {
		if strings.HasSuffix(e.ExceptionName, ".NotFoundException") {
			// The web framework's: there is no such resource. Bitbucket's own
			// name what is not there, such as NoSuchUserException.
			return ""
		}
		text := cmp.Or(e.Message, e.ExceptionName)
		if e.Context != "" && text != "" {
			text = e.Context + ": " + text
		}
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "; ")
}

// unauthorized decides what a 401 means. Bitbucket answers it to credentials
// that it does not accept and to accounts that lack a permission. GET /users
// is for everybody who has signed in; if it works, it is the permission.
func (c *Client) unauthorized(ctx context.Context, op string, refusal error) error {
	look := c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: api + "/users"}, nil)
	switch {
	case look == nil:
		return reclassify(refusal, directory.KindForbidden, c.lacking())
	case directory.KindOf(look) == directory.KindUnauthorized:
		return refusal
	}
	return look
}

// lacking says which permission is missing.
func (c *Client) lacking() string {
	if c.username == "" {
		return "Bitbucket accepts the access token, but lets no HTTP access token administer users and groups; " +
			"configure the username and password of an account with the global permission Bitbucket admin"
	}
	return fmt.Sprintf("Bitbucket accepts the password of %q, but the account lacks a permission that this needs; "+
		"give it the global permission Bitbucket admin, or System admin if the user or group has that", c.username)
}

// reclassify gives a refusal the kind that is known to be right, and adds
// what is known to Bitbucket's own words.
func reclassify(refusal error, kind directory.Kind, explanation string) error {
	failure, ok := errors.AsType[*directory.Error](refusal)
	if !ok {
		return refusal
	}
	changed := *failure
	changed.Kind = kind
	if explanation != "" {
		changed.Message = strings.TrimRight(failure.Message, ". ") + ". " + explanation
	}
	return &changed
}

// prevented gives a 409 of a request that creates nothing its right kind:
// Bitbucket refuses what would harm the account that it is asked by.
func prevented(err error) error {
	if directory.KindOf(err) == directory.KindAlreadyExists {
		return reclassify(err, directory.KindForbidden, "")
	}
	return err
}

// isRefused reports whether Bitbucket refused the values; why, a look must show.
func isRefused(err error) bool {
	kind := directory.KindOf(err)
	return kind == directory.KindInvalid || kind == directory.KindAlreadyExists
}

// isAbsentResource reports whether Bitbucket does not have a resource at all.
// A 404 about a user or a group is KindNotFound.
func isAbsentResource(err error) bool {
	failure, ok := errors.AsType[*directory.Error](err)
	return ok && failure.Kind != directory.KindNotFound &&
		(failure.Status == http.StatusNotFound || failure.Status == http.StatusMethodNotAllowed)
}

// malformed is the error of an answer that lacks what it must have. It is
// never read as "there is nothing".
func malformed(op, what string) error {
	return &directory.Error{Kind: directory.KindUnavailable, Op: op, Status: http.StatusOK,
		Message: "Bitbucket's answer has " + what + "; check that the URL is Bitbucket's and that no proxy changes its answers"}
}

func notFound(op, what, name string) error {
	return &directory.Error{Kind: directory.KindNotFound, Op: op, Message: fmt.Sprintf("Bitbucket lists no %s %q", what, name)}
}
