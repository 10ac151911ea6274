package controllers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// sweep has a directory read as a whole when that is due.
func (r *SyncConfigReconciler) sweep(ctx context.Context, config *v1alpha1.SyncConfig, open *openDirectory) error {
	dir, connection := open.spec, open.connection
	key := probeKey{config.UID, dir.Name}
	return r.sweeps.startIfDue(ctx, key, connection, config.Spec.Resync.Interval.Duration, func() (sweepOrder, error) {
		users := &v1alpha1.ProvisionedUserList{}
		if err := r.listOfConfig(ctx, users, config); err != nil {
			return sweepOrder{}, err
		}
		connection.SetKnown(knownAccounts(users.Items, dir))
		return sweepOrder{
			connection: connection, groups: open.keptDefaults(),
			expected: len(managedBy(users.Items, dir)), accepted: acceptedListing(config, dir.Name),
			sumUp: func(ctx context.Context, outcome *sweepOutcome) { r.sumUp(ctx, config, open, outcome) },
			done:  func(outcome *sweepOutcome) { r.swept(config, open, outcome) },
		}, nil
	})
}

// acceptedListing is how many accounts somebody has said a directory rightly
// has, although that is suspiciously few; -1 if nobody has.
func acceptedListing(config *v1alpha1.SyncConfig, name string) int {
	directoryName, count, _ := strings.Cut(config.Annotations[v1alpha1.AnnotationAcceptListing], "=")
	accepted, err := strconv.Atoi(count)
	if err != nil || directoryName != name {
		return -1
	}
	return accepted
}

// swept lets in whoever has waited for a reading, and tells how it ended.
func (r *SyncConfigReconciler) swept(config *v1alpha1.SyncConfig, open *openDirectory, outcome *sweepOutcome) {
	key := client.ObjectKeyFromObject(config)
	if open.connection.Settle() {
		r.admit(key)
	}
	r.metrics.swept(key.String(), open.spec.Name, outcome)
	r.tellSweep(config, open.spec.Name, outcome)
	r.closed.add(key)
}

// sumUp counts the accounts that nobody provisions, and has those objects
// reconciled whose accounts or groups drifted, or that wait for somebody to
// change something: that may have happened.
func (r *SyncConfigReconciler) sumUp(ctx context.Context, config *v1alpha1.SyncConfig, open *openDirectory, outcome *sweepOutcome) {
	users, groups := &v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}
	if err := errors.Join(r.listOfConfig(ctx, users, config), r.listOfConfig(ctx, groups, config)); err != nil {
		outcome.err = err
		return
	}
	ours := managedBy(users.Items, open.spec)
	outcome.corrected = correctsDrift(config)
	outcome.orphans = len(orphansAmong(open.connection.Accounts(), ours))
	outcome.Drifted = slices.DeleteFunc(outcome.Drifted, func(account directory.User) bool {
		_, managed := ours[account.ID]
		return !managed
	})
	drifted := map[types.NamespacedName]bool{}
	for _, account := range outcome.Drifted {
		drifted[ours[account.ID]] = true
	}
	outcome.Drifted = append(outcome.Drifted, open.strays(users.Items, drifted)...)
	outcome.DriftedGroups = keptUp(outcome.DriftedGroups, groups.Items, open.spec)
	outcome.drifted = len(outcome.Drifted) + len(outcome.DriftedGroups)
	r.lookAgainAtUsers(users.Items, open, drifted)
	r.lookAgainAtGroups(groups.Items, open.spec, outcome.DriftedGroups)
}

// managedBy are the users that stand behind accounts in a directory, by the
// accounts' ids.
func managedBy(users []v1alpha1.ProvisionedUser, dir *v1alpha1.DirectorySpec) map[string]types.NamespacedName {
	ours := make(map[string]types.NamespacedName, len(users))
	for i := range users {
		if entry := rememberedUser(&users[i], dir); entry.Managed {
			ours[entry.ID] = client.ObjectKeyFromObject(&users[i])
		}
	}
	return ours
}

// knownAccounts are the accounts that users stand behind, as they were left.
func knownAccounts(users []v1alpha1.ProvisionedUser, dir *v1alpha1.DirectorySpec) []directory.User {
	var known []directory.User
	for i := range users {
		if entry := rememberedUser(&users[i], dir); entry.Managed && entry.ID != "" {
			known = append(known, directory.User{ID: entry.ID, Name: entry.Username})
		}
	}
	return known
}

// lookAgainAtUsers has those users reconciled that drifted, are stalled or
// have been waiting for a default group that was protected.
func (r *SyncConfigReconciler) lookAgainAtUsers(users []v1alpha1.ProvisionedUser, open *openDirectory, drifted map[types.NamespacedName]bool) {
	for i := range users {
		key, entry := client.ObjectKeyFromObject(&users[i]), rememberedUser(&users[i], open.spec)
		givable, _ := open.policy.Givable(entry.PendingDefaultGroups)
		// No listing tells whether somebody has put a leaver back into a group
		// that nobody manages: only a look at each of them does.
		leaver := entry.OutOfGroups
		if leaver || drifted[key] || users[i].IsActive() && len(givable) > 0 || meta.IsStatusConditionTrue(users[i].Status.Conditions, v1alpha1.ConditionStalled) {
			r.again.users(key)
		}
	}
}

// keptUp are those of some groups that are groups of the source: who comes
// and goes in others is nobody's business.
func keptUp(names []string, groups []v1alpha1.ProvisionedGroup, dir *v1alpha1.DirectorySpec) []string {
	ours := make(map[string]bool, len(groups))
	for i := range groups {
		ours[directory.FoldName(rememberedGroup(&groups[i], dir).GroupName)] = true
	}
	return slices.DeleteFunc(names, func(name string) bool { return !ours[directory.FoldName(name)] })
}

// lookAgainAtGroups has those groups reconciled that drifted or are stalled.
func (r *SyncConfigReconciler) lookAgainAtGroups(groups []v1alpha1.ProvisionedGroup, dir *v1alpha1.DirectorySpec, drifted []string) {
	changed := map[string]bool{}
	for _, name := range drifted {
		changed[directory.FoldName(name)] = true
	}
	for i := range groups {
		entry := rememberedGroup(&groups[i], dir)
		if changed[directory.FoldName(entry.GroupName)] || meta.IsStatusConditionTrue(groups[i].Status.Conditions, v1alpha1.ConditionStalled) {
			r.again.groups(client.ObjectKeyFromObject(&groups[i]))
		}
	}
}

// orphansAmong are the accounts behind which none of ours stands.
func orphansAmong(accounts []directory.User, ours map[string]types.NamespacedName) []directory.User {
	var orphans []directory.User
	for _, account := range accounts {
		if _, managed := ours[account.ID]; !managed {
			orphans = append(orphans, account)
		}
	}
	return orphans
}
