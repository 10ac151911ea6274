package confluence

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// Accounts can be created and listed over REST from 8.4 on (CONFSERVER-87290).
const minMajor, minMinor = 8, 4

// Probe reads the version, the own account, its groups, and something that
// only administrators may read.
func (c *Client) Probe(ctx context.Context) (directory.Info, error) {
	const op = directory.OpProbe
	version, err := c.version(ctx)
	if err != nil {
		return directory.Info{}, err
	}
	if err := checkVersion(version); err != nil {
		return directory.Info{}, err
	}
	var self user
	if err := c.get(ctx, op, "/user/current", nil, &self); err != nil {
		return directory.Info{}, err
	}
	switch {
	case self.Type == "anonymous":
		return directory.Info{}, &directory.Error{Kind: directory.KindUnauthorized, Op: op, Status: http.StatusOK,
			Message: "Confluence ignores the credentials and takes atlassync for an anonymous visitor; " +
				"check that it allows this way of signing in"}
	case !self.complete():
		return directory.Info{}, malformed(op, "no userKey or username of the account that is signed in")
	}
	groups, err := c.groupsOf(ctx, op, self.account())
	if err != nil {
		return directory.Info{}, err
	}
	names := make([]string, 0, len(groups))
	for _, g := range groups {
		names = append(names, g.Name)
	}
	if err := c.checkRights(ctx, names); err != nil {
		return directory.Info{}, err
	}
	return directory.Info{Version: version, Self: self.Name, SelfGroups: names, Directory: c.verification()}, nil
}

func (c *Client) verification() directory.Verification {
	wanted := "the intended one"
	if c.directoryName != "" {
		wanted = strconv.Quote(c.directoryName)
	}
	return directory.Verification{Detail: "Confluence does not tell which user directory it writes to: it is the first one, " +
		"in the order under User Directories in its administration, that lets users be added; check there that this is " + wanted}
}

// version reads /server-information, which Confluence has from 9.1 on, and
// before that the manifest for application links.
func (c *Client) version(ctx context.Context) (string, error) {
	const op = directory.OpProbe
	var server struct {
		Version string `json:"version"`
	}
	err := c.get(ctx, op, "/server-information", nil, &server)
	if isAbsentResource(err) {
		manifest := rest.Request{Op: op, Method: http.MethodGet, Path: "/rest/applinks/1.0/manifest"}
		err = c.rest.Do(ctx, manifest, &server)
	}
	return server.Version, err
}

// isAbsentResource reports whether Confluence does not have a resource at all.
func isAbsentResource(err error) bool {
	failure, ok := errors.AsType[*directory.Error](err)
	return ok && failure.Status == http.StatusNotFound
}

func checkVersion(version string) error {
	parts := strings.SplitN(version, ".", 3)
	major, err := strconv.Atoi(parts[0])
	if err != nil || len(parts) < 2 {
		return malformed(directory.OpProbe, fmt.Sprintf("no version (%q)", version))
	}
	minor, _ := strconv.Atoi(parts[1])
	if major > minMajor || major == minMajor && minor >= minMinor {
		return nil
	}
	return &directory.Error{Kind: directory.KindUnsupported, Op: directory.OpProbe,
		Message: fmt.Sprintf("this is Confluence %s; Confluence %d.%d or later is needed, "+
			"because earlier ones cannot create users over REST", version, minMajor, minMinor)}
}

// checkRights reads a member of one of the own groups: Confluence shows
// members to administrators only. Somebody without any group whose name fits
// into an address cannot be checked beforehand.
func (c *Client) checkRights(ctx context.Context, groups []string) error {
	const op = directory.OpProbe
	for _, name := range groups {
		path, err := groupPath(op, "/group", name)
		if err != nil {
			continue
		}
		return c.get(ctx, op, path+"/member", url.Values{"limit": {"1"}}, nil)
	}
	return nil
}
