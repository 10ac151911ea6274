package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// Member is a user in a pushed group.
type Member struct {
	// ID is the user's SCIM id.
	ID string `json:"value"`
	// Display is the user's userName.
	Display string `json:"display"`
}

// MemberOf makes the group member that stands for a user.
func MemberOf(user Resource) Member {
	return Member{ID: user.ID(), Display: user.UserName()}
}

// FindGroup searches by displayName; ErrNoMatch if there is none.
func (c *Client) FindGroup(ctx context.Context, displayName string) (Resource, error) {
	return c.find(ctx, "/Groups", "displayName", displayName)
}

// GetGroup reads a group.
func (c *Client) GetGroup(ctx context.Context, id string) (Resource, error) {
	return c.get(ctx, "/Groups/"+id)
}

// PushGroup creates the group, or links the one that has its name, and makes
// its members exactly these.
func (c *Client) PushGroup(ctx context.Context, displayName string, members ...Member) (Resource, error) {
	group, err := c.FindGroup(ctx, displayName)
	switch {
	case errors.Is(err, ErrNoMatch):
		return c.createGroup(ctx, displayName, members)
	case err != nil:
		return nil, err
	}
	return group, c.ReplaceMembers(ctx, group, members...)
}

// createGroup sends the members with the group from a wizard app, and after it
// from a template app.
func (c *Client) createGroup(ctx context.Context, displayName string, members []Member) (Resource, error) {
	first := members
	if c.app == Template {
		first = nil
	}
	var group Resource
	if err := c.do(ctx, http.MethodPost, "/Groups", groupBody(displayName, first), &group); err != nil {
		return nil, err
	}
	if group.ID() == "" {
		return nil, errors.New("POST /Groups: the answer has no id")
	}
	if c.app == Template && len(members) > 0 {
		return group, c.AddMembers(ctx, group, members...)
	}
	return group, nil
}

// RenameGroup gives the group another displayName.
func (c *Client) RenameGroup(ctx context.Context, group Resource, displayName string) error {
	if c.app == Wizard {
		now, err := c.GetGroup(ctx, group.ID())
		if err != nil {
			return err
		}
		return c.PutGroup(ctx, group.ID(), displayName, membersOf(now)...)
	}
	return c.sendName(ctx, group.ID(), displayName)
}

// AddMembers adds users to the group.
func (c *Client) AddMembers(ctx context.Context, group Resource, members ...Member) error {
	return c.ChangeMembers(ctx, group, members, nil)
}

// RemoveMembers takes users out of the group.
func (c *Client) RemoveMembers(ctx context.Context, group Resource, members ...Member) error {
	return c.ChangeMembers(ctx, group, nil, members)
}

// ChangeMembers adds and removes users. A template app says what changed, with
// the name first, as it does at every change of members; a wizard app sends
// the whole group.
func (c *Client) ChangeMembers(ctx context.Context, group Resource, add, remove []Member) error {
	if c.app == Wizard {
		now, err := c.GetGroup(ctx, group.ID())
		if err != nil {
			return err
		}
		return c.PutGroup(ctx, group.ID(), now.DisplayName(), changed(membersOf(now), add, remove)...)
	}
	if err := c.sendName(ctx, group.ID(), group.DisplayName()); err != nil {
		return err
	}
	var operations []operation
	for _, member := range remove {
		operations = append(operations, operation{Op: "remove", Path: fmt.Sprintf("members[value eq %q]", member.ID)})
	}
	if len(add) > 0 {
		operations = append(operations, operation{Op: "add", Path: "members", Value: add})
	}
	return c.patch(ctx, "/Groups/"+group.ID(), operations...)
}

// ReplaceMembers is "Push now": the members become exactly these.
func (c *Client) ReplaceMembers(ctx context.Context, group Resource, members ...Member) error {
	if c.app == Wizard {
		return c.PutGroup(ctx, group.ID(), group.DisplayName(), members...)
	}
	return c.patch(ctx, "/Groups/"+group.ID(), operation{Op: "replace", Path: "members", Value: list(members)})
}

// PutGroup sends the whole group.
func (c *Client) PutGroup(ctx context.Context, id, displayName string, members ...Member) error {
	return c.do(ctx, http.MethodPut, "/Groups/"+id, groupBody(displayName, members), nil)
}

// DeleteGroup is "Unlink" with "Delete the group in the target app".
func (c *Client) DeleteGroup(ctx context.Context, id string) error {
	return c.do(ctx, http.MethodDelete, "/Groups/"+id, nil, nil)
}

// sendName is the path-less PATCH with id and name.
func (c *Client) sendName(ctx context.Context, id, displayName string) error {
	value := map[string]any{"id": id, "displayName": displayName}
	return c.patch(ctx, "/Groups/"+id, operation{Op: "replace", Value: value})
}

func groupBody(displayName string, members []Member) map[string]any {
	return map[string]any{"schemas": []string{groupSchema}, "displayName": displayName, "members": list(members)}
}

// list is never null: an empty group is sent as [].
func list(members []Member) []Member {
	if members == nil {
		return []Member{}
	}
	return members
}

func membersOf(group Resource) []Member {
	ids := group.MemberIDs()
	members := make([]Member, 0, len(ids))
	for _, id := range ids {
		members = append(members, Member{ID: id})
	}
	return members
}

// changed is members after a change.
func changed(members, add, remove []Member) []Member {
	moved := slices.Concat(add, remove)
	stays := slices.DeleteFunc(members, func(m Member) bool {
		return slices.ContainsFunc(moved, func(other Member) bool { return other.ID == m.ID })
	})
	return append(stays, add...)
}
