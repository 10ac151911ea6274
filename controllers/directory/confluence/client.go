// Package confluence is the client of Confluence Data Center. It speaks
// Confluence's own REST API, as published for Confluence 10.0:
// https://developer.atlassian.com/server/confluence/rest/v1003/
//
// Confluence writes to the first of its user directories that lets it; which
// one that is can be neither chosen nor read over REST. It shows no e-mail
// address, renames nobody, and deletes accounts in the background.
package confluence

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

const api = "/rest/api"

// Client is one Confluence instance. Ids of accounts are Confluence's user
// keys; groups have none but their names.
type Client struct {
	rest          *rest.Client
	directoryName string
	pace          pace
}

var _ directory.Directory = (*Client)(nil)

// Connect makes a client. It is the directory.Connector for Confluence and
// makes no request; an error is of KindInvalid and says what is wrong with
// the Config.
func Connect(config directory.Config) (directory.Directory, error) {
	client, err := rest.New(config, message)
	if err != nil {
		return nil, err
	}
	return &Client{rest: client, directoryName: config.DirectoryName, pace: usualPace}, nil
}

// Capabilities states what Confluence can do. There are subgroups in
// Confluence, but no REST resource that changes them.
func (c *Client) Capabilities() directory.Capabilities {
	return directory.Capabilities{
		Deactivates:          true,
		RequiresEmail:        true,
		DeletesUsers:         true,
		LowerCaseNames:       true,
		MembersPerRequest:    1,
		ForbiddenInUsername:  forbiddenInUsername,
		ForbiddenInGroupName: forbiddenInGroupName,
	}
}

func (c *Client) get(ctx context.Context, op, path string, query url.Values, answer any) error {
	return c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: api + path, Query: query}, answer)
}

func (c *Client) post(ctx context.Context, op, path string, body, answer any) error {
	return c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodPost, Path: api + path, Body: body}, answer)
}

func (c *Client) put(ctx context.Context, op, path string, body any) error {
	return c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodPut, Path: api + path, Body: body}, nil)
}

func (c *Client) delete(ctx context.Context, op, path string, answer any) error {
	return c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodDelete, Path: api + path}, answer)
}

// message reads Confluence's error body:
// {"statusCode":409,"data":{"errors":[{"message":{"translation":"…"}}]},"message":"…","reason":"Conflict"}.
// The body of a resource that is not there at all has no statusCode.
func message(body []byte) string {
	var failure struct {
		StatusCode int    `json:"statusCode"`
		Message    string `json:"message"`
		Reason     string `json:"reason"`
		Data       struct {
			Errors json.RawMessage `json:"errors"` // a list in practice, an object in the document
		} `json:"data"`
	}
	if json.Unmarshal(body, &failure) != nil || failure.StatusCode == 0 {
		return ""
	}
	var parts []string
	if failure.Message != "" {
		parts = append(parts, failure.Message)
	}
	var details []struct {
		Message text `json:"message"`
	}
	if json.Unmarshal(failure.Data.Errors, &details) == nil {
		for _, detail := range details {
			parts = append(parts, detail.Message.String())
		}
	}
	if len(parts) == 0 {
		return failure.Reason
	}
	return strings.Join(parts, "; ")
}

// text is Confluence's Message: a translation, or at least its key.
type text struct {
	Key         string `json:"key"`
	Translation string `json:"translation"`
}

func (t text) String() string {
	if t.Translation != "" {
		return t.Translation
	}
	return t.Key
}

// malformed is the error of an answer that lacks what it must have. It is
// never read as "there is nothing".
func malformed(op, what string) error {
	return &directory.Error{Kind: directory.KindUnavailable, Op: op, Status: http.StatusOK,
		Message: "Confluence's answer has " + what + "; check that the URL is Confluence's and that no proxy changes its answers"}
}

// reclassify gives a failure the kind that a look at Confluence has shown.
func reclassify(err error, kind directory.Kind) error {
	failure, ok := errors.AsType[*directory.Error](err)
	if !ok {
		return err
	}
	changed := *failure
	changed.Kind = kind
	return &changed
}
