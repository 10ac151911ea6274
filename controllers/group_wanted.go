package controllers

import (
	"context"

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
	find := r.memberFinder(ctx, work, open, len(pages.members))
	for _, id := range pages.members {
		member, err := find(id)
		if err != nil {
			return wantedMembers{}, err
		}
		wanted.add(member)
	}
	if wanted.pending == 0 || !wanted.complete {
		return wanted, nil
	}
	// Those whom nobody knows may be on their way out with everything else.
	going, err := r.usersGoing(ctx, work.group.Namespace)
	wanted.complete = !going
	return wanted, err
}

func (w *wantedMembers) add(m member) {
	switch m.standing {
	case standsIn:
		w.accounts = append(w.accounts, directory.User{ID: m.id, Name: m.name})
	case isBarred:
		w.barred = append(w.barred, directory.User{ID: m.id, Name: m.name})
	case isPending:
		w.pending++
	case standsOut:
	}
}

// undecided reports whether a user was deleted and it is not known yet what
// happens to the accounts: until then, and for as long as their removal is
// held, they stay in their groups.
func undecided(user *v1alpha1.ProvisionedUser) bool {
	return !user.DeletionTimestamp.IsZero() && user.Status.ObservedGeneration < user.Generation
}
