package plan

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// settledFor is a link to an account that was as wanted.
func settledFor(want Wanted) UserLink {
	return UserLink{Managed: true, Settled: want.fingerprint()}
}

func leavingDrift(p *Policy) { p.CorrectDrift = false }

// TestUserDrift: others changed what was as wanted. It is put right, and
// named; or it is named, and left.
func TestUserDrift(t *testing.T) {
	other := func(change func(*directory.User)) UserFound { return linked(account(change)) }
	renamedByHand := UserFound{Linked: account(func(a *directory.User) { a.Name = "lovelace" })}
	noDeactivation := without(func(c *directory.Capabilities) { c.Deactivates = false })
	team := []directory.Group{{Name: "team"}}
	tests := []struct {
		drift []string
		userCase
		// what is left with correctDrift off
		left       v1alpha1.UserState
		leftReason string
	}{
		{nil, userCase{name: "nothing", want: ada(nil), found: other(nil), state: v1alpha1.UserActive},
			v1alpha1.UserActive, v1alpha1.ReasonProvisioned},
		{[]string{driftProfile, driftEmail}, userCase{name: "profile", want: ada(nil), found: other(func(a *directory.User) { a.DisplayName, a.Email = "x", "y@example.com" }),
			changes: []directory.UserChange{{DisplayName: new("Ada Lovelace"), Email: new("ada@example.com")}}, state: v1alpha1.UserActive},
			v1alpha1.UserActive, v1alpha1.ReasonDriftReported},
		{[]string{driftName}, userCase{name: "username", want: ada(nil), found: renamedByHand,
			changes: []directory.UserChange{{Name: new("ada")}}, state: v1alpha1.UserActive},
			v1alpha1.UserActive, v1alpha1.ReasonDriftReported},
		{[]string{driftActivation}, userCase{name: "deactivated", want: ada(nil), found: other(inactiveAccount),
			changes: []directory.UserChange{enable}, state: v1alpha1.UserActive},
			v1alpha1.UserInactive, v1alpha1.ReasonDriftReported},
		{[]string{driftAccount}, userCase{name: "deleted", want: ada(nil), create: true, state: v1alpha1.UserActive},
			v1alpha1.UserAbsent, v1alpha1.ReasonDriftReported},
		{[]string{driftActivation}, userCase{name: "a leaver activated again", want: ada(inactive), found: other(nil),
			changes: []directory.UserChange{disable}, state: v1alpha1.UserInactive},
			v1alpha1.UserActive, v1alpha1.ReasonUnwantedAccess},
		{[]string{driftActivation, driftProfile}, userCase{name: "a leaver activated again, profile changed", want: ada(inactive), found: other(func(a *directory.User) { a.DisplayName = "x" }),
			changes: []directory.UserChange{disable, {DisplayName: new("Ada Lovelace")}}, state: v1alpha1.UserInactive},
			v1alpha1.UserActive, v1alpha1.ReasonUnwantedAccess},
		{[]string{driftGroups}, userCase{name: "a leaver put into a group", want: ada(inactive), found: UserFound{Linked: account(nil), Named: account(nil), Groups: team}, caps: noDeactivation,
			leave: team, state: v1alpha1.UserInactive},
			v1alpha1.UserActive, v1alpha1.ReasonUnwantedAccess},
		{[]string{driftProfile}, userCase{name: "a leaver's profile changed", want: ada(inactive), found: other(func(a *directory.User) { inactiveAccount(a); a.DisplayName = "x" }),
			changes: []directory.UserChange{{DisplayName: new("Ada Lovelace")}}, state: v1alpha1.UserInactive},
			v1alpha1.UserInactive, v1alpha1.ReasonDriftReported},
	}
	for _, test := range tests {
		test.link, test.managed, test.reason = settledFor(test.want), true, v1alpha1.ReasonProvisioned
		if !test.want.Active {
			test.reason = v1alpha1.ReasonDeactivated
		}
		t.Run(test.name, func(t *testing.T) {
			test.check(t)
			g := NewWithT(t)
			g.Expect(test.plan().Drift).To(Equal(test.drift))
			g.Expect(test.plan().Settled).To(Equal(test.link.Settled))

			test.policy = leavingDrift
			left := test.plan()
			g.Expect(left.Drift).To(Equal(test.drift))
			g.Expect(left.Create).To(BeNil())
			g.Expect(left.Changes).To(BeEmpty())
			g.Expect(left.Leave).To(BeEmpty())
			g.Expect(left.State).To(Equal(test.left))
			g.Expect(left.Reason).To(Equal(test.leftReason))
			g.Expect(left.Link.Managed).To(BeTrue(), "so that it can be put right later")
			g.Expect(left.Settled).To(Equal(test.link.Settled), "it is drift also the next time")
		})
	}
}

