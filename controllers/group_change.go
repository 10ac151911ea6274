package controllers

import (
	"context"
	"fmt"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// groupChange carries out the plan for one group in one directory. Its entry
// tells what is certain at every moment, so that it can be kept on an error.
type groupChange struct {
	*GroupReconciler
	work  *groupWork
	open  *openDirectory
	entry *v1alpha1.GroupDirectoryStatus
	plan  plan.GroupPlan
	// group is the group as the directory shows it, once it exists.
	group directory.Group
	// undoRemoval takes back what counts against the removal limit; nil if
	// nothing is to be taken back.
	undoRemoval func()
}

func (c *groupChange) apply(ctx context.Context) (membersVerdict, error) {
	members := membersVerdict{v1alpha1.ReasonSynced, ""}
	if err := c.create(ctx); err != nil {
		return members, err
	}
	if c.plan.SyncMembers {
		synced, err := c.syncMembers(ctx)
		if err != nil {
			return members, err
		}
		members = synced
	}
	if err := c.remove(ctx); err != nil {
		return members, err
	}
	c.entry.State, c.entry.Reason, c.entry.Message = c.plan.State, c.plan.Reason, c.plan.Message
	if c.plan.Reason == v1alpha1.ReasonDriftReported {
		members = membersVerdict{c.plan.Reason, c.plan.Message}
	}
	if c.plan.SyncMembers && c.plan.Reason != v1alpha1.ReasonRemovalHeld {
		c.entry.Message = fmt.Sprintf("%s with %d members", c.plan.Message, c.entry.Members)
		if c.entry.PendingMembers > 0 {
			c.entry.Message += fmt.Sprintf(", %d waiting for their accounts", c.entry.PendingMembers)
		}
	}
	return members, nil
}

func (c *groupChange) create(ctx context.Context) error {
	if !c.plan.Create {
		return nil
	}
	created, err := c.open.CreateGroup(ctx, c.plan.Link.Name)
	if err != nil {
		return err
	}
	c.group = created
	if c.plan.Drift {
		c.correctedDrift(c.work.group, driftOfGroup, "Made group %s in %s again, which others had deleted", created.Name, c.entry.Name)
	}
	c.did(c.work.group, c.entry.Name, v1alpha1.EventGroupCreated, "Created group %s in %s", created.Name, c.entry.Name)
	return nil
}

// link remembers the group as ours.
func (c *groupChange) link(held plan.Held, members int, pending int32) {
	if c.plan.Adopt && !c.entry.Managed {
		c.did(c.work.group, c.entry.Name, v1alpha1.EventGroupAdopted, "Took over group %s, which existed in %s", c.plan.Link.Name, c.entry.Name)
	}
	if c.plan.Retire != "" {
		c.did(c.work.group, c.entry.Name, v1alpha1.EventGroupRenamed, "Moved the members of group %s to %s in %s", c.plan.Retire, c.plan.Link.Name, c.entry.Name)
	}
	c.entry.Managed, c.entry.Adopted, c.entry.GroupName = true, c.plan.Link.Adopted, c.plan.Link.Name
	c.entry.HeldMembers, c.entry.HoldAll = held.Names, held.All
	c.entry.Members, c.entry.PendingMembers = int32(members), pending
}

func (c *groupChange) remove(ctx context.Context) error {
	if !c.plan.Delete {
		return nil
	}
	if err := c.open.DeleteGroup(ctx, c.group); err != nil {
		return err
	}
	c.did(c.work.group, c.entry.Name, v1alpha1.EventGroupDeleted, "Deleted group %s from %s", c.plan.Link.Name, c.entry.Name)
	return nil
}
