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
			users := &v1alpha1.ProvisionedUserList{}
			if err := r.listOfConfig(ctx, users, work.config.SyncConfig); err != nil {
				return nil, err
			}
			all := make([]claimant, 0, len(users.Items))
			for i := range users.Items {
				all = append(all, claimantOf(&users.Items[i], rememberedUser(&users.Items[i], dir), username))
			}
			return all, nil
		})
}

// accountOwner names another user who is linked to the account, if there is one.
func (r *UserReconciler) accountOwner(work *userWork, dir *v1alpha1.DirectorySpec, account *directory.User) string {
	if account == nil {
		return ""
	}
	return r.names.ownerOf(claimScopeOf(work.config, dir), work.key(), cmp.Or(account.ID, account.Name))
}
