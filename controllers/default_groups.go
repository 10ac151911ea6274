package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// defaultGroupsError is the error of an account that is as wanted, but not in all
// of its default groups. It does not unwrap: what it says is of the groups.
type defaultGroupsError struct {
	username string
	missing  []string
	first    error
}

func (e *defaultGroupsError) Error() string {
	return fmt.Sprintf("%s is not in %s of its default groups: %v", e.username, strings.Join(e.missing, ", "), e.first)
}

// lacksDefaults is the verdict on an account for which default groups are all
// that is missing. That is tried again, and shows until it is done.
func (o *openDirectory) lacksDefaults(err error) (verdict, bool) {
	lacking, ok := errors.AsType[*defaultGroupsError](err)
	if !ok {
		return verdict{}, false
	}
	v := o.failure(lacking.first)
	if v.after == 0 && v.err == nil {
		v.after = slowRetry
	}
	v.reason, v.message, v.unchanged = v1alpha1.ReasonPartiallyProvisioned, lacking.Error(), false
	return v, true
}

// expectDefaults notes which default groups the account is to get, before
// anything is done.
func (c *userChange) expectDefaults() {
	gifts := c.gifts()
	c.entry.DefaultGroups, c.entry.PendingDefaultGroups, c.lost = gifts.Given, gifts.Pending, gifts.Lost
}

// gifts decides on the account's default groups.
func (c *userChange) gifts() plan.Gifts {
	before := plan.Gifts{Given: c.entry.DefaultGroups, Pending: c.entry.PendingDefaultGroups, Lost: c.open.lostBy(*c.entry)}
	gifts := c.plan.Gifts(c.wanted(), before, c.open.policy)
	c.plan = c.plan.LeavingLost(gifts.Lost, c.open.policy)
	return gifts
}

func (c *userChange) wanted() plan.Wanted {
	return plan.WantedUser(c.work.user, c.open.policy)
}

// givesOnce reports whether default groups are given at the creation alone, so
// that they would never be given were it forgotten that the account is new.
func (c *userChange) givesOnce() bool {
	return len(c.entry.PendingDefaultGroups) > 0 && !c.open.policy.DefaultGroups.ForAll
}

// giveDefaults puts the account into the default groups that are pending. It
// comes last, so that nothing waits for it; one group that refuses does not
// keep the others from being given. A protected one stays pending: the
// SyncConfig says so for all.
func (c *userChange) giveDefaults(ctx context.Context) error {
	if len(c.entry.PendingDefaultGroups) == 0 || !c.plan.Receives(c.wanted()) {
		return nil
	}
	account := directory.User{ID: c.entry.ID, Name: c.entry.Username}
	lacking := defaultGroupsError{username: account.Name}
	givable, pending := c.open.policy.Givable(c.entry.PendingDefaultGroups)
	var given []string
	for _, name := range givable {
		// Once the directory is down, the rest would not fare better.
		if lacking.first == nil || !directory.IsDown(lacking.first) {
			err := c.giveDefault(ctx, name, account)
			if err == nil {
				given = append(given, name)
				continue
			}
			if lacking.first == nil {
				lacking.first = err
			}
		}
		lacking.missing = append(lacking.missing, name)
	}
	c.entry.DefaultGroups, c.entry.PendingDefaultGroups = slices.Concat(c.entry.DefaultGroups, given), slices.Concat(pending, lacking.missing)
	c.tellGiven(given)
	if lacking.first != nil {
		return &lacking
	}
	return nil
}

// tellGiven tells which default groups were given, and which of them because
// others had taken the account out.
func (c *userChange) tellGiven(given []string) {
	if len(given) == 0 {
		return
	}
	c.did(c.work.user, c.entry.Name, v1alpha1.EventMembersChanged, "Put account %s into the default groups %s in %s",
		c.entry.Username, strings.Join(given, ", "), c.entry.Name)
	back := slices.DeleteFunc(slices.Clone(given), func(name string) bool { return !slices.Contains(c.lost, name) })
	if len(back) > 0 {
		c.correctedDrift(c.work.user, driftOfUser, "Put right what others had changed of account %s in %s: default groups %s",
			c.entry.Username, c.entry.Name, strings.Join(back, ", "))
	}
}

// giveDefault puts the account into one group, which is created if need be.
func (c *userChange) giveDefault(ctx context.Context, name string, account directory.User) error {
	group, err := optional(c.open.FindGroup(ctx, name))
	if err != nil {
		return err
	}
	if group == nil {
		if group, err = c.createDefault(ctx, name); err != nil {
			return err
		}
	}
	return c.open.AddMembers(ctx, *group, []directory.User{account})
}

// noDefaultGroup is the error where a default group is missing and not created.
func noDefaultGroup(name string) *directory.Error {
	return &directory.Error{Kind: directory.KindInvalid, Op: directory.OpFindGroup,
		Message: fmt.Sprintf("there is no group %s: create it, or set createGroups", name)}
}

func (c *userChange) createDefault(ctx context.Context, name string) (*directory.Group, error) {
	if !c.open.policy.CreateGroups {
		return nil, noDefaultGroup(name)
	}
	created, err := c.open.CreateGroup(ctx, name)
	switch {
	case directory.KindOf(err) == directory.KindAlreadyExists:
		return &created, nil // another user's turn was faster
	case err != nil:
		return nil, err
	}
	c.did(c.work.user, c.entry.Name, v1alpha1.EventGroupCreated, "Created default group %s in %s", created.Name, c.entry.Name)
	return &created, nil
}
