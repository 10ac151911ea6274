package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

func user(userName string) v1alpha1.ProvisionedUserSpec {
	return v1alpha1.ProvisionedUserSpec{UserName: userName}
}

func kindOf(err error) store.Kind {
	if e, ok := errors.AsType[*store.Error](err); ok {
		return e.Kind
	}
	return ""
}

func beKind(kind store.Kind) OmegaMatcher { return WithTransform(kindOf, Equal(kind)) }

func rename(to string) func(*v1alpha1.ProvisionedUserSpec) error {
	return func(spec *v1alpha1.ProvisionedUserSpec) error {
		spec.UserName = to
		return nil
	}
}

func activate(active bool) func(*v1alpha1.ProvisionedUserSpec) error {
	return func(spec *v1alpha1.ProvisionedUserSpec) error {
		spec.Active = new(active)
		return nil
	}
}

// together calls f for 0 to n-1 at the same moment and waits for all.
func together(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			defer GinkgoRecover()
			ready.Done()
			ready.Wait()
			f(i)
		})
	}
	done.Wait()
}

var _ = Describe("Users", func() {
	var s store.Scope
	BeforeEach(func(ctx context.Context) { s = newScope(ctx) })

	It("stamps what the controllers rely on at creation", func(ctx context.Context) {
		created, err := a.Store.Users.Create(ctx, s, user("Test.User@okta.local"))
		Expect(err).NotTo(HaveOccurred())
		Expect(created.Name).To(MatchRegexp(`^test-user-okta-local-[0-9a-f]{16}$`))
		Expect(created.Spec.ID).To(MatchRegexp(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`))
		Expect(created.Spec.SyncConfigName).To(Equal("okta"))
		Expect(created.Spec.UserName).To(Equal("Test.User@okta.local"))
		Expect(created.Finalizers).To(ConsistOf(v1alpha1.Finalizer))
		Expect(created.Labels).To(Equal(map[string]string{
			v1alpha1.LabelSyncConfig: "okta",
			v1alpha1.LabelID:         created.Spec.ID,
			v1alpha1.LabelManagedBy:  "scim",
		}))
	})

	It("shows a new user on the other replica at once, by id and by userName", func(ctx context.Context) {
		for i := range 20 {
			name := fmt.Sprintf("user%d", i)
			created, err := a.Store.Users.Create(ctx, s, user(name))
			Expect(err).NotTo(HaveOccurred())
			byID, err := b.Store.Users.Get(ctx, s, created.SCIMID())
			Expect(err).NotTo(HaveOccurred())
			Expect(byID.Spec.UserName).To(Equal(name))

			created, err = b.Store.Users.Create(ctx, s, user("other-"+name))
			Expect(err).NotTo(HaveOccurred())
			byName, err := a.Store.Users.FindByName(ctx, s, "OTHER-"+name)
			Expect(err).NotTo(HaveOccurred())
			Expect(byName).To(ConsistOf(HaveField("Spec.ID", created.Spec.ID)))
		}
	})

	It("shows its own changes to the next request on the same replica", func(ctx context.Context) {
		created, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		for i := range 20 {
			_, err := a.Store.Users.Update(ctx, s, created.SCIMID(), activate(i%2 == 0))
			Expect(err).NotTo(HaveOccurred())
			seen, err := a.Store.Users.Get(ctx, s, created.SCIMID())
			Expect(err).NotTo(HaveOccurred())
			Expect(seen.IsActive()).To(Equal(i%2 == 0))
		}
	})

	It("does not take a stale cache's word that there is nothing to change", func(ctx context.Context) {
		created, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		for i := range 20 {
			replica := []*storetest.Replica{a, b}[i%2]
			_, err := replica.Store.Users.Update(ctx, s, created.SCIMID(), activate(i%2 == 0))
			Expect(err).NotTo(HaveOccurred())
		}
		var live v1alpha1.ProvisionedUser
		Expect(env.Client.Get(ctx, client.ObjectKeyFromObject(created), &live)).To(Succeed())
		Expect(live.IsActive()).To(BeFalse())
		Expect(live.Generation).To(BeEquivalentTo(20), "every change of 20 but the first, which is the default")
	})

	It("makes one user and one conflict of the same POST on two replicas at once", func(ctx context.Context) {
		for i := range 30 {
			replicas := []*storetest.Replica{a, b}
			errs := make([]error, 2)
			together(2, func(r int) {
				names := []string{"Racer%d@example.com", "racer%d@EXAMPLE.com"}
				_, errs[r] = replicas[r].Store.Users.Create(ctx, s, user(fmt.Sprintf(names[r], i)))
			})
			Expect(errs).To(ConsistOf(BeNil(), beKind(store.Uniqueness)))
		}
		var all v1alpha1.ProvisionedUserList
		Expect(env.Client.List(ctx, &all, client.InNamespace(s.Namespace))).To(Succeed())
		Expect(all.Items).To(HaveLen(30))
	})

	It("names the holder when the userName exists in another case", func(ctx context.Context) {
		created, err := a.Store.Users.Create(ctx, s, user("alice@example.com"))
		Expect(err).NotTo(HaveOccurred())
		for _, replica := range []*storetest.Replica{a, b} {
			_, err = replica.Store.Users.Create(ctx, s, user("ALICE@example.com"))
			Expect(err).To(And(beKind(store.Uniqueness),
				MatchError(And(ContainSubstring(created.SCIMID()), ContainSubstring("alice@example.com")))))
		}
	})

	It("gives a renamed user's old name away, and keeps the new one", func(ctx context.Context) {
		alice, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		renamed, err := a.Store.Users.Update(ctx, s, alice.SCIMID(), rename("alicia"))
		Expect(err).NotTo(HaveOccurred())
		Expect(renamed.Name).To(Equal(alice.Name))

		_, err = a.Store.Users.Create(ctx, s, user("Alicia"))
		Expect(err).To(beKind(store.Uniqueness))
		second, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		Expect(second.Name).To(Equal(alice.Name + "-2"))

		Eventually(func() ([]*v1alpha1.ProvisionedUser, error) {
			return b.Store.Users.FindByName(ctx, s, "alice")
		}).Should(ConsistOf(HaveField("Spec.ID", second.Spec.ID)))
	})

	It("refuses to rename onto another user's name", func(ctx context.Context) {
		alice, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		_, err = b.Store.Users.Create(ctx, s, user("bob"))
		Expect(err).NotTo(HaveOccurred())
		_, err = a.Store.Users.Update(ctx, s, alice.SCIMID(), rename("BOB"))
		Expect(err).To(beKind(store.Uniqueness))
		_, err = a.Store.Users.Update(ctx, s, alice.SCIMID(), rename("ALICE"))
		Expect(err).NotTo(HaveOccurred(), "a change of case is no new name")
	})

	It("hides a deleted user at once and lets the name be used again", func(ctx context.Context) {
		alice, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Store.Users.Delete(ctx, s, alice.SCIMID())).To(Succeed())

		_, err = a.Store.Users.Get(ctx, s, alice.SCIMID())
		Expect(err).To(beKind(store.NotFound))
		Expect(a.Store.Users.Delete(ctx, s, alice.SCIMID())).To(beKind(store.NotFound))
		_, err = a.Store.Users.Update(ctx, s, alice.SCIMID(), rename("bob"))
		Expect(err).To(beKind(store.NotFound))
		Expect(a.Store.Users.FindByName(ctx, s, "alice")).To(BeEmpty())

		var held v1alpha1.ProvisionedUser
		Expect(env.Client.Get(ctx, client.ObjectKeyFromObject(alice), &held)).To(Succeed(), "the finalizer waits for the directories")
		again, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		Expect(again.SCIMID()).NotTo(Equal(alice.SCIMID()))
		Eventually(func() ([]*v1alpha1.ProvisionedUser, error) {
			return b.Store.Users.FindByName(ctx, s, "alice")
		}).Should(ConsistOf(HaveField("Spec.ID", again.Spec.ID)))
	})

	It("keeps SyncConfigs apart", func(ctx context.Context) {
		other := store.Scope{Namespace: s.Namespace, SyncConfig: "entra"}
		mine, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		_, err = a.Store.Users.Get(ctx, other, mine.SCIMID())
		Expect(err).To(beKind(store.NotFound))
		Expect(a.Store.Users.FindByName(ctx, other, "alice")).To(BeEmpty())
		_, err = a.Store.Users.Create(ctx, other, user("alice"))
		Expect(err).NotTo(HaveOccurred())
	})

	It("shows users written by hand under their uid and does not change them", func(ctx context.Context) {
		byHand := &v1alpha1.ProvisionedUser{
			ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "from-git"},
			Spec:       v1alpha1.ProvisionedUserSpec{SyncConfigName: s.SyncConfig, UserName: "git"},
		}
		Expect(env.Client.Create(ctx, byHand)).To(Succeed())
		id := string(byHand.UID)
		Eventually(func() error { _, err := a.Store.Users.Get(ctx, s, id); return err }).Should(Succeed())

		_, err := a.Store.Users.Update(ctx, s, id, rename("other"))
		Expect(err).To(And(beKind(store.Mutability), MatchError(ContainSubstring(s.Namespace+"/from-git"))))
		Expect(a.Store.Users.Delete(ctx, s, id)).To(beKind(store.Mutability))
		_, err = a.Store.Users.Update(ctx, s, id, rename("git"))
		Expect(err).NotTo(HaveOccurred(), "what is already so is no change")
		_, err = a.Store.Users.Create(ctx, s, user("GIT"))
		Expect(err).To(beKind(store.Uniqueness))
	})

	It("takes a new name with the externalId of an inactive user for the same person", func(ctx context.Context) {
		spec := user("maiden")
		spec.ExternalID = "00u1"
		first, err := a.Store.Users.Create(ctx, s, spec)
		Expect(err).NotTo(HaveOccurred())

		spec.UserName = "married"
		_, err = a.Store.Users.Create(ctx, s, spec)
		Expect(err).To(And(beKind(store.Uniqueness), MatchError(ContainSubstring("maiden"))))

		_, err = a.Store.Users.Update(ctx, s, first.SCIMID(), activate(false))
		Expect(err).NotTo(HaveOccurred())
		spec.Active = new(true)
		back, err := a.Store.Users.Create(ctx, s, spec)
		Expect(err).NotTo(HaveOccurred())
		Expect(back.SCIMID()).To(Equal(first.SCIMID()))
		Expect(back.Spec.UserName).To(Equal("married"))
		Expect(back.IsActive()).To(BeTrue())
		Expect(back.Labels).To(HaveKeyWithValue(v1alpha1.LabelManagedBy, "scim"))
	})

	It("compares externalIds exactly", func(ctx context.Context) {
		spec := user("alice")
		spec.ExternalID = "1"
		_, err := a.Store.Users.Create(ctx, s, spec)
		Expect(err).NotTo(HaveOccurred())
		Expect(a.Store.Users.FindByExternalID(ctx, s, "1")).To(HaveLen(1))
		for _, other := range []string{"01", "1.0", " 1", ""} {
			Expect(a.Store.Users.FindByExternalID(ctx, s, other)).To(BeEmpty(), "%q", other)
		}
	})

	It("says in SCIM's words which value the API server refused", func(ctx context.Context) {
		spec := user("alice")
		spec.Emails = []v1alpha1.MultiValue{{Value: strings.Repeat("x", 5000)}}
		spec.Enterprise = &v1alpha1.EnterpriseUser{Department: strings.Repeat("y", 5000)}
		_, err := a.Store.Users.Create(ctx, s, spec)
		Expect(err).To(beKind(store.Invalid))
		invalid, _ := errors.AsType[*store.Error](err)
		Expect(invalid.Detail).To(And(
			ContainSubstring("emails[0].value: Too long"),
			ContainSubstring("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department: Too long"),
			Not(ContainSubstring("xxxx")), Not(ContainSubstring("spec."))))
	})

	DescribeTable("takes any userName", func(ctx context.Context, name string) {
		created, err := a.Store.Users.Create(ctx, s, user(name))
		Expect(err).NotTo(HaveOccurred())
		Expect(b.Store.Users.FindByName(ctx, s, name)).To(ConsistOf(HaveField("Spec.ID", created.Spec.ID)))
		Expect(a.Store.Users.FindByName(ctx, s, name)).To(ConsistOf(HaveField("Spec.ID", created.Spec.ID)))
	},
		Entry("apostrophe", "o'brien@example.com"),
		Entry("quotes and backslash", `a"b\c`),
		Entry("selector characters", "a=b,c!=d"),
		Entry("slash", "EXAMPLE/alice"),
		Entry("umlaut", "jörg.müller@example.com"),
		Entry("no letter that an object's name may have", "李小龍"),
		Entry("hyphens", "---"),
		Entry("long", strings.Repeat("long.name.", 100)),
	)

	It("finishes with an error of its own when the request ends", func(ctx context.Context) {
		ended, end := context.WithCancel(ctx)
		end()
		_, err := a.Store.Users.Create(ended, s, user("alice"))
		Expect(err).To(beKind(store.Unavailable))
	})
})
