package controllers

import (
	"cmp"
	"context"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// provision makes one group true in one directory: observe, plan, apply.
func (r *GroupReconciler) provision(ctx context.Context, work *groupWork, dir *v1alpha1.DirectorySpec) (v1alpha1.GroupDirectoryStatus, verdict, membersVerdict) {
	entry := rememberedGroup(work.before, dir)
	former := work.former(dir.Name)
	switch deleted := !work.group.DeletionTimestamp.IsZero(); {
	case deleted && former != nil:
		return *former, leftBehind(dir.Name, "group "+former.GroupName, former.Target, work.config), membersVerdict{v1alpha1.ReasonSynced, ""}
	case deleted && !entry.Managed:
		return entry, nothingOfOurs(dir.Name), membersVerdict{v1alpha1.ReasonSynced, ""}
	}
	open, wait := r.lookUp(r.waiting, &work.progress, work.key(), dir)
	if wait != nil {
		return *cmp.Or(former, &entry), *wait, membersVerdict{v1alpha1.ReasonPending, wait.message}
	}
	reason, message := entry.Reason, entry.Message
	members, err := r.converge(ctx, work, open, &entry)
	if observeErr := r.removals.observe(ctx, work.config.SyncConfig, dir, v1alpha1.RemovalOfGroup, work.key(), entry.Managed, entry.HeldRemovals); err == nil {
		err = observeErr
	}
	if err == nil {
		v := members.onGroup(open.verdictOn(work.group, entry.Reason, entry.Message))
		r.tellDriftLeft(work.group, driftOfGroup, reason, message, v)
		r.tellHeld(work.group, reason, v)
		v.after = cmp.Or(v.after, untilWindowEnds(work.config, entry, r.clock.Now()))
		return entry, v, members
	}
	v := open.failure(err)
	switch {
	case v.unchanged:
	case v.outlook == stalled:
		entry.State = v1alpha1.GroupError
	default:
		entry.State = v1alpha1.GroupPending
	}
	r.tellFailure(work.group, entry.Reason, v)
	return entry, v, membersVerdict{v1alpha1.ReasonPending, v.message}
}

func (r *GroupReconciler) converge(ctx context.Context, work *groupWork, open *openDirectory, entry *v1alpha1.GroupDirectoryStatus) (membersVerdict, error) {
	entry.PlannedAction = ""
	want, shared := wantedGroup(work.group, open.policy)
	link := plan.GroupLink{
		Managed: entry.Managed, Adopted: entry.Adopted, Name: entry.GroupName,
		Holds: entry.HoldAll || len(entry.HeldMembers) > 0,
	}
	look := lookedFor(want, link)
	scope := claimScopeOf(work.config, open.spec)
	if shared {
		defer r.sharing.lock(scope, look)()
	}
	var err error
	if want.NameHolder, err = r.claimName(ctx, work, open.spec, *entry); err != nil {
		return membersVerdict{}, err
	}
	want.SharedBy = r.names.sharer(scope, work.key(), link.Name)
	if err = r.regardRivals(ctx, work, open, &want, link); err != nil {
		return membersVerdict{}, err
	}
	work.request.doubtGroup(open, look)
	found, err := observeGroup(ctx, open, look)
	if err != nil {
		return membersVerdict{}, err
	}
	change := groupChange{
		GroupReconciler: r, work: work, open: open, entry: entry,
		plan: plan.Group(want, link, found, open.Capabilities(), open.policy),
	}
	if found != nil {
		change.group = *found
	}
	members, err := change.carryOut(ctx, want, link, found)
	// The group may have another name now: who waits for the old one can go on.
	_, claimErr := r.claimName(ctx, work, open.spec, *entry)
	if shared {
		r.tellSharers(work, open.spec, *entry)
	}
	return members, cmp.Or(err, claimErr)
}

// lookedFor is the name of the group to look for: none if it is left out.
func lookedFor(want plan.WantedGroup, link plan.GroupLink) string {
	switch {
	case want.Excluded != "":
		return ""
	case want.Deleted && link.Managed:
		return link.Name
	}
	return want.Name
}

// observeGroup looks for a group, unless there can be none of that name.
func observeGroup(ctx context.Context, d directory.Directory, name string) (*directory.Group, error) {
	if plan.CheckGroupName(name, d.Capabilities().ForbiddenInGroupName) != "" {
		return nil, nil
	}
	return optional(d.FindGroup(ctx, name))
}
