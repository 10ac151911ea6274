package plan

import (
	"cmp"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

func protectGroup(t *testing.T, pattern string) func(*Policy) {
	names, err := compileNames("protected.groups", []string{pattern})
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return func(p *Policy) { p.ProtectedGroups = names }
}

// TestGroup has at least one row for each row of the table of groups.
func TestGroup(t *testing.T) {
	team := WantedGroup{Name: "team"}
	gone := WantedGroup{Name: "team", Deleted: true}
	exists := &directory.Group{Name: "team"}
	ours := GroupLink{Managed: true, Name: "team"}
	deleting := func(p *Policy) { p.OnGroupRemoval = v1alpha1.RemoveGroupDelete }
	tests := []struct {
		name   string
		want   WantedGroup
		link   GroupLink
		found  *directory.Group
		policy func(*Policy)

		create, delete, adopt, members, drift bool
		retire                                string
		link2                                 GroupLink
		state                                 v1alpha1.GroupState
		reason                                string
	}{
		{name: "protected", want: team, found: exists, policy: protectGroup(t, "TEAM"),
			state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProtected},
		{name: "sync off", want: team, policy: func(p *Policy) { p.SyncGroups = false },
			state: v1alpha1.GroupAbsent, reason: v1alpha1.ReasonSyncDisabled},
		{name: "same name as another group", want: WantedGroup{Name: "team", NameHolder: "Team"}, found: exists,
			state: v1alpha1.GroupConflict, reason: v1alpha1.ReasonNameConflict},
		{name: "missing", want: team,
			create: true, members: true, link2: ours, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProvisioned},
		{name: "missing, createGroups off", want: team, policy: func(p *Policy) { p.CreateGroups = false },
			state: v1alpha1.GroupAbsent, reason: v1alpha1.ReasonCreateDisabled},
		{name: "exists before us", want: team, found: exists,
			adopt: true, members: true, link2: GroupLink{Managed: true, Adopted: true, Name: "team"}, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProvisioned},
		{name: "ours", want: team, link: ours, found: exists,
			members: true, link2: ours, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProvisioned},
		{name: "ours, deleted by hand", want: team, link: GroupLink{Managed: true, Adopted: true, Name: "team"},
			create: true, members: true, drift: true, link2: ours, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProvisioned},
		{name: "ours, deleted by hand, correctDrift off", want: team, link: ours, policy: leavingDrift,
			drift: true, link2: ours, state: v1alpha1.GroupAbsent, reason: v1alpha1.ReasonDriftReported},
		{name: "a name that the product cannot have", want: WantedGroup{Name: "a/b"},
			state: v1alpha1.GroupError, reason: v1alpha1.ReasonInvalidGroupName},
		{name: "renamed to a name that the product cannot have", want: WantedGroup{Name: "a/b"}, link: ours,
			link2: ours, state: v1alpha1.GroupError, reason: v1alpha1.ReasonInvalidGroupName},
		{name: "a protected name that the product cannot have", want: WantedGroup{Name: "a/b"}, policy: protectGroup(t, "a/b"),
			state: v1alpha1.GroupAbsent, reason: v1alpha1.ReasonProtected},
		{name: "deleted, correctDrift off", want: gone, link: ours, found: exists, policy: func(p *Policy) { deleting(p); leavingDrift(p) },
			delete: true, link2: ours, state: v1alpha1.GroupAbsent, reason: v1alpha1.ReasonRemoved},
		{name: "renamed at the source", want: WantedGroup{Name: "crew"}, link: ours,
			create: true, members: true, retire: "team", link2: GroupLink{Managed: true, Name: "crew"}, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProvisioned},
		{name: "renamed to a group that exists", want: WantedGroup{Name: "crew"}, link: ours, found: &directory.Group{Name: "crew"},
			adopt: true, members: true, retire: "team", link2: GroupLink{Managed: true, Adopted: true, Name: "crew"}, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProvisioned},
		{name: "renamed in letter case only", want: WantedGroup{Name: "Team"}, link: ours, found: exists,
			members: true, link2: GroupLink{Managed: true, Name: "Team"}, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProvisioned},
		{name: "renamed, the earlier name is protected", want: WantedGroup{Name: "crew"}, link: ours, policy: protectGroup(t, "team"),
			create: true, members: true, link2: GroupLink{Managed: true, Name: "crew"}, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProvisioned},
		{name: "deleted, onRemoval Keep", want: gone, link: ours, found: exists,
			link2: ours, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, onRemoval Delete", want: gone, link: ours, found: exists, policy: deleting,
			delete: true, link2: ours, state: v1alpha1.GroupAbsent, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, onRemoval Delete, protected", want: gone, link: ours, found: exists,
			policy: func(p *Policy) { deleting(p); protectGroup(t, "team")(p) },
			link2:  ours, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonProtected},
		{name: "deleted, onRemoval Delete, others in it", want: gone, link: GroupLink{Managed: true, Name: "team", Holds: true}, found: exists, policy: deleting,
			link2: GroupLink{Managed: true, Name: "team", Holds: true}, state: v1alpha1.GroupActive, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, not ours", want: gone, found: exists, policy: deleting,
			state: v1alpha1.GroupAbsent, reason: v1alpha1.ReasonRemoved},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			policy := everything()
			if test.policy != nil {
				test.policy(&policy)
			}
			plan := Group(test.want, test.link, test.found, directory.Capabilities{ForbiddenInGroupName: "/"}, policy)
			g.Expect(plan.Drift).To(Equal(test.drift), "drift")
			g.Expect(plan.Create).To(Equal(test.create), "create")
			g.Expect(plan.Delete).To(Equal(test.delete), "delete")
			g.Expect(plan.Adopt).To(Equal(test.adopt), "adopt")
			g.Expect(plan.SyncMembers).To(Equal(test.members), "members")
			g.Expect(plan.Retire).To(Equal(test.retire), "retire")
			g.Expect(plan.Link).To(Equal(test.link2), "link")
			g.Expect(plan.State).To(Equal(test.state), "state")
			g.Expect(plan.Reason).To(Equal(test.reason), "reason")
			g.Expect(plan.Message).NotTo(BeEmpty(), "message")
		})
	}
}

