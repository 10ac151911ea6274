package jira

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// Jira takes personal access tokens from 8.14 on; deactivation over REST is
// older (8.3).
const minMajor, minMinor = 8, 14

// Probe reads the version, the own account, something that only
// administrators may read, and how many duplicates there are.
func (c *Client) Probe(ctx context.Context) (directory.Info, error) {
	const op = directory.OpProbe
	var server struct {
		Version string `json:"version"`
	}
	if err := c.get(ctx, op, "/serverInfo", nil, &server); err != nil {
		return directory.Info{}, err
	}
	version, err := readVersion(server.Version)
	if err != nil {
		return directory.Info{}, err
	}
	var self struct {
		Name   string `json:"name"`
		Groups groups `json:"groups"`
	}
	if err := c.get(ctx, op, "/myself", url.Values{"expand": {"groups"}}, &self); err != nil {
		return directory.Info{}, err
	}
	if self.Name == "" {
		return directory.Info{}, malformed(op, "no name of the account that is signed in")
	}
	// Where a proxy hides it, the first change shows whether the right is there.
	if err := c.get(ctx, op, "/applicationrole", nil, nil); err != nil && !isAbsentResource(err) {
		return directory.Info{}, err
	}
	return directory.Info{
		Version: server.Version, Self: self.Name, SelfGroups: self.Groups.names(),
		Directory: c.verification(ctx, version),
	}, nil
}

// groups are the groups of an account, with expand=groups.
type groups struct {
	Size  int `json:"size"`
	Items []struct {
		Name string `json:"name"`
	} `json:"items"`
}

func (g groups) names() []string {
	names := make([]string, 0, len(g.Items))
	for _, item := range g.Items {
		names = append(names, item.Name)
	}
	return names
}

// version is what resources depend on.
type version struct{ major, minor int }

func (v version) isAtLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

func readVersion(text string) (version, error) {
	parts := strings.SplitN(text, ".", 3)
	major, err := strconv.Atoi(parts[0])
	if err != nil || len(parts) < 2 {
		return version{}, malformed(directory.OpProbe, fmt.Sprintf("no version (%q)", text))
	}
	minor, _ := strconv.Atoi(parts[1])
	if v := (version{major, minor}); v.isAtLeast(minMajor, minMinor) {
		return v, nil
	}
	return version{}, &directory.Error{Kind: directory.KindUnsupported, Op: directory.OpProbe,
		Message: fmt.Sprintf("this is Jira %s; Jira %d.%d or later is needed", text, minMajor, minMinor)}
}
