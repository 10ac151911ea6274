package jira_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestSteeringOverHTTP(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{}).withAuthorization("")
	do := func(request, body string, status int) string {
		t.Helper()
		answer := i.call(request, body)
		g.Expect(answer.status).To(Equal(status), answer.body)
		return answer.body
	}

	do("POST /_sim/users", `{"name":"bob","emailAddress":"bob@example.com","password":"secret"}`, 204)
	do("POST /_sim/users", `{"name":"gone","active":false}`, 204)
	do("POST /_sim/groups", `{"name":"devs","members":["bob"],"subgroups":["ops"]}`, 204)

	var state userbase.State
	g.Expect(json.Unmarshal([]byte(do("GET /_sim/state", "", 200)), &state)).To(Succeed())
	g.Expect(state).To(Equal(i.State()))
	g.Expect(state.Users).To(ContainElements(
		And(HaveField("Name", "bob"), HaveField("Active", true), HaveField("Password", "")),
		And(HaveField("Name", "gone"), HaveField("Active", false))))
	g.Expect(state.Groups).To(ContainElement(And(HaveField("Name", "devs"), HaveField("Members", []string{"bob"}), HaveField("Subgroups", []string{"ops"}))))

	do("PUT /_sim/faults", `{"rules":[{"path":"serverInfo","kind":"error","status":503}]}`, 204)
	do("GET serverInfo", "", 503)
	do("DELETE /_sim/faults", "", 204)
	do("GET serverInfo", "", 200)

	do("GET /_sim/requests", "", 200)
	requests := i.Requests()
	for n := range requests {
		g.Expect(requests[n].At).To(BeTemporally("~", time.Now(), time.Minute))
		requests[n].At = time.Time{}
	}
	g.Expect(requests).To(HaveExactElements(
		rig.Request{Method: "GET", Route: "serverInfo", Path: "/rest/api/2/serverInfo", Status: 503},
		rig.Request{Method: "GET", Route: "serverInfo", Path: "/rest/api/2/serverInfo", Status: 200}))
	g.Expect(i.Count("GET", "serverInfo")).To(Equal(2))
	do("DELETE /_sim/requests", "", 204)
	g.Expect(do("GET /_sim/requests", "", 200)).To(Equal("[]"))
}

func TestSteeringRefusals(t *testing.T) {
	tests := map[string]struct {
		request, body string
		status        int
		says          string
	}{
		"broken JSON":          {"POST /_sim/users", `{`, 400, "reading the request"},
		"a misspelt property":  {"PUT /_sim/faults", `{"latency":5}`, 400, "latency"},
		"no name":              {"POST /_sim/users", `{}`, 400, "the name is empty"},
		"a taken name":         {"POST /_sim/users", `{"name":"ADMIN"}`, 400, "has one of that name"},
		"a taken key":          {"POST /_sim/users", `{"name":"bob","key":"JIRAUSER10100"}`, 400, "another user's"},
		"another key":          {"POST /_sim/users", `{"name":"admin","key":"admin","directory":"LDAP"}`, 400, "has another key"},
		"an unknown directory": {"POST /_sim/users", `{"name":"bob","directory":"x"}`, 400, `no directory "x"`},
		"an unknown member":    {"POST /_sim/groups", `{"name":"devs","members":["bob"]}`, 400, `no user "bob"`},
		"an unknown fault":     {"PUT /_sim/faults", `{"rules":[{"kind":"x"}]}`, 400, "rules[0].kind"},
		"an unknown address":   {"GET /_sim/x", "", 404, "not found"},
	}
	i := start(t, jira.Options{Directories: ldapFirst})
	before := i.State()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			answer := i.call(test.request, test.body)
			g.Expect(answer.status).To(Equal(test.status))
			g.Expect(answer.body).To(ContainSubstring(test.says))
		})
	}
	NewWithT(t).Expect(i.State()).To(Equal(before))
}

func TestSteeringIsForThisMachineOnly(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/_sim/state", nil)
	r.RemoteAddr = "192.0.2.1:1234"
	answer := httptest.NewRecorder()

	jira.New(jira.Options{}).ServeHTTP(answer, r)

	NewWithT(t).Expect(answer.Code).To(Equal(http.StatusForbidden))
}

func TestSeedingMemberships(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.seed("bob")
	i.group("devs")

	g.Expect(i.AddMember("DEVS", "BOB")).To(Succeed())
	g.Expect(i.MemberNames("devs")).To(Equal([]string{"bob"}))
	g.Expect(i.RemoveMember("devs", "bob")).To(Succeed())
	g.Expect(i.MemberNames("devs")).To(BeEmpty())
	g.Expect(i.AddMember("ops", "bob")).To(MatchError(ContainSubstring("no such group")))
	g.Expect(i.AddMember("devs", "carl")).To(MatchError(ContainSubstring(`no user "carl"`)))
}
