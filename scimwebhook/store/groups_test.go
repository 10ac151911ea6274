package store_test

import (
	"context"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

func group(displayName string, members ...string) v1alpha1.ProvisionedGroupSpec {
	return v1alpha1.ProvisionedGroupSpec{DisplayName: displayName, Members: members}
}

// changeMembers changes the members of a group and nothing else.
func changeMembers(ctx context.Context, replica *storetest.Replica, s store.Scope, id string, change patch.MemberChange) (changed bool, err error) {
	_, changed, err = replica.Store.Groups.Update(ctx, s, id, nil, &change)
	return changed, err
}

func manyIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("id-%d", i)
	}
	return ids
}

var _ = Describe("Groups", func() {
	var s store.Scope
	BeforeEach(func(ctx context.Context) { s = newScope(ctx) })

	It("loses no member when many are added at once on two replicas", func(ctx context.Context) {
		created, err := a.Store.Groups.Create(ctx, s, group("Everybody"))
		Expect(err).NotTo(HaveOccurred())
		replicas := []*storetest.Replica{a, b}
		want := manyIDs(16 * 5)
		together(16, func(i int) {
			for _, id := range want[i*5 : i*5+5] {
				_, err := changeMembers(ctx, replicas[i%2], s, created.SCIMID(), patch.MemberChange{Add: []string{id}})
				Expect(err).NotTo(HaveOccurred())
			}
		})
		for _, replica := range replicas {
			Eventually(func() ([]string, error) {
				g, err := replica.Store.Groups.Get(ctx, s, created.SCIMID())
				if err != nil {
					return nil, err
				}
				return g.Spec.Members, nil
			}).Should(ConsistOf(want))
		}
	})

	It("refuses a second group of the same name in any case, not a user of that name", func(ctx context.Context) {
		_, err := a.Store.Groups.Create(ctx, s, group("Jira Users"))
		Expect(err).NotTo(HaveOccurred())
		_, err = b.Store.Groups.Create(ctx, s, group("JIRA users"))
		Expect(err).To(beKind(store.Uniqueness))
		_, err = a.Store.Users.Create(ctx, s, user("Jira Users"))
		Expect(err).NotTo(HaveOccurred())
	})

	It("knows the groups of a user and the names of members", func(ctx context.Context) {
		alice, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		for _, name := range []string{"B", "A"} {
			_, err = a.Store.Groups.Create(ctx, s, group(name, alice.SCIMID(), "unknown"))
			Expect(err).NotTo(HaveOccurred())
		}
		refs, err := a.Store.Groups.Of(ctx, s, alice.SCIMID())
		Expect(err).NotTo(HaveOccurred())
		Expect(refs).To(HaveExactElements(HaveField("DisplayName", "A"), HaveField("DisplayName", "B")))
		Expect(a.Store.Users.Names(ctx, s, []string{alice.SCIMID(), "unknown"})).
			To(Equal(map[string]string{alice.SCIMID(): "alice"}))
	})
})
