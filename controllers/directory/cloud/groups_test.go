package cloud_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

var devs = directory.Group{ID: "7", Name: "devs"}

func TestAGroupThatTheOrganisationHasElsewhere(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{OtherGroups: []string{"Jira-Admins"}})
	found, err := connect(t, sim.config()).CreateGroup(t.Context(), "jira-admins")
	g.Expect(found).To(Equal(directory.Group{}))
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid), "it is not there to be taken over")
	g.Expect(err).To(MatchError(ContainSubstring(
		"with displayName[jira-admins] already exists; no group of that name is in the directory, so the organisation has one outside of it")))
	g.Expect(sim.State().Groups).To(BeEmpty())
}

func TestAGroupWithTooManyMembers(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{MaxMembers: 2})
	people := sim.seedMany(3)
	sim.SeedGroup("devs")
	d := connect(t, sim.config())
	group, err := d.FindGroup(t.Context(), "devs")
	g.Expect(err).NotTo(HaveOccurred())
	err = d.AddMembers(t.Context(), group, people)
	g.Expect(err).To(MatchError(ContainSubstring("The group has reached its limit of 2 members.")))
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid))
	g.Expect(sim.State().Groups["devs"]).To(BeEmpty())
}

func TestWhatMembersCost(t *testing.T) {
	g := NewWithT(t)
	sim := startUnchecked(t, simulator.Options{})
	people := sim.seedMany(1000)
	d := connect(t, sim.config())
	group, err := d.CreateGroup(t.Context(), "devs")
	g.Expect(err).NotTo(HaveOccurred())
	most := d.Capabilities().MembersPerRequest

	sim.ClearRequests()
	for from := 0; from < len(people); from += most {
		g.Expect(d.AddMembers(t.Context(), group, people[from:from+most])).To(Succeed())
	}
	g.Expect(sim.Requests()).To(HaveLen(10), "1 for 100 members")
	g.Expect(sim.State().Groups["devs"]).To(HaveLen(1000))

	sim.ClearRequests()
	g.Expect(d.RemoveMembers(t.Context(), group, people[:1])).To(Succeed())
	g.Expect(sim.Requests()).To(HaveLen(1))
	g.Expect(sim.State().Groups["devs"]).To(HaveLen(999))
}

func TestRemovingSomeWhoAreNoMembers(t *testing.T) {
	for _, status := range []int{0, http.StatusBadRequest, http.StatusNotFound} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simulator.Options{Unconfirmed: simulator.Unconfirmed{AbsentMemberStatus: status}})
			people := sim.seedMany(4)
			sim.SeedGroup("devs")
			sim.SeedMember("devs", people[0].Name)
			sim.SeedMember("devs", people[3].Name)
			d := connect(t, sim.config())
			group, err := d.FindGroup(t.Context(), "devs")
			g.Expect(err).NotTo(HaveOccurred())

			g.Expect(d.RemoveMembers(t.Context(), group, people[:3])).To(Succeed())
			g.Expect(sim.State().Groups).To(HaveKeyWithValue("devs", []string{people[3].Name}))
		})
	}
}

