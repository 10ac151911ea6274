package jira

import (
	"context"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

// name is the body of requests that carry just a name.
type name struct {
	Name string `json:"name"`
}

func byGroup(group string) url.Values { return url.Values{"groupname": {group}} }

// FindGroup implements directory.Groups with GET /group/member. Jira 10
// documents no resource for reading a group; this one answers 404 exactly if
// there is none, in one request for one member. The group picker would cost
// the same, but it cuts its list of matches, so that it can prove a group's
// existence and not its absence. The name is given back as it was asked for.
func (c *Client) FindGroup(ctx context.Context, group string) (directory.Group, error) {
	return c.findGroup(ctx, directory.OpFindGroup, group)
}

func (c *Client) findGroup(ctx context.Context, op, group string) (directory.Group, error) {
	query := byGroup(group)
	query.Set("maxResults", "1")
	var page memberPage
	if err := c.get(ctx, op, "/group/member", query, &page); err != nil {
		return directory.Group{}, err
	}
	if page.Values == nil {
		return directory.Group{}, malformed(op, "no list of members")
	}
	return directory.Group{ID: group, Name: group}, nil
}

// CreateGroup implements directory.Groups with POST /group, which answers
// 400 if the group exists.
func (c *Client) CreateGroup(ctx context.Context, group string) (directory.Group, error) {
	const op = directory.OpCreateGroup
	refusal := c.post(ctx, op, "/group", nil, name{group}, nil)
	switch {
	case refusal == nil:
		return directory.Group{ID: group, Name: group}, nil
	case !isRefused(refusal):
		return directory.Group{}, refusal
	}
	found, err := c.findGroup(ctx, op, group)
	switch {
	case err == nil:
		return found, reclassify(refusal, directory.KindAlreadyExists)
	case directory.IsNotFound(err):
		return directory.Group{}, refusal
	}
	return directory.Group{}, err
}

// DeleteGroup implements directory.Groups with DELETE /group, which answers
// 400 or 404 if there is no such group.
func (c *Client) DeleteGroup(ctx context.Context, group directory.Group) error {
	const op = directory.OpDeleteGroup
	refusal := c.delete(ctx, op, "/group", byGroup(group.Name))
	switch {
	case directory.IsNotFound(refusal):
		return nil
	case !isRefused(refusal):
		return refusal
	}
	_, err := c.findGroup(ctx, op, group.Name)
	switch {
	case err == nil:
		return refusal
	case directory.IsNotFound(err):
		return nil
	}
	return err
}

// GroupsOf implements directory.Groups with GET /user?expand=groups.
func (c *Client) GroupsOf(ctx context.Context, account directory.User) ([]directory.Group, error) {
	found, err := c.userGroups(ctx, directory.OpGroupsOf, account.Name)
	if err != nil {
		return nil, err
	}
	groups := make([]directory.Group, 0, len(found))
	for _, name := range found {
		groups = append(groups, directory.Group{ID: name, Name: name})
	}
	return groups, nil
}
