package controllers

import (
	"context"
	"sync"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// wantedGroup is what the source wants of a group, as the policy names it.
// Shared says that a mapping does: other groups may have the same name.
func wantedGroup(group *v1alpha1.ProvisionedGroup, policy plan.Policy) (want plan.WantedGroup, shared bool) {
	want = plan.WantedGroup{Deleted: !group.DeletionTimestamp.IsZero(), Excluded: policy.GroupFilter.Excludes(group.Spec.DisplayName)}
	want.Name, shared = policy.GroupName.Apply(group.Spec.DisplayName)
	return want, shared
}

// claimName claims the group's directory name and names the other group that
// holds it, if there is one.
func (r *GroupReconciler) claimName(ctx context.Context, work *groupWork, dir *v1alpha1.DirectorySpec, entry v1alpha1.GroupDirectoryStatus) (string, error) {
	policy := work.config.policies.For(dir.Name)
	return r.names.claim(claimScopeOf(work.config, dir), work.config.version(), groupClaimant(work.group, entry, policy),
		func() ([]claimant, error) {
			groups := &v1alpha1.ProvisionedGroupList{}
			if err := r.listOfConfig(ctx, groups, work.config.SyncConfig); err != nil {
				return nil, err
			}
			all := make([]claimant, 0, len(groups.Items))
			for i := range groups.Items {
				all = append(all, groupClaimant(&groups.Items[i], rememberedGroup(&groups.Items[i], dir), policy))
			}
			return all, nil
		})
}

// groupClaimant is what a group claims in a directory: nothing if the policy
// leaves the group out, so that it stands in nobody's way.
func groupClaimant(group *v1alpha1.ProvisionedGroup, entry v1alpha1.GroupDirectoryStatus, policy plan.Policy) claimant {
	want, shared := wantedGroup(group, policy)
	c := claimant{
		object: client.ObjectKeyFromObject(group), created: group.CreationTimestamp.Time, title: group.Spec.DisplayName,
	}
	if want.Excluded != "" {
		return c
	}
	c.wants, c.shares, c.leaving = want.Name, shared, want.Deleted
	if entry.Managed {
		c.linkedName = entry.GroupName
	}
	return c
}

// nameLocks let one group at a time work on a directory group that several
// groups of the source are mapped to. Otherwise one of them could put back a
// member whom another, which knows better, has just taken out.
type nameLocks struct{ locks sync.Map }

// lock waits for the name and gives the function that ends it.
func (l *nameLocks) lock(scope claimScope, name string) (unlock func()) {
	type key struct {
		scope claimScope
		name  string
	}
	lock, _ := l.locks.LoadOrStore(key{scope, directory.FoldName(name)}, &sync.Mutex{})
	mutex := lock.(*sync.Mutex)
	mutex.Lock()
	return mutex.Unlock
}
