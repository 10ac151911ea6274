package crowd_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// writes are all verbs that change something, each to be done to ada and devs.
func writes(t *testing.T, d directory.Directory, ada directory.User) map[string]func() error {
	t.Helper()
	return map[string]func() error{
		directory.OpCreateUser: func() error {
			_, err := d.CreateUser(t.Context(), directory.NewUser{Name: "new", DisplayName: "New"})
			return err
		},
		directory.OpUpdateUser: func() error {
			_, err := d.UpdateUser(t.Context(), ada.ID, directory.UserChange{Active: new(false)})
			return err
		},
		"rename": func() error {
			_, err := d.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: new("countess")})
			return err
		},
		directory.OpDeleteUser:  func() error { return d.DeleteUser(t.Context(), ada.ID) },
		directory.OpCreateGroup: func() error { _, err := d.CreateGroup(t.Context(), "new"); return err },
		directory.OpDeleteGroup: func() error { return d.DeleteGroup(t.Context(), devs) },
		directory.OpAddMembers:  func() error { return d.AddMembers(t.Context(), devs, []directory.User{ada}) },
		directory.OpRemoveMembers: func() error {
			return d.RemoveMembers(t.Context(), directory.Group{Name: "leads"}, []directory.User{ada})
		},
	}
}

// populate makes what writes are about: ada is in leads and not in devs.
func populate(s *simulated, in string) directory.User {
	user, err := s.AddUser(userbase.User{Name: "ada", DisplayName: "Ada", Active: true, Directory: in})
	s.must(err)
	s.must(s.AddGroup(userbase.Group{Name: "devs", Directory: in}))
	s.must(s.AddGroup(userbase.Group{Name: "leads", Directory: in, Members: []string{"ada"}}))
	return s.seen(user)
}

func TestAReadOnlyDirectoryIsForbiddenAndSaysSo(t *testing.T) {
	sim := startSimulator(t, simulator.Options{Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}}})
	ada := populate(sim, "LDAP")
	before := sim.Server.State()
	for op, write := range writes(t, connect(t, sim.config()), ada) {
		t.Run(op, func(t *testing.T) {
			g := NewWithT(t)
			err := write()
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindForbidden), "%v", err)
			g.Expect(err).To(MatchError(And(ContainSubstring("allow"), ContainSubstring("what both the application and the directory permit"))))
			g.Expect(directory.IsDown(err)).To(BeFalse(), "others may still be written")
			g.Expect(sim.Server.State()).To(Equal(before))
		})
	}
}

func TestNewUsersGoWhereTheyMay(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Staff"}}})
	_, err := connect(t, sim.config()).CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.Users()[0].Directory).To(Equal("Staff"))
}

// TestFaults: what an administrator sees of each, and that nothing is written.
func TestFaults(t *testing.T) {
	cases := map[string]struct {
		rule    rig.Rule
		want    directory.Kind
		message string
		down    bool
	}{
		"a redirect to a login page": {rig.Rule{Kind: rig.KindLogin}, directory.KindUnavailable, "redirected to http://login.invalid, which was not followed", true},
		"a page of a proxy":          {rig.Rule{Kind: rig.KindHTML, Status: http.StatusForbidden}, directory.KindForbidden, "(Permissions)", false},
		"a page that is not there":   {rig.Rule{Kind: rig.KindHTML, Status: http.StatusNotFound}, directory.KindUnavailable, "check that the URL is the base URL of Crowd", true},
		"too many requests":          {rig.Rule{Kind: rig.KindError, Status: http.StatusTooManyRequests}, directory.KindRateLimited, "told to fail", false},
		"a licence that is full":     {rig.Rule{Kind: rig.KindError, Status: http.StatusPaymentRequired}, directory.KindLicenceExceeded, "told to fail", false},
		"wrong credentials":          {rig.Rule{Kind: rig.KindError, Status: http.StatusUnauthorized}, directory.KindUnauthorized, "not those of a user", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			sim := startSimulator(t, simulator.Options{})
			ada := populate(sim, "")
			before := sim.Server.State()
			sim.fail(c.rule)
			for op := range writes(t, connect(t, sim.config()), ada) {
				g := NewWithT(t)
				// A client of its own, because a 429 makes a client wait.
				err := writes(t, connect(t, sim.config()), ada)[op]()
				g.Expect(directory.KindOf(err)).To(Equal(c.want), "%s: %v", op, err)
				g.Expect(err).To(MatchError(ContainSubstring(c.message)), op)
				g.Expect(directory.IsDown(err)).To(Equal(c.down), op)
				g.Expect(err.Error()).NotTo(ContainSubstring("secret"))
			}
			NewWithT(t).Expect(sim.Server.State()).To(Equal(before))
		})
	}
}

// TestAnswersThatGetLost: a write whose answer does not come, or not whole
// where it matters, has an unknown outcome and is not repeated.
func TestAnswersThatGetLost(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	for kind := range map[rig.FaultKind]bool{rig.KindLostAnswer: true, rig.KindTruncated: true} {
		sim.fail(rig.Rule{Kind: kind, Method: http.MethodPost, Path: "/user", Times: 1})
		sim.ClearRequests()
		_, err := connect(t, sim.config()).CreateUser(t.Context(), directory.NewUser{Name: string(kind), DisplayName: "X"})
		g.Expect(directory.KindOf(err)).To(Equal(directory.KindAmbiguous), "%v", err)
		g.Expect(sim.Count(http.MethodPost, "user")).To(Equal(1))
		_, held := sim.User(string(kind))
		g.Expect(held).To(BeTrue(), "it did take effect")
	}
}

func TestARenameWhoseAnswerGetsLostCanBeRepeated(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	ada := populate(sim, "")
	client := connect(t, sim.config())
	rename := func() (directory.User, error) {
		return client.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: new("countess")})
	}
	sim.fail(rig.Rule{Kind: rig.KindLostAnswer, Path: "/user/rename", Times: 1})
	_, err := rename()
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindAmbiguous), "%v", err)
	renamed, err := rename()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(renamed.ID).To(Equal(ada.ID))
	g.Expect(sim.Count(http.MethodPost, "user/rename")).To(Equal(1))
}

func TestATruncatedReadIsNotAnAbsence(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	populate(sim, "")
	sim.fail(rig.Rule{Kind: rig.KindTruncated, Method: http.MethodGet})
	client := connect(t, sim.config())
	_, err := client.FindUser(t.Context(), "ada")
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
	found, err := names(client.EachUser(t.Context()))
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
	g.Expect(found).To(BeEmpty())
}
