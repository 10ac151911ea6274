package controllers

import (
	"cmp"
	"context"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// memberFailures are members that the directory refused to change.
type memberFailures struct {
	added, removed int
	first          error
}

// changeMembers adds and removes members. One that is refused does not keep
// the others from being changed; anything else ends it.
func (c *groupChange) changeMembers(ctx context.Context, decided plan.MembersPlan) (memberFailures, error) {
	var failures memberFailures
	// Removals first: access that is to end must not wait for what is added.
	for _, step := range []struct {
		users  []directory.User
		change membersChange
		failed *int
	}{
		{decided.Remove, c.open.RemoveMembers, &failures.removed},
		{decided.Add, c.open.AddMembers, &failures.added},
	} {
		for batch := range slices.Chunk(step.users, c.open.Capabilities().MembersPerRequest) {
			refused, first, err := c.changeBatch(ctx, batch, step.change)
			if err != nil {
				return failures, err
			}
			*step.failed += refused
			failures.first = cmp.Or(failures.first, first)
		}
	}
	added, removed := len(decided.Add)-failures.added, len(decided.Remove)-failures.removed
	if added+removed > 0 {
		c.did(c.work.group, c.entry.Name, v1alpha1.EventMembersChanged, "Added %d and removed %d members of group %s in %s", added, removed, c.group.Name, c.entry.Name)
	}
	return failures, nil
}

// membersChange is directory.Members' AddMembers or RemoveMembers.
type membersChange func(context.Context, directory.Group, []directory.User) error

// changeBatch makes a change to several members. If one of them is refused,
// it is found by halves, so that it does not keep the others back. Refused
// counts those who were, and first says why.
func (c *groupChange) changeBatch(ctx context.Context, users []directory.User, change membersChange) (refused int, first, err error) {
	err = change(ctx, c.group, users)
	kind := directory.KindOf(err)
	switch {
	case kind != directory.KindInvalid && kind != directory.KindNotFound:
		return 0, nil, err
	case len(users) == 1:
		return 1, err, nil
	}
	if _, missing := c.open.FindGroup(ctx, c.group.Name); missing != nil {
		return 0, nil, missing // it is not one of the members
	}
	for half := range slices.Chunk(users, (len(users)+1)/2) {
		r, f, err := c.changeBatch(ctx, half, change)
		if err != nil {
			return refused, first, err
		}
		refused, first = refused+r, cmp.Or(first, f)
	}
	return refused, first, nil
}
