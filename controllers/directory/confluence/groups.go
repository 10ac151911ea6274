package confluence

import (
	"context"

	"github.com/atlassync/atlassync/controllers/directory"
)

// group is Confluence's Group. Its document leaves its fields out.
type group struct {
	Type string `json:"type"`
	Name string `json:"name"`
}

func (g group) id() string { return g.Name }

func (g group) group() directory.Group { return directory.Group{ID: g.Name, Name: g.Name} }

// FindGroup implements directory.Groups with GET /group/{groupName}.
func (c *Client) FindGroup(ctx context.Context, name string) (directory.Group, error) {
	return c.findGroup(ctx, directory.OpFindGroup, name)
}

func (c *Client) findGroup(ctx context.Context, op, name string) (directory.Group, error) {
	path, err := groupPath(op, "/group", name)
	if err != nil {
		return directory.Group{}, err
	}
	var found group
	if err := c.get(ctx, op, path, nil, &found); err != nil {
		return directory.Group{}, err
	}
	if !directory.SameName(found.Name, name) {
		return directory.Group{}, malformed(op, "not the group that was asked for")
	}
	return found.group(), nil
}

// CreateGroup implements directory.Groups with POST /admin/group, which
// answers 409 if the group exists. A name that no other resource could
// address is refused before any request.
func (c *Client) CreateGroup(ctx context.Context, name string) (directory.Group, error) {
	const op = directory.OpCreateGroup
	if _, err := segment(op, "group", name); err != nil {
		return directory.Group{}, err
	}
	var created group
	refusal := c.post(ctx, op, "/admin/group", group{Type: "group", Name: name}, &created)
	switch {
	case refusal == nil && directory.SameName(created.Name, name):
		return created.group(), nil
	case refusal == nil:
		return group{Name: name}.group(), nil
	case directory.KindOf(refusal) != directory.KindAlreadyExists:
		return directory.Group{}, refusal
	}
	holder, err := c.findGroup(ctx, op, name)
	if err != nil && !directory.IsNotFound(err) {
		return directory.Group{}, err
	}
	return holder, refusal
}

// DeleteGroup implements directory.Groups with DELETE
// /admin/group/{groupName}. KindInvalid for the last group of administrators.
func (c *Client) DeleteGroup(ctx context.Context, group directory.Group) error {
	const op = directory.OpDeleteGroup
	path, err := groupPath(op, "/admin/group", group.Name)
	if err != nil {
		return err
	}
	return unlessGone(c.delete(ctx, op, path, nil))
}

// GroupsOf implements directory.Groups with GET /user/memberof. For somebody
// without any group it looks whether there is such an account.
func (c *Client) GroupsOf(ctx context.Context, user directory.User) ([]directory.Group, error) {
	return c.groupsOf(ctx, directory.OpGroupsOf, user)
}

func (c *Client) groupsOf(ctx context.Context, op string, user directory.User) ([]directory.Group, error) {
	query := byKey(user.ID)
	if user.ID == "" {
		query = byName(user.Name)
	}
	var groups []directory.Group
	for page, err := range pages[group](ctx, c, op, "/user/memberof", query) {
		if err != nil {
			return nil, err
		}
		for _, g := range page {
			if g.Name == "" {
				return nil, malformed(op, "a group without a name")
			}
			groups = append(groups, g.group())
		}
	}
	if len(groups) > 0 {
		return groups, nil
	}
	_, err := c.user(ctx, op, query)
	return nil, err
}
