package confluence

import (
	"context"
	"iter"

	"github.com/atlassync/atlassync/controllers/directory"
)

// EachMember implements directory.Members with GET /group/{groupName}/member.
// Confluence has been seen to answer with an empty list for a group that does
// not exist, so an empty list costs a look at the group.
func (c *Client) EachMember(ctx context.Context, group directory.Group) iter.Seq2[directory.User, error] {
	const op = directory.OpEachMember
	return func(yield func(directory.User, error) bool) {
		path, err := groupPath(op, "/group", group.Name)
		if err != nil {
			yield(directory.User{}, err)
			return
		}
		empty := true
		for user, err := range c.accounts(ctx, op, path+"/member") {
			empty = false
			if !yield(user, err) {
				return
			}
		}
		if !empty {
			return
		}
		if _, err := c.findGroup(ctx, op, group.Name); err != nil {
			yield(directory.User{}, err)
		}
	}
}

// AddMembers implements directory.Members with PUT
// /user/{username}/group/{groupName}, which is content with a membership that
// is there already.
func (c *Client) AddMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	const op = directory.OpAddMembers
	for _, user := range users {
		err := c.membership(ctx, op, group, user, func(path string) error { return c.put(ctx, op, path, nil) })
		if err != nil {
			return err
		}
	}
	return nil
}

// RemoveMembers implements directory.Members with DELETE
// /user/{username}/group/{groupName}, which is content with a membership that
// is not there.
func (c *Client) RemoveMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	const op = directory.OpRemoveMembers
	for _, user := range users {
		err := c.membership(ctx, op, group, user, func(path string) error { return c.delete(ctx, op, path, nil) })
		if unlessGone(err) != nil {
			return err
		}
	}
	return nil
}

// membership writes one membership.
func (c *Client) membership(
	ctx context.Context, op string, group directory.Group, user directory.User, write func(path string) error,
) error {
	name, err := c.usernameOf(ctx, op, user)
	if err != nil {
		return err
	}
	path, err := membershipPath(op, name, group.Name)
	if err != nil {
		return err
	}
	err = write(path)
	if directory.KindOf(err) == directory.KindInvalid {
		return c.whyRefused(ctx, op, group, name, err)
	}
	return err
}

// usernameOf is the username that memberships go by.
func (c *Client) usernameOf(ctx context.Context, op string, user directory.User) (string, error) {
	if user.Name != "" {
		return user.Name, nil
	}
	found, err := c.keyed(ctx, op, user.ID)
	return found.Name, err
}

// whyRefused looks whether the group or the account is missing: which status
// Confluence gives to that is not documented.
func (c *Client) whyRefused(ctx context.Context, op string, group directory.Group, username string, refusal error) error {
	if _, err := c.findGroup(ctx, op, group.Name); err != nil {
		return err
	}
	if _, err := c.named(ctx, op, username); err != nil {
		return err
	}
	return refusal
}
