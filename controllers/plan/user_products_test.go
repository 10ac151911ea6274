package plan

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

func without(change func(*directory.Capabilities)) *directory.Capabilities {
	caps := jira
	change(&caps)
	return &caps
}

func removal(policy v1alpha1.UserRemoval) func(*Policy) {
	return func(p *Policy) { p.OnRemoval = policy }
}

// TestUserWhereEmailCannotBeRead: what others make of it cannot be seen, and
// what was written is remembered.
func TestUserWhereEmailCannotBeRead(t *testing.T) {
	blind := without(func(c *directory.Capabilities) { c.ReadsEmail = false })
	hidden := account(func(a *directory.User) { a.Email = "" })
	wrote := func(email string) UserLink { return UserLink{Managed: true, WrittenEmail: email} }
	send := []directory.UserChange{{Email: new("ada@example.com")}}
	updatesOff := func(p *Policy) { p.UpdateUsers = false }
	checkAll(t, []userCase{
		{name: "as written", want: ada(nil), link: wrote("Ada@example.com"), found: linked(hidden), caps: blind,
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "ours has changed", want: ada(nil), link: wrote("old@example.com"), found: linked(hidden), caps: blind,
			changes: send, managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "ours has changed, updateUsers off", want: ada(nil), link: wrote("old@example.com"), found: linked(hidden), caps: blind, policy: updatesOff,
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonUpdateDisabled},
		{name: "unknown, made sure of at adoption", want: ada(nil), found: named(hidden), caps: blind,
			changes: send, managed: true, adopted: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "unknown, updateUsers off: nothing is known to differ", want: ada(nil), link: ours, found: linked(hidden), caps: blind, policy: updatesOff,
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "the source sends none", want: ada(func(w *Wanted) { w.Email = "" }), link: wrote("old@example.com"), found: linked(hidden), caps: blind,
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
	})
}

func TestUserWhereAccountsCannotBeDeleted(t *testing.T) {
	caps := without(func(c *directory.Capabilities) { c.DeletesUsers = false })
	checkAll(t, []userCase{
		{name: "disabled instead", want: ada(deleted), link: ours, found: UserFound{Linked: account(nil)}, caps: caps, policy: removal(v1alpha1.RemoveUserDelete),
			changes: []directory.UserChange{disable}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonRemoved, says: "cannot delete"},
		{name: "not when it is to be kept", want: ada(deleted), link: ours, found: UserFound{Linked: account(nil)}, caps: caps, policy: removal(v1alpha1.RemoveUserKeep),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonRemoved},
	})
}

// TestUserWhereAccountsCannotBeDeactivated: leaving all groups takes the
// access away instead.
func TestUserWhereAccountsCannotBeDeactivated(t *testing.T) {
	caps := without(func(c *directory.Capabilities) { c.Deactivates = false })
	team, admins := directory.Group{ID: "1", Name: "team"}, directory.Group{ID: "2", Name: "admins"}
	in := func(groups ...directory.Group) UserFound {
		return UserFound{Linked: account(nil), Named: account(nil), Groups: groups}
	}
	tests := []userCase{
		{name: "inactive", want: ada(inactive), link: ours, found: in(team, admins), caps: caps,
			leave: []directory.Group{team, admins}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated, says: "cannot deactivate"},
		{name: "inactive, in no group", want: ada(inactive), link: ours, found: in(), caps: caps,
			managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated},
		{name: "inactive, in a protected group", want: ada(inactive), link: ours, found: in(team, admins), caps: caps, policy: protectGroup(t, "ADMINS"),
			leave: []directory.Group{team}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated, says: "stays in the protected admins"},
		{name: "inactive, taken over", want: ada(inactive), found: UserFound{Named: account(nil), Groups: []directory.Group{team}}, caps: caps,
			leave: []directory.Group{team}, managed: true, adopted: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated},
		{name: "inactive, and its profile differs", want: ada(func(w *Wanted) { inactive(w); w.DisplayName = "Ada King" }), link: ours, found: in(team), caps: caps,
			leave: []directory.Group{team}, changes: []directory.UserChange{{DisplayName: new("Ada King")}}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated},
		{name: "inactive, its name cannot be used", want: ada(func(w *Wanted) { inactive(w); w.Name = "" }), link: ours, found: in(team), caps: caps,
			leave: []directory.Group{team}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonInvalidUsername},
		{name: "inactive, disableUsers off", want: ada(inactive), link: ours, found: in(team), caps: caps, policy: func(p *Policy) { p.DisableUsers = false },
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonDisableDisabled},
		{name: "inactive, not ours", want: ada(inactive), found: UserFound{Named: account(nil), Groups: []directory.Group{team}}, caps: caps, policy: adopt(v1alpha1.AdoptNever),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},
		{name: "deleted, onRemoval Disable", want: ada(deleted), link: ours, found: in(team), caps: caps,
			leave: []directory.Group{team}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, onRemoval Delete", want: ada(deleted), link: ours, found: in(team), caps: caps, policy: removal(v1alpha1.RemoveUserDelete),
			delete: true, managed: true, state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, onRemoval Keep", want: ada(deleted), link: ours, found: in(team), caps: caps, policy: removal(v1alpha1.RemoveUserKeep),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonRemoved},
		{name: "active again", want: ada(nil), link: ours, found: in(), caps: caps,
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "active, but not in the product", want: ada(nil), link: ours, found: linked(account(inactiveAccount)), caps: caps,
			managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonAttributesRejected, says: "activate it in its user directory"},
	}
	checkAll(t, tests)
	t.Run("whoever is out of groups is remembered, and nobody else", func(t *testing.T) {
		for _, test := range tests {
			is := test.state == v1alpha1.UserInactive && test.reason != v1alpha1.ReasonAttributesRejected
			NewWithT(t).Expect(test.plan().OutOfGroups).To(Equal(is), test.name)
		}
	})
	t.Run("groups are looked at only for somebody who leaves, where it matters", func(t *testing.T) {
		g := NewWithT(t)
		g.Expect([]bool{ReadsGroups(ada(inactive), *caps), ReadsGroups(ada(deleted), *caps)}).To(Equal([]bool{true, true}))
		g.Expect([]bool{ReadsGroups(ada(nil), *caps), ReadsGroups(ada(inactive), jira)}).To(Equal([]bool{false, false}))
	})
}

// TestUserThatIsReadOnly: nothing is tried that cannot succeed, and a leaver
// who keeps access is not passed over in silence.
func TestUserThatIsReadOnly(t *testing.T) {
	fixed := func(change func(*directory.User)) *directory.User {
		return account(func(a *directory.User) {
			a.ReadOnly = "LDAP is read only"
			if change != nil {
				change(a)
			}
		})
	}
	noDeactivation := without(func(c *directory.Capabilities) { c.Deactivates = false })
	team := []directory.Group{{Name: "team"}}
	checkAll(t, []userCase{
		{name: "nothing differs", want: ada(nil), link: ours, found: linked(fixed(nil)),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "nothing differs, taken over", want: ada(nil), found: named(fixed(nil)),
			managed: true, adopted: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "profile differs", want: ada(func(w *Wanted) { w.DisplayName = "Ada King" }), link: ours, found: linked(fixed(nil)),
			managed: true, state: v1alpha1.UserError, reason: v1alpha1.ReasonAttributesRejected, says: "LDAP is read only: change account ada where it comes from"},
		{name: "profile differs, updateUsers off", want: ada(func(w *Wanted) { w.DisplayName = "Ada King" }), link: ours, found: linked(fixed(nil)), policy: func(p *Policy) { p.UpdateUsers = false },
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonUpdateDisabled},
		{name: "to be enabled", want: ada(nil), link: ours, found: linked(fixed(inactiveAccount)),
			managed: true, state: v1alpha1.UserError, reason: v1alpha1.ReasonAttributesRejected},
		{name: "to be disabled", want: ada(inactive), link: ours, found: linked(fixed(nil)),
			managed: true, state: v1alpha1.UserError, reason: v1alpha1.ReasonAttributesRejected, says: "ada keeps access: LDAP is read only"},
		{name: "disabled already", want: ada(inactive), link: ours, found: linked(fixed(inactiveAccount)),
			managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated},
		{name: "to be disabled, its name cannot be used", want: ada(func(w *Wanted) { inactive(w); w.Name = "" }), link: ours, found: UserFound{Linked: fixed(nil)},
			managed: true, state: v1alpha1.UserError, reason: v1alpha1.ReasonAttributesRejected, says: "keeps access"},
		{name: "to be disabled, not ours", want: ada(inactive), found: named(fixed(nil)), policy: adopt(v1alpha1.AdoptNever),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},
		{name: "deleted", want: ada(deleted), link: ours, found: UserFound{Linked: fixed(nil)},
			managed: true, state: v1alpha1.UserError, reason: v1alpha1.ReasonAttributesRejected, says: "keeps access"},
		{name: "deleted, onRemoval Delete", want: ada(deleted), link: ours, found: UserFound{Linked: fixed(nil)}, policy: removal(v1alpha1.RemoveUserDelete),
			managed: true, state: v1alpha1.UserError, reason: v1alpha1.ReasonAttributesRejected, says: "keeps access"},
		{name: "deleted, onRemoval Keep", want: ada(deleted), link: ours, found: UserFound{Linked: fixed(nil)}, policy: removal(v1alpha1.RemoveUserKeep),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonRemoved},
		{name: "memberships may be another matter", want: ada(inactive), link: ours, found: UserFound{Linked: fixed(nil), Named: fixed(nil), Groups: team}, caps: noDeactivation,
			leave: team, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated},
	})
}

// TestUserInAnotherUserDirectory: directoryName says whose accounts are ours.
func TestUserInAnotherUserDirectory(t *testing.T) {
	in := func(name string) *directory.User { return account(func(a *directory.User) { a.Directory = name }) }
	internal := func(p *Policy) { p.DirectoryName = "Internal" }
	both := `account ada is in user directory "LDAP" and directoryName is "Internal"`
	checkAll(t, []userCase{
		{name: "not adopted", want: ada(nil), found: named(in("LDAP")), policy: internal,
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged, says: both},
		{name: "not changed, although it is linked", want: ada(func(w *Wanted) { w.DisplayName = "Ada King" }), link: ours, found: linked(in("LDAP")), policy: internal,
			managed: true, state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged, says: both},
		{name: "inactive and not changed is loud", want: ada(inactive), link: ours, found: linked(in("LDAP")), policy: internal,
			managed: true, state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged, says: "ada keeps access: " + both},
		{name: "deleted and linked waits for somebody", want: ada(deleted), link: ours, found: UserFound{Linked: in("LDAP")}, policy: internal,
			managed: true, state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged, says: "keeps access"},
		{name: "deleted and never ours", want: ada(deleted), found: named(in("LDAP")), policy: internal,
			state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonRemoved},
		{name: "the right one, in any letter case", want: ada(nil), found: named(in("INTERNAL")), policy: internal,
			managed: true, adopted: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "the product does not tell", want: ada(nil), found: named(in("")), policy: internal,
			managed: true, adopted: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "none is configured", want: ada(nil), found: named(in("LDAP")),
			managed: true, adopted: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
	})
}
