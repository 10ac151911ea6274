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

// Membership is what is known of the members of one group in one directory.
type Membership struct {
	// Wanted are the accounts that are to be members, as they are remembered.
	Wanted []directory.User
	// Barred are accounts that are to be in no group at all: of users who are
	// inactive, where the product cannot deactivate accounts.
	Barred []directory.User
	// Spared are accounts that are left where they are, be they wanted or not.
	Spared []directory.User
	// Have are those that the whole listing of the group showed.
	Have []directory.User
	// Held are remembered from the adoption.
	Held Held
	// Adopt says that the group is being taken over now.
	Adopt bool
	// Settled is the MembersPlan.Settled of the last time.
	Settled string
}

// MembersPlan is the decision on the members of one group in one directory.
type MembersPlan struct {
	// Add are the accounts to put into the group.
	Add []directory.User
	// Remove are the accounts to take out of it.
	Remove []directory.User
	// Missing and Extra are what others took out of and put into the group,
	// be it put right by the plan or left.
	Missing, Extra []directory.User
	// Held is what to remember: fewer than before, once the source sends
	// them or they leave the group by themselves.
	Held Held
	// Settled is a fingerprint of what was wanted, to be remembered once the
	// group is so.
	Settled string
}

// Members compares wanted members with those that a group has. While it is
// being taken over, whoever is in it unasked is held, even while membership is
// Additive, so that a later change to Exact does not empty it. Protected
// accounts are neither added nor removed; barred ones are removed whatever
// else holds.
func Members(m Membership, policy Policy) MembersPlan {
	plan := MembersPlan{Settled: m.fingerprint(policy)}
	plan.Remove, plan.Held = m.unasked(policy)
	present := accountsOf(m.Have)
	for _, member := range m.Wanted {
		if !present.contain(member) && !policy.ProtectedUsers.Contain(member.Name) {
			plan.Add = append(plan.Add, member)
			present.add(member)
		}
	}
	slices.SortFunc(plan.Add, byName)
	if m.Settled == plan.Settled && len(plan.Add)*2 > len(m.Wanted) {
		// Most of those who were put in are not shown: a listing like that
		// does not say either that those who are held have left.
		plan.Held = m.Held
	}
	return plan.regardingDrift(m, policy)
}

// unasked are the members that are not wanted: those to remove, and those to
// hold.
func (m Membership) unasked(policy Policy) (remove []directory.User, held Held) {
	want, barred, hold := accountsOf(slices.Concat(m.Wanted, m.Spared)), accountsOf(m.Barred), folded(m.Held.Names)
	held.All = m.Held.All
	for _, member := range m.Have {
		label := cmp.Or(member.Name, member.ID)
		switch {
		case want.contain(member) || policy.ProtectedUsers.Contain(member.Name):
		case barred.contain(member):
			remove = append(remove, member)
		case m.Adopt || hold[directory.FoldName(label)]:
			held.Names = append(held.Names, label)
		case policy.Membership != v1alpha1.MembershipAdditive && !m.Held.All:
			remove = append(remove, member)
		}
	}
	slices.SortFunc(remove, byName)
	slices.Sort(held.Names)
	if len(held.Names) > v1alpha1.MaxMembers {
		held = Held{All: true}
	}
	return remove, held
}

// regardingDrift tells what others changed: the group had its members before,
// and the same are wanted now. Where drift is left, nothing is to be done.
func (p MembersPlan) regardingDrift(m Membership, policy Policy) MembersPlan {
	if m.Adopt || m.Settled != p.Settled {
		return p
	}
	p.Missing, p.Extra = p.Add, p.Remove
	if !policy.CorrectDrift {
		p.Add, p.Remove = nil, nil
	}
	return p
}

// fingerprint is the same for as long as the same members are wanted.
func (m Membership) fingerprint(policy Policy) string {
	keys := []string{string(policy.Membership)}
	for _, member := range m.Wanted {
		keys = append(keys, "+"+cmp.Or(member.ID, directory.FoldName(member.Name)))
	}
	for _, member := range m.Barred {
		keys = append(keys, "-"+cmp.Or(member.ID, directory.FoldName(member.Name)))
	}
	slices.Sort(keys)
	return fingerprint(slices.Compact(keys)...)
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
