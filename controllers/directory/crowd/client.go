// Package crowd is the client of Crowd's user management API,
// usermanagement/1, which Crowd Data Center serves, and Jira Data Center as
// user server:
// https://developer.atlassian.com/server/crowd/using-the-crowd-rest-apis/
//
// It signs in as an application of Crowd. Which directories such an
// application is mapped to decides what is read and written: atlassync needs
// one that is mapped to exactly one directory.
package crowd

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

const api = "/rest/usermanagement/1"

// Client is one application of one Crowd instance. Ids are Crowd's user keys,
// which survive a rename, and usernames where Crowd gives no keys.
type Client struct {
	rest          *rest.Client
	admin         *rest.Client // nil without an administrator's credentials
	application   string
	directoryName string
	hasKeys       atomic.Bool // an account with a key was seen
}

var (
	_ directory.Directory      = (*Client)(nil)
	_ directory.MembershipDump = (*Client)(nil)
	_ directory.ChangeFeed     = (*Client)(nil)
)

// Connect makes a client. It is the directory.Connector for Crowd and makes
// no request. Config.Username and Password are an application's;
// AdminUsername and AdminPassword, if given, an administrator's, and used for
// nothing but reading the version and the application's directories.
func Connect(config directory.Config) (directory.Directory, error) {
	if config.Token != "" {
		return nil, &directory.Error{Kind: directory.KindInvalid, Op: directory.OpConnect,
			Message: "Crowd takes no access token; give the name and the password of an application of Crowd " +
				"as username and password"}
	}
	client, err := rest.New(config, message)
	if err != nil {
		return nil, err
	}
	admin, err := connectAdmin(config)
	if err != nil {
		return nil, err
	}
	return &Client{
		rest: client, admin: admin,
		application: strings.TrimSpace(config.Username), directoryName: config.DirectoryName,
	}, nil
}

// Capabilities states what Crowd can do. Which characters it refuses in a
// name, and whether it insists on an e-mail address, is not documented and
// depends on the directory: its own refusal is reported.
func (c *Client) Capabilities() directory.Capabilities {
	return directory.Capabilities{
		Deactivates:       true,
		RenamesUsers:      true,
		ReadsEmail:        true,
		DeletesUsers:      true,
		NestedGroups:      true,
		VerifiesDirectory: c.admin != nil,
		MembersPerRequest: 1,
	}
}

func (c *Client) get(ctx context.Context, op, path string, query url.Values, answer any) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: path, Query: query}, answer)
}

func (c *Client) post(ctx context.Context, op, path string, query url.Values, body any) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodPost, Path: path, Query: query, Body: body}, nil)
}

func (c *Client) put(ctx context.Context, op, path string, query url.Values, body any) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodPut, Path: path, Query: query, Body: body}, nil)
}

func (c *Client) delete(ctx context.Context, op, path string, query url.Values) error {
	return c.do(ctx, rest.Request{Op: op, Method: http.MethodDelete, Path: path, Query: query}, nil)
}

func (c *Client) do(ctx context.Context, request rest.Request, answer any) error {
	request.Path = api + request.Path
	return interpret(c.rest.Do(ctx, request, answer))
}
