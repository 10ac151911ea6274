package cloud

import (
	"context"
	"iter"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// EachMember implements directory.Members with GET /Groups/{id}, which gives
// all members at once. They have ids only: what "display" shows is not said
// to be the user name. A group without the attribute has no members (RFC 7643,
// section 2.5).
func (c *Client) EachMember(ctx context.Context, group directory.Group) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		ids, err := c.memberIDs(ctx, directory.OpEachMember, group)
		if err != nil {
			yield(directory.User{}, err)
			return
		}
		for _, id := range ids {
			if !yield(directory.User{ID: id}, nil) {
				return
			}
		}
	}
}

func (c *Client) memberIDs(ctx context.Context, op string, of directory.Group) ([]string, error) {
	var found group
	if err := c.get(ctx, op, resource("Groups", of.ID), nil, &found); err != nil {
		return nil, err
	}
	if found.ID != of.ID {
		return nil, malformed(op, "not the group that was asked for")
	}
	ids := make([]string, 0, len(found.Members))
	for _, member := range found.Members {
		switch {
		case member.Value == "":
			return nil, malformed(op, "no id of a member")
		case !strings.EqualFold(member.Type, "Group"):
			ids = append(ids, member.Value)
		}
	}
	return ids, nil
}

// AddMembers implements directory.Members with one PATCH /Groups/{id}, in the
// form of the vendor's example.
func (c *Client) AddMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	members := make([]reference, 0, len(users))
	for _, u := range users {
		members = append(members, reference{Value: u.ID})
	}
	return c.patch(ctx, directory.OpAddMembers, resource("Groups", group.ID),
		[]operation{{Op: "add", Path: "members", Value: members}}, nil)
}

// RemoveMembers implements directory.Members with one PATCH /Groups/{id}. If
// that is refused, a look at the group shows who of them is still a member:
// whether an absent member is refused is not documented.
func (c *Client) RemoveMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	refusal := c.removeMembers(ctx, group, users)
	if !isRefused(refusal) && !directory.IsNotFound(refusal) {
		return refusal
	}
	ids, err := c.memberIDs(ctx, directory.OpRemoveMembers, group)
	switch {
	case directory.IsNotFound(err):
		return nil
	case err != nil:
		return err
	}
	left := among(users, ids)
	switch len(left) {
	case 0:
		return nil
	case len(users):
		return refusal
	}
	return c.removeMembers(ctx, group, left)
}

// removeMembers names each member in the path. The other form in use, a list
// of members as value, means all members to a server that goes by RFC 7644
// (section 3.5.2.2).
func (c *Client) removeMembers(ctx context.Context, group directory.Group, users []directory.User) error {
	operations := make([]operation, 0, len(users))
	for _, u := range users {
		operations = append(operations, operation{Op: "remove", Path: "members[value eq " + quote(u.ID) + "]"})
	}
	return c.patch(ctx, directory.OpRemoveMembers, resource("Groups", group.ID), operations, nil)
}

// among picks the accounts that have one of the ids.
func among(users []directory.User, ids []string) []directory.User {
	members := make(map[string]bool, len(ids))
	for _, id := range ids {
		members[id] = true
	}
	var found []directory.User
	for _, u := range users {
		if members[u.ID] {
			found = append(found, u)
		}
	}
	return found
}
