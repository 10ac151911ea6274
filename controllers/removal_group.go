package controllers

import (
	"cmp"
	"context"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// labelOfGroup is how people know a group in a directory.
func labelOfGroup(group *v1alpha1.ProvisionedGroup, entry v1alpha1.GroupDirectoryStatus) string {
	return cmp.Or(entry.GroupName, group.Spec.DisplayName)
}

// removal is something that is about to be taken from the group.
func (c *groupChange) removal(kind v1alpha1.RemovalKind, action string) removal {
	return removal{kind: kind, object: c.work.key(), action: action, label: labelOfGroup(c.work.group, *c.entry)}
}

// setHeld remembers that a removal is held, or that none of its kind is.
func (c *groupChange) setHeld(kind v1alpha1.RemovalKind, held *v1alpha1.HeldRemoval) {
	rest := slices.DeleteFunc(slices.Clone(c.entry.HeldRemovals), func(h v1alpha1.HeldRemoval) bool { return h.Kind == kind })
	if held != nil {
		rest = append(rest, *held)
	}
	if len(rest) == 0 {
		rest = nil
	}
	c.entry.HeldRemovals = rest
}

// limitRemoval asks whether the group may be deleted, or emptied because it has
// another name now. If not, it stays as it is, under the name that it has, and
// follows its members.
func (c *groupChange) limitRemoval(ctx context.Context, want plan.WantedGroup, link plan.GroupLink) error {
	if !c.plan.SyncMembers {
		c.setHeld(v1alpha1.RemovalOfMembers, nil)
		c.setHeld(v1alpha1.RemovalOfAdopted, nil)
	}
	what := c.removal(v1alpha1.RemovalOfGroup, c.plan.Removal())
	if what.action == "" {
		c.removals.yield(c.work.config.SyncConfig, c.open.spec, what.kind, what.object)
		c.setHeld(what.kind, nil)
		return nil
	}
	what.untilDone = c.emptiedByConfig(want)
	answer, err := c.askForRemoval(ctx, what)
	if err != nil {
		return err
	}
	if answer.held != nil || !what.untilDone {
		c.setHeld(what.kind, answer.held)
	}
	if answer.held != nil {
		return c.stay(ctx, want, link, overLimit(what, c.work.config, c.open))
	}
	if !answer.counted || c.open.dryRun {
		return nil
	}
	before := c.entry.RemovalTime
	undo := func() {
		c.removals.undo(c.work.config.SyncConfig, c.open.spec, what)
		c.entry.RemovalTime = before
	}
	c.entry.RemovalTime = new(seconds(c.clock.Now()))
	if answer.noted {
		if err := c.note(ctx); err != nil {
			undo()
			return err
		}
	}
	if !answer.final {
		c.undoRemoval = undo
	}
	return nil
}

// askForRemoval asks whether the group may be removed now.
func (c *groupChange) askForRemoval(ctx context.Context, what removal) (reservation, error) {
	if what.untilDone {
		answer, err := c.removals.ask(ctx, c.work.config.SyncConfig, c.open.spec, what)
		if err != nil || answer.held != nil {
			c.removals.yield(c.work.config.SyncConfig, c.open.spec, what.kind, what.object)
			return answer, err
		}
	}
	return c.removals.reserve(ctx, c.work.config.SyncConfig, c.open.spec, what)
}

// emptiedByConfig reports whether the SyncConfig, and not the source, has a
// group emptied that many people have rights by. That needs an approval,
// however few groups there are.
func (c *groupChange) emptiedByConfig(want plan.WantedGroup) bool {
	return c.plan.Retire != "" && limitOf(c.work.config.SyncConfig, c.clock.Now()).Empties(int(c.entry.Members)) &&
		plan.RenamedByConfig(c.entry.GroupName, c.entry.SourceDisplayName, want.Name, c.work.group.Spec.DisplayName)
}

// stay is the plan for a group whose removal is held.
func (c *groupChange) stay(ctx context.Context, want plan.WantedGroup, link plan.GroupLink, message string) error {
	if c.plan.Retire == "" {
		c.plan = c.plan.Holding(message)
		return nil
	}
	old, err := observeGroup(ctx, c.open, link.Name)
	if err != nil {
		return err
	}
	want.Name, want.NameHolder = link.Name, ""
	c.plan = plan.Group(want, link, old, c.open.Capabilities(), c.open.policy)
	if old != nil {
		c.group = *old
	}
	c.plan.Reason, c.plan.Message = v1alpha1.ReasonRemovalHeld, message
	return nil
}

// carryOut carries the plan out, or shows it, as far as the removal limit
// allows. A removal that the directory refuses does not count.
func (c *groupChange) carryOut(ctx context.Context, want plan.WantedGroup, link plan.GroupLink, found *directory.Group) (membersVerdict, error) {
	if err := c.limitRemoval(ctx, want, link); err != nil {
		return membersVerdict{}, err
	}
	c.work.request.groupStep(c.open.spec.Name, c.plan, found, c.entry.Managed)
	if c.open.dryRun {
		return c.preview(ctx)
	}
	members, err := c.apply(ctx)
	if err != nil && c.undoRemoval != nil && refusedRemoval(err) {
		c.undoRemoval()
	}
	if c.entry.Managed && directory.SameName(c.entry.GroupName, want.Name) {
		c.entry.SourceDisplayName = c.work.group.Spec.DisplayName
		if c.plan.Retire != "" {
			c.setHeld(v1alpha1.RemovalOfGroup, nil)
		}
	}
	return members, err
}

// note writes down what the entry says, before something is done that nothing
// else would tell of after a crash.
func (c *groupChange) note(ctx context.Context) error {
	c.work.group.Status.Directories = c.work.withEntry(*c.entry)
	if err := c.writeStatus(ctx, c.work); err != nil {
		return err
	}
	c.work.before = c.work.group.DeepCopy()
	return nil
}

// withEntry gives the remembered entries with one of them replaced or added.
func (w *groupWork) withEntry(entry v1alpha1.GroupDirectoryStatus) []v1alpha1.GroupDirectoryStatus {
	entries := slices.DeleteFunc(slices.Clone(w.group.Status.Directories), func(e v1alpha1.GroupDirectoryStatus) bool { return e.Name == entry.Name })
	return append(entries, entry)
}
