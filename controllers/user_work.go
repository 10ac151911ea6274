package controllers

import (
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/plan"
)

// userWork is one reconcile of one user.
type userWork struct {
	progress
	user    *v1alpha1.ProvisionedUser
	before  *v1alpha1.ProvisionedUser
	entries []v1alpha1.UserDirectoryStatus
	// known is what was remembered when the work began.
	known []v1alpha1.UserDirectoryStatus
}

func newUserWork(user *v1alpha1.ProvisionedUser) *userWork {
	before := user.DeepCopy()
	return &userWork{user: user, before: before, known: before.Status.Directories}
}

func (w *userWork) object() client.Object     { return w.user }
func (w *userWork) answered() *string         { return &w.user.Status.LastRequestedAt }
func (w *userWork) key() types.NamespacedName { return client.ObjectKeyFromObject(w.user) }

func (w *userWork) statuses() (before, now client.Object) {
	return &v1alpha1.ProvisionedUser{ObjectMeta: bare(w.user), Status: w.before.Status},
		&v1alpha1.ProvisionedUser{ObjectMeta: bare(w.user), Status: w.user.Status}
}

// rememberedUser is what is remembered of a user in a directory, whatever the
// name of its entry was.
func rememberedUser(user *v1alpha1.ProvisionedUser, dir *v1alpha1.DirectorySpec) v1alpha1.UserDirectoryStatus {
	i := indexOf(dir, user.Status.Directories, func(e *v1alpha1.UserDirectoryStatus) (string, string) { return e.Name, e.Target })
	if i < 0 {
		return v1alpha1.UserDirectoryStatus{Name: dir.Name, Target: dir.Target(), State: v1alpha1.UserPending}
	}
	entry := user.Status.Directories[i]
	entry.Name = dir.Name
	return entry
}

// withEntry gives the remembered entries with one of them replaced or added.
func (w *userWork) withEntry(entry v1alpha1.UserDirectoryStatus) []v1alpha1.UserDirectoryStatus {
	entries := slices.DeleteFunc(slices.Clone(w.user.Status.Directories), func(e v1alpha1.UserDirectoryStatus) bool { return e.Name == entry.Name })
	return append(entries, entry)
}

// add records what became of the user in one directory.
func (w *userWork) add(entry v1alpha1.UserDirectoryStatus, v verdict) {
	if !v.unchanged {
		entry.Reason, entry.Message = v.reason, truncate(v.message)
	}
	w.entries = append(w.entries, entry)
	w.verdicts = append(w.verdicts, v)
}

// summarise brings the status up to date and reports whether it changed.
func (w *userWork) summarise(now time.Time) bool {
	status := &w.user.Status
	if w.silent(status.ObservedGeneration, w.user.Generation, !w.user.DeletionTimestamp.IsZero()) {
		return false
	}
	status.ObservedGeneration = w.user.Generation
	if w.held == nil {
		status.Directories = w.datedEntries(metav1.NewTime(now))
	}
	w.conditions(conditionSet{&status.Conditions, w.user.Generation, metav1.NewTime(now)})
	return !equality.Semantic.DeepEqual(w.before.Status, *status)
}

// datedEntries are the entries, each with the time when its state or reason
// last changed.
func (w *userWork) datedEntries(now metav1.Time) []v1alpha1.UserDirectoryStatus {
	for i := range w.entries {
		entry := &w.entries[i]
		entry.LastTransitionTime = now
		for _, old := range w.before.Status.Directories {
			if old.Name == entry.Name && old.State == entry.State && old.Reason == entry.Reason {
				entry.LastTransitionTime = old.LastTransitionTime
			}
		}
	}
	return w.entries
}

// claimantOf is what a user claims in a directory.
func claimantOf(user *v1alpha1.ProvisionedUser, entry v1alpha1.UserDirectoryStatus, username plan.Username) claimant {
	c := claimant{
		object: user.Name, created: user.CreationTimestamp.Unix(),
		title: user.Spec.UserName, wants: username.Apply(user.Spec.UserName),
	}
	if entry.Managed {
		c.linkedName, c.linkedID = entry.Username, entry.ID
	}
	if c.linkedName == c.wants {
		c.linkedName = c.wants // one string in memory, as a rule
	}
	return c
}