// TestUserDriftIsNotWhatWeWantOtherwise: a difference that the source or the
// SyncConfig made is followed, also where drift is left.
func TestUserDriftIsNotWhatWeWantOtherwise(t *testing.T) {
	blind := without(func(c *directory.Capabilities) { c.ReadsEmail = false })
	written := settledFor(ada(nil))
	written.WrittenEmail = "old@example.com"
	tests := []userCase{
		{name: "deactivated at the source", want: ada(inactive), link: settledFor(ada(nil)), found: linked(account(nil)), changes: []directory.UserChange{disable}},
		{name: "another e-mail address at the source", want: ada(func(w *Wanted) { w.Email = "king@example.com" }), link: settledFor(ada(nil)), found: linked(account(nil)),
			changes: []directory.UserChange{{Email: new("king@example.com")}}},
		{name: "renamed at the source, or by another regex", want: ada(renamed), link: settledFor(ada(nil)), found: UserFound{Linked: account(nil)},
			changes: []directory.UserChange{{Name: new("countess")}}},
		{name: "never settled", want: ada(nil), link: ours, found: linked(account(inactiveAccount)), changes: []directory.UserChange{enable}},
		{name: "not ours until now", want: ada(nil), link: UserLink{Settled: ada(nil).fingerprint()}, found: named(account(inactiveAccount)), changes: []directory.UserChange{enable}},
		{name: "deleted at the source", want: ada(deleted), link: settledFor(ada(nil)), found: UserFound{Linked: account(nil)}, changes: []directory.UserChange{disable}},
		{name: "an e-mail address that is not to be seen", want: ada(nil), link: written, found: linked(account(nil)), caps: blind,
			changes: []directory.UserChange{{Email: new("ada@example.com")}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			test.policy = leavingDrift
			plan := test.plan()
			g.Expect(plan.Drift).To(BeEmpty())
			g.Expect(plan.Changes).To(Equal(test.changes))
		})
	}
}

// TestUserDriftLeavesWhatIsOurs: beside what others changed, and without
// forgetting whose the account is.
func TestUserDriftLeavesWhatIsOurs(t *testing.T) {
	g := NewWithT(t)
	link := settledFor(ada(nil))
	link.Adopted, link.WrittenEmail = true, "old@example.com"
	both := userCase{
		want: ada(nil), link: link, found: linked(account(func(a *directory.User) { a.DisplayName = "x" })), policy: leavingDrift,
		caps: without(func(c *directory.Capabilities) { c.ReadsEmail = false }),
	}
	g.Expect(both.plan().Drift).To(Equal([]string{driftProfile}))
	g.Expect(both.plan().Changes).To(Equal([]directory.UserChange{{Email: new("ada@example.com")}}))

	gone := userCase{want: ada(nil), link: link, policy: leavingDrift}
	g.Expect(gone.plan().Link).To(Equal(link))
}

func TestUserIsSettledOnlyWhenAsWanted(t *testing.T) {
	updatesOff := func(p *Policy) { p.UpdateUsers = false }
	differs := linked(account(func(a *directory.User) { a.DisplayName = "x" }))
	tests := []struct {
		userCase
		settled bool
	}{
		{userCase{name: "as wanted", want: ada(nil), link: ours, found: linked(account(nil))}, true},
		{userCase{name: "once it is created", want: ada(nil)}, true},
		{userCase{name: "not where a switch is off", want: ada(nil), link: ours, found: differs, policy: updatesOff}, false},
		{userCase{name: "still, where a switch went off since", want: ada(nil), link: settledFor(ada(nil)), found: differs, policy: updatesOff}, true},
		{userCase{name: "not on a conflict", want: ada(nil), found: differs, policy: adopt(v1alpha1.AdoptNever)}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var settled string
			if test.settled {
				settled = test.want.fingerprint()
			}
			NewWithT(t).Expect(test.plan().Settled).To(Equal(settled))
		})
	}
}
