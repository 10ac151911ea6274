package controllers

import (
	"context"
	"fmt"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestNewcomersNeedNotWaitForEverybody(t *testing.T) {
	g := NewWithT(t)
	everybody := make([]types.NamespacedName, 1000)
	for n := range everybody {
		everybody[n].Name = fmt.Sprint(n)
	}
	queue := newRankedQueue("test", rateLimiter())
	defer queue.ShutDown()
	inbox := &inbox{}
	inbox.add(everybody[:10]...) // before the controller starts
	g.Expect(inbox.Start(t.Context(), queue)).To(Succeed())
	inbox.add(everybody[10:]...)
	newcomer := reconcile.Request{NamespacedName: types.NamespacedName{Name: "newcomer"}}
	changed := reconcile.Request{NamespacedName: everybody[700]}
	queue.Add(newcomer)
	queue.Add(changed)

	g.Eventually(queue.Len).Should(Equal(len(everybody) + 1))
	first, _ := queue.Get()
	second, _ := queue.Get()
	g.Expect([]reconcile.Request{first, second}).To(ConsistOf(newcomer, changed), "who changed goes first, also when enqueued already")
	third, _ := queue.Get()
	g.Expect(third.NamespacedName).To(Equal(everybody[0]), "the others keep their order")
}

func TestWhoChangedIsLetInFirst(t *testing.T) {
	g := NewWithT(t)
	queue := newRankedQueue("test", rateLimiter())
	defer queue.ShutDown()
	room := newWaitingRoom()
	g.Expect(room.inbox.Start(t.Context(), queue)).To(Succeed())
	config := types.NamespacedName{Name: "okta"}
	// work has everybody in the queue find the gate of a directory closed.
	work := func() {
		for queue.Len() > 0 {
			request, _ := queue.Get()
			room.enter(config, waiter{request.NamespacedName, "jira"})
			queue.Done(request)
		}
	}
	everybody := make([]types.NamespacedName, 100)
	for n := range everybody {
		everybody[n].Name = fmt.Sprint(n)
	}
	newcomer, changed := types.NamespacedName{Name: "newcomer"}, everybody[70]
	room.inbox.add(everybody...)
	queue.Add(reconcile.Request{NamespacedName: newcomer})
	work()
	queue.Add(reconcile.Request{NamespacedName: changed}) // while it waits with the others
	work()
	room.inbox.add(everybody...) // everybody is looked at once more
	room.inbox.add(newcomer)
	work()

	room.admit(config)
	g.Expect(queue.Len()).To(Equal(len(everybody) + 1))
	first, _ := queue.Get()
	second, _ := queue.Get()
	g.Expect([]types.NamespacedName{first.NamespacedName, second.NamespacedName}).To(ConsistOf(newcomer, changed))
	// Both have to wait once more.
	room.enter(config, waiter{newcomer, "jira"})
	room.leave(config, waiter{changed, "jira"})
	queue.Done(first)
	queue.Done(second)
	room.admit(config)
	third, _ := queue.Get()
	g.Expect(third.NamespacedName).To(Equal(newcomer))
}

func TestRequestsForWhoChangedAreUrgent(t *testing.T) {
	g := NewWithT(t)
	queue := newRankedQueue("test", rateLimiter())
	defer queue.ShutDown()
	inbox := &inbox{}
	g.Expect(inbox.Start(t.Context(), queue)).To(Succeed())
	urgent := map[string]bool{}
	reconciler := hastener{reconcile.Func(func(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
		urgent[request.Name] = directory.IsUrgent(ctx)
		return reconcile.Result{}, nil
	}), inbox}
	inbox.add(types.NamespacedName{Name: "everybody"})
	queue.Add(reconcile.Request{NamespacedName: types.NamespacedName{Name: "newcomer"}})
	for range 2 {
		request, _ := queue.Get()
		_, err := reconciler.Reconcile(t.Context(), request)
		g.Expect(err).NotTo(HaveOccurred())
		queue.Done(request)
	}
	g.Expect(urgent).To(Equal(map[string]bool{"newcomer": true, "everybody": false}))
}
