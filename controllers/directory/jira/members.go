package jira

import (
	"context"
	"slices"

	"github.com/atlassync/atlassync/controllers/directory"
)

// AddMember implements directory.Members with POST /group/user.
func (c *Client) AddMember(ctx context.Context, group, username string) error {
	const op = directory.OpAddMember
	refusal := c.post(ctx, op, "/group/user", byGroup(group), name{username}, nil)
	if !isRefused(refusal) {
		return refusal
	}
	member, err := c.isMember(ctx, op, group, username)
	switch {
	case err != nil:
		return err
	case member:
		return nil
	}
	return refusal
}

// RemoveMember implements directory.Members with DELETE /group/user.
func (c *Client) RemoveMember(ctx context.Context, group, username string) error {
	const op = directory.OpRemoveMember
	query := byGroup(group)
	query.Set("username", username)
	refusal := c.delete(ctx, op, "/group/user", query)
	switch {
	case directory.IsNotFound(refusal):
		return nil
	case !isRefused(refusal):
		return refusal
	}
	member, err := c.isMember(ctx, op, group, username)
	switch {
	case directory.IsNotFound(err):
		return nil
	case err != nil:
		return err
	case member:
		return refusal
	}
	return nil
}

// isMember looks at the groups of an account, which costs one request however
// many members the group has. It is how a 400 is understood: Jira's messages
// are in the language of the account that signs in.
func (c *Client) isMember(ctx context.Context, op, group, username string) (bool, error) {
	query := byName(username)
	query.Set("expand", "groups")
	found, err := c.user(ctx, op, query)
	if err != nil {
		return false, err
	}
	if found.Groups.Items == nil || found.Groups.Size > len(found.Groups.Items) {
		return false, malformed(op, "not all groups of a user")
	}
	return slices.ContainsFunc(found.Groups.names(), func(name string) bool {
		return directory.SameName(name, group)
	}), nil
}
