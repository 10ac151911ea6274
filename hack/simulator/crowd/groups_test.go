package crowd_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

func TestGroups(t *testing.T) {
	i := start(t, crowd.Options{})
	answer := i.expect("POST group", `{"name":"Devs","description":"They build","type":"GROUP","active":true}`, 201, "")
	NewWithT(t).Expect(answer.body).To(BeEmpty())
	i.expect("POST group", `{"name":"devs"}`, 400, "INVALID_GROUP")
	i.expect("POST group", `{"name":" "}`, 400, "INVALID_GROUP")
	i.expect("GET group?groupname=DEVS", "", 200, `"name":"Devs","description":"They build","type":"GROUP","active":true`)
	i.expect("PUT group?groupname=Devs", `{"name":"Other"}`, 400, "does not match")
	i.expect("PUT group?groupname=Devs", `{"name":"Devs","description":"They rest"}`, 200, `"description":"They rest"`)
	i.expect("GET group?groupname=nobody", "", 404, "GROUP_NOT_FOUND")
	i.expect("GET group?groupname=", "", 400, "ILLEGAL_ARGUMENT")
	i.expect("DELETE group?groupname=devs", "", 204, "")
	i.expect("DELETE group?groupname=devs", "", 404, "GROUP_NOT_FOUND")
}

func TestStatusesOfMemberships(t *testing.T) {
	i := start(t, crowd.Options{})
	i.seed("ada", "bob")
	i.group("devs")
	i.expect("POST group/user/direct?groupname=devs", `{"name":"ada"}`, 201, "")
	i.expect("POST group/user/direct?groupname=devs", `{"name":"ADA"}`, 409, "MEMBERSHIP_ALREADY_EXISTS")
	i.expect("POST group/user/direct?groupname=devs", `{"name":"nobody"}`, 400, "USER_NOT_FOUND")
	i.expect("POST group/user/direct?groupname=nobody", `{"name":"ada"}`, 404, "GROUP_NOT_FOUND")
	i.expect("GET group/user/direct?groupname=devs&username=ADA", "", 200, `"name":"ada"`)
	i.expect("GET group/user/direct?groupname=devs&username=bob", "", 404, "MEMBERSHIP_NOT_FOUND")
	i.expect("GET user/group/direct?username=ada&groupname=devs", "", 200, `"name":"devs"`)
	i.expect("GET user/group/direct?username=bob&groupname=devs", "", 404, "MEMBERSHIP_NOT_FOUND")
	i.expect("DELETE group/user/direct?groupname=devs&username=bob", "", 404, "MEMBERSHIP_NOT_FOUND")
	i.expect("DELETE group/user/direct?groupname=devs&username=nobody", "", 404, "USER_NOT_FOUND")
	i.expect("DELETE group/user/direct?groupname=devs&username=ada", "", 204, "")
	NewWithT(t).Expect(i.MemberNames("devs")).To(BeEmpty())
	open := startUnchecked(t, crowd.Options{})
	open.seed("ada")
	open.group("devs")
	open.expect("POST user/group/direct?username=ada", `{"name":"devs"}`, 201, "")
	open.expect("POST user/group/direct?username=ada", `{"name":"nobody"}`, 400, "GROUP_NOT_FOUND")
	open.expect("DELETE user/group/direct?username=ada&groupname=devs", "", 204, "")
}

func TestGroupsOfNobodyAreAnEmptyList(t *testing.T) {
	i := start(t, crowd.Options{})
	NewWithT(t).Expect(i.expect("GET user/group/direct?username=nobody", "", 200, "").names(t)).To(BeEmpty())
}

func TestNestedGroups(t *testing.T) {
	g := NewWithT(t)
	i := startUnchecked(t, crowd.Options{})
	i.seed("ada", "bob")
	i.group("all", "bob")
	i.group("devs", "ada")
	i.expect("POST group/child-group/direct?groupname=all", `{"name":"devs"}`, 201, "")
	g.Expect(i.call("GET group/child-group/direct?groupname=all", "").names(t)).To(Equal([]string{"devs"}))
	g.Expect(i.call("GET group/user/direct?groupname=all", "").names(t)).To(Equal([]string{"bob"}))
	g.Expect(i.call("GET group/user/nested?groupname=all", "").names(t)).To(Equal([]string{"ada", "bob"}))
	g.Expect(i.call("GET user/group/direct?username=ada", "").names(t)).To(Equal([]string{"devs"}))
	g.Expect(i.call("GET user/group/nested?username=ada", "").names(t)).To(Equal([]string{"all", "devs"}))
	i.accepting("*/*").expect("GET group/membership", "", 200,
		`<memberships><membership group="all"><users><user name="bob"></user></users><groups><group name="devs"></group></groups></membership>`)
	i.expect("GET group/membership", "", 406, "")
	i.expect("DELETE group/child-group/direct?groupname=all&child-groupname=devs", "", 204, "")
	i.expect("DELETE group/child-group/direct?groupname=all&child-groupname=devs", "", 404, "MEMBERSHIP_NOT_FOUND")
	flat := startUnchecked(t, crowd.Options{NoNestedGroups: true})
	flat.group("all")
	flat.group("devs")
	flat.expect("POST group/child-group/direct?groupname=all", `{"name":"devs"}`, 400, "NESTED_GROUPS_NOT_SUPPORTED")
}

