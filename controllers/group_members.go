package controllers

import (
	"context"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// syncMembers makes the members true, and moves them out of the group's
// earlier name if it was renamed.
func (c *groupChange) syncMembers(ctx context.Context) (membersVerdict, error) {
	wanted, err := c.wantedMembers(ctx, c.work, c.open)
	if err != nil {
		return membersVerdict{}, err
	}
	have, err := c.observeMembers(ctx, &wanted)
	if err != nil {
		return membersVerdict{}, err
	}
	decided, err := c.decideMembers(ctx, wanted, have)
	if err != nil {
		return membersVerdict{}, err
	}
	if !wanted.complete {
		return c.addOnly(ctx, decided, wanted)
	}
	if c.entry.SettledMembers != decided.Settled {
		c.entry.SettledMembers = "" // until all of it is done
	}
	failed, err := c.changeMembers(ctx, decided)
	if err != nil {
		return membersVerdict{}, err
	}
	if err := c.retire(ctx); err != nil {
		return membersVerdict{}, err
	}
	c.link(decided.Held, len(wanted.accounts)-failed.added-len(c.missing(decided)), wanted.pending)
	c.settle(decided, failed)
	if err := c.holdAdopted(ctx); err != nil {
		return membersVerdict{}, err
	}
	verdict := c.membersVerdict(decided, failed)
	if verdict.reason == v1alpha1.ReasonRemovalHeld && c.newlyHeld() {
		c.warning(c.work.group, v1alpha1.EventRemovalHeld, "Provision", "%s: %s", c.entry.Name, verdict.message)
	}
	return verdict, nil
}

// decideMembers decides on the members, within the removal limit.
func (c *groupChange) decideMembers(ctx context.Context, wanted wantedMembers, have []directory.User) (plan.MembersPlan, error) {
	m := c.membership(wanted, have)
	if !wanted.complete {
		return plan.Members(m, c.open.policy), nil
	}
	agreed, err := c.releaseAdopted(ctx, &m)
	if err != nil {
		return plan.MembersPlan{}, err
	}
	return c.limitMembers(ctx, plan.Members(m, c.open.policy), have, slices.Concat(wanted.barred, agreed))
}

// settle remembers that the members are as wanted now, and tells if others
// had changed them.
func (c *groupChange) settle(decided plan.MembersPlan, failed memberFailures) {
	if failed.first != nil {
		c.entry.SettledMembers = ""
		return
	}
	c.entry.SettledMembers, c.entry.ApprovedMembers = decided.Settled, nil
	if c.open.policy.CorrectDrift && len(decided.Missing)+len(decided.Extra) > 0 {
		c.correctedDrift(c.work.group, driftOfGroup, "Put right what others had changed of group %s in %s: %d members put in, %d taken out",
			c.group.Name, c.entry.Name, len(decided.Extra), len(decided.Missing))
	}
}

// membership is what is known of the members before it is decided on them. Of
// a group that is new in the directory nothing is remembered.
func (c *groupChange) membership(wanted wantedMembers, have []directory.User) plan.Membership {
	m := plan.Membership{Wanted: wanted.accounts, Barred: wanted.barred, Spared: wanted.spared, Have: have, Adopt: c.plan.Adopt}
	if !c.plan.Adopt && !c.plan.Create {
		m.Held = plan.Held{Names: c.entry.HeldMembers, All: c.entry.HoldAll}
		m.Settled = c.entry.SettledMembers
	}
	return m
}

// addOnly makes those members true that the source has sent so far, while it
// has not sent all. Who else is in the group cannot be judged before that: not
// who is to go, and not whom an adoption has to hold.
func (c *groupChange) addOnly(ctx context.Context, decided plan.MembersPlan, wanted wantedMembers) (membersVerdict, error) {
	failed, err := c.changeMembers(ctx, plan.MembersPlan{Add: decided.Add})
	if err != nil {
		return membersVerdict{}, err
	}
	if !c.plan.Adopt && c.plan.Retire == "" {
		c.link(decided.Held, len(wanted.accounts)-failed.added, wanted.pending)
	}
	verdict := c.membersVerdict(decided, failed)
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
	retired, err := optional(c.open.FindGroup(ctx, c.plan.Retire))
	if err != nil || retired == nil {
		return err
	}
	have, err := listMembers(ctx, c.open, *retired, nil)
	if err != nil {
		return err
	}
	held := plan.Held{Names: c.entry.HeldMembers, All: c.entry.HoldAll}
	given, coming, err := c.defaultMembers(ctx, c.work, c.open, retired.Name, nil)
	if err != nil {
		return err
	}
	decided := plan.Members(plan.Membership{Have: have, Held: held, Spared: slices.Concat(given, coming)}, c.open.policy)
	needed := decided.Held.All || len(decided.Held.Names) > 0 || c.open.policy.DefaultGroups.Contain(retired.Name)
	if c.open.policy.OnGroupRemoval == v1alpha1.RemoveGroupDelete && !needed {
		return c.open.DeleteGroup(ctx, *retired)
	}
	for batch := range slices.Chunk(decided.Remove, c.open.Capabilities().MembersPerRequest) {
		if err := c.open.RemoveMembers(ctx, *retired, batch); err != nil {
			return err
		}
	}
	return nil
}

// listMembers reads all members of a group. A listing that breaks off is an
// error: nobody is taken for gone because of it. Of those who are not wanted
// the names are looked up where the listing does not tell them: a protected
// account is known by its name.
func listMembers(ctx context.Context, d directory.Directory, group directory.Group, wanted []directory.User) ([]directory.User, error) {
	var members []directory.User
	for member, err := range d.EachMember(ctx, group) {
		if err != nil {
			return nil, err
		}
		members = append(members, member)
	}
	for _, i := range plan.Unasked(wanted, members) {
		if members[i].Name != "" {
			continue
		}
		account, err := optional(d.FindUserByID(ctx, members[i].ID))
		if err != nil {
			return nil, err
		}
		if account != nil {
			members[i] = *account
		}
	}
	return members, nil
}
