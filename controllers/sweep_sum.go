package controllers

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// sweepSum is what one look at every user tells about a reading. It keeps ids
// and names of users, and not the users, of whom there may be very many.
type sweepSum struct {
	open *openDirectory
	// changed are the ids of the accounts that others changed.
	changed map[string]bool
	// ours are the ids of the accounts that users stand behind.
	ours map[string]struct{}
	// strays are accounts that did not change, whose users are no longer in
	// all of the default groups that they were put into.
	strays []directory.User
	// again are the users to be reconciled.
	again []types.NamespacedName
}

func newSweepSum(open *openDirectory, reading directory.Reading) *sweepSum {
	sum := &sweepSum{open: open, changed: map[string]bool{}, ours: make(map[string]struct{}, reading.Users)}
	for _, account := range reading.Drifted {
		sum.changed[account.ID] = true
	}
	return sum
}

// add looks at one user.
func (s *sweepSum) add(user *v1alpha1.ProvisionedUser) {
	entry := rememberedUser(user, s.open.spec)
	if entry.Managed {
		s.ours[entry.ID] = struct{}{}
	}
	drifted := entry.Managed && s.changed[entry.ID]
	if !drifted && s.open.strays(user, entry) {
		drifted = true
		s.strays = append(s.strays, directory.User{ID: entry.ID, Name: entry.Username})
	}
	if drifted || s.waits(user, entry) {
		s.again = append(s.again, client.ObjectKeyFromObject(user))
	}
}

// waits reports whether a user is stalled or has been waiting for a default
// group that was protected.
func (s *sweepSum) waits(user *v1alpha1.ProvisionedUser, entry v1alpha1.UserDirectoryStatus) bool {
	givable, _ := s.open.policy.Givable(entry.PendingDefaultGroups)
	// No listing tells whether somebody has put a leaver back into a group
	// that nobody manages: only a look at each of them does.
	leaver := entry.OutOfGroups
	return leaver || user.IsActive() && len(givable) > 0 || meta.IsStatusConditionTrue(user.Status.Conditions, v1alpha1.ConditionStalled)
}

// drifted are those of the accounts that others changed that users stand
// behind, and the strays.
func (s *sweepSum) drifted(changed []directory.User) []directory.User {
	managed := slices.DeleteFunc(changed, func(account directory.User) bool {
		_, ours := s.ours[account.ID]
		return !ours
	})
	return append(managed, s.strays...)
}
