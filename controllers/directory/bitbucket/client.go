// Package bitbucket is the client of Bitbucket Data Center. It speaks
// Bitbucket's own REST API as published for Bitbucket 9.4:
// https://developer.atlassian.com/server/bitbucket/rest/v904/
//
// Bitbucket decides itself which of its user directories a new account goes
// into, has no way to deactivate an account, and knows accounts by their
// usernames alone.
package bitbucket

import (
	"context"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

const (
	api = "/rest/api/latest"

	// membersPerRequest keeps a batch small enough to be done in time.
	membersPerRequest = 100
)

// Client is one Bitbucket instance. Ids are usernames: Bitbucket's numeric
// ids survive a rename, but no request takes one.
type Client struct {
	rest *rest.Client
	// username is the account to sign in with; empty with an access token.
	username string
	// directoryName is the user directory that is to be written to, if configured.
	directoryName string
	// only is the user directory that the last probe found to be the only
	// active one; nil if there are several, or it is not known.
	only atomic.Pointer[string]
}

var _ directory.Directory = (*Client)(nil)

// Connect makes a client. It is the directory.Connector for Bitbucket and
// makes no request.
func Connect(config directory.Config) (directory.Directory, error) {
	client, err := rest.New(config, message)
	if err != nil {
		return nil, err
	}
	c := &Client{rest: client, directoryName: config.DirectoryName}
	if config.Token == "" {
		c.username = config.Username
	}
	return c, nil
}

// Capabilities states what Bitbucket can do. Which characters it refuses in
// names is not documented: its own refusal is reported.
func (c *Client) Capabilities() directory.Capabilities {
	return directory.Capabilities{
		RenamesUsers:      true,
		ReadsEmail:        true,
		RequiresEmail:     true,
		DeletesUsers:      true,
		VerifiesDirectory: true,
		MembersPerRequest: membersPerRequest,
	}
}

func (c *Client) get(ctx context.Context, op, path string, query url.Values, answer any) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: api + path, Query: query}, answer)
}

func (c *Client) post(ctx context.Context, op, path string, query url.Values, body, answer any) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodPost, Path: api + path, Query: query, Body: body}, answer)
}

func (c *Client) put(ctx context.Context, op, path string, body, answer any) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodPut, Path: api + path, Body: body}, answer)
}

func (c *Client) delete(ctx context.Context, op, path string, query url.Values) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodDelete, Path: api + path, Query: query}, nil)
}

// do sends a request and finds out what a 401 means.
func (c *Client) do(ctx context.Context, request rest.Request, answer any) error {
	err := c.rest.Do(ctx, request, answer)
	if directory.KindOf(err) == directory.KindUnauthorized {
		return c.unauthorized(ctx, request.Op, err)
	}
	return err
}
