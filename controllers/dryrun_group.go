package controllers

import (
	"context"
	"fmt"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// preview shows the plan for a group and its members.
func (c *groupChange) preview(ctx context.Context) (membersVerdict, error) {
	var decided plan.MembersPlan
	verdict := membersVerdict{v1alpha1.ReasonSynced, ""}
	if c.plan.SyncMembers {
		var err error
		if decided, verdict, err = c.previewMembers(ctx); err != nil {
			return verdict, err
		}
	}
	entry := c.entry
	entry.PlannedAction = c.plan.Actions(entry.Managed, decided)
	entry.Reason, entry.Message = planned(entry.PlannedAction, c.plan.Reason, c.plan.Message)
	if held := len(decided.Held.Names); c.plan.Adopt && held > 0 {
		entry.Message += fmt.Sprintf("; %d members whom the source does not send would stay", held)
	}
	if entry.PlannedAction == "" {
		entry.State = c.plan.State
	}
	return verdict, nil
}

// previewMembers decides on the members as syncMembers does.
func (c *groupChange) previewMembers(ctx context.Context) (plan.MembersPlan, membersVerdict, error) {
	wanted, err := c.wantedMembers(ctx, c.work, c.open)
	if err != nil {
		return plan.MembersPlan{}, membersVerdict{}, err
	}
	var have []directory.User
	if !c.plan.Create {
		if have, err = c.observeMembers(ctx, &wanted); err != nil {
			return plan.MembersPlan{}, membersVerdict{}, err
		}
	}
	decided, err := c.decideMembers(ctx, wanted, have)
	if err != nil {
		return plan.MembersPlan{}, membersVerdict{}, err
	}
	if !wanted.complete {
		decided.Remove = nil
	}
	switch {
	case heldOf(c.entry.HeldRemovals, v1alpha1.RemovalOfMembers) != nil:
		return decided, membersVerdict{v1alpha1.ReasonRemovalHeld, c.membersOverLimit()}, nil
	case len(decided.Add)+len(decided.Remove) > 0:
		return decided, membersVerdict{v1alpha1.ReasonPlanned,
			fmt.Sprintf("dry run, would add %d members and remove %d", len(decided.Add), len(decided.Remove))}, nil
	case wanted.pending > 0:
		return decided, membersVerdict{v1alpha1.ReasonWaitingForUsers, fmt.Sprintf("%d members have no account yet", wanted.pending)}, nil
	}
	return decided, membersVerdict{v1alpha1.ReasonSynced, ""}, nil
}
