// Package jira is the client of Jira Data Center. It speaks Jira's own REST
// API, version 2, as published for Jira 10.3:
// https://developer.atlassian.com/server/jira/platform/rest/
//
// Jira writes to the first of its directories that lets it; which one that
// is cannot be chosen over REST.
package jira

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

const api = "/rest/api/2"

// Client is one Jira instance. Ids are Jira's user keys, which survive a rename.
type Client struct {
	rest          *rest.Client
	directoryName string
}

var _ directory.Directory = (*Client)(nil)

// Connect makes a client. It is the directory.Connector for Jira and makes
// no request.
func Connect(config directory.Config) (directory.Directory, error) {
	// Jira's document asks for it on operations that it calls experimental,
	// those on users among them.
	client, err := rest.New(config, message, rest.Header("X-ExperimentalApi", "true"))
	if err != nil {
		return nil, err
	}
	return &Client{rest: client, directoryName: config.DirectoryName}, nil
}

// Capabilities states what Jira can do. Which characters it refuses in a
// username is not documented: its own refusal is reported. It lists members
// of subgroups as members, so that nested groups cannot be told from others.
func (c *Client) Capabilities() directory.Capabilities {
	return directory.Capabilities{
		Deactivates:       true,
		RenamesUsers:      true,
		ReadsEmail:        true,
		RequiresEmail:     true,
		DeletesUsers:      true,
		MembersPerRequest: 1,
	}
}

func (c *Client) get(ctx context.Context, op, path string, query url.Values, answer any) error {
	return c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: api + path, Query: query}, answer)
}

func (c *Client) post(ctx context.Context, op, path string, query url.Values, body, answer any) error {
	return c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodPost, Path: api + path, Query: query, Body: body}, answer)
}

func (c *Client) put(ctx context.Context, op, path string, query url.Values, body any) error {
	return c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodPut, Path: api + path, Query: query, Body: body}, nil)
}

func (c *Client) delete(ctx context.Context, op, path string, query url.Values) error {
	return c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodDelete, Path: api + path, Query: query}, nil)
}

// message reads Jira's error body:
// {"errorMessages":["…"],"errors":{"field":"…"}}.
func message(body []byte) string {
	var failure struct {
		ErrorMessages []string          `json:"errorMessages"`
		Errors        map[string]string `json:"errors"`
	}
	if json.Unmarshal(body, &failure) != nil {
		return ""
	}
	parts := failure.ErrorMessages
	for _, field := range slices.Sorted(maps.Keys(failure.Errors)) {
		parts = append(parts, field+": "+failure.Errors[field])
	}
	return strings.Join(parts, "; ")
}

// malformed is the error of an answer that lacks what it must have. It is
// never read as "there is nothing".
func malformed(op, what string) error {
	return &directory.Error{Kind: directory.KindUnavailable, Op: op, Status: http.StatusOK,
		Message: "Jira's answer has " + what + "; check that the URL is Jira's and that no proxy changes its answers"}
}

// reclassify gives a refusal the kind that a look at Jira has shown. Jira
// answers 400 to nearly everything, in the language of the account.
func reclassify(refusal error, kind directory.Kind) error {
	failure, ok := errors.AsType[*directory.Error](refusal)
	if !ok {
		return refusal
	}
	changed := *failure
	changed.Kind = kind
	return &changed
}

// isRefused reports whether Jira refused the values; why, a look must show.
// 400 is what it documents, 409 what it might answer instead one day.
func isRefused(err error) bool {
	kind := directory.KindOf(err)
	return kind == directory.KindInvalid || kind == directory.KindAlreadyExists
}
