package controllers

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// remake deletes the SyncConfig and makes it again as it was, as a person or
// a GitOps tool does, and has the manager notice both.
func (s *stage) remake(ctx context.Context) *stage {
	GinkgoHelper()
	old := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), old)).To(Succeed())
	// The API server's times have no fractions.
	Eventually(func() int64 { return time.Now().Unix() }).Should(BeNumerically(">", s.youngest(ctx)))
	remade := &v1alpha1.SyncConfig{ObjectMeta: metav1.ObjectMeta{Namespace: old.Namespace, Name: old.Name}, Spec: old.Spec}
	if controllerutil.RemoveFinalizer(old, v1alpha1.Finalizer) {
		Expect(cached.Update(ctx, old)).To(Succeed())
	}
	Expect(client.IgnoreNotFound(cached.Delete(ctx, old))).To(Succeed())
	settledCache(ctx, old)
	_, err := s.configs.Reconcile(ctx, reconcile.Request{NamespacedName: s.key("okta")})
	Expect(err).NotTo(HaveOccurred())
	Expect(cached.Create(ctx, remade)).To(Succeed())
	Eventually(func() error { return cached.Get(ctx, s.key("okta"), remade) }).Should(Succeed())
	return s.open(ctx)
}

// youngest is when the last user was made.
func (s *stage) youngest(ctx context.Context) int64 {
	GinkgoHelper()
	users := &v1alpha1.ProvisionedUserList{}
	Expect(cached.List(ctx, users, client.InNamespace(s.namespace))).To(Succeed())
	last := int64(0)
	for _, user := range users.Items {
		last = max(last, user.CreationTimestamp.Unix())
	}
	return last
}

// releaseUser deletes a user and lets it go without its directories.
func (s *stage) releaseUser(ctx context.Context, name string) {
	GinkgoHelper()
	user := &v1alpha1.ProvisionedUser{}
	Expect(cached.Get(ctx, s.key(name), user)).To(Succeed())
	user.Annotations = map[string]string{v1alpha1.AnnotationRelease: "true"}
	Expect(cached.Update(ctx, user)).To(Succeed())
	Expect(s.deleteUser(ctx, name)).To(BeNil())
}

var _ = Describe("The removal limit of a SyncConfig that was deleted and made again", func() {
	It("has no room for a window, since nobody knows what was removed before", func(ctx context.Context) {
		s := newStage(ctx, removing(v1alpha1.RemoveUserDelete)).open(ctx)
		names := s.staff(ctx, 40)
		for _, name := range names[:4] {
			Expect(s.deleteUser(ctx, name)).To(BeNil())
		}
		s.remake(ctx)
		s.leave(ctx, names[4:8]...)
		Expect(s.inactive()).To(BeZero())
		config := s.config(ctx)
		Expect(config.Status.Conditions).To(ContainElement(And(
			HaveField("Type", v1alpha1.ConditionRemovalsHeld), HaveField("Reason", v1alpha1.ReasonLimitExceeded),
			HaveField("Message", ContainSubstring("before this SyncConfig was made again")))))

		By("holding on after a restart, and when it is made again once more")
		s.restart()
		s.open(ctx)
		s.remake(ctx)
		s.run(ctx, names[4])
		Expect(s.inactive()).To(BeZero())

		By("letting go what somebody approves, and as much as the limit allows later")
		s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
		Expect(s.awakened(ctx)).To(HaveLen(4))
		Expect(s.inactive()).To(Equal(4))
		s.pass(time.Hour + time.Minute)
		s.leave(ctx, names[8:14]...)
		Expect(s.inactive()).To(Equal(4+3), "10 % of 36")
	})

	It("is looked at again when there is room", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.remake(ctx)
		s.leave(ctx, names[0])
		s.config(ctx)
		Expect(s.awakened(ctx)).To(BeEmpty())
		s.pass(time.Hour + time.Minute)
		s.config(ctx)
		Expect(s.awakened(ctx)).To(HaveLen(1))
		Expect(s.inactive()).To(Equal(1))
	})

	It("counts what the objects remember", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 40)
		s.leave(ctx, names[:4]...)
		s.pass(30 * time.Minute)
		s.remake(ctx)
		s.leave(ctx, names[4])
		s.pass(29 * time.Minute)
		s.run(ctx, names[4])
		Expect(s.inactive()).To(Equal(4))
	})

	It("holds nothing of one that is new", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.restart()
		s.open(ctx)
		s.leave(ctx, names[0])
		Expect(s.inactive()).To(Equal(1))
	})
})

var _ = Describe("A deletion that is let go while its directory is down", func() {
	It("does not count, since nothing was removed", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 30)
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable})
		s.releaseUser(ctx, names[0])
		s.releaseUser(ctx, names[1])
		s.jira.SetUp()
		for range 2 {
			Expect(s.config(ctx).Status.PastRemovals).To(BeEmpty())
			s.restart()
			s.open(ctx)
		}
		s.leave(ctx, names[2:6]...)
		Expect(s.inactive()).To(Equal(2), "10 % of the 28 that are left")
	})

	It("counts what was removed before, after a restart as well", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 30)
		s.leave(ctx, names[:2]...)
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable})
		s.releaseUser(ctx, names[0])
		s.releaseUser(ctx, names[1])
		s.jira.SetUp()
		s.restart()
		s.open(ctx)
		Expect(s.config(ctx).Status.PastRemovals).To(ConsistOf(HaveField("Count", int32(2))))
		s.leave(ctx, names[2:6]...)
		Expect(s.inactive()).To(Equal(3), "10 % of the 30 that there were")
	})
})
