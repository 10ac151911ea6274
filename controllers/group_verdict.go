package controllers

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

// membersVerdict is what became of the members. Who has access and should not
// goes before who has none and should.
func (c *groupChange) membersVerdict(decided plan.MembersPlan, failed memberFailures) membersVerdict {
	missing, extra := c.missing(decided), c.extra(decided)
	switch {
	case failed.first != nil:
		return membersVerdict{v1alpha1.ReasonPartialFailure,
			fmt.Sprintf("%d members could not be added and %d not removed: %v", failed.added, failed.removed, failed.first)}
	case len(extra) > 0:
		return membersVerdict{v1alpha1.ReasonUnwantedAccess, "others " + membersDrift(missing, extra) + ", and resync.correctDrift is off: take them out by hand, or switch it on"}
	case heldOf(c.entry.HeldRemovals, v1alpha1.RemovalOfMembers) != nil:
		return membersVerdict{v1alpha1.ReasonRemovalHeld, c.membersOverLimit()}
	case c.open.policy.Membership != v1alpha1.MembershipAdditive && (c.entry.HoldAll || len(c.entry.HeldMembers) > 0):
		return membersVerdict{v1alpha1.ReasonRemovalHeld, heldMessage(c.entry)}
	case len(missing) > 0:
		return membersVerdict{v1alpha1.ReasonDriftReported, "others " + membersDrift(missing, extra) + ", which is left so (resync.correctDrift is off)"}
	case c.entry.PendingMembers > 0:
		return membersVerdict{v1alpha1.ReasonWaitingForUsers, fmt.Sprintf("%d members have no account yet", c.entry.PendingMembers)}
	}
	return membersVerdict{v1alpha1.ReasonSynced, ""}
}

func heldMessage(entry *v1alpha1.GroupDirectoryStatus) string {
	if entry.HoldAll {
		return fmt.Sprintf("group %s had more than %d members whom the source did not send when it was taken over: nobody is removed from it", entry.GroupName, v1alpha1.MaxMembers)
	}
	return fmt.Sprintf("%d members whom the source never sent were in group %s when it was taken over, and stay: %s; remove them in the directory, or send them from the source",
		len(entry.HeldMembers), entry.GroupName, firstNames(entry.HeldMembers))
}

// firstNames shows at most ten names.
func firstNames(names []string) string {
	const most = 10
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// missing and extra are what others changed of the members and what is left.
func (c *groupChange) missing(decided plan.MembersPlan) []directory.User {
	if c.open.policy.CorrectDrift {
		return nil
	}
	return decided.Missing
}

func (c *groupChange) extra(decided plan.MembersPlan) []directory.User {
	if c.open.policy.CorrectDrift {
		return nil
	}
	return decided.Extra
}

// membersDrift says what others did to the members of a group.
func membersDrift(missing, extra []directory.User) string {
	var did []string
	if len(extra) > 0 {
		did = append(did, "put in "+firstNames(labelsOf(extra)))
	}
	if len(missing) > 0 {
		did = append(did, "took out "+firstNames(labelsOf(missing)))
	}
	return strings.Join(did, " and ")
}

func labelsOf(users []directory.User) []string {
	labels := make([]string, 0, len(users))
	for _, user := range users {
		labels = append(labels, cmp.Or(user.Name, user.ID))
	}
	return labels
}
