package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

const longEnough = "sixteen-or-more!"

var _ = Describe("Tokens", func() {
	var s store.Scope
	BeforeEach(func(ctx context.Context) {
		s = newScope(ctx)
		Expect(env.Client.Create(ctx, storetest.SyncConfig(s))).To(Succeed())
	})

	setSecret := func(ctx context.Context, data map[string]string) {
		secret := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "okta-scim-token"},
			StringData: data,
		}
		Expect(env.Client.Create(ctx, secret)).To(Succeed())
	}
	digest := func(token string) [sha256.Size]byte { return sha256.Sum256([]byte(token)) }

	It("takes every token and every digest in the Secret, and nothing that is too short", func(ctx context.Context) {
		sum := digest("handed-out-as-a-digest")
		setSecret(ctx, map[string]string{
			"token":       longEnough,
			"token-next":  "the-one-for-rotation\n",
			"token-empty": "",
			"token-blank": "                    ",
			"token-short": "fifteen-at-most",
			"sha256-next": hex.EncodeToString(sum[:]),
			"sha256-half": hex.EncodeToString(sum[:16]),
			"sha256-text": "not hexadecimal",
			"password":    "not-a-token-but-long-enough",
		})
		Expect(a.Store.Tokens.Of(ctx, s)).To(ConsistOf(
			store.Token{Key: "token", Digest: digest(longEnough)},
			store.Token{Key: "token-next", Digest: digest("the-one-for-rotation")},
			store.Token{Key: "sha256-next", Digest: sum},
		))
	})

	It("forgets a token soon after it is withdrawn", func(ctx context.Context) {
		setSecret(ctx, map[string]string{"token": longEnough})
		Expect(a.Store.Tokens.Of(ctx, s)).To(HaveLen(1))
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "okta-scim-token"}}
		Expect(env.Client.Delete(ctx, secret)).To(Succeed())
		Eventually(func() ([]store.Token, error) { return a.Store.Tokens.Of(ctx, s) }).Should(BeEmpty())
	})

	It("looks into no namespace but its own", func(ctx context.Context) {
		setSecret(ctx, map[string]string{"token": longEnough})
		own := store.New(store.Options{Client: a.Client, Live: a.Live, Namespace: s.Namespace, Now: time.Now})
		Expect(own.Tokens.Of(ctx, s)).To(HaveLen(1))
		foreign := store.New(store.Options{Namespace: "another"}) // has nothing to look with
		Expect(foreign.Tokens.Of(ctx, s)).To(BeEmpty())
	})

	DescribeTable("gives none, and no error, for what does not exist", func(ctx context.Context, name string) {
		Expect(a.Store.Tokens.Of(ctx, store.Scope{Namespace: s.Namespace, SyncConfig: name})).To(BeEmpty())
	},
		Entry("no Secret", "okta"),
		Entry("no SyncConfig", "other"),
		Entry("no possible name", "../okta"),
		Entry("empty", ""),
	)
})
