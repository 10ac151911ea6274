package bitbucket

import (
	"context"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

// group is Bitbucket's RestDetailedGroup, as far as it matters here.
type group struct {
	Name string `json:"name"`
}

func (g group) named() directory.Group {
	return directory.Group{ID: g.Name, Name: g.Name}
}

// FindGroup implements directory.Groups with GET /admin/groups?filter=, which
// gives all groups in whose names the filter occurs.
func (c *Client) FindGroup(ctx context.Context, name string) (directory.Group, error) {
	return c.group(ctx, directory.OpFindGroup, name)
}

func (c *Client) group(ctx context.Context, op, name string) (directory.Group, error) {
	if name == "" { // the filter would let all groups pass
		return directory.Group{}, notFound(op, "group", name)
	}
	for found, err := range each[group](ctx, c, op, "/admin/groups", url.Values{"filter": {name}}) {
		switch {
		case err != nil:
			return directory.Group{}, err
		case found.Name == "":
			return directory.Group{}, malformed(op, "no name of a group")
		case directory.SameName(found.Name, name):
			return found.named(), nil
		}
	}
	return directory.Group{}, notFound(op, "group", name)
}

// CreateGroup implements directory.Groups with POST /admin/groups.
func (c *Client) CreateGroup(ctx context.Context, name string) (directory.Group, error) {
	const op = directory.OpCreateGroup
	var created group
	refusal := c.post(ctx, op, "/admin/groups", byName(name), nil, &created)
	switch {
	case refusal == nil && directory.SameName(created.Name, name):
		return created.named(), nil
	case refusal == nil:
		found, err := c.group(ctx, op, name)
		return found, reclassify(err, directory.KindAmbiguous, "")
	case directory.KindOf(refusal) != directory.KindAlreadyExists:
		return directory.Group{}, refusal
	}
	found, err := c.group(ctx, op, name)
	switch {
	case err == nil:
		return found, refusal
	case directory.IsNotFound(err):
		return directory.Group{}, reclassify(refusal, directory.KindInvalid, "But Bitbucket lists no group of the name")
	}
	return directory.Group{}, err
}

// DeleteGroup implements directory.Groups with DELETE /admin/groups, which
// refuses to take rights away from the account that asks for it.
func (c *Client) DeleteGroup(ctx context.Context, group directory.Group) error {
	err := c.delete(ctx, directory.OpDeleteGroup, "/admin/groups", byName(group.Name))
	if directory.IsNotFound(err) {
		return nil
	}
	return prevented(err)
}

// GroupsOf implements directory.Groups with GET /admin/users/more-members,
// which lists the groups of a user, whatever its name and description say.
func (c *Client) GroupsOf(ctx context.Context, account directory.User) ([]directory.Group, error) {
	return c.groupsOf(ctx, directory.OpGroupsOf, account.Name)
}

func (c *Client) groupsOf(ctx context.Context, op, username string) ([]directory.Group, error) {
	groups := []directory.Group{}
	for found, err := range each[group](ctx, c, op, "/admin/users/more-members", url.Values{"context": {username}}) {
		switch {
		case err != nil:
			return nil, err
		case found.Name == "":
			return nil, malformed(op, "no name of a group")
		}
		groups = append(groups, found.named())
	}
	if len(groups) > 0 {
		return groups, nil
	}
	// No 404 is documented: the account may not be there.
	_, err := c.user(ctx, op, username)
	return groups, err
}
