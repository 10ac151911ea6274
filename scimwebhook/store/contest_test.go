package store_test

import (
	"context"
	"fmt"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// beforeWrite calls then before a replica makes its n-th write.
func beforeWrite(n int64, then func()) func(client.Client) client.Client {
	return func(c client.Client) client.Client { return &interrupting{Client: c, n: n, then: then} }
}

// interrupting lets something happen before a write.
type interrupting struct {
	client.Client
	begun atomic.Int64
	n     int64
	then  func()
}

func (i *interrupting) Create(ctx context.Context, obj client.Object, opts ...client.CreateOption) error {
	i.count()
	return i.Client.Create(ctx, obj, opts...)
}

func (i *interrupting) Update(ctx context.Context, obj client.Object, opts ...client.UpdateOption) error {
	i.count()
	return i.Client.Update(ctx, obj, opts...)
}

func (i *interrupting) count() {
	if i.begun.Add(1) == i.n {
		i.then()
	}
}

var _ = Describe("Of two that want one name", func() {
	var s store.Scope
	BeforeEach(func(ctx context.Context) { s = newScope(ctx) })

	// namesOf are the userNames that SCIM shows, by id, as the API server holds them.
	namesOf := func(ctx context.Context) map[string]string {
		GinkgoHelper()
		var users v1alpha1.ProvisionedUserList
		Expect(env.Client.List(ctx, &users, client.InNamespace(s.Namespace))).To(Succeed())
		names := map[string]string{}
		for i := range users.Items {
			if user := &users.Items[i]; user.DeletionTimestamp == nil {
				names[user.Spec.ID] = user.Spec.UserName
				Expect(user.Annotations).NotTo(HaveKey("atlassync.dev/claims-name"))
			}
		}
		return names
	}
	create := func(ctx context.Context, replica *storetest.Replica, name string) *v1alpha1.ProvisionedUser {
		GinkgoHelper()
		created, err := replica.Store.Users.Create(ctx, s, user(name))
		Expect(err).NotTo(HaveOccurred())
		return created
	}
	replicaWith := func(ctx context.Context, wrap func(client.Client) client.Client) *storetest.Replica {
		GinkgoHelper()
		replica, err := storetest.NewReplica(ctx, env, wrap)
		Expect(err).NotTo(HaveOccurred())
		return replica
	}

	It("a rename and a POST on two replicas at once, one gets it", func(ctx context.Context) {
		for i := range 40 {
			old, wanted := fmt.Sprintf("old%d", i), fmt.Sprintf("wanted%d", i)
			renamed := create(ctx, a, old)
			errs := make([]error, 2)
			together(2, func(r int) {
				if r == 0 {
					_, errs[r] = a.Store.Users.Update(ctx, s, renamed.SCIMID(), rename(wanted))
				} else {
					_, errs[r] = b.Store.Users.Create(ctx, s, user(wanted))
				}
			})
			Expect(errs).To(ConsistOf(BeNil(), beKind(store.Uniqueness)))
			if errs[0] == nil {
				Expect(namesOf(ctx)).To(HaveLen(1))
				Expect(namesOf(ctx)).To(HaveKeyWithValue(renamed.SCIMID(), wanted))
			} else {
				Expect(namesOf(ctx)).To(HaveLen(2))
				Expect(namesOf(ctx)).To(HaveKeyWithValue(renamed.SCIMID(), old))
			}
			s = newScope(ctx)
		}
	})

	It("two renames on two replicas at once, one gets it", func(ctx context.Context) {
		for i := range 40 {
			wanted := fmt.Sprintf("wanted%d", i)
			users := []*v1alpha1.ProvisionedUser{create(ctx, a, "first"), create(ctx, a, "second")}
			errs := make([]error, 2)
			together(2, func(r int) {
				_, errs[r] = []*storetest.Replica{a, b}[r].Store.Users.Update(ctx, s, users[r].SCIMID(), rename(wanted))
			})
			Expect(errs).To(ConsistOf(BeNil(), beKind(store.Uniqueness)))
			names := namesOf(ctx)
			Expect(names).To(HaveLen(2))
			for r, name := range []string{"first", "second"} {
				if errs[r] == nil {
					name = wanted
				}
				Expect(names).To(HaveKeyWithValue(users[r].SCIMID(), name))
			}
			s = newScope(ctx)
		}
	})

	It("two POSTs of one externalId on two replicas at once, one gets it", func(ctx context.Context) {
		for range 20 {
			errs := make([]error, 2)
			together(2, func(r int) {
				spec := user(fmt.Sprintf("name%d", r))
				spec.ExternalID = "00u1"
				_, errs[r] = []*storetest.Replica{a, b}[r].Store.Users.Create(ctx, s, spec)
			})
			Expect(errs).To(ConsistOf(BeNil(), beKind(store.Uniqueness)))
			Expect(namesOf(ctx)).To(HaveLen(1))
			s = newScope(ctx)
		}
	})

	It("a POST takes away the claim of a rename that has not come to an end", func(ctx context.Context) {
		interrupted := replicaWith(ctx, beforeWrite(2, func() {
			defer GinkgoRecover()
			create(ctx, b, "wanted")
		}))
		renamed := create(ctx, a, "old")
		_, err := interrupted.Store.Users.Update(ctx, s, renamed.SCIMID(), rename("wanted"))
		Expect(err).To(beKind(store.Uniqueness))
		Expect(namesOf(ctx)).To(And(HaveLen(2), HaveKeyWithValue(renamed.SCIMID(), "old")))
	})

	It("a POST that was about to be written when somebody was renamed is undone", func(ctx context.Context) {
		renamed := create(ctx, a, "old")
		interrupted := replicaWith(ctx, beforeWrite(1, func() {
			defer GinkgoRecover()
			_, err := a.Store.Users.Update(ctx, s, renamed.SCIMID(), rename("Wanted"))
			Expect(err).NotTo(HaveOccurred())
		}))
		_, err := interrupted.Store.Users.Create(ctx, s, user("wanted"))
		Expect(err).To(And(beKind(store.Uniqueness), MatchError(ContainSubstring(renamed.SCIMID()))))
		Expect(namesOf(ctx)).To(Equal(map[string]string{renamed.SCIMID(): "Wanted"}))
	})

	It("a rename that broke off stands in nobody's way", func(ctx context.Context) {
		for _, next := range []func(){
			func() { create(ctx, b, "wanted") },
			func() {
				other := create(ctx, b, "other")
				_, err := b.Store.Users.Update(ctx, s, other.SCIMID(), rename("wanted"))
				Expect(err).NotTo(HaveOccurred())
			},
		} {
			s = newScope(ctx)
			broken, breakOff := context.WithCancel(ctx)
			interrupted := replicaWith(ctx, beforeWrite(2, breakOff))
			renamed := create(ctx, a, "old")
			_, err := interrupted.Store.Users.Update(broken, s, renamed.SCIMID(), rename("wanted"))
			Expect(err).To(beKind(store.Unavailable))
			next()
			Expect(namesOf(ctx)).To(And(HaveLen(2), HaveKeyWithValue(renamed.SCIMID(), "old"), ContainElement("wanted")))
		}
	})

	It("somebody renamed keeps the new name and gives the old one away", func(ctx context.Context) {
		renamed := create(ctx, a, "old")
		_, err := a.Store.Users.Update(ctx, s, renamed.SCIMID(), rename("wanted"))
		Expect(err).NotTo(HaveOccurred())
		create(ctx, b, "old")
		_, err = a.Store.Users.Update(ctx, s, renamed.SCIMID(), rename("old"))
		Expect(err).To(beKind(store.Uniqueness))
		Expect(namesOf(ctx)).To(And(HaveLen(2), HaveKeyWithValue(renamed.SCIMID(), "wanted"), ContainElement("old")))
	})

	It("one that asks for a name that is refused keeps its own", func(ctx context.Context) {
		renamed := create(ctx, a, "old")
		_, err := a.Store.Users.Update(ctx, s, renamed.SCIMID(), rename(string(make([]byte, 3000))))
		Expect(err).To(beKind(store.Invalid))
		Expect(namesOf(ctx)).To(Equal(map[string]string{renamed.SCIMID(): "old"}))
	})
})