func TestARefusedRemovalOfMembersIsToldAsItIs(t *testing.T) {
	const refusal = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"not now"}`
	g := NewWithT(t)
	d, received := script(t, answers{
		"PATCH Groups/7": {400, refusal}, "GET Groups/7": {200, `{"id":"7","displayName":"devs","members":[{"value":"A"}]}`},
	})
	err := d.RemoveMembers(t.Context(), devs, []directory.User{{ID: "A"}})
	g.Expect(err).To(MatchError(ContainSubstring("not now")))
	g.Expect(received.requests).To(HaveLen(2), "it is not tried again")
}

func TestMembersAreAllOrNone(t *testing.T) {
	cases := map[string]rig.Rule{
		"half of the JSON": {Kind: rig.KindTruncated},
		"an error":         {Kind: rig.KindError},
		"a page":           {Kind: rig.KindHTML, Status: http.StatusOK},
		"a reset":          {Kind: rig.KindReset},
	}
	for name, rule := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simOptions())
			for _, user := range sim.seedMany(5) {
				sim.SeedMember("devs", user.Name)
			}
			d := connect(t, sim.config())
			group, err := d.FindGroup(t.Context(), "devs")
			g.Expect(err).NotTo(HaveOccurred())
			rule.Path = "/Groups/"
			sim.fail(rule)
			found, err := names(d.EachMember(t.Context(), group))
			g.Expect(found).To(BeEmpty())
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
		})
	}
}

func TestEachMember(t *testing.T) {
	cases := map[string]struct {
		body string
		ids  []string
		fail string
	}{
		"groups are no accounts": {`{"id":"7","members":[{"value":"A","type":"User"},{"value":"9","type":"Group"},{"value":"B"}]}`, []string{"A", "B"}, ""},
		"no attribute is nobody": {`{"id":"7","displayName":"devs"}`, []string{}, ""},
		"a member without id":    {`{"id":"7","members":[{"display":"ada@example.com"}]}`, nil, "no id of a member"},
		"another group":          {`{"id":"8","members":[]}`, nil, "not the group that was asked for"},
		"something else":         {`{}`, nil, "not the group that was asked for"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			d, _ := script(t, answers{"GET Groups/7": {200, c.body}})
			var ids []string
			var failure error
			for member, err := range d.EachMember(t.Context(), devs) {
				if failure = err; err == nil {
					ids = append(ids, member.ID)
				}
			}
			if c.fail != "" {
				g.Expect(failure).To(MatchError(ContainSubstring(c.fail)))
				return
			}
			g.Expect(failure).NotTo(HaveOccurred())
			g.Expect(ids).To(ConsistOf(c.ids))
		})
	}
}

func TestGroupsOf(t *testing.T) {
	user := directory.User{ID: "A", Name: "ada"}
	with := func(groups string) answers {
		return answers{"GET Users/A": {200, `{"id":"A","userName":"ada","active":true` + groups + `}`}}
	}
	g := NewWithT(t)
	d, _ := script(t, with(`,"groups":[{"value":"7","display":"devs"}]`))
	g.Expect(d.GroupsOf(t.Context(), user)).To(Equal([]directory.Group{devs}))
	d, _ = script(t, with(`,"groups":[]`))
	g.Expect(d.GroupsOf(t.Context(), user)).To(BeEmpty())
	d, _ = script(t, with(``))
	_, err := d.GroupsOf(t.Context(), user)
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnsupported), "silence is no proof")
	d, _ = script(t, with(`,"groups":[{"value":"7"}]`))
	_, err = d.GroupsOf(t.Context(), user)
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
}

func TestACreatedGroupThatTheAnswerDoesNotTell(t *testing.T) {
	g := NewWithT(t)
	d, _ := script(t, answers{"POST Groups": {201, ""}, "GET Groups": {200, `{"totalResults":1,"Resources":[{"id":"7","displayName":"devs"}]}`}})
	g.Expect(d.CreateGroup(t.Context(), "devs")).To(Equal(devs))
	d, _ = script(t, answers{"POST Groups": {201, ""}, "GET Groups": {200, noUsers}})
	_, err := d.CreateGroup(t.Context(), "devs")
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindAmbiguous))
}

// What is not Atlassian's own word for "not there" makes nothing disappear.
func TestNotFound(t *testing.T) {
	const gateway = `{"code":404,"message":"HTTP 404 Not Found"}`
	cases := map[string]struct {
		script answers
		kind   directory.Kind
	}{
		"in a directory that answers":       {answers{"DELETE Groups/7": {404, notFound}, firstUser: {200, noUsers}}, directory.KindUnknown},
		"where the directory is gone too":   {answers{"DELETE Groups/7": {404, notFound}, firstUser: {404, notFound}}, directory.KindWrongDirectory},
		"where the look fails":              {answers{"DELETE Groups/7": {404, notFound}, firstUser: {500, ``}}, directory.KindUnavailable},
		"where the look is not let in":      {answers{"DELETE Groups/7": {404, notFound}, firstUser: {401, `{"error":"no"}`}}, directory.KindUnauthorized},
		"where the look shows no directory": {answers{"DELETE Groups/7": {404, notFound}, firstUser: {200, `{}`}}, directory.KindUnavailable},
		"by a gateway":                      {answers{"DELETE Groups/7": {404, gateway}}, directory.KindUnavailable},
		"by a page":                         {answers{"DELETE Groups/7": {404, `<html>`}}, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, _ := script(t, c.script)
			err := d.DeleteGroup(t.Context(), devs)
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(c.kind), "%v", err)
			if c.kind == directory.KindUnknown {
				NewWithT(t).Expect(err).NotTo(HaveOccurred())
			}
		})
	}
}

// All members come in one answer, also to a PATCH; 8 MiB, which are enough
// elsewhere, hold some 33,000.
func TestALargeGroup(t *testing.T) {
	g := NewWithT(t)
	var body strings.Builder
	body.WriteString(`{"id":"7","displayName":"devs","members":[{"value":"A"}`)
	const filler = `,{"type":"User","value":"0","display":"%s"}`
	for body.Len() < 9<<20 {
		fmt.Fprintf(&body, filler, strings.Repeat("x", 1000))
	}
	body.WriteString(`]}`)
	d, _ := script(t, answers{"GET Groups/7": {200, body.String()}, "PATCH Groups/7": {200, body.String()}})
	g.Expect(d.AddMembers(t.Context(), devs, []directory.User{{ID: "A"}})).To(Succeed())
	_, err := names(d.EachMember(t.Context(), devs))
	g.Expect(err).NotTo(HaveOccurred())
}
