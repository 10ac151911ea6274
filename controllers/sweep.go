package controllers

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// sweep has a directory read as a whole when that is due.
func (r *SyncConfigReconciler) sweep(ctx context.Context, config *v1alpha1.SyncConfig, open *openDirectory) {
	dir, connection := open.spec, open.connection
	key := probeKey{config.UID, dir.Name}
	// The reading goes on beside this reconciliation, which has the answer to its
	// write of the status read into the object that it began with.
	config = config.DeepCopy()
	r.sweeps.startIfDue(ctx, key, config.Spec.Resync.Interval.Duration, sweepOrder{
		connection: connection, groups: open.keptDefaults(),
		known:    func(ctx context.Context) ([]directory.User, error) { return r.knownAccounts(ctx, config, dir) },
		accepted: acceptedListing(config, dir.Name),
		sumUp:    func(ctx context.Context, outcome *sweepOutcome) { r.sumUp(ctx, config, open, outcome) },
		done:     func(outcome *sweepOutcome) { r.swept(config, open, outcome) },
	})
}

// knownAccounts are the accounts that users stand behind, as they were left.
func (r *SyncConfigReconciler) knownAccounts(ctx context.Context, config *v1alpha1.SyncConfig, dir *v1alpha1.DirectorySpec) ([]directory.User, error) {
	var known []directory.User
	err := r.eachUser(ctx, config, func(user *v1alpha1.ProvisionedUser) error {
		if account, managed := accountOf(user, dir); managed {
			known = append(known, account)
		}
		return nil
	})
	return known, err
}

// accountOf is the account that a user stands behind, as it was left.
func accountOf(user *v1alpha1.ProvisionedUser, dir *v1alpha1.DirectorySpec) (account directory.User, managed bool) {
	entry := rememberedUser(user, dir)
	return directory.User{ID: entry.ID, Name: entry.Username}, entry.Managed && entry.ID != ""
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
	users, groups := newSweptUsers(r.reader, config, open), newSweptGroups(open.spec, outcome.DriftedGroups)
	if err := errors.Join(users.sum(ctx, outcome.Drifted), r.eachGroup(ctx, config, groups.add)); err != nil {
		outcome.err = err
		return
	}
	outcome.corrected = correctsDrift(config)
	outcome.orphans = users.orphans
	outcome.Drifted = users.drifted
	outcome.DriftedGroups = groups.drifted(outcome.DriftedGroups)
	outcome.drifted = len(outcome.Drifted) + len(outcome.DriftedGroups)
	r.again.users(users.again...)
	r.again.groups(groups.again...)
}
