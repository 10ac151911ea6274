package jira_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

func TestFaults(t *testing.T) {
	tests := map[string]struct {
		rule    rig.Rule
		status  int
		says    string
		applied bool
	}{
		"an error in the product's form": {rig.Rule{Kind: rig.KindError, Status: 503, RetryAfterSeconds: 7}, 503, `{"errorMessages":["`, false},
		"an error is 500 by default":     {rig.Rule{Kind: rig.KindError}, 500, "errorMessages", false},
		"a page":                         {rig.Rule{Kind: rig.KindHTML, Status: 502}, 502, "<!DOCTYPE html>", false},
		"half of the JSON":               {rig.Rule{Kind: rig.KindTruncated}, 201, `{`, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{})
			g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{test.rule}})).To(Succeed())

			answer := i.call("POST group", `{"name":"devs"}`)

			g.Expect(answer.status).To(Equal(test.status))
			g.Expect(answer.body).To(ContainSubstring(test.says))
			g.Expect(i.HasGroup("devs")).To(Equal(test.applied))
			if test.rule.Kind == rig.KindTruncated {
				g.Expect(json.Valid([]byte(answer.body))).To(BeFalse())
			}
			if test.rule.RetryAfterSeconds > 0 {
				g.Expect(answer.header.Get("Retry-After")).To(Equal("7"))
			}
		})
	}
}

func TestResetConnections(t *testing.T) {
	for kind, applied := range map[rig.FaultKind]bool{rig.KindReset: false, rig.KindLostAnswer: true} {
		t.Run(string(kind), func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{})
			g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: kind}}})).To(Succeed())

			_, err := i.try("POST group", `{"name":"devs"}`)

			g.Expect(errors.Is(err, syscall.ECONNRESET)).To(BeTrue(), "%v", err)
			g.Expect(i.HasGroup("devs")).To(Equal(applied))
			g.Expect(i.Requests()).To(ConsistOf(And(HaveField("Route", "group"), HaveField("Status", 0))))
		})
	}
}

func TestRulesFitMethodPathAndTimes(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.seed("bob", "carl")
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{
		{Method: "GET", Path: "/user?username=bob", Kind: rig.KindError, Status: 500, Times: 2},
	}})).To(Succeed())

	for _, test := range []struct {
		request string
		status  int
	}{
		{"GET user?username=carl", 200},
		{"DELETE user?username=carl", 204},
		{"GET user?username=bob", 500},
		{"GET user?username=bob", 500},
		{"GET user?username=bob", 200},
	} {
		g.Expect(i.call(test.request, "").status).To(Equal(test.status), test.request)
	}
}

func TestFaultsThatMakeNoSense(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	i.seed("bob")

	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: "explode"}}})).To(MatchError(ContainSubstring("rules[0].kind")))
	g.Expect(i.SetFaults(rig.Faults{RateLimit: &rig.RateLimit{Limit: 1}})).To(MatchError(ContainSubstring("at least 1")))
	g.Expect(i.call("GET user?username=bob", "").status).To(Equal(http.StatusOK))
}

func TestLatencyDelaysAndEndsWithTheCaller(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	g.Expect(i.SetFaults(rig.Faults{LatencyMillis: 30})).To(Succeed())

	before := time.Now()
	g.Expect(i.call("GET serverInfo", "").status).To(Equal(http.StatusOK))
	g.Expect(time.Since(before)).To(BeNumerically(">=", 30*time.Millisecond))

	g.Expect(i.SetFaults(rig.Faults{LatencyMillis: 3_600_000})).To(Succeed())
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodDelete, i.url+"/rest/api/2/group?groupname=jira-administrators", nil)
	g.Expect(err).NotTo(HaveOccurred())
	r.Header.Set("Authorization", i.authorization)
	_, err = http.DefaultClient.Do(r)
	g.Expect(err).To(MatchError(context.DeadlineExceeded))
	i.listener.Close() // waits for the request to be over
	g.Expect(i.HasGroup(jira.AdminGroup)).To(BeTrue())
}

