package controllers

import (
	"context"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// limitMembers has those members stay whom the removal limit does not let go.
// Exempt are those who may go in any case. An approved removal that broke off
// goes on, and is measured as if it had been done.
func (c *groupChange) limitMembers(ctx context.Context, decided plan.MembersPlan, have, exempt []directory.User) (plan.MembersPlan, error) {
	limit := limitOf(c.work.config.SyncConfig, c.clock.Now())
	agreed := c.agreedBefore(decided.Remove, limit)
	going, others := decided.Sparing(slices.Concat(exempt, agreed))
	what := c.removal(v1alpha1.RemovalOfMembers, plan.MembersAction(labelsOf(others)))
	if len(others) == 0 {
		c.setHeld(what.kind, nil)
		return decided, nil
	}
	change := plan.MembersChange{Now: len(have) - len(agreed), Remove: len(others), Add: len(decided.Add)}
	inWindow := c.entry.WindowStart != nil && limit.counts(c.entry.WindowStart.Time)
	if inWindow {
		change.Before = int(c.entry.WindowMembers)
	}
	size, over := change.Now, limit.ExceededBy(change)
	if over {
		answer, err := c.removals.ask(ctx, c.work.config.SyncConfig, c.open.spec, what)
		if err != nil {
			return plan.MembersPlan{}, err
		}
		if answer.held != nil {
			c.setHeld(what.kind, answer.held)
			decided.Remove, decided.Extra, decided.Settled = going, nil, ""
			return decided, nil
		}
		c.agree(answer.approved, slices.Concat(agreed, others))
		// What comes later is measured by what is left.
		inWindow, size = false, change.Now-change.Remove
	}
	c.setHeld(what.kind, nil)
	if inWindow || c.open.dryRun {
		return decided, nil
	}
	c.entry.WindowStart, c.entry.WindowMembers = new(seconds(limit.now)), int32(size)
	if !over && !limit.Concerns(change.Now) {
		return decided, nil
	}
	return decided, c.note(ctx)
}

// agree remembers whose removal somebody has approved, until they are gone.
// Where an earlier approval is not done yet, all last only as long as that.
func (c *groupChange) agree(approved metav1.Time, members []directory.User) {
	if before := c.entry.ApprovedMembers; before != nil {
		approved = before.Time
	}
	c.entry.ApprovedMembers = &v1alpha1.ApprovedMembers{Time: approved, Marks: plan.Mark(members)}
}

// agreedBefore are those of the members to be removed for whom an approval is
// left. It is not for those any more who are to stay now.
func (c *groupChange) agreedBefore(removed []directory.User, limit limit) []directory.User {
	before := c.entry.ApprovedMembers
	if before == nil {
		return nil
	}
	c.entry.ApprovedMembers = nil
	if !limit.counts(before.Time.Time) {
		return nil
	}
	left := plan.Marked(removed, before.Marks)
	if len(left) > 0 {
		c.agree(before.Time, left)
	}
	return left
}

// newlyHeld reports whether members are held that were not before.
func (c *groupChange) newlyHeld() bool {
	before := rememberedGroup(c.work.before, c.open.spec).HeldRemovals
	return slices.ContainsFunc(c.entry.HeldRemovals, func(h v1alpha1.HeldRemoval) bool {
		return h.Kind != v1alpha1.RemovalOfGroup && heldOf(before, h.Kind) == nil
	})
}

// untilWindowEnds is when held members are to be looked at again.
func untilWindowEnds(config *syncConfig, entry v1alpha1.GroupDirectoryStatus, now time.Time) time.Duration {
	if entry.WindowStart == nil || heldOf(entry.HeldRemovals, v1alpha1.RemovalOfMembers) == nil {
		return 0
	}
	return max(0, limitOf(config.SyncConfig, now).over(entry.WindowStart.Time))
}

// heldOf is the held removal of a kind, nil if there is none.
func heldOf(held []v1alpha1.HeldRemoval, kind v1alpha1.RemovalKind) *v1alpha1.HeldRemoval {
	for i := range held {
		if held[i].Kind == kind {
			return &held[i]
		}
	}
	return nil
}

// releaseAdopted forgets whom a group had before it was taken over, once
// somebody has approved that they go, and gives those who may.
func (c *groupChange) releaseAdopted(ctx context.Context, m *plan.Membership) ([]directory.User, error) {
	if m.Adopt || c.open.policy.Membership == v1alpha1.MembershipAdditive || !m.Held.All && len(m.Held.Names) == 0 {
		return nil, nil
	}
	answer, err := c.askForAdopted(ctx, m.Held)
	if err != nil || answer.held != nil {
		return nil, err
	}
	exempt := make([]directory.User, 0, len(m.Held.Names))
	for _, name := range m.Held.Names {
		exempt = append(exempt, directory.User{Name: name, ID: name})
	}
	if m.Held.All {
		exempt = m.Have
	}
	m.Held, m.Settled = plan.Held{}, ""
	return exempt, nil
}

// holdAdopted shows that members from before stay until somebody approves
// that they go.
func (c *groupChange) holdAdopted(ctx context.Context) error {
	held := plan.Held{Names: c.entry.HeldMembers, All: c.entry.HoldAll}
	if c.open.policy.Membership == v1alpha1.MembershipAdditive || !held.All && len(held.Names) == 0 {
		c.setHeld(v1alpha1.RemovalOfAdopted, nil)
		return nil
	}
	answer, err := c.askForAdopted(ctx, held)
	if err == nil && answer.held != nil {
		c.setHeld(v1alpha1.RemovalOfAdopted, answer.held)
	}
	return err
}

func (c *groupChange) askForAdopted(ctx context.Context, held plan.Held) (reservation, error) {
	what := c.removal(v1alpha1.RemovalOfAdopted, plan.MembersAction(held.Names))
	return c.removals.ask(ctx, c.work.config.SyncConfig, c.open.spec, what)
}

// membersOverLimit says that members stay because too many are to go.
func (c *groupChange) membersOverLimit() string {
	return fmt.Sprintf("more members are to be removed from group %s in %s than removalLimit allows, and stay: send them again, or approve it as heldRemovals of SyncConfig %s shows",
		c.group.Name, c.entry.Name, c.work.config.Name)
}
