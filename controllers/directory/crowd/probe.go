package crowd

import (
	"context"
	"net/http"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// unknownVersion stands for a version that the credentials do not let us read.
const unknownVersion = "unknown"

// Probe reads one account, which shows that address and credentials are
// right, then the version and, with an administrator's credentials, which
// directory is written to. Whether the application may write, Crowd tells
// only when it does.
func (c *Client) Probe(ctx context.Context) (directory.Info, error) {
	const op = directory.OpProbe
	_, err := c.userPage(ctx, op, "/search", url.Values{
		"entity-type": {"user"}, "restriction": {""}, "start-index": {"0"}, "max-results": {"1"}, "expand": {"user"},
	})
	if err != nil {
		return directory.Info{}, err
	}
	verification, err := c.verifyDirectory(ctx)
	if err != nil {
		return directory.Info{}, err
	}
	return directory.Info{Version: c.version(ctx), Self: c.application, Directory: verification}, nil
}

// version asks Crowd for its version, which is not said to be open to
// applications; Jira has no such resource. It is for people only.
func (c *Client) version(ctx context.Context) string {
	client := c.rest
	if c.admin != nil {
		client = c.admin
	}
	var server struct {
		Version string `json:"version"`
	}
	err := client.Do(ctx, rest.Request{
		Op: directory.OpProbe, Method: http.MethodGet, Path: "/rest/admin/latest/server-info",
	}, &server)
	if err != nil || server.Version == "" {
		return unknownVersion
	}
	return server.Version
}
