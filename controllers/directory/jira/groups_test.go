package jira_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

const (
	noGroup   = `{"errorMessages":["The group named 'engineers' does not exist."],"errors":{}}`
	oneMember = `{"maxResults":1,"startAt":0,"total":7,"isLast":false,"values":[` + ada + `]}`
)

func TestFindGroup(t *testing.T) {
	cases := map[string]struct {
		status int
		body   string
		want   directory.Kind
	}{
		"absent":         {404, noGroup, directory.KindNotFound},
		"a proxy's page": {404, loginPage, directory.KindUnavailable},
		"other JSON":     {200, `{}`, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, script(t, answers{"GET group/member": {c.status, c.body}})).FindGroup(t.Context(), "engineers")
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(c.want), "%v", err)
		})
	}
}

func TestFindingAGroupOfManyCostsOneRequestForOneMember(t *testing.T) {
	g := NewWithT(t)
	client := connect(t, script(t, answers{"GET group/member?groupname=engineers&maxResults=1": {200, oneMember}}))
	g.Expect(client.FindGroup(t.Context(), "engineers")).To(Equal(directory.Group{ID: "engineers", Name: "engineers"}))
}

func TestGroupWritesThatAreRefused(t *testing.T) {
	create := func(d directory.Directory) error { _, err := d.CreateGroup(t.Context(), "engineers"); return err }
	remove := func(d directory.Directory) error {
		return d.DeleteGroup(t.Context(), directory.Group{Name: "engineers"})
	}
	cases := map[string]struct {
		call   func(directory.Directory) error
		script answers
		want   error
	}{
		"create: it exists":        {create, answers{"POST group": {400, refused}, "GET group/member": {200, oneMember}}, kind(directory.KindAlreadyExists)},
		"create: it does not":      {create, answers{"POST group": {400, refused}, "GET group/member": {404, noGroup}}, kind(directory.KindInvalid)},
		"create: who knows":        {create, answers{"POST group": {400, refused}, "GET group/member": {502, ""}}, kind(directory.KindUnavailable)},
		"create: forbidden":        {create, answers{"POST group": {403, refused}}, kind(directory.KindForbidden)},
		"delete: it is gone (404)": {remove, answers{"DELETE group": {404, noGroup}}, nil},
		"delete: it is gone (400)": {remove, answers{"DELETE group": {400, refused}, "GET group/member": {404, noGroup}}, nil},
		"delete: it is there":      {remove, answers{"DELETE group": {400, refused}, "GET group/member": {200, oneMember}}, kind(directory.KindInvalid)},
		"delete: who knows":        {remove, answers{"DELETE group": {400, refused}, "GET group/member": {502, ""}}, kind(directory.KindUnavailable)},
		"delete: lost":             {remove, answers{"DELETE group": {504, ""}}, kind(directory.KindAmbiguous)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			expectSame(t, c.call(connect(t, script(t, c.script))), c.want)
		})
	}
}

// kind is an error of that kind.
func kind(kind directory.Kind) error { return &directory.Error{Kind: kind} }

// expectSame expects an error of the same kind, or none if there is to be none.
func expectSame(t *testing.T, got, want error) {
	t.Helper()
	g := NewWithT(t)
	g.Expect(got == nil).To(Equal(want == nil), "%v", got)
	g.Expect(directory.KindOf(got)).To(Equal(directory.KindOf(want)), "%v", got)
}

func TestMemberWritesThatAreRefused(t *testing.T) {
	const (
		inside   = `{"key":"K","name":"ada","active":true,"groups":{"size":1,"items":[{"name":"Engineers"}]}}`
		outside  = `{"key":"K","name":"ada","active":true,"groups":{"size":1,"items":[{"name":"others"}]}}`
		partial  = `{"key":"K","name":"ada","active":true,"groups":{"size":9,"items":[{"name":"others"}]}}`
		withheld = `{"key":"K","name":"ada","active":true}`
	)
	type look struct {
		status int
		body   string
	}
	cases := map[string]struct {
		account     look
		add, remove error
	}{
		"the user is a member":     {look{200, inside}, nil, kind(directory.KindInvalid)},
		"the user is no member":    {look{200, outside}, kind(directory.KindInvalid), nil},
		"the user does not exist":  {look{404, notFound}, kind(directory.KindNotFound), nil},
		"not all groups are shown": {look{200, partial}, kind(directory.KindUnavailable), kind(directory.KindUnavailable)},
		"no groups are shown":      {look{200, withheld}, kind(directory.KindUnavailable), kind(directory.KindUnavailable)},
		"Jira does not answer":     {look{502, ""}, kind(directory.KindUnavailable), kind(directory.KindUnavailable)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := connect(t, script(t, answers{
				"POST group/user?groupname=engineers":                {400, refused},
				"DELETE group/user?groupname=engineers&username=ada": {400, refused},
				"GET user?expand=groups&username=ada":                c.account,
				"GET applicationrole":                                {200, `[]`},
			}))
			expectSame(t, client.AddMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{{Name: "ada"}}), c.add)
			expectSame(t, client.RemoveMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{{Name: "ada"}}), c.remove)
		})
	}
}

func TestRemovingSomebodyWhoIsNoMember(t *testing.T) {
	for _, status := range []int{400, 404} {
		sim := startSimulator(t, simulator.Options{Unconfirmed: simulator.Unconfirmed{AbsentMemberStatus: status}})
		sim.SeedGroup("engineers")
		sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
		NewWithT(t).Expect(connect(t, sim.config()).RemoveMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{{Name: "ada"}})).To(Succeed())
	}
}

func TestMemberOfAReadOnlyDirectory(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{
		Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Internal"}},
	})
	_, err := sim.AddUser(userbase.User{Name: "ada", Active: true, Directory: "LDAP"})
	g.Expect(err).NotTo(HaveOccurred())
	sim.SeedGroup("engineers")
	client := connect(t, sim.config())

	err = client.AddMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{{Name: "ada"}})
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid))
	g.Expect(err).To(MatchError(ContainSubstring("read only")))

	sim.SeedMember("engineers", "ada")
	g.Expect(client.AddMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{{Name: "ada"}})).To(Succeed(), "it is so already")
	g.Expect(directory.KindOf(client.RemoveMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{{Name: "ada"}}))).To(Equal(directory.KindInvalid))
}
