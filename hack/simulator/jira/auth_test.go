package jira_test

import (
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestWhoMayDoWhat(t *testing.T) {
	const anonymous, wrong, inactive, user, admin = "", "Basic eDp4", "Bearer gone", "Bearer bob", "Bearer root"
	tests := []struct {
		request, body string
		status        map[string]int
	}{
		{"GET serverInfo", "", map[string]int{anonymous: 200, wrong: 401, user: 200, admin: 200}},
		{"GET myself", "", map[string]int{anonymous: 401, wrong: 401, inactive: 401, user: 200, admin: 200}},
		{"GET user?username=bob", "", map[string]int{anonymous: 401, wrong: 401, user: 200}},
		{"GET user/search?username=bob", "", map[string]int{anonymous: 401, user: 200}},
		{"GET user/list", "", map[string]int{anonymous: 401, user: 200}},
		{"GET user/duplicated/count", "", map[string]int{anonymous: 401, user: 200}},
		{"GET user/duplicated/list", "", map[string]int{anonymous: 401, user: 403, admin: 200}},
		{"GET applicationrole", "", map[string]int{anonymous: 401, user: 403, admin: 200}},
		{"GET group/member?groupname=devs", "", map[string]int{anonymous: 401, user: 403, admin: 200}},
		{"GET groups/picker", "", map[string]int{anonymous: 200, wrong: 401, user: 200}},
		{"POST user", newBob, map[string]int{anonymous: 401, wrong: 401, user: 403}},
		{"PUT user?username=bob", `{"active":false}`, map[string]int{anonymous: 401, user: 403}},
		{"PUT user/password?username=bob", `{"password":"x"}`, map[string]int{anonymous: 401, user: 403}},
		{"DELETE user?username=bob", "", map[string]int{anonymous: 401, user: 403}},
		{"POST user/application?username=bob&applicationKey=jira-software", "", map[string]int{anonymous: 401, user: 403}},
		{"DELETE user/application?username=bob&applicationKey=jira-software", "", map[string]int{anonymous: 401, user: 403}},
		{"POST group", `{"name":"ops"}`, map[string]int{anonymous: 401, user: 403}},
		{"DELETE group?groupname=devs", "", map[string]int{anonymous: 401, user: 403}},
		{"POST group/user?groupname=devs", `{"name":"bob"}`, map[string]int{anonymous: 401, user: 403}},
		{"DELETE group/user?groupname=devs&username=bob", "", map[string]int{anonymous: 401, user: 403}},
	}
	i := start(t, jira.Options{Tokens: map[string]string{"root": "admin", "bob": "bob", "gone": "gone"}})
	i.seed("bob")
	i.add(userbase.User{Name: "gone"})
	i.group("devs")
	before := i.State()
	for _, test := range tests {
		t.Run(test.request, func(t *testing.T) {
			for authorization, status := range test.status {
				answer := i.withAuthorization(authorization).call(test.request, test.body)
				NewWithT(t).Expect(answer.status).To(Equal(status), "authorization %q: %s", authorization, answer.body)
			}
		})
	}
	NewWithT(t).Expect(i.State()).To(Equal(before))
}

func TestMyselfShowsGroupsWhenExpanded(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})

	g.Expect(i.call("GET myself", "").body).NotTo(ContainSubstring(jira.AdminGroup))
	g.Expect(i.call("GET myself?expand=groups", "").body).To(ContainSubstring(jira.AdminGroup))
}

func TestRightsAreMemberships(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})

	g.Expect(i.call("DELETE group/user?groupname=jira-administrators&username=admin", "").status).To(Equal(http.StatusOK))

	g.Expect(i.call("POST group", `{"name":"ops"}`).status).To(Equal(http.StatusForbidden), "it took its own rights")
}

func TestTokensCameWith814(t *testing.T) {
	for version, status := range map[string]int{"8.13.27": http.StatusUnauthorized, "8.14.0": http.StatusOK} {
		i := start(t, jira.Options{Version: version, Tokens: map[string]string{"root": "admin"}})
		NewWithT(t).Expect(i.withAuthorization("Bearer root").call("GET myself", "").status).To(Equal(status), version)
	}
}

func TestUnknownTokenOfAnEmptyName(t *testing.T) {
	i := start(t, jira.Options{})
	NewWithT(t).Expect(i.withAuthorization("Bearer ").call("GET myself", "").status).To(Equal(http.StatusUnauthorized))
}

func TestExperimentalOperationsMayNeedOptIn(t *testing.T) {
	g := NewWithT(t)
	i := startUnchecked(t, jira.Options{Unconfirmed: jira.Unconfirmed{NeedsOptIn: true}})

	g.Expect(i.call("POST user", newBob).status).To(Equal(http.StatusNotFound))
	g.Expect(i.call("GET user?username=admin", "").status).To(Equal(http.StatusOK), "it is not experimental")
	i.optIn = true
	g.Expect(i.call("POST user", newBob).status).To(Equal(http.StatusCreated))
}

func TestPagesOutsideRest(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{ContextPath: "/jira"})

	for authorization, status := range map[string]int{"Basic eDp4": http.StatusUnauthorized, "": http.StatusNotFound} {
		page := i.withAuthorization(authorization).call("GET /secure/Dashboard.jspa", "")
		g.Expect(page.status).To(Equal(status))
		g.Expect(page.header.Get("Content-Type")).To(HavePrefix("text/html"))
		g.Expect(page.body).To(HavePrefix("<!DOCTYPE html>"))
	}
}

func TestContextPath(t *testing.T) {
	g := NewWithT(t)
	i := startUnchecked(t, jira.Options{ContextPath: "/jira"})

	g.Expect(i.call("GET serverInfo", "").json(t)).To(HaveKeyWithValue("baseUrl", i.url))
	i.url = strings.TrimSuffix(i.url, "/jira")
	g.Expect(i.call("GET serverInfo", "").status).To(Equal(http.StatusNotFound))
}

func TestAddressesThatAreNotThere(t *testing.T) {
	g := NewWithT(t)
	i := startUnchecked(t, jira.Options{})

	g.Expect(i.call("GET nothing", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.call("GET nothing", "").body).To(ContainSubstring(`"status-code":404`), "another shape than the resources' own")
	g.Expect(i.call("PATCH user", "").status).To(Equal(http.StatusMethodNotAllowed))
	g.Expect(i.call("POST group", "").status).To(Equal(http.StatusUnsupportedMediaType))
	g.Expect(i.call("GET /rest/api/latest/serverInfo", "").status).To(Equal(http.StatusOK))
	g.Expect(i.call("GET /rest/api/3/serverInfo", "").status).To(Equal(http.StatusNotFound))
}
