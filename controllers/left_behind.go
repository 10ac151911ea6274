package controllers

import (
	"fmt"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// An entry of the SyncConfig that leads elsewhere, has another name or is gone
// takes the way to an account along. What is remembered of the account stays
// until its user has been looked at where the entry leads now: a mistyped
// address forgets nobody. Who is deleted meanwhile stays in sight, since the
// account would otherwise be left with its access and nobody know.

// named reports whether the SyncConfig still leads to a target under a name.
func (s *syncConfig) named(name, target string) bool {
	return slices.ContainsFunc(s.Spec.Directories, func(d v1alpha1.DirectorySpec) bool { return d.Name == name && d.Target() == target })
}

// hasEntry reports whether the SyncConfig has an entry of that name.
func (s *syncConfig) hasEntry(name string) bool {
	return slices.ContainsFunc(s.Spec.Directories, func(d v1alpha1.DirectorySpec) bool { return d.Name == name })
}

// former is what is remembered of the user under the name of an entry that
// leads elsewhere now; nil if there is nothing.
func (w *userWork) former(name string) *v1alpha1.UserDirectoryStatus {
	for i := range w.before.Status.Directories {
		if e := &w.before.Status.Directories[i]; e.Name == name && e.Managed && !w.config.named(e.Name, e.Target) {
			return e
		}
	}
	return nil
}

// former is what is remembered of the group under the name of an entry that
// leads elsewhere now; nil if there is nothing.
func (w *groupWork) former(name string) *v1alpha1.GroupDirectoryStatus {
	for i := range w.before.Status.Directories {
		if e := &w.before.Status.Directories[i]; e.Name == name && e.Managed && !w.config.named(e.Name, e.Target) {
			return e.DeepCopy()
		}
	}
	return nil
}

// leaveNothingBehind has a deleted user wait for accounts in directories that
// the SyncConfig does not name any more.
func (w *userWork) leaveNothingBehind() {
	for _, e := range w.before.Status.Directories {
		if e.Managed && !w.config.hasEntry(e.Name) {
			w.add(e, leftBehind(e.Name, "account "+e.Username, e.Target, w.config))
		}
	}
}

// leaveNothingBehind has a deleted group wait for groups in directories that
// the SyncConfig does not name any more.
func (w *groupWork) leaveNothingBehind() {
	for _, e := range w.before.Status.Directories {
		if e.Managed && !w.config.hasEntry(e.Name) {
			w.add(e, leftBehind(e.Name, "group "+e.GroupName, e.Target, w.config), membersVerdict{v1alpha1.ReasonSynced, ""})
		}
	}
}

// leftBehind is the verdict on a deleted object of which something is left in
// a directory to which no entry of that name leads.
func leftBehind(name, what, target string, config *syncConfig) verdict {
	return verdictOf(name, v1alpha1.ReasonDirectoryNotReady, fmt.Sprintf(
		"%s is in %s, to which entry %s of SyncConfig %s does not lead any more, and is left as it is: correct the entry, or see to it there and let this object go with annotation %s",
		what, target, name, config.Name, v1alpha1.AnnotationRelease))
}
