package crowd

import (
	"context"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

// group is Crowd's group, as far as it matters here.
type group struct {
	Name   string `json:"name"`
	Type   string `json:"type,omitempty"`
	Active bool   `json:"active,omitempty"`
}

func byGroup(name string) url.Values { return url.Values{"groupname": {name}} }

func named(name string) directory.Group { return directory.Group{ID: name, Name: name} }

// FindGroup implements directory.Groups with GET /group.
func (c *Client) FindGroup(ctx context.Context, name string) (directory.Group, error) {
	return c.findGroup(ctx, directory.OpFindGroup, name)
}

func (c *Client) findGroup(ctx context.Context, op, name string) (directory.Group, error) {
	var found group
	if err := c.get(ctx, op, "/group", byGroup(name), &found); err != nil {
		return directory.Group{}, err
	}
	if found.Name == "" {
		return directory.Group{}, malformed(op, "no name of a group")
	}
	return named(found.Name), nil
}

// CreateGroup implements directory.Groups with POST /group, which answers 400
// if the group exists. Whether a success has a body depends on the version.
func (c *Client) CreateGroup(ctx context.Context, name string) (directory.Group, error) {
	const op = directory.OpCreateGroup
	refusal := c.post(ctx, op, "/group", nil, group{Name: name, Type: "GROUP", Active: true})
	switch {
	case refusal == nil:
		return named(name), nil
	case !isRefused(refusal):
		return directory.Group{}, refusal
	}
	found, err := c.findGroup(ctx, op, name)
	switch {
	case err == nil:
		return found, reclassify(refusal, directory.KindAlreadyExists)
	case directory.IsNotFound(err), isRefused(err):
		return directory.Group{}, refusal
	}
	return directory.Group{}, err
}

// DeleteGroup implements directory.Groups with DELETE /group.
func (c *Client) DeleteGroup(ctx context.Context, group directory.Group) error {
	err := c.delete(ctx, directory.OpDeleteGroup, "/group", byGroup(group.Name))
	if directory.IsNotFound(err) {
		return nil
	}
	return err
}

// GroupsOf implements directory.Groups with GET /user/group/direct. Crowd 2.8
// answers an empty list for a user that does not exist (CWD-4433), so that an
// empty list makes a look at the user.
func (c *Client) GroupsOf(ctx context.Context, user directory.User) ([]directory.Group, error) {
	const op = directory.OpGroupsOf
	name, err := c.nameOf(ctx, op, user)
	if err != nil {
		return nil, err
	}
	read := func(query url.Values) ([]group, error) { return c.groupPage(ctx, op, "/user/group/direct", query) }
	groups := []directory.Group{}
	for page, err := range pages(op, byName(name), read) {
		if err != nil {
			return nil, err
		}
		for _, g := range page {
			groups = append(groups, named(g.Name))
		}
	}
	if len(groups) == 0 {
		_, err = c.user(ctx, op, byName(name))
	}
	return groups, err
}
