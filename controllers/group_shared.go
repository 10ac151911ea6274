package controllers

import (
	"context"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// allPages are the pages of a group, and with them those of all other groups
// that are mapped to the same name in the directory: together they are one
// group there.
func (r *GroupReconciler) allPages(ctx context.Context, work *groupWork, open *openDirectory) (groupPages, error) {
	name, shared := open.policy.GroupName.Apply(work.group.Spec.DisplayName)
	if !shared {
		return work.pages, nil
	}
	all := work.pages
	all.members = slices.Clone(all.members)
	for _, source := range open.policy.GroupName.Sources(name) {
		groups := &v1alpha1.ProvisionedGroupList{}
		err := r.client.List(ctx, groups, client.InNamespace(work.group.Namespace), client.UnsafeDisableDeepCopy,
			client.MatchingFields{v1alpha1.IndexName: v1alpha1.IndexKey(work.config.Name, v1alpha1.Fold(source))})
		if err != nil {
			return groupPages{}, fmt.Errorf("look up group %s, which is mapped to %s as well: %w", source, name, err)
		}
		for i := range groups.Items {
			if err := r.addPages(ctx, work, open, &groups.Items[i], &all); err != nil {
				return groupPages{}, err
			}
		}
	}
	slices.Sort(all.members)
	all.members = slices.Compact(all.members)
	return all, nil
}

// addPages adds those of another group, unless it is gone or left out.
func (r *GroupReconciler) addPages(ctx context.Context, work *groupWork, open *openDirectory, other *v1alpha1.ProvisionedGroup, all *groupPages) error {
	if want, _ := wantedGroup(other, open.policy); want.Deleted || want.Excluded != "" || client.ObjectKeyFromObject(other) == work.key() {
		return nil
	}
	pages, err := r.pagesOf(ctx, other)
	if err != nil {
		return err
	}
	all.members = append(all.members, pages.members...)
	all.complete = all.complete && pages.complete
	return nil
}

// tellSharers has the other groups that share the directory group looked at,
// when what is true of its members has changed: their status tells it as well.
func (r *GroupReconciler) tellSharers(work *groupWork, dir *v1alpha1.DirectorySpec, entry v1alpha1.GroupDirectoryStatus) {
	before := rememberedGroup(work.before, dir)
	pending := meta.FindStatusCondition(work.before.Status.Conditions, v1alpha1.ConditionMembersSynced)
	if entry.SettledMembers != before.SettledMembers || pending != nil && pending.Reason == v1alpha1.ReasonPending {
		r.names.wakeOthers(r.names.sharers(claimScopeOf(work.config, dir), work.key(), entry.GroupName))
	}
}
