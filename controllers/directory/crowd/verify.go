package crowd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

const adminAPI = "/rest/admin/1.0"

// connectAdmin makes the client for the administrator's credentials; nil
// without any.
func connectAdmin(config directory.Config) (*rest.Client, error) {
	if config.AdminUsername == "" && config.AdminPassword == "" {
		return nil, nil
	}
	if config.AdminUsername == "" || config.AdminPassword == "" {
		return nil, &directory.Error{Kind: directory.KindInvalid, Op: directory.OpConnect,
			Message: "an administrator's credentials are a name and a password; one of them is missing"}
	}
	config.Username, config.Password = config.AdminUsername, config.AdminPassword
	return rest.New(config, message)
}

// verifyDirectory finds out with Crowd's admin REST whether the application
// is mapped to the configured directory and to no other. The shapes of its
// answers are not published in full: what is not understood leaves the
// directory unverified. Only what is known to be wrong is an error.
//
// https://developer.atlassian.com/server/crowd/rest/v601/api-group-application-admin
func (c *Client) verifyDirectory(ctx context.Context) (directory.Verification, error) {
	switch {
	case c.directoryName == "":
		return unverified("no directory name is configured: whatever the application is mapped to is written")
	case c.admin == nil:
		return unverified(fmt.Sprintf("Crowd tells only administrators which directories application %q is mapped to; "+
			"give an administrator's credentials, or see for yourself that it is mapped to directory %q alone",
			c.application, c.directoryName))
	}
	names, err := c.mappedDirectories(ctx)
	if err != nil {
		return unverified("which directories the application is mapped to cannot be read: " + err.Error())
	}
	if len(names) == 1 && names[0] == c.directoryName {
		return directory.Verification{Verified: true,
			Detail: fmt.Sprintf("application %q is mapped to this directory alone", c.application)}, nil
	}
	found := "no directory"
	if len(names) > 0 {
		found = `directory "` + strings.Join(names, `", "`) + `"`
	}
	return directory.Verification{}, &directory.Error{Kind: directory.KindWrongDirectory, Op: directory.OpProbe,
		Message: fmt.Sprintf("application %q is mapped to %s; in Crowd, under Applications, map it to directory %q "+
			"and to no other, or give the directory's name as it is in Crowd", c.application, found, c.directoryName)}
}

func unverified(detail string) (directory.Verification, error) {
	return directory.Verification{Detail: detail}, nil
}

// mappedDirectories are the names of the application's directories.
func (c *Client) mappedDirectories(ctx context.Context) ([]string, error) {
	id, err := c.applicationID(ctx)
	if err != nil {
		return nil, err
	}
	var body json.RawMessage
	if err := c.adminGet(ctx, "/application/"+strconv.FormatInt(id, 10)+"/directory-mapping", nil, &body); err != nil {
		return nil, err
	}
	mappings, err := mappingsIn(body)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(mappings))
	for _, m := range mappings {
		name, err := c.directoryOf(ctx, m)
		if err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

func (c *Client) applicationID(ctx context.Context) (int64, error) {
	var page struct {
		Values []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"values"`
	}
	query := url.Values{"name": {c.application}, "limit": {pageSize}}
	if err := c.adminGet(ctx, "/application", query, &page); err != nil {
		return 0, err
	}
	for _, application := range page.Values {
		if directory.SameName(application.Name, c.application) {
			return application.ID, nil
		}
	}
	return 0, malformed(directory.OpProbe, fmt.Sprintf("no application %q", c.application))
}

// mapping is an application's use of a directory, in any of the forms that it
// may come in.
type mapping struct {
	DirectoryID   int64  `json:"directoryId"`
	DirectoryName string `json:"directoryName"`
	Directory     struct {
		ID          int64  `json:"id"`
		Name        string `json:"name"`
		DisplayName string `json:"displayName"`
	} `json:"directory"`
}

// mappingsIn reads a list, or a page that begins with the first entry.
func mappingsIn(body json.RawMessage) ([]mapping, error) {
	var page struct {
		Values     []mapping `json:"values"`
		IsLastPage *bool     `json:"isLastPage"`
	}
	if json.Unmarshal(body, &page.Values) != nil && json.Unmarshal(body, &page) != nil || page.Values == nil {
		return nil, malformed(directory.OpProbe, "no list of directories of the application")
	}
	if page.IsLastPage != nil && !*page.IsLastPage {
		return nil, malformed(directory.OpProbe, "not all directories of the application")
	}
	return page.Values, nil
}

// directoryOf is the name of a mapping's directory, looked up by id if need be.
func (c *Client) directoryOf(ctx context.Context, m mapping) (string, error) {
	for _, name := range []string{m.DirectoryName, m.Directory.DisplayName, m.Directory.Name} {
		if name != "" {
			return name, nil
		}
	}
	id := max(m.DirectoryID, m.Directory.ID)
	if id == 0 {
		return "", malformed(directory.OpProbe, "a directory of the application without name and id")
	}
	var detail struct {
		DisplayName string `json:"displayName"`
	}
	if err := c.adminGet(ctx, "/directory/detailed/"+strconv.FormatInt(id, 10), nil, &detail); err != nil {
		return "", err
	}
	if detail.DisplayName == "" {
		return "", malformed(directory.OpProbe, "no name of a directory")
	}
	return detail.DisplayName, nil
}

func (c *Client) adminGet(ctx context.Context, path string, query url.Values, answer any) error {
	return c.admin.Do(ctx, rest.Request{
		Op: directory.OpProbe, Method: http.MethodGet, Path: adminAPI + path, Query: query,
	}, answer)
}
