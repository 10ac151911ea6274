package store_test

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/storetest"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

// walk reads all pages of a size and calls between after each.
func walk(ctx context.Context, replica *storetest.Replica, s store.Scope, size int, between func(page int)) []string {
	var names []string
	for page := 0; ; page++ {
		users, total, err := replica.Store.Users.List(ctx, s, page*size, size)
		Expect(err).NotTo(HaveOccurred())
		for _, u := range users {
			names = append(names, u.Spec.UserName)
		}
		if (page+1)*size >= total {
			return names
		}
		between(page)
	}
}

var _ = Describe("Pages", func() {
	var s store.Scope
	BeforeEach(func(ctx context.Context) { s = newScope(ctx) })

	It("hold still while users are created", func(ctx context.Context) {
		var before []string
		for i := range 25 {
			u, err := a.Store.Users.Create(ctx, s, user(fmt.Sprintf("before%d", i)))
			Expect(err).NotTo(HaveOccurred())
			before = append(before, u.Spec.UserName)
		}
		for _, replica := range []*storetest.Replica{a, b} {
			Eventually(func() []string { return walk(ctx, replica, s, 10, func(int) {}) }).Should(ConsistOf(before))
		}
		order := walk(ctx, a, s, 10, func(int) {})
		Expect(walk(ctx, b, s, 7, func(int) {})).To(Equal(order), "the same on every replica, at every page size")

		// The API server counts age in whole seconds.
		second := time.Now().Truncate(time.Second)
		Eventually(time.Now).Should(BeTemporally(">=", second.Add(time.Second)))
		during := walk(ctx, a, s, 5, func(page int) {
			_, err := b.Store.Users.Create(ctx, s, user(fmt.Sprintf("a-during%d", page)))
			Expect(err).NotTo(HaveOccurred())
		})
		Expect(during[:25]).To(Equal(order))
	})

	It("keep the order of those who stay while others are deleted", func(ctx context.Context) {
		ids := map[string]string{}
		for i := range 12 {
			u, err := a.Store.Users.Create(ctx, s, user(fmt.Sprintf("user%d", i)))
			Expect(err).NotTo(HaveOccurred())
			ids[u.Spec.UserName] = u.SCIMID()
		}
		Eventually(func() []string { return walk(ctx, b, s, 5, func(int) {}) }).Should(HaveLen(12))
		order := walk(ctx, b, s, 5, func(int) {})
		gone := order[4]
		Expect(a.Store.Users.Delete(ctx, s, ids[gone])).To(Succeed())
		want := append(append([]string{}, order[:4]...), order[5:]...)
		Eventually(func() []string { return walk(ctx, b, s, 5, func(int) {}) }).Should(Equal(want))
	})

	It("show at once what this replica changed", func(ctx context.Context) {
		u, err := a.Store.Users.Create(ctx, s, user("alice"))
		Expect(err).NotTo(HaveOccurred())
		page, total, err := a.Store.Users.List(ctx, s, 0, 10)
		Expect(err).NotTo(HaveOccurred())
		Expect(page).To(ConsistOf(HaveField("Spec.UserName", "alice")))
		Expect(total).To(Equal(1))
		Expect(a.Store.Users.Delete(ctx, s, u.SCIMID())).To(Succeed())
		page, total, err = a.Store.Users.List(ctx, s, 0, 10)
		Expect(err).NotTo(HaveOccurred())
		Expect(page).To(BeEmpty())
		Expect(total).To(BeZero())
	})

	It("stop a scan when the time is up", func(ctx context.Context) {
		for i := range 3 {
			_, err := a.Store.Users.Create(ctx, s, user(fmt.Sprintf("user%d", i)))
			Expect(err).NotTo(HaveOccurred())
		}
		hurried, stop := context.WithCancel(ctx)
		defer stop()
		var seen int
		var failure error
		for _, err := range a.Store.Users.After(hurried, s, store.Position{}) {
			if failure = err; err == nil {
				seen++
				stop()
			}
		}
		Expect(seen).To(Equal(1))
		Expect(failure).To(HaveField("Kind", store.Unavailable))
	})

	It("are empty beyond the end, and for a SyncConfig without users", func(ctx context.Context) {
		page, total, err := a.Store.Users.List(ctx, s, 50, 10)
		Expect(err).NotTo(HaveOccurred())
		Expect(page).To(BeEmpty())
		Expect(total).To(BeZero())
	})
})
