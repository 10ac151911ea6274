package jira_test

import (
	"errors"
	"iter"
	"net/http"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// names reads a listing to its end.
func names(listing iter.Seq2[directory.User, error]) (found []string, err error) {
	for user, failure := range listing {
		if failure != nil {
			return found, failure
		}
		found = append(found, user.Name)
	}
	return found, nil
}

func TestEachUserOfAJiraWithoutUserList(t *testing.T) {
	g := NewWithT(t)
	sim := startUnchecked(t, simulator.Options{Version: "8.14.0", WithoutUserList: true}) // the document is of 10.3
	sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
	sim.SeedUser(directory.User{Name: "grace", Email: "grace@example.com"})
	g.Expect(names(connect(t, sim.config()).EachUser(t.Context()))).To(ConsistOf("admin", "ada", "grace"))
}

func TestEachUserReadsToTheEnd(t *testing.T) {
	const grace = `{"key":"JIRAUSER10101","name":"grace","active":false}`
	const deleted = `{"key":"JIRAUSER10102","name":"gone","active":false,"deleted":true}`
	search := func(startAt string) string {
		return "GET user/search?includeInactive=true&maxResults=1000&startAt=" + startAt + "&username=."
	}
	cases := map[string]answers{
		"cursors that are text": {
			"GET user/list?maxResults=1000":           {200, `{"isLast":false,"nextCursor":"17","values":[` + ada + `]}`},
			"GET user/list?cursor=17&maxResults=1000": {200, `{"isLast":true,"values":[` + grace + `]}`},
		},
		"cursors that are numbers": {
			"GET user/list?maxResults=1000":           {200, `{"isLast":false,"nextCursor":17,"values":[` + ada + `]}`},
			"GET user/list?cursor=17&maxResults=1000": {200, `{"isLast":true,"nextCursor":null,"values":[` + grace + `]}`},
		},
		"deleted users are not listed": {
			"GET user/list": {200, `{"isLast":true,"values":[` + ada + `,` + deleted + `,` + grace + `]}`},
		},
		"a search that gives fewer than asked for": {
			"GET user/list": {405, ""},
			search("0"):     {200, `[` + ada + `]`},
			search("1"):     {200, `[` + grace + `]`},
			search("2"):     {200, `[]`},
		},
	}
	for name, absent := range map[string]string{
		"a search, for Jira's router knows no list":  `{"message":"null for uri: https://jira.example.com/rest/api/2/user/list","status-code":404}`,
		"a search, for Jira says there is no list":   `{"errorMessages":["Nein."],"errors":{}}`,
		"a search, for something else knows no list": loginPage,
	} {
		cases[name] = answers{
			"GET user/list": {404, absent},
			search("0"):     {200, `[` + ada + `,` + grace + `]`},
			search("2"):     {200, `[]`},
		}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			everybody := connect(t, script(t, c)).EachUser(t.Context())
			for range 2 {
				NewWithT(t).Expect(names(everybody)).To(Equal([]string{"ada", "grace"}))
			}
		})
	}
}

func TestListingsThatAreNotWhole(t *testing.T) {
	users := func(d directory.Directory) iter.Seq2[directory.User, error] { return d.EachUser(t.Context()) }
	members := func(d directory.Directory) iter.Seq2[directory.User, error] {
		return d.EachMember(t.Context(), directory.Group{Name: "engineers"})
	}
	one := func(request, body string) answers { return answers{request: {200, body}} }
	cases := map[string]struct {
		list   func(directory.Directory) iter.Seq2[directory.User, error]
		script answers
	}{
		"users: nothing":                {users, one("GET user/list", `{}`)},
		"users: null":                   {users, one("GET user/list", `null`)},
		"users: nobody, not even us":    {users, one("GET user/list", `{"isLast":true,"values":[]}`)},
		"users: no word on the end":     {users, one("GET user/list", `{"values":[`+ada+`]}`)},
		"users: no next cursor":         {users, one("GET user/list", `{"isLast":false,"values":[`+ada+`]}`)},
		"users: the same cursor again":  {users, one("GET user/list", `{"isLast":false,"nextCursor":"1","values":[`+ada+`]}`)},
		"users: one without active":     {users, one("GET user/list", `{"isLast":true,"values":[{"key":"K","name":"x"}]}`)},
		"users: the second page is 404": {users, answers{"GET user/list?maxResults=1000": {200, `{"isLast":false,"nextCursor":"1","values":[` + ada + `]}`}, "GET user/list": {404, ""}}},
		"users: search finds nobody":    {users, answers{"GET user/list": {404, ""}, "GET user/search": {200, `[]`}}},
		"users: search fails":           {users, answers{"GET user/list": {404, ""}, "GET user/search": {502, ""}}},
		"users: search gives null":      {users, answers{"GET user/list": {404, ""}, "GET user/search": {200, `null`}}},
		"users: search ignores startAt": {users, answers{"GET user/list": {404, ""}, "GET user/search": {200, `[` + ada + `]`}}},
		"members: nothing":              {members, one("GET group/member", `{}`)},
		"members: no word on the end":   {members, one("GET group/member", `{"values":[]}`)},
		"members: an empty page inside": {members, one("GET group/member", `{"isLast":false,"values":[]}`)},
		"members: one without active":   {members, one("GET group/member", `{"isLast":true,"values":[{"key":"K","name":"x"}]}`)},
		"members: a proxy's 404":        {members, answers{"GET group/member": {404, loginPage}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := names(c.list(connect(t, script(t, c.script))))
			expectSame(t, err, kind(directory.KindUnavailable))
		})
	}
}

func TestOnlyAListThatIsAbsentIsReplacedByASearch(t *testing.T) {
	for status, want := range map[int]directory.Kind{
		401: directory.KindUnauthorized, 403: directory.KindForbidden, 429: directory.KindRateLimited, 500: directory.KindUnavailable,
	} {
		_, err := names(connect(t, script(t, answers{"GET user/list": {status, ""}})).EachUser(t.Context()))
		expectSame(t, err, kind(want))
	}
}

func TestMembersOfSubgroupsAreListed(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
	sim.SeedGroup("engineers")
	sim.SeedGroup("inner")
	sim.SeedMember("inner", "ada")
	g.Expect(sim.AddSubgroup("engineers", "inner")).To(Succeed())
	g.Expect(names(connect(t, sim.config()).EachMember(t.Context(), directory.Group{Name: "engineers"}))).To(Equal([]string{"ada"}))
}

func TestRateLimitStopsAListingAndPausesEverything(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{UserListPage: 1})
	sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
	sim.fail(rig.Rule{Path: "cursor=", Kind: rig.KindError, Status: http.StatusTooManyRequests, RetryAfterSeconds: 60})
	client := connect(t, sim.config())

	found, err := names(client.EachUser(t.Context()))
	g.Expect(found).To(HaveLen(1))
	expectSame(t, err, kind(directory.KindRateLimited))
	sim.ClearRequests()

	_, err = client.CreateGroup(t.Context(), "engineers")
	paused, ok := errors.AsType[*directory.Error](err)
	g.Expect(ok).To(BeTrue())
	g.Expect(paused.Kind).To(Equal(directory.KindRateLimited))
	g.Expect(paused.RetryAfter).To(BeNumerically("~", time.Minute, 10*time.Second))
	g.Expect(sim.Requests()).To(BeEmpty())
}
