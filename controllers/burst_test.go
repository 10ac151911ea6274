package controllers

import (
	"context"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// userQueue is a queue of the stage's users that the test works off by hand.
func (s *stage) userQueue(ctx context.Context) *rankedQueue {
	GinkgoHelper()
	queue := newRankedQueue("users", rateLimiter()).(*rankedQueue)
	DeferCleanup(queue.ShutDown)
	Expect(s.users.waiting.inbox.Start(ctx, queue)).To(Succeed())
	return queue
}

// work has so many of a queue reconciled, one after the other.
func (s *stage) work(ctx context.Context, queue *rankedQueue, times int) {
	GinkgoHelper()
	for range times {
		request, _ := queue.Get()
		_, err := s.users.Reconcile(ctx, request)
		queue.Done(request)
		Expect(err).NotTo(HaveOccurred())
	}
}

// crowd creates users and lines them up as a change of the SyncConfig does.
func (s *stage) crowd(ctx context.Context, size int) {
	GinkgoHelper()
	names := make([]types.NamespacedName, size)
	for i := range names {
		names[i] = client.ObjectKeyFromObject(s.newUser(ctx, fmt.Sprintf("crowd-%d-%d", size, i)))
	}
	s.users.waiting.inbox.add(names...)
}

// event enqueues a user as a change of it does.
func (s *stage) event(queue *rankedQueue, name string) {
	queue.Add(reconcile.Request{NamespacedName: s.key(name)})
}

var _ = Describe("While everybody is queued", func() {
	const size = 20
	made := func(s *stage) (names []string) {
		for _, call := range s.jira.Calls() {
			if call.Op == directory.OpCreateUser {
				names = append(names, call.User)
			}
		}
		return names
	}

	It("who joins or leaves during the first reading goes first after it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "leaver")
		s.user(ctx, "leaver")
		s.restart()
		s.config(ctx)
		queue := s.userQueue(ctx)
		s.crowd(ctx, size)
		s.newUser(ctx, "newcomer")
		s.event(queue, "newcomer")
		Expect(cached.Delete(ctx, &v1alpha1.ProvisionedUser{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "leaver"}})).To(Succeed())
		s.event(queue, "leaver")
		s.jira.ResetCalls()
		s.work(ctx, queue, size+2)
		Expect(s.jira.Writes()).To(BeZero(), "the gate is closed")

		s.crowd(ctx, size/2) // who is in the queue when the gate opens
		s.sweep(ctx)
		Expect(queue.Len()).To(Equal(size + size/2 + 2))
		s.work(ctx, queue, 2)
		Expect(made(s)).To(Equal([]string{"newcomer"}))
		Expect(s.account("leaver").Active).To(BeFalse())
		s.work(ctx, queue, size+size/2)
		Expect(made(s)).To(HaveLen(size + size/2 + 1))
	})

	It("who waits for a name goes on as soon as it is free", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		ada := s.user(ctx, "ada")
		queue := s.userQueue(ctx)
		s.crowd(ctx, size)
		s.newUser(ctx, "another", func(spec *v1alpha1.ProvisionedUserSpec) { spec.UserName = "ada" })
		s.event(queue, "another")
		s.jira.ResetCalls()
		s.work(ctx, queue, 1)
		Expect(made(s)).To(BeEmpty(), "the name is taken")

		ada.Spec.UserName = "countess"
		Expect(cached.Update(ctx, ada)).To(Succeed())
		s.event(queue, "ada")
		s.work(ctx, queue, 2)
		Expect(made(s)).To(Equal([]string{"ada"}))
	})
})
