package jira_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func numbered(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("user%02d", i))
	}
	return names
}

func TestMemberPagesAreCappedWhateverIsAsked(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{MemberPage: 4})
	names := numbered(10)
	i.seed(names...)
	i.group("devs", names...)

	var seen []string
	for _, test := range []struct {
		startAt, size int
		last          bool
	}{{0, 4, false}, {4, 4, false}, {8, 2, true}, {10, 0, true}} {
		page := i.call(fmt.Sprintf("GET group/member?groupname=devs&maxResults=1000&startAt=%d", test.startAt), "")
		g.Expect(page.json(t)).To(And(
			HaveKeyWithValue("maxResults", 4.0), HaveKeyWithValue("total", 10.0), HaveKeyWithValue("isLast", test.last)))
		g.Expect(page.json(t)).To(Or(HaveKey("nextPage"), HaveKeyWithValue("isLast", true)))
		g.Expect(page.names(t)).To(HaveLen(test.size))
		seen = append(seen, page.names(t)...)
	}
	g.Expect(seen).To(Equal(names))
	g.Expect(i.call("GET group/member?groupname=devs&startAt=x", "").status).To(Equal(http.StatusBadRequest))
}

func TestDefaultMemberPageIsFifty(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	names := numbered(51)
	i.seed(names...)
	i.group("devs", names...)

	g.Expect(i.call("GET group/member?groupname=devs&maxResults=100", "").names(t)).To(HaveLen(50))
}

// stream reads user/list to its end and runs between after every page.
func (i *instance) stream(between func(page int)) []string {
	i.t.Helper()
	var seen []string
	resource := "GET user/list"
	for page := 1; ; page++ {
		answer := i.call(resource, "")
		NewWithT(i.t).Expect(answer.status).To(Equal(http.StatusOK))
		seen = append(seen, answer.names(i.t)...)
		cursor, more := answer.json(i.t)["nextCursor"]
		if answer.json(i.t)["isLast"] == true {
			NewWithT(i.t).Expect(more).To(BeFalse(), "the last page has no cursor")
			return seen
		}
		between(page)
		resource = "GET user/list?cursor=" + cursor.(string)
	}
}

func TestUserListStreamsEverybodyOnceInNoOrder(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{UserListPage: 4})
	i.seed(numbered(12)...)
	i.add(userbase.User{Name: "gone"})

	seen := i.stream(func(int) {})

	g.Expect(seen).To(ConsistOf(append(numbered(12), "admin", "gone")))
	numberedOnes := slices.DeleteFunc(seen, func(name string) bool { return !strings.HasPrefix(name, "user") })
	g.Expect(slices.IsSorted(numberedOnes)).To(BeFalse(), "neither by name nor by age")
}

func TestUserListRepeatsNobodyUnderChange(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{UserListPage: 2})
	i.seed(numbered(12)...)

	seen := i.stream(func(page int) {
		i.seed(fmt.Sprintf("new%d", page))
		name := fmt.Sprintf("user%02d", page)
		i.call("PUT user?username="+name, fmt.Sprintf(`{"name":"renamed%02d"}`, page))
	})

	people := map[string]bool{}
	for _, name := range seen {
		user := i.person(name)
		g.Expect(people).NotTo(HaveKey(user), name)
		people[user] = true
	}
	for n := range 12 {
		g.Expect(people).To(HaveKey(i.person(fmt.Sprintf("user%02d", n))))
	}
}

// person is the key of the user who has the name or had it before a rename.
func (i *instance) person(name string) string {
	user, ok := i.User(name)
	if !ok {
		user, ok = i.User("renamed" + name[len(name)-2:])
	}
	NewWithT(i.t).Expect(ok).To(BeTrue(), name)
	return user.Key
}

func TestUserListNeverIsNotFound(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})

	answer := i.call("GET user/list?cursor=99999999999", "")

	g.Expect(answer.status).To(Equal(http.StatusOK))
	g.Expect(answer.json(t)).To(And(HaveKeyWithValue("isLast", true), HaveKeyWithValue("values", BeEmpty())))
}

func TestOldVersionsHaveNoUserList(t *testing.T) {
	g := NewWithT(t)
	i := startUnchecked(t, jira.Options{Version: "8.18.2", WithoutUserList: true})

	g.Expect(i.call("GET user/list", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.call("GET user/duplicated/count", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.call("GET serverInfo", "").json(t)).To(And(
		HaveKeyWithValue("version", "8.18.2"), HaveKeyWithValue("versionNumbers", []any{8.0, 18.0, 2.0})))
}

func TestSearch(t *testing.T) {
	tests := map[string]struct {
		query string
		names []string
	}{
		"by part of the name":          {"username=OB", []string{"bob"}},
		"by part of the full name":     {"username=build", []string{"carl"}},
		"by part of the address":       {"username=dora@", []string{"dora"}},
		"a dot is everybody":           {"username=.", []string{"admin", "bob", "carl", "dora"}},
		"the inactive on request":      {"username=.&includeInactive=true", []string{"admin", "bob", "carl", "dora", "gone"}},
		"the inactive only":            {"username=.&includeInactive=true&includeActive=false", []string{"gone"}},
		"a window":                     {"username=.&startAt=1&maxResults=2", []string{"bob", "carl"}},
		"beyond the end":               {"username=.&startAt=9", []string{}},
		"an inactive one is not found": {"username=gone", []string{}},
		"nobody has the text":          {"username=zzz", []string{}},
	}
	i := start(t, jira.Options{})
	i.seed("bob", "dora")
	i.add(userbase.User{Name: "carl", DisplayName: "The Builder", Active: true})
	i.add(userbase.User{Name: "gone"})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			NewWithT(t).Expect(i.call("GET user/search?"+test.query, "").names(t)).To(Equal(test.names))
		})
	}
	NewWithT(t).Expect(i.call("GET user/search", "").status).To(Equal(http.StatusBadRequest))
}

func TestSearchTruncates(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	for n := range 1005 {
		i.seed(fmt.Sprintf("u%04d", n))
	}

	g.Expect(i.call("GET user/search?username=.", "").names(t)).To(HaveLen(50))
	g.Expect(i.call("GET user/search?username=.&maxResults=5000", "").names(t)).To(HaveLen(1000))
}