func TestMembers(t *testing.T) {
	additive := func(p *Policy) { p.Membership = v1alpha1.MembershipAdditive }
	crowd := make([]directory.User, v1alpha1.MaxMembers+1)
	for i := range crowd {
		crowd[i].Name = "x" + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))
	}
	tests := []struct {
		name   string
		wanted []string
		linked []directory.User // wanted as well, with what is remembered of them
		barred []string
		have   []directory.User
		held   Held
		adopt  bool
		policy func(*Policy)

		add, remove []string
		held2       Held
	}{
		{name: "equal", wanted: []string{"ada", "bob"}, have: people("BOB", "ada")},
		{name: "add, each once", wanted: []string{"bob", "ada", "Bob"}, have: people(), add: []string{"ada", "bob"}},
		{name: "extra, Exact", wanted: []string{"ada"}, have: people("ada", "eve"), remove: []string{"eve"}},
		{name: "extra, Additive", wanted: []string{"ada"}, have: people("eve"), policy: additive, add: []string{"ada"}},
		{name: "nobody wanted", have: people("ada", "bob"), remove: []string{"ada", "bob"}},
		{name: "protected is neither added nor removed", wanted: []string{"ada", "bob"}, have: people("eve"),
			policy: protect(t, "ada", "eve"), add: []string{"bob"}},
		{name: "taking over holds the others", wanted: []string{"ada"}, have: people("ada", "eve", "Mallory"), adopt: true,
			held2: Held{Names: []string{"Mallory", "eve"}}},
		{name: "taking over holds also while Additive", have: people("eve"), adopt: true, policy: additive,
			held2: Held{Names: []string{"eve"}}},
		{name: "held stay", wanted: []string{"ada"}, have: people("ada", "eve", "bob"), held: Held{Names: []string{"EVE"}},
			remove: []string{"bob"}, held2: Held{Names: []string{"eve"}}},
		{name: "held and then sent by the source: no longer held", wanted: []string{"eve"}, have: people("eve"), held: Held{Names: []string{"eve"}}},
		{name: "held and gone by themselves: forgotten", have: people(), held: Held{Names: []string{"eve"}}},
		{name: "too many to name: nobody is removed", have: crowd, adopt: true, held2: Held{All: true}},
		{name: "nobody is removed later either", wanted: []string{"ada"}, have: people("bob"), held: Held{All: true},
			add: []string{"ada"}, held2: Held{All: true}},
		{name: "known by id, where the product does not tell names", linked: []directory.User{{ID: "7", Name: "ada"}},
			have: []directory.User{{ID: "7"}, {ID: "8"}}, remove: []string{"8"}},
		{name: "known by id, renamed by hand", linked: []directory.User{{ID: "7", Name: "ada"}}, have: []directory.User{{ID: "7", Name: "lovelace"}}},
		{name: "known by name, where the product has no ids", linked: []directory.User{{ID: "7", Name: "ada"}}, have: []directory.User{{Name: "ADA"}}},
		{name: "barred, Additive", barred: []string{"eve"}, have: people("eve", "bob"), policy: additive, remove: []string{"eve"}},
		{name: "barred, held", barred: []string{"eve"}, have: people("eve"), held: Held{Names: []string{"eve"}}, remove: []string{"eve"}},
		{name: "barred, found at the adoption", barred: []string{"eve"}, have: people("eve", "bob"), adopt: true, remove: []string{"eve"}, held2: Held{Names: []string{"bob"}}},
		{name: "barred, nobody else is removed", barred: []string{"eve"}, have: people("eve", "bob"), held: Held{All: true}, remove: []string{"eve"}, held2: Held{All: true}},
		{name: "barred and protected", barred: []string{"eve"}, have: people("eve"), policy: protect(t, "eve")},
		{name: "held by id", have: []directory.User{{ID: "7"}, {ID: "8"}}, held: Held{Names: []string{"7"}},
			remove: []string{"8"}, held2: Held{Names: []string{"7"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			policy := everything()
			if test.policy != nil {
				test.policy(&policy)
			}
			plan := Members(Membership{
				Wanted: append(people(test.wanted...), test.linked...), Barred: people(test.barred...),
				Have: test.have, Held: test.held, Adopt: test.adopt,
			}, policy)
			g.Expect(labels(plan.Add)).To(Equal(test.add), "add")
			g.Expect(labels(plan.Remove)).To(Equal(test.remove), "remove")
			g.Expect(plan.Held).To(Equal(test.held2), "held")
		})
	}
}

