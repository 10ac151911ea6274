package confluence_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestGroupsAreMadeFoundAndDeleted(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{})
	made := i.call("POST admin/group", `{"type":"group","name":"R&D 100%"}`)
	g.Expect(made.status).To(Equal(http.StatusOK))
	g.Expect(made.json(t)).To(HaveKeyWithValue("name", "R&D 100%"))
	g.Expect(i.call("GET group/r&d%20100%25", "").json(t)).To(HaveKeyWithValue("name", "R&D 100%"))
	g.Expect(i.call("POST admin/group", `{"type":"group","name":"r&d 100%"}`).status).To(Equal(http.StatusConflict))
	g.Expect(i.call("POST admin/group", `{"type":"group","name":" "}`).status).To(Equal(http.StatusBadRequest))
	g.Expect(i.call("GET group", "").names(t)).To(Equal([]string{confluence.AdminGroup, confluence.UsersGroup, "R&D 100%"}))
	g.Expect(i.call("DELETE admin/group/R&D%20100%25", "").status).To(Equal(http.StatusNoContent))
	g.Expect(i.call("DELETE admin/group/R&D%20100%25", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.call("DELETE admin/group/"+confluence.AdminGroup, "").status).To(Equal(http.StatusBadRequest))
	g.Expect(i.HasGroup(confluence.AdminGroup)).To(BeTrue())
}

func TestNamesThatBreakTheWebServer(t *testing.T) {
	i := startUnchecked(t, confluence.Options{})
	i.group("team/a")
	for _, request := range []string{
		"GET group/team%2Fa", "GET group/team%2fa/member", "DELETE admin/group/team%2Fa", "PUT user/admin/group/team%2Fa",
		"PUT user/admin/group/team%5Ca",
	} {
		g := NewWithT(t)
		answer := i.call(request, "")
		g.Expect(answer.status).To(Equal(http.StatusBadRequest), request)
		g.Expect(answer.header.Get("Content-Type")).To(HavePrefix("text/html"))
	}
	NewWithT(t).Expect(i.call("GET group/team%252Fa", "").status).To(Equal(http.StatusNotFound), "escaped twice it is another name")
}

func TestMembershipsAreIdempotent(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{})
	i.seed("ada")
	i.group("devs")
	for range 2 {
		g.Expect(i.call("PUT user/ada/group/DEVS", "").status).To(Equal(http.StatusNoContent))
		g.Expect(i.MemberNames("devs")).To(Equal([]string{"ada"}))
	}
	g.Expect(i.call("GET user/memberof?username=ada", "").names(t)).To(Equal([]string{"devs"}))
	for range 2 {
		g.Expect(i.call("DELETE user/ada/group/devs", "").status).To(Equal(http.StatusNoContent))
		g.Expect(i.MemberNames("devs")).To(BeEmpty())
	}
}

func TestWhatIsAbsentIsAnsweredAsSet(t *testing.T) {
	other := confluence.Unconfirmed{AbsentStatus: http.StatusBadRequest, EmptyAbsentGroup: true, EmptyAbsentUser: true}
	tests := []struct {
		request          string
		guess, otherwise int
	}{
		{"PUT user/admin/group/nobody", 404, 400},
		{"PUT user/nobody/group/confluence-users", 404, 400},
		{"DELETE user/nobody/group/confluence-users", 404, 400},
		{"GET group/nobody/member", 404, 200},
		{"GET user/memberof?username=nobody", 404, 200},
	}
	for _, test := range tests {
		g := NewWithT(t)
		g.Expect(start(t, confluence.Options{}).call(test.request, "").status).To(Equal(test.guess), test.request)
		g.Expect(start(t, confluence.Options{Unconfirmed: other}).call(test.request, "").status).To(Equal(test.otherwise), test.request)
	}
}

func TestMembersOfSubgroups(t *testing.T) {
	for counted, want := range map[bool][]string{false: {"ada"}, true: {"ada", "grace"}} {
		g := NewWithT(t)
		i := start(t, confluence.Options{Unconfirmed: confluence.Unconfirmed{MembersOfSubgroups: counted}})
		i.seed("ada", "grace")
		i.group("devs", "ada")
		i.group("interns", "grace")
		g.Expect(i.AddSubgroup("devs", "interns")).To(Succeed())
		g.Expect(i.call("GET group/devs/member", "").names(t)).To(Equal(want))
		g.Expect(i.call("GET group/devs/groupmember", "").names(t)).To(Equal([]string{"interns"}))
	}
}

func TestGroupNamesMayBeLowered(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{Unconfirmed: confluence.Unconfirmed{LowersGroupNames: true}})
	g.Expect(i.call("POST admin/group", `{"type":"group","name":"Devs"}`).json(t)).To(HaveKeyWithValue("name", "devs"))
}

func TestReadOnlyMembershipsAndGroups(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusForbidden} {
		g := NewWithT(t)
		i := start(t, confluence.Options{
			Directories: []userbase.Options{{Name: "Internal"}, {Name: "LDAP", ReadOnly: true}},
			Unconfirmed: confluence.Unconfirmed{ReadOnlyStatus: status},
		})
		i.add(userbase.User{Name: "ada", Directory: "LDAP"})
		g.Expect(i.AddGroup(userbase.Group{Name: "devs", Directory: "LDAP"})).To(Succeed())
		g.Expect(i.call("PUT user/ada/group/devs", "").status).To(Equal(status))
		g.Expect(i.call("DELETE admin/group/devs", "").status).To(Equal(status))
		g.Expect(i.HasGroup("devs")).To(BeTrue())
	}
}