func TestRateLimit(t *testing.T) {
	g := NewWithT(t)
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	i := start(t, jira.Options{Clock: func() time.Time { return now }, Tokens: map[string]string{"bob": "bob"}})
	i.seed("bob")
	g.Expect(i.SetFaults(rig.Faults{RateLimit: &rig.RateLimit{Limit: 2, FillRate: 1, IntervalSeconds: 10}})).To(Succeed())
	expect := func(caller *instance, status int, remaining, retryAfter string) {
		t.Helper()
		answer := caller.call("GET myself", "")
		g.Expect(answer.status).To(Equal(status))
		g.Expect(answer.header).To(And(
			HaveKeyWithValue("X-Ratelimit-Limit", []string{"2"}),
			HaveKeyWithValue("X-Ratelimit-Remaining", []string{remaining}),
			HaveKeyWithValue("X-Ratelimit-Interval-Seconds", []string{"10"}),
			HaveKeyWithValue("X-Ratelimit-Fillrate", []string{"1"}),
			HaveKeyWithValue("Retry-After", []string{retryAfter}),
		))
	}

	expect(i, 200, "1", "0")
	expect(i, 200, "0", "10")
	now = now.Add(4 * time.Second)
	expect(i, 429, "0", "6")
	expect(i.withAuthorization("Bearer bob"), 200, "1", "0") // a bucket of his own
	now = now.Add(6 * time.Second)
	expect(i, 200, "0", "10")
	now = now.Add(time.Hour)
	expect(i, 200, "1", "0") // never more than the limit is kept

	anonymous := i.withAuthorization("").call("GET serverInfo", "")
	g.Expect(anonymous.status).To(Equal(http.StatusOK))
	g.Expect(anonymous.header).NotTo(HaveKey("X-Ratelimit-Limit"))
}

func TestEverySecondRequestFails(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: rig.KindError, Status: 503, Every: 2}}})).To(Succeed())
	var statuses []int
	for range 4 {
		statuses = append(statuses, i.call("GET serverInfo", "").status)
	}
	g.Expect(statuses).To(Equal([]int{200, 503, 200, 503}))
}

func TestTheLoginPageIsElsewhere(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: rig.KindLogin}}})).To(Succeed())
	r := httptest.NewRequest(http.MethodPost, i.url+"/rest/api/2/group", strings.NewReader(`{"name":"devs"}`))
	answer := httptest.NewRecorder()
	i.ServeHTTP(answer, r)
	g.Expect(answer.Code).To(Equal(http.StatusFound))
	g.Expect(answer.Header().Get("Location")).To(HavePrefix("http://login.invalid/"))
	g.Expect(i.HasGroup("devs")).To(BeFalse())
}

func TestALargePage(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: rig.KindLarge, Status: 502}}})).To(Succeed())
	answer := i.call("GET serverInfo", "")
	g.Expect(answer.status).To(Equal(502))
	g.Expect(len(answer.body)).To(BeNumerically(">", 10_000_000))
}

func TestASlowAnswerDoesWhatWasAskedAndDoesNotEnd(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	g.Expect(i.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: rig.KindSlow}}})).To(Succeed())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := httptest.NewRequest(http.MethodPost, i.url+"/rest/api/2/group", strings.NewReader(`{"name":"devs"}`)).WithContext(ctx)
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth("admin", "admin")
	answer := httptest.NewRecorder()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		i.ServeHTTP(answer, r)
	}()
	g.Eventually(func() bool { return i.HasGroup("devs") }).Should(BeTrue())
	g.Consistently(ended, "300ms").ShouldNot(BeClosed())
	cancel()
	g.Eventually(ended).Should(BeClosed())
	g.Expect(answer.Body.Len()).To(BeNumerically("<", 10))
}
