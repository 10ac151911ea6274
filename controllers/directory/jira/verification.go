package jira

import (
	"context"
	"fmt"

	"github.com/atlassync/atlassync/controllers/directory"
)

// GET /user/duplicated/count came with this version:
// https://confluence.atlassian.com/jiracore/finding-duplicate-user-accounts-1079345620.html
const duplicatesMajor, duplicatesMinor = 8, 19

// verification says why the user directory cannot be verified: no resource of
// Jira tells or chooses it. What Jira does tell is how many usernames several
// directories have in a way that matters.
func (c *Client) verification(ctx context.Context, v version) directory.Verification {
	detail := "Jira does not tell over REST which of its user directories it writes to; " +
		"it is the first in their order that it may write to"
	if c.directoryName != "" {
		detail += fmt.Sprintf(": see in Jira's administration that this is %q", c.directoryName)
	}
	if v.isAtLeast(duplicatesMajor, duplicatesMinor) {
		detail += "; " + c.duplicates(ctx)
	}
	return directory.Verification{Detail: detail}
}

// duplicates never fails a probe: nothing depends on it.
func (c *Client) duplicates(ctx context.Context) string {
	var duplicated struct {
		Count *int `json:"count"`
	}
	err := c.get(ctx, directory.OpProbe, "/user/duplicated/count", nil, &duplicated)
	switch {
	case err != nil:
		return "whether usernames are in several directories is not known: " + err.Error()
	case duplicated.Count == nil:
		return "whether usernames are in several directories is not known: Jira does not say"
	case *duplicated.Count == 0:
		return "no username is active in several directories"
	}
	return fmt.Sprintf("usernames that are active in several directories: %d; changes reach only the account in the first, "+
		"and whoever is disabled there may still sign in with another; remove the duplicates in Jira's administration",
		*duplicated.Count)
}
