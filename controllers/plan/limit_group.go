package plan

import (
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Removal says what of the plan counts against the removal limit; empty if
// nothing does. A group that is emptied because it has another name now is
// removed under the name that rights were given to.
func (p GroupPlan) Removal() string {
	switch {
	case p.Delete:
		return removalDelete
	case p.Retire != "":
		return removalRename + p.Link.Name
	}
	return ""
}

// Holding is the plan of a deleted group that stays for now.
func (p GroupPlan) Holding(message string) GroupPlan {
	p.Delete = false
	p.State, p.Reason, p.Message = v1alpha1.GroupActive, v1alpha1.ReasonRemovalHeld, message
	return p
}

// Sparing divides the members to be removed: barred ones, whom the limit of
// users has let go already, and the others, whom that of members is for.
func (p MembersPlan) Sparing(barred []directory.User) (going, others []directory.User) {
	set := accountsOf(barred)
	for _, member := range p.Remove {
		if set.contain(member) {
			going = append(going, member)
			continue
		}
		others = append(others, member)
	}
	return going, others
}

// MembersAction tells removals of members apart: it is another one when other
// members are to go.
func MembersAction(members []string) string {
	names := slices.Clone(members)
	slices.Sort(names)
	return "remove members " + fingerprint(names...)
}