func TestSearch(t *testing.T) {
	i := start(t, crowd.Options{})
	i.seed("ada", "bob", "eve")
	i.group("devs")
	i.expect("PUT user?username=eve", `{"name":"eve","email":"eve@other.org","active":false}`, 204, "")
	for restriction, want := range map[string][]string{
		"":                               {"ada", "bob", "eve"},
		"name=ADA":                       {"ada"},
		`email="bob@example.com"`:        {"bob"},
		"email=*example*":                {"ada", "bob"},
		"name=e*":                        {"eve"},
		"email=*.org":                    {"eve"},
		"active=false":                   {"eve"},
		"name=ada or name=bob":           {"ada", "bob"},
		"email=*example* and name=*b":    {"bob"},
		"name=eve or name=a* and name=b": {"eve"},
	} {
		query := "GET search?entity-type=user&restriction=" + escape(restriction)
		NewWithT(t).Expect(i.call(query, "").names(t)).To(Equal(want), restriction)
	}
	NewWithT(t).Expect(i.call("GET search?entity-type=GROUP&restriction=", "").names(t)).To(Equal([]string{"devs"}))
	i.expect("GET search?entity-type=user&restriction="+escape("name != ada"), "", 400, "ILLEGAL_ARGUMENT")
	i.expect("GET search?entity-type=alias", "", 400, "ILLEGAL_ARGUMENT")
}

func TestSearchByBody(t *testing.T) {
	i := startUnchecked(t, crowd.Options{})
	i.seed("ada", "bob", "eve")
	property := func(mode, name, value string) string {
		return `{"restriction-type":"property-search-restriction","property":{"name":"` + name + `","type":"STRING"},` + mode + `,"value":"` + value + `"}`
	}
	ada := property(`"match-mode":"EXACTLY_MATCHES"`, "name", "ADA")
	bob := property(`"matchMode":"CONTAINS"`, "email", "bob")
	both := func(logic string) string {
		return `{"restriction-type":"boolean-search-restriction","boolean-logic":"` + logic + `","restrictions":[` + ada + `,` + bob + `]}`
	}
	for body, want := range map[string][]string{
		`{"restriction-type":"null-search-restriction"}`: {"ada", "bob", "eve"},
		ada:         {"ada"},
		bob:         {"bob"},
		both("or"):  {"ada", "bob"},
		both("and"): {},
		property(`"match-mode":"STARTS_WITH"`, "name", "e"): {"eve"},
	} {
		NewWithT(t).Expect(i.call("POST search?entity-type=user", body).names(t)).To(Equal(want), body)
	}
	for _, body := range []string{both("nor"), property(`"match-mode":"SOUNDS_LIKE"`, "name", "x"), `{"restriction-type":"other"}`} {
		i.expect("POST search?entity-type=user", body, 400, "ILLEGAL_ARGUMENT")
	}
}

func TestPages(t *testing.T) {
	g := NewWithT(t)
	i := start(t, crowd.Options{MaxResults: 3})
	i.seed("a", "b", "c", "d", "e", "f", "g")
	const all = "GET search?entity-type=user&restriction=&max-results=100&start-index="
	g.Expect(i.call(all+"0", "").names(t)).To(Equal([]string{"a", "b", "c"}), "never more than the server gives")
	g.Expect(i.call(all+"6", "").names(t)).To(Equal([]string{"g"}))
	g.Expect(i.call(all+"7", "").names(t)).To(BeEmpty())
	i.expect(all+"x", "", 400, "ILLEGAL_ARGUMENT")
	answer := i.expect(all+"0", "", 200, `{"expand":"user","users":[{"link":`)
	g.Expect(answer.body).NotTo(ContainSubstring("display-name"), "names only")
	i.expect(all+"0&expand=user", "", 200, `"display-name":"a Example"`)

	jira := start(t, crowd.Options{ShortPages: true})
	jira.seed("a", "b", "c", "d", "e", "f", "g")
	g.Expect(jira.call("GET search?entity-type=user&restriction=&start-index=3", "").names(t)).To(Equal([]string{"d", "e"}), "CWD-2512")
}

func TestFaultsComeInCrowdsOwnForm(t *testing.T) {
	g := NewWithT(t)
	i := start(t, crowd.Options{})
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: rig.KindError, Status: 503}}})).To(Succeed())
	i.expect("GET search?entity-type=user", "", 503, `"reason":"OPERATION_FAILED"`)
	g.Expect(i.Count("GET", "search")).To(Equal(1))
	g.Expect(i.Requests()).To(ConsistOf(And(HaveField("Query", "entity-type=user"), HaveField("Status", 503))))
	i.expect("GET /_sim/state", "", 200, `{"users":[],"groups":[]}`)
}
