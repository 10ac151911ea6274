package cloud_test

import (
	"encoding/json"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

func TestWhoIsNotLetInGetsNoSCIMError(t *testing.T) {
	tests := map[string]struct {
		authorization string
		unconfirmed   cloud.Unconfirmed
		status        int
		says          string
	}{
		"no key":           {"", cloud.Unconfirmed{}, 401, "Missing authorization header."},
		"a wrong key":      {"Bearer wrong", cloud.Unconfirmed{}, 401, "You are not authorized"},
		"a password":       {"Basic YTpi", cloud.Unconfirmed{}, 401, "You are not authorized"},
		"a wrong key: 403": {"Bearer wrong", cloud.Unconfirmed{WrongKeyStatus: 403}, 403, "You are not authorized"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, cloud.Options{Unconfirmed: test.unconfirmed})
			i.authorization = test.authorization
			for _, request := range []string{"GET Users", "GET Groups/x", "GET ServiceProviderConfig"} {
				answer := i.call(request, "")
				g.Expect(answer.status).To(Equal(test.status))
				g.Expect(answer.json(t)).To(And(HaveLen(2), HaveKeyWithValue("error", ContainSubstring(test.says))))
				g.Expect(answer.json(t)["traceId"]).To(Equal(answer.header.Get("Atl-Traceid")))
			}
			g.Expect(i.call("POST Users", newBob).status).To(Equal(test.status))
			g.Expect(i.State().Users).To(BeEmpty())
		})
	}
}

func TestAnotherDirectory(t *testing.T) {
	for _, status := range []int{404, 403} {
		g := NewWithT(t)
		i := start(t, cloud.Options{Unconfirmed: cloud.Unconfirmed{OtherDirectoryStatus: status}})
		i.url = strings.Replace(i.url, cloud.DefaultDirectoryID, "another", 1)
		answer := i.call("GET Users", "")
		g.Expect(answer.status).To(Equal(status))
		g.Expect(answer.body).To(ContainSubstring("Directory [another] does not exist."))
	}
}

func TestWhatIsNotThere(t *testing.T) {
	i := startUnchecked(t, cloud.Options{})
	tests := map[string]struct {
		request, body string
		status        int
	}{
		"a resource":       {"GET Roles", "", 404},
		"a method":         {"DELETE Users", "", 405},
		"a user":           {"GET Users/nobody", "", 404},
		"a user to patch":  {"PATCH Users/nobody", patch(`{"op":"replace","path":"active","value":true}`), 404},
		"a user to put":    {"PUT Users/nobody", newBob, 404},
		"a user to delete": {"DELETE Users/nobody", "", 404},
		"a body":           {"POST Users", "", 415},
		"JSON in a body":   {"POST Users", "{", 400},
		"an object":        {"POST Groups", "[]", 400},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := i.call(test.request, test.body)
			NewWithT(t).Expect(answer.status).To(Equal(test.status), answer.body)
			NewWithT(t).Expect(answer.json(t)).To(HaveKeyWithValue("schemas", ConsistOf("urn:ietf:params:scim:api:messages:2.0:Error")))
		})
	}
}

func TestWhatSCIMLeavesOpen(t *testing.T) {
	g := NewWithT(t)
	i := startUnchecked(t, cloud.Options{Unconfirmed: cloud.Unconfirmed{
		Terse: true, OmitsEmpty: true, HidesGroups: true, PatchAnswersNothing: true,
	}})
	bob := i.add("bob")
	devs := i.group("devs")
	g.Expect(i.call("GET Users/nobody", "").body).To(MatchJSON(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}`))
	g.Expect(i.call("GET Groups/"+devs, "").json(t)).NotTo(HaveKey("members"))
	g.Expect(i.call("GET Users/"+bob.ID, "").json(t)).NotTo(HaveKey("groups"))
	patched := i.call("PATCH Users/"+bob.ID, patch(`{"op":"replace","path":"active","value":false}`))
	g.Expect(patched.status).To(Equal(204))
	g.Expect(patched.body).To(BeEmpty())
	g.Expect(i.user("bob").Active).To(BeFalse())
}

func TestFaultsAndLimits(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{})
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Path: "/Groups", Kind: rig.KindError, Status: 503, RetryAfterSeconds: 7}}})).To(Succeed())
	failed := i.call("GET Groups", "")
	g.Expect(failed.status).To(Equal(503))
	g.Expect(failed.header.Get("Retry-After")).To(Equal("7"))
	g.Expect(failed.json(t)).To(HaveKeyWithValue("status", "503"))
	g.Expect(i.call("GET Users", "").status).To(Equal(200))

	g.Expect(i.SetFaults(rig.Faults{RateLimit: &rig.RateLimit{Limit: 1, FillRate: 1, IntervalSeconds: 60}})).To(Succeed())
	g.Expect(i.call("GET Users", "").status).To(Equal(200))
	g.Expect(i.call("GET Users", "").status).To(Equal(429))
}

func TestItIsSteeredOverHTTP(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{})
	i.url, _, _ = strings.Cut(i.url, "/scim/")
	i.url += "/_sim/"
	g.Expect(i.call("POST users", `{"userName":"bob","email":"bob@example.com"}`).status).To(Equal(204))
	g.Expect(i.call("POST users", `{"userName":"bob"}`).status).To(Equal(400), "there is one")
	g.Expect(i.call("POST users", `{"userName":""}`).status).To(Equal(400))
	g.Expect(i.call("POST groups", `{"displayName":"devs","members":["bob"]}`).status).To(Equal(204))
	g.Expect(i.call("POST groups", `{"displayName":"devs","members":["nobody"]}`).status).To(Equal(400))
	g.Expect(i.call("POST groups", `{"displayName":""}`).status).To(Equal(400))

	var state cloud.State
	g.Expect(json.Unmarshal([]byte(i.call("GET state", "").body), &state)).To(Succeed())
	g.Expect(state).To(Equal(i.State()))
	g.Expect(state.Users).To(HaveLen(1))
	g.Expect(state.Users[0].Active).To(BeTrue())
	g.Expect(state.Users[0].Groups).To(Equal([]string{"devs"}))
	i.Reset()
	g.Expect(i.State()).To(Equal(cloud.State{Users: []cloud.User{}, Groups: []cloud.Group{}}))
}

func TestRequestsAreCountedByResource(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{})
	bob := i.add("bob")
	i.call("GET Users/"+bob.ID, "")
	i.call("GET Users?count=1", "")
	g.Expect(i.Count("GET", "Users/{id}")).To(Equal(1))
	g.Expect(i.Count("GET", "Users")).To(Equal(1))
	g.Expect(i.Requests()[1].Query).To(Equal("count=1"))
}
