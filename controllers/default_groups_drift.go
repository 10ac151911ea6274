package controllers

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// lostBy are the default groups that an account was given, and that it is
// known not to be in now.
func (o *openDirectory) lostBy(entry v1alpha1.UserDirectoryStatus) []string {
	account := directory.User{ID: entry.ID, Name: entry.Username}
	var lost []string
	for _, name := range entry.DefaultGroups {
		if entry.Managed && !entry.OutOfGroups && o.policy.DefaultGroups.Contain(name) && o.connection.Lacks(name, account) {
			lost = append(lost, name)
		}
	}
	return lost
}

// strays reports whether a user is no longer in all of the default groups that
// it was put into. Who was told of before, and is left so, is not told again.
func (o *openDirectory) strays(user *v1alpha1.ProvisionedUser, entry v1alpha1.UserDirectoryStatus) bool {
	if !o.policy.DefaultGroups.ForAll || !user.IsActive() || !user.DeletionTimestamp.IsZero() {
		return false
	}
	told := entry.Reason == v1alpha1.ReasonDriftReported || entry.PlannedAction != ""
	lost, _ := o.policy.Givable(o.lostBy(entry))
	return !told && len(lost) > 0
}

// keptDefaults are the default groups that accounts are put back into, so
// that it has to be known who is in them.
func (o *openDirectory) keptDefaults() []string {
	if !o.policy.DefaultGroups.ForAll {
		return nil
	}
	kept, _ := o.policy.Givable(o.policy.DefaultGroups.Names)
	return kept
}

// refusedDefaults says which default groups nobody is put into, since they
// give atlassync's own account its rights; empty if there is none.
func (o *openDirectory) refusedDefaults() string {
	_, refused := o.policy.Givable(o.policy.DefaultGroups.Names)
	if len(refused) == 0 {
		return ""
	}
	return fmt.Sprintf("%s: nobody is put into the default groups %s, for atlassync's own account is in them and they may be what gives it its rights: take it out of them, or them out of defaultGroups; all else goes on",
		o.spec.Name, strings.Join(refused, ", "))
}
