package store_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/patch"
)

// statusWriter has the status of every group written as soon as its spec is, as
// a controller does that is quick: what the store knows of the group is old then.
type statusWriter struct{ client.Client }

func (w statusWriter) Create(ctx context.Context, object client.Object, opts ...client.CreateOption) error {
	return w.observe(ctx, object, w.Client.Create(ctx, object, opts...))
}

func (w statusWriter) Update(ctx context.Context, object client.Object, opts ...client.UpdateOption) error {
	return w.observe(ctx, object, w.Client.Update(ctx, object, opts...))
}

func (w statusWriter) observe(ctx context.Context, object client.Object, err error) error {
	group, ok := object.(*v1alpha1.ProvisionedGroup)
	if err != nil || !ok {
		return err
	}
	observed := group.DeepCopy()
	before := observed.DeepCopy()
	observed.Status.ObservedGeneration = group.Generation
	return env.Client.Status().Patch(ctx, observed, client.MergeFrom(before))
}

var _ = Describe("While a controller writes the status of a group after each change", func() {
	It("groups of several pages are created, replaced and added to", func(ctx context.Context) {
		s := newScope(ctx)
		replica, err := storetest.NewReplica(ctx, env, func(c client.Client) client.Client { return statusWriter{c} })
		Expect(err).NotTo(HaveOccurred())
		created, err := replica.Store.Groups.Create(ctx, s, group("Everybody", manyIDs(1001)...))
		Expect(err).NotTo(HaveOccurred())
		Expect(replica.Store.Groups.Members(ctx, created)).To(exactly(manyIDs(1001)))
		for _, want := range [][]string{manyIDs(1500), manyIDs(3), manyIDs(2100)} {
			_, err := changeMembers(ctx, replica, s, created.SCIMID(), patch.MemberChange{Reset: true, Add: want})
			Expect(err).NotTo(HaveOccurred())
			Expect(pagesOf(ctx, s, created).members()).To(exactly(want))
		}
		_, err = changeMembers(ctx, replica, s, created.SCIMID(), patch.MemberChange{Add: []string{"one-more"}})
		Expect(err).NotTo(HaveOccurred())
		Expect(pagesOf(ctx, s, created).members()).To(HaveLen(2101))
	})
})
