package bitbucket

import (
	"context"
	"iter"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

// groupAndUsers is Bitbucket's GroupAndUsers.
type groupAndUsers struct {
	Group string   `json:"group"`
	Users []string `json:"users"`
}

// pickerContext is Bitbucket's GroupPickerContext and UserPickerContext: what
// to change, and what to put in or take out.
type pickerContext struct {
	Context  string `json:"context"`
	ItemName string `json:"itemName"`
}

// EachMember implements directory.Members with GET /admin/groups/more-members.
func (c *Client) EachMember(ctx context.Context, group directory.Group) iter.Seq2[directory.User, error] {
	const op = directory.OpEachMember
	return func(yield func(directory.User, error) bool) {
		empty := true
		for member, err := range c.users(ctx, op, "/admin/groups/more-members", url.Values{"context": {group.Name}}) {
			empty = false
			if !yield(member, err) {
				return
			}
		}
		if !empty {
			return
		}
		// No 404 is documented: the group may not be there.
		if _, err := c.group(ctx, op, group.Name); err != nil {
			yield(directory.User{}, err)
		}
	}
}

// AddMembers implements directory.Members with POST /admin/groups/add-users,
// which adds all or answers an error. Accounts that are known to be fixed
// would spoil it for the others, so it is then not asked.
func (c *Client) AddMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	const op = directory.OpAddMembers
	if len(users) == 0 {
		return nil
	}
	if err := changeable(op, users); err != nil {
		return err
	}
	names := make([]string, 0, len(users))
	for _, user := range users {
		names = append(names, user.Name)
	}
	err := c.post(ctx, op, "/admin/groups/add-users", nil, groupAndUsers{group.Name, names}, nil)
	if directory.KindOf(err) == directory.KindForbidden {
		return c.licenceOr(ctx, op, len(users), err)
	}
	return conflicting(err)
}

// RemoveMembers implements directory.Members with POST
// /admin/users/remove-group, which takes one at a time.
func (c *Client) RemoveMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	if err := changeable(directory.OpRemoveMembers, users); err != nil {
		return err
	}
	for _, user := range users {
		if err := c.removeMember(ctx, group.Name, user.Name); err != nil {
			return err
		}
	}
	return nil
}

// removeMember falls back to what the other request has deprecated.
func (c *Client) removeMember(ctx context.Context, group, username string) error {
	const op = directory.OpRemoveMembers
	err := c.post(ctx, op, "/admin/users/remove-group", nil, pickerContext{username, group}, nil)
	if isAbsentResource(err) {
		err = c.post(ctx, op, "/admin/groups/remove-user", nil, pickerContext{group, username}, nil)
	}
	if directory.IsNotFound(err) {
		return nil
	}
	return conflicting(err)
}

// conflicting gives a 409 the kind that says that one of the members cannot be
// changed, which is no reason to keep the others back.
func conflicting(err error) error {
	if directory.KindOf(err) == directory.KindAlreadyExists {
		return reclassify(err, directory.KindInvalid, "")
	}
	return err
}

// changeable is the error of changing memberships of accounts that Bitbucket
// is known not to change.
func changeable(op string, users []directory.User) error {
	for _, user := range users {
		if groupsFixed(user) {
			return &directory.Error{Kind: directory.KindInvalid, Op: op,
				Message: "user " + user.Name + ": " + user.ReadOnly + "; change them where the directory gets them from"}
		}
	}
	return nil
}
