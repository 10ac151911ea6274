package confluence_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/confluence"
)

func TestMemberWritesThatAreRefused(t *testing.T) {
	const aGroup = `{"type":"group","name":"engineers"}`
	cases := map[string]struct {
		status             int
		body               string
		group, user        scripted
		added, removed     error
		neitherIsLookedFor bool
	}{
		"done": {status: 204, neitherIsLookedFor: true},
		"refused, and both are there": {status: 400, body: refused, group: scripted{200, aGroup}, user: scripted{200, ada},
			added: kind(directory.KindInvalid), removed: kind(directory.KindInvalid)},
		"refused, and there is no such group": {status: 400, body: refused, group: scripted{404, notFound}, user: scripted{200, ada},
			added: kind(directory.KindNotFound)},
		"refused, and there is no such user": {status: 400, body: refused, group: scripted{200, aGroup}, user: scripted{404, notFound},
			added: kind(directory.KindNotFound)},
		"refused, and who knows": {status: 400, body: refused, group: scripted{500, ""}, user: scripted{200, ada},
			added: kind(directory.KindUnavailable), removed: kind(directory.KindUnavailable)},
		"absent":          {status: 404, body: notFound, added: kind(directory.KindNotFound), neitherIsLookedFor: true},
		"a wrong address": {status: 404, body: noSuch, added: kind(directory.KindUnavailable), removed: kind(directory.KindUnavailable), neitherIsLookedFor: true},
		"a proxy's page":  {status: 404, body: loginPage, added: kind(directory.KindUnavailable), removed: kind(directory.KindUnavailable), neitherIsLookedFor: true},
		"forbidden":       {status: 403, body: refused, added: kind(directory.KindForbidden), removed: kind(directory.KindForbidden), neitherIsLookedFor: true},
		"lost":            {status: 502, added: kind(directory.KindAmbiguous), removed: kind(directory.KindAmbiguous), neitherIsLookedFor: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			known := answers{
				"PUT user/ada/group/engineers":    {c.status, c.body},
				"DELETE user/ada/group/engineers": {c.status, c.body},
			}
			if !c.neitherIsLookedFor {
				known["GET group/engineers"], known["GET user"] = c.group, c.user
			}
			client := connect(t, script(t, known))
			members := []directory.User{{ID: "8a80", Name: "ada"}}
			expectSame(t, client.AddMembers(t.Context(), engineers, members), c.added)
			expectSame(t, client.RemoveMembers(t.Context(), engineers, members), c.removed)
		})
	}
}

func TestMembersWhoseNameIsNotKnown(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.SeedGroup("engineers")
	ada := sim.SeedUser(directory.User{Name: "ada", Active: true})
	client := connect(t, sim.config())
	g.Expect(client.AddMembers(t.Context(), engineers, []directory.User{{ID: ada.ID}})).To(Succeed())
	g.Expect(sim.MemberNames("engineers")).To(Equal([]string{"ada"}))
	g.Expect(client.RemoveMembers(t.Context(), engineers, []directory.User{{ID: "nobody"}, {ID: ada.ID}})).To(Succeed())
	g.Expect(sim.MemberNames("engineers")).To(BeEmpty())
	expectSame(t, client.AddMembers(t.Context(), engineers, []directory.User{{ID: "nobody"}}), kind(directory.KindNotFound))
}

func TestAnEmptyListIsBelievedIfThereIsSuchAGroup(t *testing.T) {
	const empty = `{"results":[],"start":0,"limit":200,"size":0,"_links":{}}`
	cases := map[string]struct {
		group scripted
		want  error
	}{
		"the group is there": {scripted{200, `{"name":"engineers"}`}, nil},
		"it is not":          {scripted{404, notFound}, kind(directory.KindNotFound)},
		"who knows":          {scripted{http.StatusInternalServerError, ""}, kind(directory.KindUnavailable)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := connect(t, script(t, answers{"GET group/engineers/member": {200, empty}, "GET group/engineers": c.group}))
			found, err := names(client.EachMember(t.Context(), engineers))
			expectSame(t, err, c.want)
			NewWithT(t).Expect(found).To(BeEmpty())
		})
	}
}
