package store_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

var _ = Describe("A POST of a large group that broke off", func() {
	var s store.Scope
	BeforeEach(func(ctx context.Context) { s = newScope(ctx) })

	spec := func(members []string) v1alpha1.ProvisionedGroupSpec {
		g := group("Everybody", members...)
		g.ExternalID = "00g1"
		return g
	}
	// breakOff begins a POST and ends it after some writes.
	breakOff := func(ctx context.Context, writes int64, members []string) error {
		GinkgoHelper()
		broken, cancel := context.WithCancel(ctx)
		defer cancel()
		replica, err := storetest.NewReplica(ctx, env, storetest.AfterWrites(writes, cancel))
		Expect(err).NotTo(HaveOccurred())
		_, err = replica.Store.Groups.Create(broken, s, spec(members))
		return err
	}
	// onlyGroup is the one that SCIM shows.
	onlyGroup := func(ctx context.Context) *v1alpha1.ProvisionedGroup {
		GinkgoHelper()
		var found v1alpha1.ProvisionedGroupList
		Expect(env.Client.List(ctx, &found, client.InNamespace(s.Namespace))).To(Succeed())
		var shown []*v1alpha1.ProvisionedGroup
		for i := range found.Items {
			if found.Items[i].DeletionTimestamp == nil {
				shown = append(shown, &found.Items[i])
			}
		}
		Expect(shown).To(HaveLen(1))
		return shown[0]
	}
	// repeat sends the POST again to a replica that has seen the first one.
	repeat := func(ctx context.Context, members []string) {
		GinkgoHelper()
		Eventually(func(g Gomega) {
			created, err := b.Store.Groups.Create(ctx, s, spec(members))
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(b.Store.Groups.Members(ctx, created)).To(exactly(members))
		}).Should(Succeed())
	}

	It("is finished by its repetition, whichever write was the last", func(ctx context.Context) {
		want := manyIDs(3*perPage - 10)
		// Behind the writes that follow there is nothing left to finish.
		for writes := int64(1); writes <= 6; writes++ {
			s = newScope(ctx)
			Expect(breakOff(ctx, writes, want)).To(beKind(store.Unavailable))
			repeat(ctx, want)
			Expect(pagesOf(ctx, s, onlyGroup(ctx)).members()).To(exactly(want), "after write %d", writes)
			Expect(onlyGroup(ctx).Spec.Pages.Replacing).To(BeEmpty())
			_, err := b.Store.Groups.Create(ctx, s, spec(want))
			Expect(err).To(beKind(store.Uniqueness), "it is complete now")
		}
	})

	It("is finished after it broke off twice, with the members of the last one", func(ctx context.Context) {
		Expect(breakOff(ctx, 3, manyIDs(1_000))).To(beKind(store.Unavailable))
		want := manyIDs(800)
		Expect(breakOff(ctx, 2, want)).To(beKind(store.Unavailable))
		repeat(ctx, want)
		Expect(pagesOf(ctx, s, onlyGroup(ctx)).members()).To(exactly(want))
	})

	It("is not finished by the POST of another group with its name, or after a PUT", func(ctx context.Context) {
		want := manyIDs(1_000)
		Expect(breakOff(ctx, 3, want)).To(beKind(store.Unavailable))
		other := spec(want)
		other.ExternalID = "00g2"
		_, err := a.Store.Groups.Create(ctx, s, other)
		Expect(err).To(beKind(store.Uniqueness))

		broken, cancel := context.WithCancel(ctx)
		defer cancel()
		replica, err := storetest.NewReplica(ctx, env, storetest.AfterWrites(2, cancel))
		Expect(err).NotTo(HaveOccurred())
		_, err = changeMembers(broken, replica, s, onlyGroup(ctx).Spec.ID, patch.MemberChange{Reset: true, Add: manyIDs(5)})
		Expect(err).To(beKind(store.Unavailable))
		Expect(onlyGroup(ctx).Spec.Pages.Replacing).NotTo(BeEmpty())
		before := onlyGroup(ctx).ResourceVersion
		Eventually(func(g Gomega) {
			seen, err := a.Store.Groups.Get(ctx, s, onlyGroup(ctx).Spec.ID)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(seen.ResourceVersion).To(Equal(before))
		}).Should(Succeed())
		_, err = a.Store.Groups.Create(ctx, s, spec(want))
		Expect(err).To(beKind(store.Uniqueness))
	})
})
