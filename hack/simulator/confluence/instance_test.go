package confluence_test

import (
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

func TestVersionsLackWhatTheyLacked(t *testing.T) {
	tests := []struct {
		request, first, before string
		absent                 int
	}{
		{"GET server-information", "9.1.0", "9.0.3", 404},
		{"PUT admin/user/admin", "9.4.0", "9.3.2", 405},
		{"GET admin/users/list/active", "9.3.1", "9.2.0", 404},
		{"GET user/list", "8.4.0", "8.3.4", 404},
		{"POST admin/user", "8.4.0", "8.3.4", 404},
	}
	for _, test := range tests {
		g := NewWithT(t)
		lacking := startUnchecked(t, confluence.Options{Version: test.before}).call(test.request, `{}`)
		g.Expect(lacking.status).To(Equal(test.absent), test.request)
		g.Expect(lacking.json(t)).NotTo(HaveKey("statusCode"), "it is not a resource that answers")
		g.Expect(startUnchecked(t, confluence.Options{Version: test.first}).call(test.request, `{}`).status).
			NotTo(Equal(test.absent), test.request)
	}
}

func TestEveryVersionHasAManifest(t *testing.T) {
	for _, version := range []string{"7.19.2", "10.0.3"} {
		i := start(t, confluence.Options{Version: version, ContextPath: "/wiki"}).withAuthorization("")
		manifest := i.call("GET /rest/applinks/1.0/manifest", "").json(t)
		NewWithT(t).Expect(manifest).To(And(HaveKeyWithValue("version", version), HaveKeyWithValue("typeId", "confluence")))
	}
}

func TestWhoMayCall(t *testing.T) {
	tests := map[string]struct {
		authorization string // empty for none
		request       string
		status        int
	}{
		"an administrator":               {"admin:admin", "GET group/confluence-users/member", 200},
		"somebody else sees groups":      {"ada:ada-password", "GET group/confluence-users", 200},
		"somebody else sees no members":  {"ada:ada-password", "GET group/confluence-users/member", 403},
		"somebody else deletes nobody":   {"ada:ada-password", "DELETE admin/user/admin", 403},
		"somebody with a wrong password": {"ada:wrong", "GET user/current", 401},
		"somebody who is deactivated":    {"eve:eve-password", "GET user/current", 401},
		"a token":                        {"Bearer right", "GET group/confluence-users/member", 200},
		"a wrong token":                  {"Bearer wrong", "GET user/current", 401},
		"nobody":                         {"", "GET user/current", 403},
		"nobody lists nobody":            {"", "GET user/list", 401},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			i := start(t, confluence.Options{Tokens: map[string]string{"right": "admin"}})
			i.seed("ada", "eve")
			NewWithT(t).Expect(i.call("PUT admin/user/eve/disable", "").status).To(Equal(http.StatusNoContent))
			caller := i.withAuthorization(test.authorization)
			if user, password, basic := strings.Cut(test.authorization, ":"); basic {
				caller = i.as(user, password)
			}
			NewWithT(t).Expect(caller.call(test.request, "").status).To(Equal(test.status))
		})
	}
}

func TestAnonymousVisitorsMayBeWelcome(t *testing.T) {
	i := start(t, confluence.Options{Anonymous: true}).withAuthorization("")
	NewWithT(t).Expect(i.call("GET user/current", "").json(t)).To(HaveKeyWithValue("type", "anonymous"))
}

func TestPagesAreLinked(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{PageSize: 2, ContextPath: "/wiki"})
	i.seed("ada", "bob", "eve")
	first := i.call("GET user/list?limit=500&expand=status", "")
	g.Expect(first.names(t)).To(Equal([]string{"ada", "admin"}), "no more than the instance gives")
	links := first.json(t)["_links"].(map[string]any)
	g.Expect(links["next"]).To(Equal("/rest/api/user/list?expand=status&limit=2&start=2"))
	second := i.call("GET "+links["next"].(string), "")
	g.Expect(second.names(t)).To(Equal([]string{"bob", "eve"}))
	g.Expect(second.json(t)["_links"]).NotTo(HaveKey("next"))
}

func TestTheRigIsThere(t *testing.T) {
	g := NewWithT(t)
	i := start(t, confluence.Options{ContextPath: "/wiki"})
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Path: "/user", Kind: rig.KindError, Status: 503, Times: 1}}})).To(Succeed())
	g.Expect(i.call("GET user/current", "").json(t)).To(HaveKeyWithValue("statusCode", 503.0))
	g.Expect(i.call("GET user/current", "").status).To(Equal(http.StatusOK))
	g.Expect(i.call("DELETE admin/user/nobody", "").status).To(Equal(http.StatusNotFound))
	g.Expect(i.Count(http.MethodGet, "user/current")).To(Equal(2))
	g.Expect(i.Count(http.MethodDelete, "admin/user/{username}")).To(Equal(1))
	g.Expect(i.SetFaults(rig.Faults{RateLimit: &rig.RateLimit{Limit: 1, FillRate: 1, IntervalSeconds: 60}})).To(Succeed())
	g.Expect(i.call("GET user/current", "").status).To(Equal(http.StatusOK))
	g.Expect(i.call("GET user/current", "").status).To(Equal(http.StatusTooManyRequests))
	g.Expect(i.call("GET /login.action", "").status).To(Equal(http.StatusTooManyRequests))
}
