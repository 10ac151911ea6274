package plan

import (
	"slices"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

func TestGifts(t *testing.T) {
	newUsers := DefaultGroups{Names: []string{"users", "wiki"}}
	allUsers := DefaultGroups{Names: []string{"users", "wiki"}, ForAll: true}
	ours := UserPlan{Link: UserLink{Managed: true}, State: v1alpha1.UserActive, Reason: v1alpha1.ReasonProvisioned}
	with := func(change func(*UserPlan)) UserPlan {
		plan := ours
		change(&plan)
		return plan
	}
	created := with(func(p *UserPlan) { p.Create = &directory.NewUser{Name: "ada"} })
	tests := []struct {
		name     string
		defaults DefaultGroups
		plan     UserPlan
		want     func(*Wanted)
		before   Gifts
		drift    bool // is left

		gifts    Gifts
		receives bool
	}{
		{name: "created", defaults: newUsers, plan: created, gifts: Gifts{Pending: newUsers.Names}, receives: true},
		{name: "created, for all", defaults: allUsers, plan: created, gifts: Gifts{Pending: newUsers.Names}, receives: true},
		{name: "made again, where others deleted it", defaults: newUsers, plan: created, before: Gifts{Given: newUsers.Names},
			gifts: Gifts{Pending: newUsers.Names}, receives: true},
		{name: "adopted", defaults: newUsers, plan: with(func(p *UserPlan) { p.Link.Adopted = true }), receives: true},
		{name: "adopted, for all", defaults: allUsers, plan: with(func(p *UserPlan) { p.Link.Adopted = true }), gifts: Gifts{Pending: newUsers.Names}, receives: true},
		{name: "given", defaults: allUsers, plan: ours, before: Gifts{Given: []string{"Users", "wiki"}}, gifts: Gifts{Given: newUsers.Names}, receives: true},
		{name: "one is left", defaults: newUsers, plan: ours, before: Gifts{Given: []string{"users"}, Pending: []string{"wiki"}},
			gifts: Gifts{Given: []string{"users"}, Pending: []string{"wiki"}}, receives: true},
		{name: "added to the default groups since", defaults: newUsers, plan: ours, before: Gifts{Given: []string{"users"}}, gifts: Gifts{Given: []string{"users"}}, receives: true},
		{name: "added to the default groups since, for all", defaults: allUsers, plan: ours, before: Gifts{Given: []string{"users"}},
			gifts: Gifts{Given: []string{"users"}, Pending: []string{"wiki"}}, receives: true},
		{name: "taken out by others, for all", defaults: allUsers, plan: ours, before: Gifts{Given: newUsers.Names, Lost: []string{"Wiki"}},
			gifts: Gifts{Given: []string{"users"}, Pending: []string{"wiki"}, Lost: []string{"wiki"}}, receives: true},
		{name: "taken out by others, for all, drift left", defaults: allUsers, plan: ours, drift: true, before: Gifts{Given: newUsers.Names, Lost: []string{"wiki"}},
			gifts: Gifts{Given: newUsers.Names, Lost: []string{"wiki"}}, receives: true},
		{name: "taken out by others", defaults: newUsers, plan: ours, before: Gifts{Given: newUsers.Names, Lost: []string{"wiki"}},
			gifts: Gifts{Given: newUsers.Names}, receives: true},
		{name: "no longer a default group", defaults: newUsers, plan: ours, before: Gifts{Given: []string{"old", "users"}, Pending: []string{"older"}},
			gifts: Gifts{Given: []string{"users"}}, receives: true},
		{name: "deactivated", defaults: allUsers, plan: with(func(p *UserPlan) { p.State = v1alpha1.UserInactive }), want: inactive,
			before: Gifts{Given: []string{"users"}}, gifts: Gifts{Given: []string{"users"}}},
		{name: "inactive, and left active", defaults: allUsers, plan: ours, want: inactive},
		{name: "taken out of all groups", defaults: newUsers, plan: with(func(p *UserPlan) { p.State, p.OutOfGroups = v1alpha1.UserInactive, true }), want: inactive,
			before: Gifts{Given: []string{"wiki"}}, gifts: Gifts{Pending: []string{"wiki"}}},
		{name: "protected", defaults: allUsers, plan: with(func(p *UserPlan) { p.Reason = v1alpha1.ReasonProtected })},
		{name: "not ours", defaults: allUsers, plan: with(func(p *UserPlan) { p.Link.Managed = false }), before: Gifts{Given: []string{"users"}}},
		{name: "deleted", defaults: allUsers, plan: with(func(p *UserPlan) { p.Delete = true }), want: deleted, before: Gifts{Given: []string{"users"}}},
		{name: "a conflict of names", defaults: allUsers, plan: with(func(p *UserPlan) { p.State = v1alpha1.UserConflict })},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			want := ada(test.want)
			gifts := test.plan.Gifts(want, test.before, Policy{DefaultGroups: test.defaults, CorrectDrift: !test.drift})
			g.Expect(slices.Equal(gifts.Given, test.gifts.Given)).To(BeTrue(), "given: %v", gifts.Given)
			g.Expect(slices.Equal(gifts.Pending, test.gifts.Pending)).To(BeTrue(), "pending: %v", gifts.Pending)
			g.Expect(slices.Equal(gifts.Lost, test.gifts.Lost)).To(BeTrue(), "lost: %v", gifts.Lost)
			g.Expect(test.plan.Receives(want)).To(Equal(test.receives), "receives")
		})
	}
}

// TestSparedMembers: who comes and goes by default groups is left where he is.
func TestSparedMembers(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Membership)
		remove []string
		held   []string
	}{
		{"in the group", func(m *Membership) { m.Spared = people("ada") }, []string{"eve"}, nil},
		{"not in the group: not put into it", func(m *Membership) { m.Spared = people("ada", "bob") }, []string{"eve"}, nil},
		{"while the group is taken over", func(m *Membership) { m.Spared, m.Adopt = people("ada"), true }, nil, []string{"eve"}},
		{"nobody", func(*Membership) {}, []string{"ada", "eve"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			m := Membership{Have: people("ada", "eve")}
			test.change(&m)
			plan := Members(m, everything())
			g.Expect(plan.Add).To(BeEmpty())
			g.Expect(labels(plan.Remove)).To(Equal(test.remove))
			g.Expect(plan.Held.Names).To(Equal(test.held))
		})
	}
}
