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
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

const longEnough = "sixteen-or-more!"

// tokensOf are the valid tokens of a SyncConfig.
func tokensOf(ctx context.Context, in *store.Store, s store.Scope) ([]store.Token, error) {
	access, err := in.Tokens.Of(ctx, s)
	return access.Tokens, err
}

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
		Expect(tokensOf(ctx, a.Store, s)).To(ConsistOf(
			store.Token{Key: "token", Digest: digest(longEnough)},
			store.Token{Key: "token-next", Digest: digest("the-one-for-rotation")},
			store.Token{Key: "sha256-next", Digest: sum},
		))
	})

	It("forgets a token soon after it is withdrawn", func(ctx context.Context) {
		setSecret(ctx, map[string]string{"token": longEnough})
		Expect(tokensOf(ctx, a.Store, s)).To(HaveLen(1))
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "okta-scim-token"}}
		Expect(env.Client.Delete(ctx, secret)).To(Succeed())
		Eventually(func() ([]store.Token, error) { return tokensOf(ctx, a.Store, s) }).Should(BeEmpty())
	})

	It("forgets a token within a second, and knows a new one at once if asked to look", func(ctx context.Context) {
		now := time.Unix(1000, 0)
		clocked := store.New(store.Options{Client: a.Client, Live: a.Live, Now: func() time.Time { return now }})
		setSecret(ctx, map[string]string{"token": longEnough})
		Expect(tokensOf(ctx, clocked, s)).To(HaveLen(1))
		var secret corev1.Secret
		Expect(env.Client.Get(ctx, client.ObjectKey{Namespace: s.Namespace, Name: "okta-scim-token"}, &secret)).To(Succeed())
		secret.Data, secret.StringData = nil, map[string]string{"token-next": longEnough}
		Expect(env.Client.Update(ctx, &secret)).To(Succeed())

		now = now.Add(500 * time.Millisecond)
		Expect(tokensOf(ctx, clocked, s)).To(ConsistOf(HaveField("Key", "token")), "not every request reads the Secret")
		now = now.Add(500 * time.Millisecond)
		Expect(tokensOf(ctx, clocked, s)).To(ConsistOf(HaveField("Key", "token-next")))

		secret.StringData = map[string]string{"token-last": longEnough}
		Expect(env.Client.Update(ctx, &secret)).To(Succeed())
		Expect(tokensOf(ctx, clocked, s)).To(HaveLen(1))
		fresh, err := clocked.Tokens.Fresh(ctx, s)
		Expect(err).NotTo(HaveOccurred())
		Expect(fresh.Tokens).To(HaveLen(2))
		Expect(tokensOf(ctx, clocked, s)).To(HaveLen(2))
	})

	It("says whether the SyncConfig is strict", func(ctx context.Context) {
		setSecret(ctx, map[string]string{"token": longEnough})
		strict := func() (bool, error) {
			access, err := a.Store.Tokens.Of(ctx, s)
			return access.Strict, err
		}
		Expect(strict()).To(BeFalse())
		config := storetest.SyncConfig(s)
		Expect(env.Client.Get(ctx, client.ObjectKeyFromObject(config), config)).To(Succeed())
		config.Spec.SCIM.Strict = true
		Expect(env.Client.Update(ctx, config)).To(Succeed())
		Eventually(strict).Should(BeTrue())
	})

	It("notes on the SyncConfig when it was last asked, once a minute", func(ctx context.Context) {
		now := time.Unix(1_700_000_000, 0)
		clocked := store.New(store.Options{Client: a.Client, Live: a.Live, Now: func() time.Time { return now }})
		config := storetest.SyncConfig(s)
		note := func() (int64, string) {
			GinkgoHelper()
			Expect(clocked.Tokens.NoteRequest(ctx, s)).To(Succeed())
			Expect(env.Client.Get(ctx, client.ObjectKeyFromObject(config), config)).To(Succeed())
			return config.Status.SCIM.LastRequestTime.Unix(), config.ResourceVersion
		}
		Eventually(func() error { return a.Client.Get(ctx, client.ObjectKeyFromObject(config), config) }).Should(Succeed())
		noted, written := note()
		Expect(noted).To(Equal(now.Unix()))
		now = now.Add(59 * time.Second)
		noted, version := note()
		Expect(noted).To(Equal(now.Unix() - 59))
		Expect(version).To(Equal(written), "nothing is written")
		now = now.Add(time.Second)
		noted, _ = note()
		Expect(noted).To(Equal(now.Unix()))

		Expect(clocked.Tokens.NoteRequest(ctx, store.Scope{Namespace: s.Namespace, SyncConfig: "gone"})).To(Succeed())
	})

	It("looks into no namespace but its own", func(ctx context.Context) {
		setSecret(ctx, map[string]string{"token": longEnough})
		own := store.New(store.Options{Client: a.Client, Live: a.Live, Namespace: s.Namespace, Now: time.Now})
		Expect(tokensOf(ctx, own, s)).To(HaveLen(1))
		foreign := store.New(store.Options{Namespace: "another"}) // has nothing to look with
		Expect(tokensOf(ctx, foreign, s)).To(BeEmpty())
	})

	DescribeTable("gives none, and no error, for what does not exist", func(ctx context.Context, name string) {
		Expect(tokensOf(ctx, a.Store, store.Scope{Namespace: s.Namespace, SyncConfig: name})).To(BeEmpty())
	},
		Entry("no Secret", "okta"),
		Entry("no SyncConfig", "other"),
		Entry("no possible name", "../okta"),
		Entry("empty", ""),
	)
})
