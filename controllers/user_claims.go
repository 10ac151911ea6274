package controllers

import (
	"cmp"
	"context"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// claimName claims the user's directory username, and the account of its
// entry, and names the other user who holds the username, if there is one.
func (r *UserReconciler) claimName(ctx context.Context, work *userWork, dir *v1alpha1.DirectorySpec, entry v1alpha1.UserDirectoryStatus) (string, error) {
	username := work.config.policies.For(dir.Name).Username
	return r.names.claim(claimScopeOf(work.config, dir), work.config.version(), claimantOf(work.user, entry, username),
		func() ([]claimant, error) {
			var all []claimant
			err := r.eachUser(ctx, work.config.SyncConfig, func(user *v1alpha1.ProvisionedUser) error {
				all = append(all, claimantOf(user, rememberedUser(user, dir), username))
				return nil
			})
			return all, err
		})
}

// accountOwner names another user who is linked to the account, if there is one.
func (r *UserReconciler) accountOwner(work *userWork, dir *v1alpha1.DirectorySpec, account *directory.User) string {
	if account == nil {
		return ""
	}
	return r.names.ownerOf(claimScopeOf(work.config, dir), work.key(), cmp.Or(account.ID, account.Name))
}
