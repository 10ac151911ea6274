package scimwebhook_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/scimwebhook"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// routes is every path that the server knows, and some that it does not.
var routes = []string{
	"/Users", "/Users/some-id", "/Groups", "/Groups/some-id",
	"/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", "/Schemas/urn:x",
	"", "/", "/Me", "/Bulk", "/.search", "/Users/", "/Users//x", "/../../x",
}

var verbs = []string{
	http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "BREW",
}

var _ = Describe("Authentication", func() {
	var okta *idp
	BeforeEach(func(ctx context.Context) { okta = newIDP(ctx, scimwebhook.Options{}) })

	const othersToken = "the-token-of-another-syncconfig"

	DescribeTable("refuses on every route", func(ctx context.Context, header string) {
		other := store.Scope{Namespace: okta.scope.Namespace, SyncConfig: "other"}
		newSyncConfig(ctx, other, othersToken)
		okta.headers.Del("Authorization")
		if header != "none" {
			okta.headers.Set("Authorization", header)
		}
		for _, route := range routes {
			for _, verb := range verbs {
				got := okta.send(verb, okta.url+route, "")
				Expect(got).To(beError(http.StatusUnauthorized, "", "the token is missing or wrong"), verb+" "+route)
				Expect(got.Header.Get("WWW-Authenticate")).To(HavePrefix("Bearer"))
			}
		}
	},
		Entry("no token", "none"),
		Entry("an empty value", ""),
		Entry("an empty token", "Bearer "),
		Entry("a wrong token", "Bearer wrong-token-that-is-long-enough"),
		Entry("the token cut short", "Bearer "+token[:len(token)-1]),
		Entry("the token and more", "Bearer "+token+"x"),
		Entry("another scheme", "Basic "+token),
		Entry("the token of another SyncConfig", "Bearer "+othersToken),
	)

	DescribeTable("lets the token in", func(header string) {
		okta.headers.Set("Authorization", header)
		Expect(okta.get("/Users").Status).To(Equal(http.StatusOK))
	},
		Entry("as a bearer token", "Bearer "+token),
		Entry("in any letter case", "bEARER "+token),
		Entry("as Okta's Header Auth sends it", token),
	)

	It("answers for an unknown SyncConfig as for a wrong token", func() {
		wrong := *okta
		wrong.headers = okta.headers.Clone()
		wrong.headers.Set("Authorization", "Bearer wrong-token-that-is-long-enough")
		known := wrong.get("/Users")
		for _, target := range []string{
			strings.Replace(okta.url, "/okta", "/nobody", 1) + "/Users",
			strings.Replace(okta.url, okta.scope.Namespace, "no-such-namespace", 1) + "/Users",
			strings.Replace(okta.url, "/scim/v2/", "/scim/v2/scim/v2/", 1) + "/Users",
		} {
			got := okta.get(target)
			Expect(got.Status).To(Equal(known.Status))
			Expect(got.Body).To(Equal(known.Body))
		}
	})

	setTokens := func(ctx context.Context, tokens map[string]string) {
		GinkgoHelper()
		var secret corev1.Secret
		key := client.ObjectKey{Namespace: okta.scope.Namespace, Name: "okta-scim-token"}
		Expect(env.Client.Get(ctx, key, &secret)).To(Succeed())
		secret.Data, secret.StringData = nil, tokens
		Expect(env.Client.Update(ctx, &secret)).To(Succeed())
	}
	as := func(token string) int {
		okta.headers.Set("Authorization", "Bearer "+token)
		return okta.get("/Users").Status
	}

	It("lets an administrator change the token without a failed request", func(ctx context.Context) {
		const next = "another-token-long-enough"
		Expect(as(token)).To(Equal(http.StatusOK))
		setTokens(ctx, map[string]string{"token": token, "token-next": next})
		Expect([]int{as(next), as(token), as(next)}).To(HaveEach(http.StatusOK), "both are valid, at once")

		setTokens(ctx, map[string]string{"token-next": next})
		Expect(as(next)).To(Equal(http.StatusOK))
		Eventually(func() int { return as(token) }).Should(Equal(http.StatusUnauthorized))
		Expect(as(next)).To(Equal(http.StatusOK))

		Expect(okta.post("/Users", `{"userName":"alice"}`).Status).To(Equal(http.StatusCreated))
		Expect(okta.log.audit()).To(ConsistOf(ContainSubstring(`"token":"token-next"`)))
		Expect(okta.log.text()).NotTo(ContainSubstring(next))
	})

	It("says when each token was last used", func(ctx context.Context) {
		setTokens(ctx, map[string]string{"token": token, "token-old": "a-token-that-nobody-uses"})
		registry := prometheus.NewRegistry()
		registry.MustRegister(okta.server.Collectors()...)
		Expect(as(token)).To(Equal(http.StatusOK))
		Expect(as("a-token-that-is-wrong")).To(Equal(http.StatusUnauthorized))
		used := gauges(registry, "atlassync_scim_token_last_used_timestamp_seconds")
		Expect(used).To(HaveLen(1))
		Expect(used).To(HaveKeyWithValue("token "+okta.scope.Namespace+"/okta", BeNumerically("~", time.Now().Unix(), 60)))
	})

	It("slows down an address that keeps failing, and nobody with a valid token", func(ctx context.Context) {
		limits := scimwebhook.DefaultLimits()
		limits.FailureRate = scimwebhook.Rate{PerSecond: 0.01, Burst: 3}
		okta = newIDP(ctx, scimwebhook.Options{Limits: limits, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
		registry := prometheus.NewRegistry()
		registry.MustRegister(okta.server.Collectors()...)
		const wrong = "wrong-token-that-is-long-enough"
		okta.headers.Set("X-Forwarded-For", "192.0.2.1")
		for range 3 {
			Expect(as(wrong)).To(Equal(http.StatusUnauthorized))
		}
		got := okta.get("/Users")
		Expect(got).To(beError(http.StatusTooManyRequests, "", "without a valid token"))
		Expect(got.Header.Get("Retry-After")).To(Equal("5"))
		Expect(as(token)).To(Equal(http.StatusOK), "a valid token from the same address")
		okta.headers.Set("X-Forwarded-For", "192.0.2.2")
		Expect(as(wrong)).To(Equal(http.StatusUnauthorized), "another address")
		Expect(counters(registry)).To(And(
			HaveKeyWithValue("atlassync_scim_auth_failures_total", BeEquivalentTo(5)),
			HaveKeyWithValue("atlassync_scim_rejected_total auth_failure_rate", BeEquivalentTo(1))))
	})

	It("writes down who failed, and not with what", func() {
		okta.headers.Set("Authorization", "Bearer wrong-token-that-is-long-enough")
		target := strings.Replace(okta.url, "/okta", "/no%22body%0A"+strings.Repeat("x", 500), 1) + "/Users"
		got := okta.get(target)
		Expect(got.Status).To(Equal(http.StatusUnauthorized))
		Expect(okta.log.text()).NotTo(Or(ContainSubstring("wrong-token"), ContainSubstring("\n")))
		var line map[string]any
		Expect(json.Unmarshal([]byte(okta.log.text()), &line)).To(Succeed())
		Expect(line).To(And(
			HaveKeyWithValue("msg", "SCIM authentication failed"),
			HaveKeyWithValue("remoteAddress", "127.0.0.1"),
			HaveKeyWithValue("result", "Unauthorized"),
			HaveKeyWithValue("requestID", got.Header.Get("X-Request-Id")),
			HaveKeyWithValue("syncConfigInPath", And(HavePrefix(`"`+okta.scope.Namespace+`/no\"body\nxxx`), HaveSuffix(`\u2026"`))),
		))
		Expect(len(line["syncConfigInPath"].(string))).To(BeNumerically("<", 150))
	})
})
