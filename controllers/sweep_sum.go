package controllers

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// sweptUsers sums up what a reading tells about users. It looks at those whom
// the reading or their own status says something of, and not at everybody, of
// whom there may be very many.
type sweptUsers struct {
	reader
	config *v1alpha1.SyncConfig
	open   *openDirectory
	target string

	// orphans is how many accounts no user stands behind.
	orphans int
	// drifted are the accounts of users that others changed, or took out of
	// default groups.
	drifted []directory.User
	// again are the users to be reconciled.
	again []types.NamespacedName
}

func newSweptUsers(r reader, config *v1alpha1.SyncConfig, open *openDirectory) *sweptUsers {
	return &sweptUsers{reader: r, config: config, open: open, target: open.spec.Target()}
}

// sum goes through a reading in which others had changed some accounts.
func (s *sweptUsers) sum(ctx context.Context, changed []directory.User) error {
	held, err := s.userKeys(ctx, s.config, v1alpha1.IndexPlace)
	if err != nil {
		return err
	}
	ours := func(id string) bool { return held(s.place(id)) }
	s.orphans = s.open.connection.Others(ours)
	seen := map[string]bool{}
	for _, account := range changed {
		seen[account.ID] = true
		if err := s.addDrifted(ctx, account, anyUser); err != nil {
			return err
		}
	}
	for _, account := range s.open.connection.Lacking(s.open.keptDefaults()) {
		if seen[account.ID] || !ours(account.ID) {
			continue
		}
		if err := s.addDrifted(ctx, account, s.open.strays); err != nil {
			return err
		}
	}
	return s.eachUserAt(ctx, s.config, v1alpha1.IndexRevisited, s.config.Name, s.addWaiting)
}

// place is an account of the directory in the index of those who manage it.
func (s *sweptUsers) place(id string) string {
	return v1alpha1.IndexKey(s.config.Name, v1alpha1.AccountPlace(s.target, id))
}

// anyUser is who stands behind an account that others changed.
func anyUser(*v1alpha1.ProvisionedUser, v1alpha1.UserDirectoryStatus) bool { return true }

// addDrifted adds an account that others changed, if those users who stand
// behind it are concerned.
func (s *sweptUsers) addDrifted(ctx context.Context, account directory.User, concerned func(*v1alpha1.ProvisionedUser, v1alpha1.UserDirectoryStatus) bool) error {
	added := false
	return s.eachUserAt(ctx, s.config, v1alpha1.IndexPlace, s.place(account.ID), func(user *v1alpha1.ProvisionedUser) error {
		entry := rememberedUser(user, s.open.spec)
		if !entry.Managed || entry.ID != account.ID || !concerned(user, entry) {
			return nil
		}
		if !added {
			s.drifted = append(s.drifted, account)
			added = true
		}
		s.again = append(s.again, client.ObjectKeyFromObject(user))
		return nil
	})
}

// addWaiting adds a user that a change in the directory may help. It does not fail.
func (s *sweptUsers) addWaiting(user *v1alpha1.ProvisionedUser) error {
	entry := rememberedUser(user, s.open.spec)
	givable, _ := s.open.policy.Givable(entry.PendingDefaultGroups)
	// No listing tells whether somebody has put a leaver back into a group
	// that nobody manages: only a look at each of them does.
	leaver := entry.OutOfGroups
	if leaver || user.IsActive() && len(givable) > 0 || meta.IsStatusConditionTrue(user.Status.Conditions, v1alpha1.ConditionStalled) {
		s.again = append(s.again, client.ObjectKeyFromObject(user))
	}
	return nil
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
