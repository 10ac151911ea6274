package scimwebhook_test

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
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

	It("takes the next token before the old one is withdrawn, and names the key in the audit line", func(ctx context.Context) {
		var secret corev1.Secret
		key := client.ObjectKey{Namespace: okta.scope.Namespace, Name: "okta-scim-token"}
		Expect(env.Client.Get(ctx, key, &secret)).To(Succeed())
		secret.StringData = map[string]string{"token-next": "another-token-long-enough"}
		Expect(env.Client.Update(ctx, &secret)).To(Succeed())

		okta.headers.Set("Authorization", "Bearer another-token-long-enough")
		Eventually(func() int { return okta.get("/Users").Status }).Should(Equal(http.StatusOK))
		okta.headers.Set("Authorization", "Bearer "+token)
		Expect(okta.get("/Users").Status).To(Equal(http.StatusOK))

		Expect(env.Client.Get(ctx, key, &secret)).To(Succeed())
		delete(secret.Data, "token")
		Expect(env.Client.Update(ctx, &secret)).To(Succeed())
		Eventually(func() int { return okta.get("/Users").Status }).Should(Equal(http.StatusUnauthorized))

		okta.headers.Set("Authorization", "Bearer another-token-long-enough")
		Expect(okta.post("/Users", `{"userName":"alice"}`).Status).To(Equal(http.StatusCreated))
		Expect(okta.log.audit()).To(ConsistOf(ContainSubstring(`"token":"token-next"`)))
		Expect(okta.log.text()).NotTo(ContainSubstring("another-token"))
	})
})
