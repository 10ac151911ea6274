package controllers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// sweep has a directory read as a whole when that is due.
func (r *SyncConfigReconciler) sweep(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, connection *directory.Connection) error {
	key := probeKey{config.UID, dir.Name}
	return r.sweeps.startIfDue(ctx, key, connection, func() (sweepOrder, error) {
		users := &v1alpha1.ProvisionedUserList{}
		if err := r.listOfConfig(ctx, users, config); err != nil {
			return sweepOrder{}, err
		}
		connection.SetKnown(knownAccounts(users.Items, dir))
		return sweepOrder{
			key: key, connection: connection, interval: config.Spec.Resync.Interval.Duration,
			expected: len(managedBy(users.Items, dir)), accepted: acceptedListing(config, dir.Name),
			done: func(ctx context.Context, outcome *sweepOutcome) { r.swept(ctx, config, dir, connection, outcome) },
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

// swept sums up a reading, hands on what has to be looked at again, and lets
// in whoever has waited for it.
func (r *SyncConfigReconciler) swept(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, connection *directory.Connection, outcome *sweepOutcome) {
	key := client.ObjectKeyFromObject(config)
	if outcome.err == nil {
		outcome.corrected = correctsDrift(config)
		outcome.err = r.sumUp(ctx, config, dir, connection, outcome)
	}
	if connection.Settle() {
		r.admit(key)
	}
	r.metrics.swept(key.String(), dir.Name, outcome)
	r.tellSweep(config, dir.Name, outcome)
	r.closed.add(key)
}

// sumUp counts the accounts that nobody provisions, and has those objects
// reconciled whose accounts or groups drifted, or that wait for somebody to
// change something: that may have happened.
func (r *SyncConfigReconciler) sumUp(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec, connection *directory.Connection, outcome *sweepOutcome) error {
	users, groups := &v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}
	if err := errors.Join(r.listOfConfig(ctx, users, config), r.listOfConfig(ctx, groups, config)); err != nil {
		return err
	}
	ours := managedBy(users.Items, dir)
	outcome.orphans = len(orphansAmong(connection.Accounts(), ours))
	outcome.Drifted = slices.DeleteFunc(outcome.Drifted, func(account directory.User) bool {
		_, managed := ours[account.ID]
		return !managed
	})
	outcome.drifted = len(outcome.Drifted) + len(outcome.DriftedGroups)
	drifted := map[types.NamespacedName]bool{}
	for _, account := range outcome.Drifted {
		drifted[ours[account.ID]] = true
	}
	r.lookAgainAtUsers(users.Items, dir, drifted)
	r.lookAgainAtGroups(groups.Items, dir, outcome.DriftedGroups)
	return nil
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

// lookAgainAtUsers has those users reconciled that drifted or are stalled.
func (r *SyncConfigReconciler) lookAgainAtUsers(users []v1alpha1.ProvisionedUser, dir *v1alpha1.DirectorySpec, drifted map[types.NamespacedName]bool) {
	for i := range users {
		key := client.ObjectKeyFromObject(&users[i])
		// No listing tells whether somebody has put a leaver back into a group
		// that nobody manages: only a look at each of them does.
		leaver := rememberedUser(&users[i], dir).OutOfGroups
		if leaver || drifted[key] || meta.IsStatusConditionTrue(users[i].Status.Conditions, v1alpha1.ConditionStalled) {
			r.again.users(key)
		}
	}
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

// sweepFailure says why a reading was of no use, and what to do.
func sweepFailure(name string, err error) string {
	shrunk, ok := errors.AsType[*directory.ShrunkError](err)
	if !ok {
		return "the directory could not be read as a whole, and nothing was concluded from what was read: " + err.Error()
	}
	return fmt.Sprintf("%s: nothing was concluded from that; if it is right, annotate the SyncConfig with %s=%s=%d",
		shrunk.Error(), v1alpha1.AnnotationAcceptListing, name, shrunk.Accounts())
}

// tellSweep sends an event about a reading that found something, or failed.
func (r *SyncConfigReconciler) tellSweep(config *v1alpha1.SyncConfig, name string, outcome *sweepOutcome) {
	switch {
	case outcome.err != nil:
		r.warning(config, v1alpha1.EventSweepFailed, "Sweep", "%s: %s", name, sweepFailure(name, outcome.err))
	case outcome.drifted == 0:
	case outcome.corrected:
		r.normal(config, v1alpha1.EventDriftCorrected, "Sweep", "%s: %s were changed by others and are put right", name, outcome.names())
	default:
		r.warning(config, v1alpha1.EventDriftReported, "Sweep", "%s: %s were changed by others and are %s", name, outcome.names(), leftSo(config))
	}
	for _, shrunk := range outcome.Shrunk {
		r.warning(config, v1alpha1.EventSweepFailed, "Sweep", "%s: %s: taken as it was until the next reading shows the same", name, shrunk.Error())
	}
}

// names tells what drifted, at most ten of it.
func (o *sweepOutcome) names() string {
	names := make([]string, 0, len(o.Drifted)+len(o.DriftedGroups))
	for _, account := range o.Drifted {
		names = append(names, account.Name)
	}
	for _, group := range o.DriftedGroups {
		names = append(names, "group "+group)
	}
	return firstNames(names)
}

// status shows a reading. What the last good one found stays when one fails.
func (o *sweepOutcome) status(name string, before *v1alpha1.SweepStatus) *v1alpha1.SweepStatus {
	if o == nil {
		return before
	}
	if o.err != nil {
		failed := v1alpha1.SweepStatus{}
		if before != nil {
			failed = *before
		}
		failed.Failure = truncate(sweepFailure(name, o.err))
		return &failed
	}
	status := &v1alpha1.SweepStatus{
		Users: int32(o.Users), Groups: int32(o.Groups), Drifted: int32(o.drifted), Orphans: int32(o.orphans),
	}
	status.Time.Time, status.Duration.Duration = o.at.Truncate(time.Second), o.took.Truncate(time.Millisecond)
	if o.corrected {
		status.Corrected = status.Drifted
	}
	return status
}
