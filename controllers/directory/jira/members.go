package jira

import (
	"context"
	"slices"

	"github.com/atlassync/atlassync/controllers/directory"
)

// AddMembers implements directory.Members with POST /group/user, which takes
// one at a time.
func (c *Client) AddMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	for _, user := range users {
		if err := c.addMember(ctx, group.Name, user.Name); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) addMember(ctx context.Context, group, username string) error {
	const op = directory.OpAddMembers
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
	return c.seatless(ctx, op, refusal, givenBy(group))
}

// RemoveMembers implements directory.Members with DELETE /group/user, which
// takes one at a time.
func (c *Client) RemoveMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	for _, user := range users {
		if err := c.removeMember(ctx, group.Name, user.Name); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) removeMember(ctx context.Context, group, username string) error {
	const op = directory.OpRemoveMembers
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
	names, err := c.userGroups(ctx, op, username)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(names, func(name string) bool {
		return directory.SameName(name, group)
	}), nil
}

func (c *Client) userGroups(ctx context.Context, op, username string) ([]string, error) {
	query := byName(username)
	query.Set("expand", "groups")
	found, err := c.user(ctx, op, query)
	if err != nil {
		return nil, err
	}
	if found.Groups.Items == nil || found.Groups.Size > len(found.Groups.Items) {
		return nil, malformed(op, "not all groups of a user")
	}
	return found.Groups.names(), nil
}
