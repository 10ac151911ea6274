package plan

import (
	"slices"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Held are the members that were found in a group when it was adopted and
// that the source has never sent. They stay until a human takes them out.
type Held struct {
	// Names are their usernames.
	Names []string
	// All says that there were too many to name, so that nobody is removed.
	All bool
}

// MembersPlan is the decision on the members of one group in one directory.
type MembersPlan struct {
	// Add are the usernames to put into the group.
	Add []string
	// Remove are the usernames to take out of it.
	Remove []string
	// Held is what to remember: fewer than before, once the source sends
	// them or they leave the group by themselves.
	Held Held
}

// Members compares wanted members, by username, with those that the whole
// listing of the group showed. With adopt, the group is being taken over, and
// whoever is in it unasked is held, even while membership is Additive, so
// that a later change to Exact does not empty it. Protected accounts are
// neither added nor removed.
func Members(wanted []string, have []directory.User, held Held, adopt bool, policy Policy) MembersPlan {
	want, hold := folded(wanted), folded(held.Names)
	plan := MembersPlan{Held: Held{All: held.All}}
	present := make(map[string]bool, len(have))
	for _, member := range have {
		name := directory.FoldName(member.Name)
		present[name] = true
		switch {
		case want[name] || policy.ProtectedUsers.Contain(member.Name):
		case adopt || hold[name]:
			plan.Held.Names = append(plan.Held.Names, member.Name)
		case policy.Membership != v1alpha1.MembershipAdditive && !held.All:
			plan.Remove = append(plan.Remove, member.Name)
		}
	}
	for _, name := range wanted {
		if key := directory.FoldName(name); !present[key] && !policy.ProtectedUsers.Contain(name) {
			plan.Add = append(plan.Add, name)
			present[key] = true
		}
	}
	if len(plan.Held.Names) > v1alpha1.MaxMembers {
		plan.Held = Held{All: true}
	}
	slices.Sort(plan.Add)
	slices.Sort(plan.Remove)
	slices.Sort(plan.Held.Names)
	return plan
}

// folded is the set of names as they compare.
func folded(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[directory.FoldName(name)] = true
	}
	return set
}
