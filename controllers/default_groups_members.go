package controllers

import (
	"context"
	"fmt"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// defaultMembers are the accounts that are in a directory group because it is
// a default group: those that were put into it, and those that are coming: who
// may be put into it at any moment, or was a moment ago. Without are SCIM ids
// of users to leave out. Of any other group there are none.
func (r *GroupReconciler) defaultMembers(ctx context.Context, work *groupWork, open *openDirectory, name string, without []string) (given, coming []directory.User, err error) {
	if !open.policy.DefaultGroups.Contain(name) {
		return nil, nil, nil
	}
	left := make(map[string]bool, len(without))
	for _, id := range without {
		left[id] = true
	}
	err = r.eachUser(ctx, work.config.SyncConfig, func(user *v1alpha1.ProvisionedUser) error {
		if !user.DeletionTimestamp.IsZero() || left[user.SCIMID()] {
			return nil
		}
		entry := rememberedUser(user, open.spec)
		isGiven, isComing := open.defaultMember(name, user, entry)
		switch {
		case isGiven:
			given = append(given, directory.User{ID: entry.ID, Name: entry.Username})
		case isComing:
			coming = append(coming, directory.User{ID: entry.ID, Name: open.policy.Username.Apply(user.Spec.UserName)})
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("find the members of default group %s: %w", name, err)
	}
	return given, coming, nil
}

// defaultMember reports whether a user was put into a default group, or may be
// at any moment.
func (o *openDirectory) defaultMember(name string, user *v1alpha1.ProvisionedUser, entry v1alpha1.UserDirectoryStatus) (given, coming bool) {
	gifts := plan.Gifts{Given: entry.DefaultGroups, Pending: entry.PendingDefaultGroups}
	given = entry.Managed && gifts.HasGiven(name)
	coming = user.IsActive() && (o.policy.DefaultGroups.ForAll || !entry.Managed || gifts.HasPending(name))
	return given && !entry.OutOfGroups, coming && !entry.OutOfGroups
}

// observeMembers lists the members of the group, and after that who may have
// come as a default member meanwhile.
func (c *groupChange) observeMembers(ctx context.Context, wanted *wantedMembers) ([]directory.User, error) {
	have, err := listMembers(ctx, c.open, c.group, wanted.accounts)
	if err != nil {
		return nil, err
	}
	given, coming, err := c.defaultMembers(ctx, c.work, c.open, c.group.Name, nil)
	wanted.spared = slices.Concat(given, coming)
	return have, err
}
