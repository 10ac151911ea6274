package crowd

import (
	"context"

	"github.com/atlassync/atlassync/controllers/directory"
)

// AddMembers implements directory.Members with POST /group/user/direct, which
// takes one account. 409 says that it is a member already; an account that
// does not exist is 400.
func (c *Client) AddMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	for _, user := range users {
		if err := c.addMember(ctx, group, user); err != nil {
			return err
		}
	}
	return nil
}

func (c *Client) addMember(ctx context.Context, group directory.Group, user directory.User) error {
	const op = directory.OpAddMembers
	name, err := c.nameOf(ctx, op, user)
	if err != nil {
		return err
	}
	body := struct {
		Name string `json:"name"`
	}{name}
	refusal := c.post(ctx, op, "/group/user/direct", byGroup(group.Name), body)
	switch directory.KindOf(refusal) {
	case directory.KindAlreadyExists:
		return nil
	case directory.KindInvalid:
		if _, err := c.user(ctx, op, byName(name)); err != nil {
			return err
		}
	default:
	}
	return refusal
}

// RemoveMembers implements directory.Members with DELETE /group/user/direct,
// which takes one account.
func (c *Client) RemoveMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	for _, user := range users {
		if err := c.removeMember(ctx, group, user); err != nil && !directory.IsNotFound(err) {
			return err
		}
	}
	return nil
}

func (c *Client) removeMember(ctx context.Context, group directory.Group, user directory.User) error {
	const op = directory.OpRemoveMembers
	name, err := c.nameOf(ctx, op, user)
	if err != nil {
		return err
	}
	query := byGroup(group.Name)
	query.Set("username", name)
	return c.delete(ctx, op, "/group/user/direct", query)
}

// nameOf is the username, by which Crowd knows members.
func (c *Client) nameOf(ctx context.Context, op string, user directory.User) (string, error) {
	if user.Name != "" {
		return user.Name, nil
	}
	found, err := c.userByID(ctx, op, user.ID)
	return found.Name, err
}
