package controllers

import (
	"fmt"
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// What is remembered of an account belongs to the directory that it is in, and
// follows it to an entry of another name. An entry that leads elsewhere or is
// gone takes the way to the account along. What is remembered then stays until
// the user has been looked at where the entry leads now: a mistyped address
// forgets nobody. Who is deleted meanwhile stays in sight, since the account
// would otherwise be left with its access and nobody know.

// leadsTo reports whether what is remembered under a name and a target is of
// the directory that an entry leads to. Of several entries for one Crowd the
// target does not tell which.
func leadsTo(dir *v1alpha1.DirectorySpec, name, target string) bool {
	return (dir.Name == name || dir.Product != v1alpha1.ProductCrowd) && dir.Target() == target
}

// indexOf finds what is remembered of the directory that an entry leads to,
// best under the entry's own name; -1 if there is nothing.
func indexOf[E any](dir *v1alpha1.DirectorySpec, remembered []E, place func(*E) (name, target string)) int {
	found := -1
	for i := range remembered {
		name, target := place(&remembered[i])
		if leadsTo(dir, name, target) && (found < 0 || name == dir.Name) {
			found = i
		}
	}
	return found
}

// leads reports whether an entry still leads to what is remembered under a
// name and a target.
func (s *syncConfig) leads(name, target string) bool {
	return slices.ContainsFunc(s.Spec.Directories, func(d v1alpha1.DirectorySpec) bool { return leadsTo(&d, name, target) })
}

// hasEntry reports whether a SyncConfig has an entry of that name.
func hasEntry(config *v1alpha1.SyncConfig, name string) bool {
	return slices.ContainsFunc(config.Spec.Directories, func(d v1alpha1.DirectorySpec) bool { return d.Name == name })
}

// former is what is remembered of the user under the name of an entry that
// leads elsewhere now; nil if there is nothing.
func (w *userWork) former(name string) *v1alpha1.UserDirectoryStatus {
	for i := range w.before.Status.Directories {
		if e := &w.before.Status.Directories[i]; e.Name == name && e.Managed && !w.config.leads(e.Name, e.Target) {
			return e
		}
	}
	return nil
}

// former is what is remembered of the group under the name of an entry that
// leads elsewhere now; nil if there is nothing.
func (w *groupWork) former(name string) *v1alpha1.GroupDirectoryStatus {
	for i := range w.before.Status.Directories {
		if e := &w.before.Status.Directories[i]; e.Name == name && e.Managed && !w.config.leads(e.Name, e.Target) {
			return e.DeepCopy()
		}
	}
	return nil
}

// leaveNothingBehind has a deleted user wait for accounts in directories that
// the SyncConfig does not name any more.
func (w *userWork) leaveNothingBehind() {
	for _, e := range w.before.Status.Directories {
		if e.Managed && !hasEntry(w.config.SyncConfig, e.Name) && !w.config.leads(e.Name, e.Target) {
			w.add(e, leftBehind(e.Name, "account "+e.Username, e.Target, w.config))
		}
	}
}

// leaveNothingBehind has a deleted group wait for groups in directories that
// the SyncConfig does not name any more.
func (w *groupWork) leaveNothingBehind() {
	for _, e := range w.before.Status.Directories {
		if e.Managed && !hasEntry(w.config.SyncConfig, e.Name) && !w.config.leads(e.Name, e.Target) {
			w.add(e, leftBehind(e.Name, "group "+e.GroupName, e.Target, w.config), membersVerdict{v1alpha1.ReasonSynced, ""})
		}
	}
}

// leftBehind is the verdict on a deleted object of which something is left in
// a directory to which no entry leads.
func leftBehind(name, what, target string, config *syncConfig) verdict {
	return verdictOf(name, v1alpha1.ReasonDirectoryNotReady, fmt.Sprintf(
		"%s is in %s, to which entry %s of SyncConfig %s does not lead any more, and is left as it is: correct the entry, or see to it there and let this object go with annotation %s",
		what, target, name, config.Name, v1alpha1.AnnotationRelease))
}

// givenUp are the accounts that were remembered and are not any more, since no
// entry leads to them: what stays behind when an entry is moved or removed.
func (w *userWork) givenUp() (what []string) {
	for _, e := range w.known {
		kept := slices.ContainsFunc(w.user.Status.Directories, func(now v1alpha1.UserDirectoryStatus) bool { return now.Target == e.Target })
		if e.Managed && !kept {
			what = append(what, fmt.Sprintf("account %s in %s", e.Username, e.Target))
		}
	}
	return what
}

// givenUp are the groups that were remembered and are not any more.
func (w *groupWork) givenUp() (what []string) {
	for _, e := range w.known {
		kept := slices.ContainsFunc(w.group.Status.Directories, func(now v1alpha1.GroupDirectoryStatus) bool { return now.Target == e.Target })
		if e.Managed && !kept {
			what = append(what, fmt.Sprintf("group %s in %s", e.GroupName, e.Target))
		}
	}
	return what
}

// tellGivenUp tells what nobody will remove any more.
func (b *base) tellGivenUp(w work) {
	for _, what := range w.givenUp() {
		if !b.news.AllowN(b.clock.Now(), 1) {
			b.metrics.eventsLeftOut.Inc()
			continue
		}
		b.warning(w.object(), v1alpha1.EventReleased, "Release", "Left %s as it is, because no entry of the SyncConfig leads there any more", what)
	}
}
