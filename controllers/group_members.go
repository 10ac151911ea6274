package controllers

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// syncMembers makes the members true, and moves them out of the group's
// earlier name if it was renamed.
func (c *groupChange) syncMembers(ctx context.Context) (membersVerdict, error) {
	wanted, pending, err := c.wantedMembers(ctx, c.work, c.open.spec)
	if err != nil {
		return membersVerdict{}, err
	}
	have, err := listMembers(ctx, c.open, c.plan.Link.Name)
	if err != nil {
		return membersVerdict{}, err
	}
	held := plan.Held{Names: c.entry.HeldMembers, All: c.entry.HoldAll}
	if c.plan.Adopt || c.plan.Create {
		held = plan.Held{}
	}
	decided := plan.Members(wanted, have, held, c.plan.Adopt, c.open.policy)
	if !c.work.pages.complete {
		return c.addOnly(ctx, decided, len(wanted), pending)
	}
	failed, err := c.changeMembers(ctx, decided)
	if err != nil {
		return membersVerdict{}, err
	}
	if err := c.retire(ctx); err != nil {
		return membersVerdict{}, err
	}
	c.link(decided.Held, len(wanted)-failed.added, pending)
	verdict := c.membersVerdict(failed)
	if verdict.reason == v1alpha1.ReasonRemovalHeld && c.plan.Adopt {
		c.warning(c.work.group, v1alpha1.EventRemovalHeld, "Provision", "%s: %s", c.entry.Name, verdict.message)
	}
	return verdict, nil
}

// addOnly makes those members true that the source has sent so far, while it
// has not sent all. Who else is in the group cannot be judged before that: not
// who is to go, and not whom an adoption has to hold.
func (c *groupChange) addOnly(ctx context.Context, decided plan.MembersPlan, wanted int, pending int32) (membersVerdict, error) {
	failed, err := c.changeMembers(ctx, plan.MembersPlan{Add: decided.Add})
	if err != nil {
		return membersVerdict{}, err
	}
	if !c.plan.Adopt && c.plan.Retire == "" {
		c.link(decided.Held, wanted-failed.added, pending)
	}
	verdict := c.membersVerdict(failed)
	if verdict.reason != v1alpha1.ReasonPartialFailure {
		verdict = membersVerdict{v1alpha1.ReasonPending,
			"the identity provider has not sent all members yet: nobody is removed before it has; if this stays, have it push the group again"}
	}
	return verdict, nil
}

// retire empties the group that had the earlier name of a renamed group, or
// deletes it if the policy says so. What was held in it stays.
func (c *groupChange) retire(ctx context.Context) error {
	if c.plan.Retire == "" {
		return nil
	}
	have, err := listMembers(ctx, c.open, c.plan.Retire)
	if directory.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	held := plan.Held{Names: c.entry.HeldMembers, All: c.entry.HoldAll}
	decided := plan.Members(nil, have, held, false, c.open.policy)
	nothingHeld := !decided.Held.All && len(decided.Held.Names) == 0
	if c.open.policy.OnGroupRemoval == v1alpha1.RemoveGroupDelete && nothingHeld {
		return c.open.DeleteGroup(ctx, c.plan.Retire)
	}
	for _, name := range decided.Remove {
		if err := c.open.RemoveMember(ctx, c.plan.Retire, name); err != nil {
			return err
		}
	}
	return nil
}

// listMembers reads all members of a group. A listing that breaks off is an
// error: nobody is taken for gone because of it.
func listMembers(ctx context.Context, d directory.Directory, group string) ([]directory.User, error) {
	var members []directory.User
	for member, err := range d.EachMember(ctx, group) {
		if err != nil {
			return nil, err
		}
		members = append(members, member)
	}
	return members, nil
}

// memberFailures are members that the directory refused to change.
type memberFailures struct {
	added, removed int
	first          error
}

// changeMembers adds and removes members. One that is refused does not keep
// the others from being changed; anything else ends it.
func (c *groupChange) changeMembers(ctx context.Context, decided plan.MembersPlan) (memberFailures, error) {
	var failures memberFailures
	group := c.plan.Link.Name
	each := func(names []string, change func(context.Context, string, string) error, failed *int) error {
		for _, name := range names {
			err := change(ctx, group, name)
			if kind := directory.KindOf(err); kind == directory.KindInvalid || kind == directory.KindNotFound {
				*failed++
				failures.first = cmp.Or(failures.first, err)
				continue
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	// Removals first: access that is to end must not wait for what is added.
	if err := each(decided.Remove, c.open.RemoveMember, &failures.removed); err != nil {
		return failures, err
	}
	if err := each(decided.Add, c.open.AddMember, &failures.added); err != nil {
		return failures, err
	}
	added, removed := len(decided.Add)-failures.added, len(decided.Remove)-failures.removed
	if added+removed > 0 {
		c.did(c.work.group, c.entry.Name, v1alpha1.EventMembersChanged, "Added %d and removed %d members of group %s in %s", added, removed, group, c.entry.Name)
	}
	return failures, nil
}

func (c *groupChange) membersVerdict(failed memberFailures) membersVerdict {
	switch {
	case failed.first != nil:
		return membersVerdict{v1alpha1.ReasonPartialFailure,
			fmt.Sprintf("%d members could not be added and %d not removed: %v", failed.added, failed.removed, failed.first)}
	case c.open.policy.Membership != v1alpha1.MembershipAdditive && (c.entry.HoldAll || len(c.entry.HeldMembers) > 0):
		return membersVerdict{v1alpha1.ReasonRemovalHeld, heldMessage(c.entry)}
	case c.entry.PendingMembers > 0:
		return membersVerdict{v1alpha1.ReasonWaitingForUsers, fmt.Sprintf("%d members have no account yet", c.entry.PendingMembers)}
	}
	return membersVerdict{v1alpha1.ReasonSynced, ""}
}

func heldMessage(entry *v1alpha1.GroupDirectoryStatus) string {
	if entry.HoldAll {
		return fmt.Sprintf("group %s had more than %d members whom the source did not send when it was taken over: nobody is removed from it", entry.GroupName, v1alpha1.MaxMembers)
	}
	return fmt.Sprintf("%d members whom the source never sent were in group %s when it was taken over, and stay: %s; remove them in the directory, or send them from the source",
		len(entry.HeldMembers), entry.GroupName, firstNames(entry.HeldMembers))
}

// firstNames shows at most ten names.
func firstNames(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
