package controllers

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// labelOfUser is how people know a user in a directory.
func labelOfUser(user *v1alpha1.ProvisionedUser, entry v1alpha1.UserDirectoryStatus) string {
	return cmp.Or(entry.Username, user.Spec.UserName)
}

// limitRemoval asks whether the account may be taken away what the plan takes.
// If not, the plan goes on without that.
func (c *userChange) limitRemoval(ctx context.Context) error {
	userName := c.work.user.Spec.UserName
	renamed := plan.RenamedByConfig(c.entry.Username, c.entry.SourceUserName, c.want.Name, userName)
	what := removal{
		kind: v1alpha1.RemovalOfUser, object: c.work.key(),
		action: c.plan.Removal(renamed), label: labelOfUser(c.work.user, *c.entry),
	}
	if what.action == "" {
		c.removals.yield(c.work.config.SyncConfig, c.open.spec, what.kind, what.object)
		c.entry.HeldRemovals = nil
		return nil
	}
	answer, err := c.removals.reserve(ctx, c.work.config.SyncConfig, c.open.spec, what)
	if err != nil {
		return err
	}
	if answer.held != nil {
		c.entry.HeldRemovals = []v1alpha1.HeldRemoval{*answer.held}
		c.plan = c.plan.Holding(renamed, overLimit(what, c.work.config, c.open))
		c.plan.OutOfGroups = c.entry.OutOfGroups
		return nil
	}
	c.entry.HeldRemovals = nil
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

// applyLimited carries the plan out, as far as the removal limit allows. A
// removal that the directory refuses does not count.
func (c *userChange) applyLimited(ctx context.Context) error {
	err := c.apply(ctx)
	if err != nil && c.undoRemoval != nil && !c.removed && refusedRemoval(err) {
		c.undoRemoval()
	}
	if c.entry.Managed && directory.SameName(c.entry.Username, c.want.Name) {
		c.entry.SourceUserName = c.work.user.Spec.UserName
	}
	return err
}

// overLimit says why a removal is held and what to do.
func overLimit(what removal, config *syncConfig, open *openDirectory) string {
	return fmt.Sprintf("Held: %s %s. More is to be removed from %s than removalLimit allows: wait, or approve it as heldRemovals of SyncConfig %s shows",
		what.action, what.label, open.spec.Name, config.Name)
}

// refusedRemoval reports whether an attempt surely changed nothing, so that it
// does not count.
func refusedRemoval(err error) bool {
	return slices.Contains([]directory.Kind{
		directory.KindInvalid, directory.KindUnsupported, directory.KindForbidden, directory.KindUnauthorized,
		directory.KindNotFound, directory.KindAlreadyExists, directory.KindLicenceExceeded, directory.KindRateLimited,
	}, directory.KindOf(err))
}

// tellHeld sends a warning when removals of an object begin to be held.
func (b *base) tellHeld(object client.Object, reasonBefore string, v verdict) {
	if v.reason != v1alpha1.ReasonRemovalHeld || reasonBefore == v.reason {
		return
	}
	if !b.news.AllowN(b.clock.Now(), 1) {
		b.metrics.eventsLeftOut.Inc() // the SyncConfig tells of them all
		return
	}
	b.warning(object, v1alpha1.EventRemovalHeld, "Provision", "%s: %s", v.directory, v.message)
}
