package jira_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestGroupsAndMembersAnswer(t *testing.T) {
	tests := map[string]struct {
		request, body string
		status        int
		says          string
	}{
		"create":                               {"POST group", `{"name":"ops"}`, 201, `"name":"ops"`},
		"create what exists is 400":            {"POST group", `{"name":"DEVS"}`, 400, "already exists"},
		"create without a name is 400":         {"POST group", `{"name":""}`, 400, "empty"},
		"delete is 200":                        {"DELETE group?groupname=DEVS", "", 200, ""},
		"delete what is missing is 404":        {"DELETE group?groupname=ops", "", 404, "does not exist"},
		"add is 201":                           {"POST group/user?groupname=devs", `{"name":"CARL"}`, 201, `"name":"devs"`},
		"add a member is 400":                  {"POST group/user?groupname=DEVS", `{"name":"BOB"}`, 400, "already a member"},
		"add to a missing group is 404":        {"POST group/user?groupname=ops", `{"name":"bob"}`, 404, "group named 'ops'"},
		"add nobody is 404":                    {"POST group/user?groupname=devs", `{"name":"nobody"}`, 404, "user named 'nobody'"},
		"remove is 200":                        {"DELETE group/user?groupname=DEVS&username=BOB", "", 200, ""},
		"remove who is no member":              {"DELETE group/user?groupname=devs&username=carl", "", 400, "not a member"},
		"remove from a missing group is 404":   {"DELETE group/user?groupname=ops&username=bob", "", 404, "group named 'ops'"},
		"remove nobody is 404":                 {"DELETE group/user?groupname=devs&username=nobody", "", 404, "user named 'nobody'"},
		"remove a member of a subgroup is 400": {"DELETE group/user?groupname=all&username=bob", "", 400, "not a member"},
		"members of a missing group is 404":    {"GET group/member?groupname=ops", "", 404, "does not exist"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{})
			i.seed("bob", "carl")
			i.group("devs", "bob")
			g.Expect(i.AddSubgroup("all", "devs")).To(Succeed())
			before := i.State()

			answer := i.call(test.request, test.body)

			g.Expect(answer.status).To(Equal(test.status))
			g.Expect(answer.body).To(ContainSubstring(test.says))
			if test.status >= 400 {
				g.Expect(i.State()).To(Equal(before), "a refusal changes nothing")
			}
		})
	}
}

func TestRemovingSomebodyAbsentIsConfigurable(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Unconfirmed: jira.Unconfirmed{AbsentMemberStatus: http.StatusNotFound}})
	i.seed("bob")
	i.group("devs")

	g.Expect(i.call("DELETE group/user?groupname=devs&username=bob", "").status).To(Equal(http.StatusNotFound))
}

func TestGroupLifeKeepsCase(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.seed("bob")

	i.call("POST group", `{"name":"Devs"}`)
	i.call("POST group/user?groupname=dEVS", `{"name":"bob"}`)
	g.Expect(i.MemberNames("devs")).To(Equal([]string{"bob"}))
	g.Expect(i.HasGroup("DEVS")).To(BeTrue())
	g.Expect(i.State().Groups).To(ContainElement(HaveField("Name", "Devs")))

	i.call("DELETE group?groupname=devs", "")
	g.Expect(i.HasGroup("Devs")).To(BeFalse())
	g.Expect(i.call("GET user?expand=groups&username=bob", "").body).NotTo(ContainSubstring("Devs"))
}

func TestGetGroupShowsNoMembers(t *testing.T) {
	g := NewWithT(t)
	i := startUnchecked(t, jira.Options{}) // the vendor's document no longer has it
	i.seed("bob")
	i.group("devs", "bob")

	group := i.call("GET group?groupname=DEVS&expand=users", "").json(t)

	g.Expect(group).To(HaveKeyWithValue("name", "devs"))
	g.Expect(group["users"]).To(And(HaveKeyWithValue("size", 1.0), HaveKeyWithValue("items", BeEmpty())))
}

func TestMembersIncludeSubgroupsOnce(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.seed("bob", "carl", "dora")
	i.group("devs", "bob", "carl")
	i.group("all", "carl", "dora")
	g.Expect(i.AddSubgroup("all", "devs")).To(Succeed())
	g.Expect(i.AddSubgroup("devs", "all")).To(Succeed(), "a circle")

	g.Expect(i.call("GET group/member?groupname=all", "").names(t)).To(Equal([]string{"bob", "carl", "dora"}))
	g.Expect(i.MemberNames("all")).To(Equal([]string{"carl", "dora"}), "direct ones")
}

func TestInactiveMembersHideUnlessAskedFor(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.seed("bob")
	i.add(userbase.User{Name: "gone"})
	i.group("devs", "bob", "gone")

	g.Expect(i.call("GET group/member?groupname=devs", "").names(t)).To(Equal([]string{"bob"}))
	g.Expect(i.call("GET group/member?groupname=devs&includeInactiveUsers=true", "").names(t)).To(Equal([]string{"bob", "gone"}))
}

func TestPickerFindsBySubstringAndMarksIt(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{PickerPage: 2})
	for _, name := range []string{"web-devs", "Devs", "r&devs", "ops"} {
		i.group(name)
	}

	found := i.call("GET groups/picker?query=dev&maxResults=99", "").json(t)

	g.Expect(found).To(And(HaveKeyWithValue("total", 3.0), HaveKeyWithValue("header", "Showing 2 of 3 matching groups")))
	g.Expect(found["groups"]).To(HaveExactElements(
		And(HaveKeyWithValue("name", "Devs"), HaveKeyWithValue("html", "<b>Dev</b>s")),
		And(HaveKeyWithValue("name", "r&devs"), HaveKeyWithValue("html", "r&amp;<b>dev</b>s")),
	))
	g.Expect(i.call("GET groups/picker?query=dev&exclude=Devs", "").json(t)).To(HaveKeyWithValue("total", 2.0))
	g.Expect(i.withAuthorization("").call("GET groups/picker?query=dev", "").json(t)).To(HaveKeyWithValue("total", 0.0))
}
