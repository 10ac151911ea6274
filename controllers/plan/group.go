package plan

import (
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// WantedGroup is a group as it should be in a directory.
type WantedGroup struct {
	// Name is the name in the directory.
	Name string
	// Deleted says that the source deleted the group.
	Deleted bool
	// NameHolder is the displayName of another group of the SyncConfig that
	// has the same name in the directory and was first; empty if there is none.
	NameHolder string
	// Excluded says why the policy leaves the group out; empty if it does not.
	Excluded string
	// SharedBy is the displayName of another group of the SyncConfig that
	// keeps up the directory group of the remembered name; empty if none does.
	SharedBy string
}

// GroupLink is what is remembered of a group in a directory.
type GroupLink struct {
	// Managed says that we made or adopted the group.
	Managed bool
	// Adopted says that it existed before us.
	Adopted bool
	// Name is the name that the group had when last seen.
	Name string
	// Holds says that members from before the adoption are still in it.
	Holds bool
}

// GroupPlan is the decision for one group in one directory.
type GroupPlan struct {
	// Create says that the group is to be created.
	Create bool
	// Delete says that the group is to be deleted.
	Delete bool
	// Adopt says that the group existed and is taken over now: members found
	// in it that the source does not send are not removed.
	Adopt bool
	// SyncMembers says that the members are to follow the source.
	SyncMembers bool
	// Drift says that others deleted the group.
	Drift bool
	// Retire is the earlier name of a renamed group, which is to be emptied
	// of the members that moved, or deleted; empty if there is none.
	Retire string

	// Link is what to remember.
	Link GroupLink
	// State, Reason and Message describe the group after the plan.
	State   v1alpha1.GroupState
	Reason  string
	Message string
}

// Group decides what happens to one group in one directory. Found is the
// group that has the wanted name (of a deleted group: the remembered name),
// nil if there is none.
func Group(want WantedGroup, link GroupLink, found *directory.Group, caps directory.Capabilities, policy Policy) GroupPlan {
	leave := GroupPlan{Link: link, State: v1alpha1.GroupAbsent}
	if found != nil {
		leave.State = v1alpha1.GroupActive
	}
	switch {
	case want.Excluded != "":
		leave.Reason = v1alpha1.ReasonExcluded
		leave.Message = "Left as it is: " + want.Excluded
		return leave
	case want.Deleted:
		return removeGroup(want, link, found, policy)
	case policy.ProtectedGroups.Contain(want.Name):
		leave.Reason = v1alpha1.ReasonProtected
		leave.Message = fmt.Sprintf("%s is protected and left as it is", want.Name)
		return leave.strandedBy(want)
	case !policy.SyncGroups:
		leave.Reason = v1alpha1.ReasonSyncDisabled
		leave.Message = "Left as it is: groups.sync is off"
		return leave
	case CheckGroupName(want.Name, caps.ForbiddenInGroupName) != "":
		leave.State = v1alpha1.GroupError
		leave.Reason = v1alpha1.ReasonInvalidGroupName
		leave.Message = CheckGroupName(want.Name, caps.ForbiddenInGroupName)
		return leave
	case want.NameHolder != "":
		leave.State = v1alpha1.GroupConflict
		leave.Reason = v1alpha1.ReasonNameConflict
		leave.Message = fmt.Sprintf("the name %s belongs to group %s already: make the names differ", want.Name, want.NameHolder)
		return leave
	case found == nil && !policy.CreateGroups:
		leave.Reason = v1alpha1.ReasonCreateDisabled
		leave.Message = fmt.Sprintf("There is no group %s: create it, or set createGroups", want.Name)
		return leave.strandedBy(want)
	}
	return convergeGroup(want, link, found, policy)
}

// strandedBy says that a group cannot have the name that it is to have: its
// members stay in the one that it had, and whoever leaves keeps what it gives.
func (p GroupPlan) strandedBy(want WantedGroup) GroupPlan {
	if !p.Link.Managed || directory.SameName(p.Link.Name, want.Name) {
		return p
	}
	p.State, p.Reason = v1alpha1.GroupConflict, v1alpha1.ReasonNameConflict
	p.Message += fmt.Sprintf("; group %s keeps its members, and those who leave stay in it, until the name is another", p.Link.Name)
	return p
}

func convergeGroup(want WantedGroup, link GroupLink, found *directory.Group, policy Policy) GroupPlan {
	plan := GroupPlan{
		SyncMembers: true,
		Link:        GroupLink{Managed: true, Adopted: link.Adopted, Name: want.Name},
		State:       v1alpha1.GroupActive,
		Reason:      v1alpha1.ReasonProvisioned,
		Message:     "Group " + want.Name,
	}
	renamed := link.Managed && !directory.SameName(link.Name, want.Name)
	if renamed && want.SharedBy == "" && !policy.ProtectedGroups.Contain(link.Name) {
		plan.Retire = link.Name
	}
	switch {
	case found == nil:
		plan.Create = true
		plan.Link.Adopted = false
		plan.Drift = link.Managed && !renamed
	case !link.Managed || renamed:
		plan.Adopt = true
		plan.Link.Adopted = true
	}
	if plan.Drift && !policy.CorrectDrift {
		return GroupPlan{
			Link: link, Drift: true, State: v1alpha1.GroupAbsent, Reason: v1alpha1.ReasonDriftReported,
			Message: fmt.Sprintf("No group: others deleted %s, which is left so (resync.correctDrift is off)", want.Name),
		}
	}
	return plan
}

// CheckGroupName says why a group's name cannot be used, or nothing.
// Forbidden holds the characters that the product refuses.
func CheckGroupName(name, forbidden string) string {
	switch {
	case strings.TrimSpace(name) == "":
		return "the group's name is empty after the regex: check spec.groups of the SyncConfig"
	case !strings.ContainsAny(name, forbidden):
		return ""
	}
	return fmt.Sprintf("the group name %q contains one of the characters %q, which the product refuses: rename the group at the source", name, forbidden)
}

// removeGroup decides what happens to a group that the source deleted.
func removeGroup(want WantedGroup, link GroupLink, found *directory.Group, policy Policy) GroupPlan {
	plan := GroupPlan{Link: link, State: v1alpha1.GroupAbsent, Reason: v1alpha1.ReasonRemoved}
	if !link.Managed || found == nil {
		plan.Message = "No group of ours to remove"
		return plan
	}
	plan.State = v1alpha1.GroupActive
	switch {
	case policy.ProtectedGroups.Contain(found.Name):
		plan.Reason = v1alpha1.ReasonProtected
		plan.Message = fmt.Sprintf("%s is protected and left as it is", found.Name)
	case want.SharedBy != "":
		plan.Message = fmt.Sprintf("Group %s kept: group %s of the source is mapped to it as well", found.Name, want.SharedBy)
	case policy.OnGroupRemoval != v1alpha1.RemoveGroupDelete:
		plan.Message = fmt.Sprintf("Group %s kept with its members (groups.onRemoval Keep)", found.Name)
	case policy.DefaultGroups.Contain(found.Name):
		plan.Message = fmt.Sprintf("Group %s kept: it is one of groups.defaultGroups", found.Name)
	case link.Holds:
		plan.Message = fmt.Sprintf("Group %s kept: members that the source never sent are in it", found.Name)
	default:
		plan.Delete = true
		plan.State = v1alpha1.GroupAbsent
		plan.Message = fmt.Sprintf("Group %s deleted", found.Name)
	}
	return plan
}
