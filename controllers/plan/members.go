package plan

import (
	"cmp"
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
	// Add are the accounts to put into the group.
	Add []directory.User
	// Remove are the accounts to take out of it.
	Remove []directory.User
	// Held is what to remember: fewer than before, once the source sends
	// them or they leave the group by themselves.
	Held Held
}

// Members compares wanted members, as they are remembered, with those that
// the whole listing of the group showed. With adopt, the group is being taken
// over, and whoever is in it unasked is held, even while membership is
// Additive, so that a later change to Exact does not empty it. Protected
// accounts are neither added nor removed.
func Members(wanted, have []directory.User, held Held, adopt bool, policy Policy) MembersPlan {
	want, present, hold := accountsOf(wanted), accountsOf(have), folded(held.Names)
	plan := MembersPlan{Held: Held{All: held.All}}
	for _, member := range have {
		label := cmp.Or(member.Name, member.ID)
		switch {
		case want.contain(member) || policy.ProtectedUsers.Contain(member.Name):
		case adopt || hold[directory.FoldName(label)]:
			plan.Held.Names = append(plan.Held.Names, label)
		case policy.Membership != v1alpha1.MembershipAdditive && !held.All:
			plan.Remove = append(plan.Remove, member)
		}
	}
	for _, member := range wanted {
		if !present.contain(member) && !policy.ProtectedUsers.Contain(member.Name) {
			plan.Add = append(plan.Add, member)
			present.add(member)
		}
	}
	if len(plan.Held.Names) > v1alpha1.MaxMembers {
		plan.Held = Held{All: true}
	}
	slices.SortFunc(plan.Add, byName)
	slices.SortFunc(plan.Remove, byName)
	slices.Sort(plan.Held.Names)
	return plan
}

// Unasked are those in have that are not wanted, by id or name: whose names
// have to be known before anything is decided on them.
func Unasked(wanted, have []directory.User) []int {
	want := accountsOf(wanted)
	var unasked []int
	for i, member := range have {
		if !want.contain(member) {
			unasked = append(unasked, i)
		}
	}
	return unasked
}

func byName(a, b directory.User) int {
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// accounts is a set of accounts. Products tell an id, a name or both of a
// member: either is enough to know it again.
type accounts struct{ ids, names map[string]bool }

func accountsOf(users []directory.User) accounts {
	set := accounts{ids: make(map[string]bool, len(users)), names: make(map[string]bool, len(users))}
	for _, user := range users {
		set.add(user)
	}
	return set
}

func (a accounts) add(user directory.User) {
	if user.ID != "" {
		a.ids[user.ID] = true
	}
	if user.Name != "" {
		a.names[directory.FoldName(user.Name)] = true
	}
}

func (a accounts) contain(user directory.User) bool {
	return user.ID != "" && a.ids[user.ID] || user.Name != "" && a.names[directory.FoldName(user.Name)]
}

// folded is the set of names as they compare.
func folded(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[directory.FoldName(name)] = true
	}
	return set
}
