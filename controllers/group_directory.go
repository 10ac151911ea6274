package controllers

import (
	"cmp"
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// provision makes one group true in one directory: observe, plan, apply.
func (r *GroupReconciler) provision(ctx context.Context, work *groupWork, dir *v1alpha1.DirectorySpec) (v1alpha1.GroupDirectoryStatus, verdict, membersVerdict) {
	entry := rememberedGroup(work.before, dir)
	if !work.group.DeletionTimestamp.IsZero() && !entry.Managed {
		return entry, nothingOfOurs(dir.Name), membersVerdict{v1alpha1.ReasonSynced, ""}
	}
	open, wait := r.lookUp(r.waiting, &work.progress, work.key(), dir)
	if wait != nil {
		return entry, *wait, membersVerdict{v1alpha1.ReasonPending, wait.message}
	}
	reason, message := entry.Reason, entry.Message
	members, err := r.converge(ctx, work, open, &entry)
	if err == nil {
		v := members.onGroup(open.verdictOn(work.group, entry.Reason, entry.Message))
		r.tellDriftLeft(work.group, driftOfGroup, reason, message, v)
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
	want := plan.WantedGroup{Name: work.group.Spec.DisplayName, Deleted: !work.group.DeletionTimestamp.IsZero()}
	link := plan.GroupLink{
		Managed: entry.Managed, Adopted: entry.Adopted, Name: entry.GroupName,
		Holds: entry.HoldAll || len(entry.HeldMembers) > 0,
	}
	look := want.Name
	if want.Deleted && link.Managed {
		look = link.Name
	}
	var err error
	if want.NameHolder, err = r.claimName(ctx, work, open.spec, *entry); err != nil {
		return membersVerdict{}, err
	}
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
	if open.dryRun {
		return change.preview(ctx)
	}
	members, err := change.apply(ctx)
	// The group may have another name now: who waits for the old one can go on.
	_, claimErr := r.claimName(ctx, work, open.spec, *entry)
	return members, cmp.Or(err, claimErr)
}

// observeGroup looks for a group, unless there can be none of that name.
func observeGroup(ctx context.Context, d directory.Directory, name string) (*directory.Group, error) {
	if plan.CheckGroupName(name, d.Capabilities().ForbiddenInGroupName) != "" {
		return nil, nil
	}
	return optional(d.FindGroup(ctx, name))
}

// claimName claims the group's directory name and names the other group that
// holds it, if there is one.
func (r *GroupReconciler) claimName(ctx context.Context, work *groupWork, dir *v1alpha1.DirectorySpec, entry v1alpha1.GroupDirectoryStatus) (string, error) {
	return r.names.claim(claimScopeOf(work.config, dir), work.config.version(), groupClaimant(work.group, entry),
		func() ([]claimant, error) {
			groups := &v1alpha1.ProvisionedGroupList{}
			if err := r.listOfConfig(ctx, groups, work.config); err != nil {
				return nil, err
			}
			all := make([]claimant, 0, len(groups.Items))
			for i := range groups.Items {
				all = append(all, groupClaimant(&groups.Items[i], rememberedGroup(&groups.Items[i], dir)))
			}
			return all, nil
		})
}

// groupClaimant is what a group claims in a directory.
func groupClaimant(group *v1alpha1.ProvisionedGroup, entry v1alpha1.GroupDirectoryStatus) claimant {
	c := claimant{
		object: client.ObjectKeyFromObject(group), created: group.CreationTimestamp.Time,
		title: group.Spec.DisplayName, wants: group.Spec.DisplayName,
	}
	if entry.Managed {
		c.linkedName = entry.GroupName
	}
	return c
}
