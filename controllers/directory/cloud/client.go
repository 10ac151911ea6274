// Package cloud is the client of Atlassian Cloud's user provisioning: a SCIM
// directory of an organisation, as published on 29 August 2022 at
// https://developer.atlassian.com/cloud/admin/user-provisioning/rest/.
//
// It is SCIM (RFC 7643, RFC 7644) with differences that matter here: filters
// know "eq" only, deleting an account does not delete it, the name of a group
// stays as it was created, and who is not let in gets no SCIM error.
package cloud

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

const mediaType = "application/scim+json"

const (
	// membersPerRequest is how many members one PATCH changes. Atlassian
	// publishes no limit for it; this is the size of a page of its listings,
	// and what the identity providers' own connectors stay below.
	membersPerRequest = 100
	// maxBytes is the largest answer that is read. A group comes with all of
	// its members, also after a PATCH: up to 290,000 of some 250 bytes each
	// (https://support.atlassian.com/provisioning-users/docs/users-and-groups-limits).
	maxBytes = 128 << 20
)

// Client is one directory of an Atlassian organisation. Ids are those that
// SCIM gives to accounts and groups. It is safe for concurrent use.
type Client struct {
	rest *rest.Client
	id   string // of the directory
}

var _ directory.Directory = (*Client)(nil)

// Connect makes a client. It is the directory.Connector for Atlassian Cloud
// and makes no request; an error is of KindInvalid and says what is wrong
// with the Config.
func Connect(config directory.Config) (directory.Directory, error) {
	config, err := checked(config)
	if err != nil {
		return nil, err
	}
	client, err := rest.New(config, message)
	if err != nil {
		return nil, err
	}
	return &Client{rest: client, id: config.DirectoryID}, nil
}

// Capabilities states what user provisioning can do. Which characters it
// refuses in names is not documented: its own refusal is reported.
//
// DeletesUsers is false because DELETE deactivates the account and hides it,
// or takes it out of the directory for good, depending on the edition of the
// vendor's page; an account that is made inactive can be found again.
func (c *Client) Capabilities() directory.Capabilities {
	return directory.Capabilities{
		Deactivates:       true,
		RenamesUsers:      true,
		ReadsEmail:        true,
		RequiresEmail:     true,
		VerifiesDirectory: true,
		MembersPerRequest: membersPerRequest,
	}
}

func (c *Client) get(ctx context.Context, op, path string, query url.Values, answer any) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: path, Query: query}, answer)
}

func (c *Client) post(ctx context.Context, op, path string, body, answer any) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodPost, Path: path, Body: body}, answer)
}

func (c *Client) patch(ctx context.Context, op, path string, operations []operation, answer any) error {
	body := patch{Schemas: []string{schemaPatch}, Operations: operations}
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodPatch, Path: path, Body: body}, answer)
}

func (c *Client) delete(ctx context.Context, op, path string) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodDelete, Path: path}, nil)
}

// do sends a request to the directory. An error of KindNotFound means that the
// directory exists and what was asked for in it does not.
func (c *Client) do(ctx context.Context, request rest.Request, answer any) error {
	err := c.send(ctx, request, answer)
	if !directory.IsNotFound(err) {
		return err
	}
	if lost := c.checkDirectory(ctx, request.Op); lost != nil {
		return lost
	}
	return err
}

// checkDirectory reads the least there is to read, because 404 is also the
// answer where the whole directory is gone, or its id is wrong. Taken for
// "there is no such account" it would do harm.
func (c *Client) checkDirectory(ctx context.Context, op string) error {
	var page list[user]
	query := url.Values{"startIndex": {"1"}, "count": {"1"}}
	err := c.send(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: "Users", Query: query}, &page)
	switch {
	case directory.IsNotFound(err):
		return c.wrongDirectory(err)
	case err != nil:
		return err
	case page.TotalResults == nil:
		return malformed(op, "no list of users")
	}
	return nil
}

func (c *Client) send(ctx context.Context, request rest.Request, answer any) error {
	request.Path = "scim/directory/" + url.PathEscape(c.id) + "/" + request.Path
	request.Accept = mediaType + ", application/json"
	request.ContentType = mediaType
	request.MaxBytes = maxBytes
	return c.explained(c.rest.Do(ctx, request, answer))
}

// resource is the path of an account or a group.
func resource(collection, id string) string {
	return strings.Join([]string{collection, url.PathEscape(id)}, "/")
}
