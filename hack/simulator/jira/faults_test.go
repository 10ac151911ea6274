package jira_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
)

func TestFaults(t *testing.T) {
	tests := map[string]struct {
		rule    jira.Rule
		status  int
		says    string
		applied bool
	}{
		"an error in the product's form": {jira.Rule{Kind: jira.KindError, Status: 503, RetryAfterSeconds: 7}, 503, `{"errorMessages":["`, false},
		"an error is 500 by default":     {jira.Rule{Kind: jira.KindError}, 500, "errorMessages", false},
		"a page":                         {jira.Rule{Kind: jira.KindHTML, Status: 502}, 502, "<!DOCTYPE html>", false},
		"half of the JSON":               {jira.Rule{Kind: jira.KindTruncated}, 201, `{`, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{})
			g.Expect(i.SetFaults(jira.Faults{Rules: []jira.Rule{test.rule}})).To(Succeed())

			answer := i.call("POST group", `{"name":"devs"}`)

			g.Expect(answer.status).To(Equal(test.status))
			g.Expect(answer.body).To(ContainSubstring(test.says))
			g.Expect(i.HasGroup("devs")).To(Equal(test.applied))
			if test.rule.Kind == jira.KindTruncated {
				g.Expect(json.Valid([]byte(answer.body))).To(BeFalse())
			}
			if test.rule.RetryAfterSeconds > 0 {
				g.Expect(answer.header.Get("Retry-After")).To(Equal("7"))
			}
		})
	}
}

func TestResetConnections(t *testing.T) {
	for kind, applied := range map[jira.FaultKind]bool{jira.KindReset: false, jira.KindLostAnswer: true} {
		t.Run(string(kind), func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, jira.Options{})
			g.Expect(i.SetFaults(jira.Faults{Rules: []jira.Rule{{Kind: kind}}})).To(Succeed())

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
	g.Expect(i.SetFaults(jira.Faults{Rules: []jira.Rule{
		{Method: "GET", Path: "/user?username=bob", Kind: jira.KindError, Status: 500, Times: 2},
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

	g.Expect(i.SetFaults(jira.Faults{Rules: []jira.Rule{{Kind: "explode"}}})).To(MatchError(ContainSubstring("rules[0].kind")))
	g.Expect(i.SetFaults(jira.Faults{RateLimit: &jira.RateLimit{Limit: 1}})).To(MatchError(ContainSubstring("at least 1")))
	g.Expect(i.call("GET user?username=bob", "").status).To(Equal(http.StatusOK))
}

func TestLatencyDelaysAndEndsWithTheCaller(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{})
	g.Expect(i.SetFaults(jira.Faults{LatencyMillis: 30})).To(Succeed())

	before := time.Now()
	g.Expect(i.call("GET serverInfo", "").status).To(Equal(http.StatusOK))
	g.Expect(time.Since(before)).To(BeNumerically(">=", 30*time.Millisecond))

	g.Expect(i.SetFaults(jira.Faults{LatencyMillis: 3_600_000})).To(Succeed())
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
	g.Expect(i.SetFaults(jira.Faults{RateLimit: &jira.RateLimit{Limit: 2, FillRate: 1, IntervalSeconds: 10}})).To(Succeed())
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
