package plan

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// everything is a policy that allows all changes.
func everything() Policy {
	return Policy{
		ImportUsers: true, UpdateUsers: true, EnableUsers: true, DisableUsers: true,
		Adoption: v1alpha1.AdoptMatchUsername, OnRemoval: v1alpha1.RemoveUserDisable,
		SyncGroups: true, CreateGroups: true, Membership: v1alpha1.MembershipExact, OnGroupRemoval: v1alpha1.RemoveGroupKeep,
		CorrectDrift: true,
	}
}

var (
	jira = directory.Capabilities{Deactivates: true, DeletesUsers: true, RenamesUsers: true, ReadsEmail: true, RequiresEmail: true}
	// plain is a product that can do little more than is needed.
	plain = directory.Capabilities{Deactivates: true}
	ours  = UserLink{Managed: true}
)

func account(change func(*directory.User)) *directory.User {
	a := &directory.User{ID: "K1", Name: "ada", DisplayName: "Ada Lovelace", Email: "ada@example.com", Active: true}
	if change != nil {
		change(a)
	}
	return a
}

func ada(change func(*Wanted)) Wanted {
	w := Wanted{Name: "ada", DisplayName: "Ada Lovelace", Email: "ada@example.com", Active: true}
	if change != nil {
		change(&w)
	}
	return w
}

func linked(a *directory.User) UserFound { return UserFound{Linked: a, Named: a} }
func named(a *directory.User) UserFound  { return UserFound{Named: a} }

func inactiveAccount(a *directory.User) { a.Active = false }
func inactive(w *Wanted)                { w.Active = false }
func deleted(w *Wanted)                 { w.Deleted = true }
func renamed(w *Wanted)                 { w.Name = "countess" }

// userCase is a row of a table: a situation, and what is to be done about it.
type userCase struct {
	name   string
	want   Wanted
	link   UserLink
	found  UserFound
	caps   *directory.Capabilities // jira's if nil
	policy func(*Policy)

	create  bool
	changes []directory.UserChange
	leave   []directory.Group
	delete  bool
	managed bool
	adopted bool
	state   v1alpha1.UserState
	reason  string
	says    string
}

func (c userCase) plan() UserPlan {
	policy, caps := everything(), jira
	if c.policy != nil {
		c.policy(&policy)
	}
	if c.caps != nil {
		caps = *c.caps
	}
	return User(c.want, c.link, c.found, caps, policy)
}

func (c userCase) check(t *testing.T) {
	g := NewWithT(t)
	plan := c.plan()
	g.Expect(plan.Create != nil).To(Equal(c.create), "create")
	g.Expect(plan.Changes).To(Equal(c.changes), "changes")
	g.Expect(plan.Leave).To(Equal(c.leave), "leave")
	g.Expect(plan.Delete).To(Equal(c.delete), "delete")
	g.Expect(plan.Link.Managed).To(Equal(c.managed), "managed")
	g.Expect(plan.Link.Adopted).To(Equal(c.adopted), "adopted")
	g.Expect(plan.State).To(Equal(c.state), "state")
	g.Expect(plan.Reason).To(Equal(c.reason), "reason")
	g.Expect(plan.Message).To(And(Not(BeEmpty()), ContainSubstring(c.says)), "message")
	if len(plan.Changes) > 0 || len(plan.Leave) > 0 || plan.Delete {
		g.Expect(plan.Account).NotTo(BeNil(), "account to act on")
		g.Expect(plan.Account.ID).To(Equal("K1"), "account to act on")
	}
}

func checkAll(t *testing.T, tests []userCase) {
	for _, test := range tests {
		t.Run(test.name, test.check)
	}
}

var (
	disable = directory.UserChange{Active: new(false)}
	enable  = directory.UserChange{Active: new(true)}
)

