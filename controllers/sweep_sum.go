package controllers

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// sweptUsers is what one look at every user tells about a reading. It keeps ids
// and names of users, and not the users, of whom there may be very many.
type sweptUsers struct {
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

func newSweptUsers(open *openDirectory, reading directory.Reading) *sweptUsers {
	s := &sweptUsers{open: open, changed: map[string]bool{}, ours: make(map[string]struct{}, reading.Users)}
	for _, account := range reading.Drifted {
		s.changed[account.ID] = true
	}
	return s
}

// add looks at one user. It does not fail.
func (s *sweptUsers) add(user *v1alpha1.ProvisionedUser) error {
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
	return nil
}

// waits reports whether a user is stalled or has been waiting for a default
// group that was protected.
func (s *sweptUsers) waits(user *v1alpha1.ProvisionedUser, entry v1alpha1.UserDirectoryStatus) bool {
	givable, _ := s.open.policy.Givable(entry.PendingDefaultGroups)
	// No listing tells whether somebody has put a leaver back into a group
	// that nobody manages: only a look at each of them does.
	leaver := entry.OutOfGroups
	return leaver || user.IsActive() && len(givable) > 0 || meta.IsStatusConditionTrue(user.Status.Conditions, v1alpha1.ConditionStalled)
}

// drifted are those of the accounts that others changed that users stand
// behind, and the strays.
func (s *sweptUsers) drifted(changed []directory.User) []directory.User {
	managed := slices.DeleteFunc(changed, func(account directory.User) bool {
		_, ours := s.ours[account.ID]
		return !ours
	})
	return append(managed, s.strays...)
}

// sweptGroups is what one look at every group tells about a reading. Names are
// folded.
type sweptGroups struct {
	dir *v1alpha1.DirectorySpec
	// changed are the groups of the directory that others changed, ours those
	// that groups of the source stand behind.
	changed, ours map[string]bool
	// again are the groups to be reconciled.
	again []types.NamespacedName
}

func newSweptGroups(dir *v1alpha1.DirectorySpec, drifted []string) *sweptGroups {
	s := &sweptGroups{dir: dir, changed: map[string]bool{}, ours: map[string]bool{}}
	for _, name := range drifted {
		s.changed[directory.FoldName(name)] = true
	}
	return s
}

// add looks at one group. It does not fail.
func (s *sweptGroups) add(group *v1alpha1.ProvisionedGroup) error {
	name := directory.FoldName(rememberedGroup(group, s.dir).GroupName)
	s.ours[name] = true
	if s.changed[name] || meta.IsStatusConditionTrue(group.Status.Conditions, v1alpha1.ConditionStalled) {
		s.again = append(s.again, client.ObjectKeyFromObject(group))
	}
	return nil
}

// drifted are those of the groups that others changed that are groups of the
// source: who comes and goes in others is nobody's business.
func (s *sweptGroups) drifted(changed []string) []string {
	return slices.DeleteFunc(changed, func(name string) bool { return !s.ours[directory.FoldName(name)] })
}
