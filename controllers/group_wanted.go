package controllers

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// wantedMembers are the members of all of a group's pages in one directory.
type wantedMembers struct {
	accounts []directory.User
	// barred are the accounts of those who were taken out of all groups.
	barred []directory.User
	// spared are those who come and go by default groups.
	spared []directory.User
	// pending counts those who have no account yet.
	pending int32
	// complete says that the source has sent all members.
	complete bool
}

// wantedMembers resolves the members of all of a group's pages to their
// accounts in a directory.
func (r *GroupReconciler) wantedMembers(ctx context.Context, work *groupWork, open *openDirectory) (wantedMembers, error) {
	pages, err := r.allPages(ctx, work, open)
	if err != nil {
		return wantedMembers{}, err
	}
	wanted := wantedMembers{complete: pages.complete}
	name, _ := open.policy.GroupName.Apply(work.group.Spec.DisplayName)
	if wanted.accounts, _, err = r.defaultMembers(ctx, work, open, name, pages.members); err != nil {
		return wantedMembers{}, err
	}
	for _, id := range pages.members {
		users := &v1alpha1.ProvisionedUserList{}
		err := r.client.List(ctx, users, client.InNamespace(work.group.Namespace), client.UnsafeDisableDeepCopy,
			client.MatchingFields{v1alpha1.IndexID: v1alpha1.IndexKey(work.config.Name, id)})
		if err != nil {
			return wantedMembers{}, fmt.Errorf("look up member %s: %w", id, err)
		}
		if len(users.Items) == 0 {
			wanted.pending++
			continue
		}
		user := &users.Items[0]
		entry := rememberedUser(user, open.spec)
		if user.DeletionTimestamp.IsZero() || undecided(user) || entry.State == v1alpha1.UserHeld {
			wanted.add(open.asPlanned(user, entry))
		}
	}
	if wanted.pending == 0 || !wanted.complete {
		return wanted, nil
	}
	// Those whom nobody knows may be on their way out with everything else.
	going, err := r.usersGoing(ctx, work.group.Namespace)
	wanted.complete = !going
	return wanted, err
}

func (w *wantedMembers) add(entry v1alpha1.UserDirectoryStatus) {
	account := directory.User{ID: entry.ID, Name: entry.Username}
	switch {
	case entry.State == v1alpha1.UserAbsent:
	case !entry.Managed || entry.Username == "" || entry.ID == "": // without an id it may not be there yet
		w.pending++
	case entry.OutOfGroups:
		w.barred = append(w.barred, account)
	default:
		w.accounts = append(w.accounts, account)
	}
}

// undecided reports whether a user was deleted and it is not known yet what
// happens to the accounts: until then, and for as long as their removal is
// held, they stay in their groups.
func undecided(user *v1alpha1.ProvisionedUser) bool {
	return !user.DeletionTimestamp.IsZero() && user.Status.ObservedGeneration < user.Generation
}