// TestUser has at least one row for each row of the table of users.
func TestUser(t *testing.T) {
	checkAll(t, []userCase{
		{name: "protected, absent", want: ada(nil), policy: protect(t, "ada"),
			state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonProtected},
		{name: "protected, to be disabled", want: ada(inactive), found: named(account(nil)), policy: protect(t, "AD."),
			state: v1alpha1.UserActive, reason: v1alpha1.ReasonProtected},
		{name: "protected under the name it still has", want: ada(renamed), link: ours, found: UserFound{Linked: account(nil)}, policy: protect(t, "ada"),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProtected},
		{name: "protected, deleted at the source", want: ada(deleted), link: ours, found: linked(account(nil)), policy: protect(t, "ada"),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProtected},

		{name: "active, absent", want: ada(nil),
			create: true, managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "active, absent, importUsers off", want: ada(nil), policy: func(p *Policy) { p.ImportUsers = false },
			state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonImportDisabled},
		{name: "inactive, absent", want: ada(inactive),
			state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonDeactivated},
		{name: "no e-mail address where one is required", want: ada(func(w *Wanted) { w.Email = "" }),
			state: v1alpha1.UserError, reason: v1alpha1.ReasonAttributesRejected},
		{name: "no e-mail address where none is required", want: ada(func(w *Wanted) { w.Email = "" }), caps: &plain,
			create: true, managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "managed account that vanished is made anew", want: ada(nil), link: ours,
			create: true, managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},

		{name: "exists, adoption Never", want: ada(nil), found: named(account(nil)), policy: adopt(v1alpha1.AdoptNever),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},
		{name: "exists, same e-mail address", want: ada(nil), found: named(account(func(a *directory.User) { a.Email = "ADA@example.com" })), policy: adopt(v1alpha1.AdoptMatchUsernameAndEmail),
			managed: true, adopted: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "exists, other e-mail address", want: ada(nil), found: named(account(func(a *directory.User) { a.Email = "other@example.com" })), policy: adopt(v1alpha1.AdoptMatchUsernameAndEmail),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},
		{name: "exists, neither side has an e-mail address", want: ada(func(w *Wanted) { w.Email = "" }), found: named(account(func(a *directory.User) { a.Email = "" })), policy: adopt(v1alpha1.AdoptMatchUsernameAndEmail),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},
		{name: "exists, e-mail address cannot be read", want: ada(nil), found: named(account(nil)), policy: adopt(v1alpha1.AdoptMatchUsernameAndEmail), caps: &plain,
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},
		{name: "exists, adopted and made right", want: ada(nil), found: named(account(inactiveAccount)),
			changes: []directory.UserChange{enable}, managed: true, adopted: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "unmanaged conflict is not disabled", want: ada(inactive), found: named(account(nil)), policy: adopt(v1alpha1.AdoptNever),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},

		{name: "renamed", want: ada(renamed), link: ours, found: UserFound{Linked: account(nil)},
			changes: []directory.UserChange{{Name: new("countess")}}, managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "letter case alone is no rename", want: ada(func(w *Wanted) { w.Name = "ADA" }), link: ours, found: linked(account(nil)),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "renamed, updateUsers off", want: ada(renamed), link: ours, found: UserFound{Linked: account(nil)}, policy: func(p *Policy) { p.UpdateUsers = false },
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonUpdateDisabled},
		{name: "renamed, the product cannot", want: ada(renamed), link: ours, found: UserFound{Linked: account(nil)}, caps: &plain,
			managed: true, state: v1alpha1.UserError, reason: v1alpha1.ReasonRenameUnsupported},
		{name: "renamed and deactivated, the product cannot rename", want: ada(func(w *Wanted) { renamed(w); inactive(w) }), link: ours, found: UserFound{Linked: account(nil)}, caps: &plain,
			changes: []directory.UserChange{disable}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonRenameUnsupported},
		{name: "renamed, the new name is taken", want: ada(renamed), link: ours,
			found:   UserFound{Linked: account(nil), Named: &directory.User{ID: "K2", Name: "countess"}},
			managed: true, state: v1alpha1.UserConflict, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},
		{name: "renamed and deactivated, the new name is taken", want: ada(func(w *Wanted) { renamed(w); inactive(w) }), link: ours,
			found:   UserFound{Linked: account(nil), Named: &directory.User{ID: "K2", Name: "countess"}},
			changes: []directory.UserChange{disable}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonAlreadyExistsUnmanaged},

		{name: "profile differs", want: ada(func(w *Wanted) { w.DisplayName, w.Email = "Ada King", "king@example.com" }), link: ours, found: linked(account(nil)),
			changes: []directory.UserChange{{DisplayName: new("Ada King"), Email: new("king@example.com")}}, managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "what the source did not send is not blanked", want: ada(func(w *Wanted) { w.Email = "" }), link: ours, found: linked(account(nil)),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "profile differs, updateUsers off", want: ada(func(w *Wanted) { w.DisplayName = "Ada King" }), link: ours, found: linked(account(nil)), policy: func(p *Policy) { p.UpdateUsers = false },
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonUpdateDisabled},

		{name: "active, inactive account", want: ada(nil), link: ours, found: linked(account(inactiveAccount)),
			changes: []directory.UserChange{enable}, managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},
		{name: "active, inactive account, enableUsers off", want: ada(nil), link: ours, found: linked(account(inactiveAccount)), policy: func(p *Policy) { p.EnableUsers = false },
			managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonEnableDisabled},
		{name: "inactive, active account", want: ada(inactive), link: ours, found: linked(account(nil)),
			changes: []directory.UserChange{disable}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated},
		{name: "inactive, active account, disableUsers off", want: ada(inactive), link: ours, found: linked(account(nil)), policy: func(p *Policy) { p.DisableUsers = false },
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonDisableDisabled},
		{name: "updateUsers off, disableUsers on: still disabled", want: ada(func(w *Wanted) { inactive(w); w.DisplayName = "Ada King" }), link: ours, found: linked(account(nil)), policy: func(p *Policy) { p.UpdateUsers = false },
			changes: []directory.UserChange{disable}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonUpdateDisabled},
		{name: "deactivation goes first and alone", want: ada(func(w *Wanted) { inactive(w); w.DisplayName = "Ada King" }), link: ours, found: linked(account(nil)),
			changes: []directory.UserChange{disable, {DisplayName: new("Ada King")}}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated},
		{name: "equal, inactive", want: ada(inactive), link: ours, found: linked(account(inactiveAccount)),
			managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonDeactivated},
		{name: "equal, active", want: ada(nil), link: ours, found: linked(account(nil)),
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonProvisioned},

		{name: "unusable username", want: ada(func(w *Wanted) { w.Name = "" }),
			state: v1alpha1.UserError, reason: v1alpha1.ReasonInvalidUsername},
		{name: "unusable username, deactivated", want: ada(func(w *Wanted) { w.Name = ""; inactive(w) }), link: ours, found: UserFound{Linked: account(nil)},
			changes: []directory.UserChange{disable}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonInvalidUsername},
		{name: "username held by another user", want: ada(func(w *Wanted) { w.NameHolder = "ada@other.example" }), found: named(account(nil)),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonDuplicateUsername},
		{name: "username held by another user, deactivated: not the other's account", want: ada(func(w *Wanted) { w.NameHolder = "ada@other.example"; inactive(w) }), found: named(account(nil)),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonDuplicateUsername},

		{name: "deleted, onRemoval Disable", want: ada(deleted), link: ours, found: UserFound{Linked: account(nil)},
			changes: []directory.UserChange{disable}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, onRemoval Disable, inactive already", want: ada(deleted), link: ours, found: UserFound{Linked: account(inactiveAccount)},
			managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, onRemoval Delete", want: ada(deleted), link: ours, found: UserFound{Linked: account(nil)}, policy: func(p *Policy) { p.OnRemoval = v1alpha1.RemoveUserDelete },
			delete: true, managed: true, state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, onRemoval Keep", want: ada(deleted), link: ours, found: UserFound{Linked: account(nil)}, policy: func(p *Policy) { p.OnRemoval = v1alpha1.RemoveUserKeep },
			managed: true, state: v1alpha1.UserActive, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, not managed", want: ada(deleted), found: named(account(nil)),
			state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, no longer managed", want: ada(deleted), found: linked(account(nil)),
			state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonRemoved},
		{name: "username held by another user, deactivated, no longer managed", want: ada(func(w *Wanted) { w.NameHolder = "ada@other.example"; inactive(w) }), found: linked(account(nil)),
			state: v1alpha1.UserConflict, reason: v1alpha1.ReasonDuplicateUsername},
		{name: "deleted, account gone already", want: ada(deleted), link: ours,
			state: v1alpha1.UserAbsent, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, username unusable by now", want: ada(func(w *Wanted) { deleted(w); w.Name = "" }), link: ours, found: UserFound{Linked: account(nil)},
			changes: []directory.UserChange{disable}, managed: true, state: v1alpha1.UserInactive, reason: v1alpha1.ReasonRemoved},
	})
}

func TestCreateCarriesTheProfile(t *testing.T) {
	plan := User(ada(nil), UserLink{}, UserFound{}, jira, everything())
	NewWithT(t).Expect(plan.Create).To(Equal(&directory.NewUser{Name: "ada", DisplayName: "Ada Lovelace", Email: "ada@example.com"}))
}

func adopt(adoption v1alpha1.Adoption) func(*Policy) {
	return func(p *Policy) { p.Adoption = adoption }
}

func protect(t *testing.T, patterns ...string) func(*Policy) {
	names, err := compileNames("protected.users", patterns)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return func(p *Policy) { p.ProtectedUsers = names }
}
