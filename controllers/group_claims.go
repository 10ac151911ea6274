package controllers

import (
	"context"
	"sync"

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
			var all []claimant
			err := r.eachGroup(ctx, work.config.SyncConfig, func(group *v1alpha1.ProvisionedGroup) error {
				all = append(all, groupClaimant(group, rememberedGroup(group, dir), policy))
				return nil
			})
			return all, err
		})
}

// groupClaimant is what a group claims in a directory: nothing if the policy
// leaves the group out, so that it stands in nobody's way.
func groupClaimant(group *v1alpha1.ProvisionedGroup, entry v1alpha1.GroupDirectoryStatus, policy plan.Policy) claimant {
	want, shared := wantedGroup(group, policy)
	c := claimant{
		object: group.Name, created: group.CreationTimestamp.Unix(), title: group.Spec.DisplayName,
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
type nameLocks struct {
	mu    sync.Mutex
	names map[sharedName]*nameLock
}

// sharedName is the name of a group in a directory, folded.
type sharedName struct {
	scope claimScope
	name  string
}

// nameLock is a lock, and how many hold it or wait for it.
type nameLock struct {
	sync.Mutex

	users int
}

// lock waits for the name and gives the function that ends it.
func (l *nameLocks) lock(scope claimScope, name string) (unlock func()) {
	key := sharedName{scope, directory.FoldName(name)}
	lock := l.join(key)
	lock.Lock()
	return func() {
		lock.Unlock()
		l.leave(key, lock)
	}
}

func (l *nameLocks) join(key sharedName) *nameLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.names == nil {
		l.names = map[sharedName]*nameLock{}
	}
	lock, ok := l.names[key]
	if !ok {
		lock = &nameLock{}
		l.names[key] = lock
	}
	lock.users++
	return lock
}

func (l *nameLocks) leave(key sharedName, lock *nameLock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lock.users--
	if lock.users == 0 {
		delete(l.names, key)
	}
}
