package bitbucket

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// whoami tells the username of who asks, as plain text, to whom it accepts.
const whoami = "/plugins/servlet/applinks/whoami"

var versionPattern = regexp.MustCompile(`^\d+\.\d+`)

// Probe reads the version, what only administrators may read, and the groups
// of the own account.
func (c *Client) Probe(ctx context.Context) (directory.Info, error) {
	version, err := c.version(ctx)
	if err != nil {
		return directory.Info{}, err
	}
	verification, err := c.verify(ctx)
	if err != nil {
		return directory.Info{}, err
	}
	self, err := c.self(ctx)
	if err != nil {
		return directory.Info{}, err
	}
	groups, err := c.groupsOf(ctx, directory.OpProbe, self)
	switch {
	case directory.IsNotFound(err):
		// It signs in, so it is there: perhaps under its e-mail address.
		return directory.Info{}, reclassify(err, directory.KindInvalid,
			"Configure the username as Bitbucket's user administration shows it, so that atlassync spares its own account")
	case err != nil:
		return directory.Info{}, err
	}
	info := directory.Info{Version: version, Self: self, Directory: verification}
	for _, group := range groups {
		info.SelfGroups = append(info.SelfGroups, group.Name)
	}
	return info, nil
}

// version reads what everybody may read; if it is refused nevertheless, the
// credentials are wrong.
func (c *Client) version(ctx context.Context) (string, error) {
	const op = directory.OpProbe
	var product struct {
		Version string `json:"version"`
	}
	err := c.rest.Do(ctx, rest.Request{Op: op, Method: http.MethodGet, Path: api + "/application-properties"}, &product)
	if err != nil {
		return "", err
	}
	if !versionPattern.MatchString(product.Version) {
		return "", malformed(op, fmt.Sprintf("no version (%q)", product.Version))
	}
	return product.Version, nil
}

// self is the username of the account that atlassync signs in with. REST does
// not tell it; whoever signs in with a password knows it.
func (c *Client) self(ctx context.Context) (string, error) {
	if c.username != "" {
		return c.username, nil
	}
	var answer []byte
	err := c.rest.Do(ctx, rest.Request{
		Op: directory.OpProbe, Method: http.MethodGet, Path: whoami, Accept: "text/plain",
	}, &answer)
	name := strings.TrimSpace(string(answer))
	if err != nil || name == "" {
		return "", &directory.Error{Kind: directory.KindUnsupported, Op: directory.OpProbe, Err: err,
			Message: "Bitbucket does not tell whose access token this is, so that atlassync could not spare its own account; " +
				"configure a username and password instead"}
	}
	return name, nil
}