// TestMembersDrift: others changed the members of a group that was as wanted.
func TestMembersDrift(t *testing.T) {
	g := NewWithT(t)
	wanted := Membership{Wanted: people("ada", "bob"), Have: people("ada", "bob")}
	wanted.Settled = Members(wanted, everything()).Settled
	changed := wanted
	changed.Have = people("ada", "eve")

	plan := Members(changed, everything())
	g.Expect([][]string{labels(plan.Add), labels(plan.Remove)}).To(Equal([][]string{{"bob"}, {"eve"}}))
	g.Expect([][]string{labels(plan.Missing), labels(plan.Extra)}).To(Equal([][]string{{"bob"}, {"eve"}}))

	policy := everything()
	policy.CorrectDrift = false
	plan = Members(changed, policy)
	g.Expect(append(plan.Add, plan.Remove...)).To(BeEmpty())
	g.Expect([][]string{labels(plan.Missing), labels(plan.Extra)}).To(Equal([][]string{{"bob"}, {"eve"}}))

	for name, change := range map[string]func(*Membership, *Policy){
		"other members":      func(m *Membership, _ *Policy) { m.Wanted = people("ada", "carol") },
		"fewer members":      func(m *Membership, _ *Policy) { m.Wanted = people("ada") },
		"somebody is barred": func(m *Membership, _ *Policy) { m.Barred = people("eve") },
		"another policy":     func(_ *Membership, p *Policy) { p.Membership = v1alpha1.MembershipAdditive },
		"never settled":      func(m *Membership, _ *Policy) { m.Settled = "" },
		"being taken over":   func(m *Membership, _ *Policy) { m.Adopt = true },
	} {
		now, policy := changed, policy
		change(&now, &policy)
		plan := Members(now, policy)
		g.Expect(append(plan.Missing, plan.Extra...)).To(BeEmpty(), name)
	}
	turned := changed
	turned.Wanted = people("bob", "ada")
	g.Expect(Members(turned, everything()).Extra).To(HaveLen(1), "the order of members does not matter")
}

func people(names ...string) []directory.User {
	var users []directory.User
	for _, name := range names {
		users = append(users, directory.User{ID: name, Name: name})
	}
	return users
}

func labels(users []directory.User) []string {
	var labels []string
	for _, user := range users {
		labels = append(labels, cmp.Or(user.Name, user.ID))
	}
	return labels
}
