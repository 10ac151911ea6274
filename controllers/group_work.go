package controllers

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// groupWork is one reconcile of one group.
type groupWork struct {
	progress
	group   *v1alpha1.ProvisionedGroup
	before  *v1alpha1.ProvisionedGroup
	pages   groupPages
	entries []v1alpha1.GroupDirectoryStatus
	members []membersVerdict
	// known is what was remembered when the work began.
	known []v1alpha1.GroupDirectoryStatus
}

// membersVerdict is what became of a group's members in one directory.
type membersVerdict struct {
	reason  string
	message string
}

// onGroup is the verdict on a group with such members: members that the
// directory refuses to change need somebody's attention, and are tried again;
// what others changed and is left shows on the group as well.
func (m membersVerdict) onGroup(v verdict) verdict {
	switch m.reason {
	case v1alpha1.ReasonPartialFailure:
		v.reason, v.message = v1alpha1.ReasonPartiallyProvisioned, m.message
		v.outlook, v.after = stalled, slowRetry
	case v1alpha1.ReasonUnwantedAccess, v1alpha1.ReasonDriftReported:
		return verdictOf(v.directory, m.reason, m.message)
	}
	return v
}

func newGroupWork(group *v1alpha1.ProvisionedGroup, pages groupPages) *groupWork {
	before := group.DeepCopy()
	return &groupWork{group: group, before: before, pages: pages, known: before.Status.Directories}
}

func (w *groupWork) object() client.Object     { return w.group }
func (w *groupWork) answered() *string         { return &w.group.Status.LastRequestedAt }
func (w *groupWork) key() types.NamespacedName { return client.ObjectKeyFromObject(w.group) }

func (w *groupWork) statuses() (before, now client.Object) {
	return &v1alpha1.ProvisionedGroup{ObjectMeta: bare(w.group), Status: w.before.Status},
		&v1alpha1.ProvisionedGroup{ObjectMeta: bare(w.group), Status: w.group.Status}
}

// rememberedGroup is what is remembered of a group in a directory, whatever
// the name of its entry was.
func rememberedGroup(group *v1alpha1.ProvisionedGroup, dir *v1alpha1.DirectorySpec) v1alpha1.GroupDirectoryStatus {
	i := indexOf(dir, group.Status.Directories, func(e *v1alpha1.GroupDirectoryStatus) (string, string) { return e.Name, e.Target })
	if i < 0 {
		return v1alpha1.GroupDirectoryStatus{Name: dir.Name, Target: dir.Target(), State: v1alpha1.GroupPending}
	}
	entry := *group.Status.Directories[i].DeepCopy()
	entry.Name = dir.Name
	return entry
}

// add records what became of the group in one directory.
func (w *groupWork) add(entry v1alpha1.GroupDirectoryStatus, v verdict, members membersVerdict) {
	if !v.unchanged {
		entry.Reason, entry.Message = v.reason, truncate(v.message)
	}
	w.entries = append(w.entries, entry)
	w.verdicts = append(w.verdicts, v)
	w.members = append(w.members, members)
}

// summarise brings the status up to date and reports whether it changed.
func (w *groupWork) summarise(now time.Time) bool {
	status := &w.group.Status
	if w.silent(status.ObservedGeneration, w.group.Generation, !w.group.DeletionTimestamp.IsZero()) {
		return false
	}
	status.ObservedGeneration = w.group.Generation
	status.MemberCount, status.SliceCount = int32(len(w.pages.members)), w.pages.slices
	set := conditionSet{&status.Conditions, w.group.Generation, metav1.NewTime(now)}
	if w.held == nil {
		status.Directories = w.datedEntries(metav1.NewTime(now))
		w.membersCondition(set)
	}
	w.conditions(set)
	return !equality.Semantic.DeepEqual(w.before.Status, *status)
}

// membersCondition derives MembersSynced: the first directory whose members
// are not as wanted speaks.
func (w *groupWork) membersCondition(set conditionSet) {
	status, reason, message := metav1.ConditionTrue, v1alpha1.ReasonSynced, "The members are as the source wants them"
	for i, m := range w.members {
		if m.reason != v1alpha1.ReasonSynced {
			status, reason = metav1.ConditionFalse, m.reason
			message = fmt.Sprintf("%s: %s", w.verdicts[i].directory, m.message)
			break
		}
	}
	set.set(v1alpha1.ConditionMembersSynced, status, reason, message)
}

// datedEntries are the entries, each with the time when its state or reason
// last changed.
func (w *groupWork) datedEntries(now metav1.Time) []v1alpha1.GroupDirectoryStatus {
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
