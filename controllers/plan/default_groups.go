package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// DefaultGroups are the groups that accounts are put into without the source
// saying so.
type DefaultGroups struct {
	// Names are their names in the directory.
	Names []string
	// ForAll says that every managed account of an active user gets them, and
	// not just those that are created.
	ForAll bool
}

// compileDefaultGroups refuses groups that nobody could be put into, and keeps
// each of the others once.
func compileDefaultGroups(field string, spec v1alpha1.GroupsSpec, protected Names) (DefaultGroups, error) {
	defaults := DefaultGroups{ForAll: spec.DefaultGroupsFor == v1alpha1.DefaultGroupsForAllUsers}
	for i, name := range spec.DefaultGroups {
		if protected.Contain(name) {
			return DefaultGroups{}, &InvalidError{
				Field: fmt.Sprintf("%s.defaultGroups[%d]", field, i), Reason: v1alpha1.ReasonPolicyConflict,
				Detail: fmt.Sprintf("%s is protected, so that nobody can be put into it: take it out of defaultGroups or of protected.groups", name),
			}
		}
		if !defaults.Contain(name) {
			defaults.Names = append(defaults.Names, name)
		}
	}
	return defaults, nil
}

// Contain reports whether a group is one of them, in any letter case.
func (d DefaultGroups) Contain(name string) bool {
	return containsName(d.Names, name)
}

// Givable tells those of some default groups into which somebody can be put
// from those that are protected.
func (p Policy) Givable(names []string) (givable, protected []string) {
	for _, name := range names {
		if p.ProtectedGroups.Contain(name) {
			protected = append(protected, name)
		} else {
			givable = append(givable, name)
		}
	}
	return givable, protected
}

// Gifts are the default groups of one account, by the names that the policy
// gives them.
type Gifts struct {
	// Given are those that it was put into.
	Given []string
	// Pending are those that it is still to be put into.
	Pending []string
	// Lost are those of Given that others took it out of.
	Lost []string
}

// HasGiven reports whether a group is among those given, in any letter case.
func (g Gifts) HasGiven(name string) bool { return containsName(g.Given, name) }

// HasPending reports whether a group is among those pending, in any letter case.
func (g Gifts) HasPending(name string) bool { return containsName(g.Pending, name) }

// Gifts decides on the default groups of an account that the plan is about:
// what is true once the plan is done. Those of an account that is created are
// pending; those of one that was taken out of all its groups are so once more.
// What is no longer a default group is forgotten. What all are to be in, and
// others took it out of, is pending once more if drift is put right.
func (p UserPlan) Gifts(want Wanted, before Gifts, policy Policy) Gifts {
	defaults := policy.DefaultGroups
	gifts := Gifts{Given: defaults.among(before.Given), Pending: defaults.among(before.Pending)}
	switch {
	case p.Create != nil:
		return Gifts{Pending: slices.Clone(defaults.Names)}
	case !p.Link.Managed || p.Delete:
		return Gifts{}
	case p.OutOfGroups:
		return Gifts{Pending: defaults.among(slices.Concat(gifts.Given, gifts.Pending))}
	case defaults.ForAll && p.receives(want):
		gifts.Pending, gifts.Lost = slices.Clone(defaults.Names), among(gifts.Given, before.Lost)
		if policy.CorrectDrift {
			gifts.Given = slices.DeleteFunc(gifts.Given, func(name string) bool { return containsName(gifts.Lost, name) })
		}
	}
	gifts.Pending = slices.DeleteFunc(gifts.Pending, func(name string) bool { return containsName(gifts.Given, name) })
	return gifts
}

// Receives reports whether the account is put into its pending default groups
// now: it is ours, and its user and itself are active.
func (p UserPlan) Receives(want Wanted) bool {
	return p.Create != nil || p.receives(want)
}

func (p UserPlan) receives(want Wanted) bool {
	return !want.leaves() && p.Link.Managed && p.State == v1alpha1.UserActive && p.Reason != v1alpha1.ReasonProtected
}

// LeavingLost is the plan with what it says of default groups that others took
// the account out of, if that is left.
func (p UserPlan) LeavingLost(lost []string, policy Policy) UserPlan {
	if policy.CorrectDrift || len(lost) == 0 {
		return p
	}
	detail := "others took it out of its default groups " + strings.Join(lost, ", ") + ", which is left so (resync.correctDrift is off)"
	switch p.Reason {
	case v1alpha1.ReasonProvisioned:
		p.Reason, p.Message = v1alpha1.ReasonDriftReported, p.Message+": "+detail
	case v1alpha1.ReasonDriftReported:
		p.Message += "; " + detail
	}
	return p
}

// among gives those of the default groups that are among names.
func (d DefaultGroups) among(names []string) []string { return among(d.Names, names) }

func among(all, names []string) []string {
	var those []string
	for _, name := range all {
		if containsName(names, name) {
			those = append(those, name)
		}
	}
	return those
}

func containsName(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return directory.SameName(n, name) })
}
