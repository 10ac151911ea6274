package controllers

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

func requestFor(key types.NamespacedName) reconcile.Request {
	return reconcile.Request{NamespacedName: key}
}

var _ = Describe("The removal limit under attack", func() {
	It("takes no approval for what is held later, also when the clock goes back", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:4]...)
		s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
		s.awakened(ctx)
		Expect(s.inactive()).To(Equal(4))

		// Another replica takes over, whose clock is behind.
		s.pass(-10 * time.Minute)
		s.restart()
		s.open(ctx)
		s.leave(ctx, names[4:8]...)
		s.config(ctx)
		s.each(names, func(name string) { s.run(ctx, name) })
		Expect(s.inactive()).To(Equal(4))
	})

	It("counts on when the clock goes back, and holds no longer when it goes on", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:2]...)
		s.pass(-24 * time.Hour)
		s.restart()
		s.open(ctx)
		s.leave(ctx, names[2:4]...)
		Expect(s.inactive()).To(Equal(2))
		s.pass(26 * time.Hour)
		s.config(ctx)
		s.awakened(ctx)
		Expect(s.inactive()).To(Equal(4))
	})

	It("takes no value that was good once", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:4]...)
		value := s.config(ctx).Status.HeldRemovals.Approval
		for _, name := range names[:4] {
			s.editUser(ctx, name, func(u *v1alpha1.ProvisionedUserSpec) { u.Active = new(true) })
		}
		s.pass(time.Minute)
		s.leave(ctx, names[:4]...)
		s.approve(ctx, value)
		s.awakened(ctx)
		Expect(s.inactive()).To(Equal(2))
	})

	It("is not got round by switching modes", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:4]...)
		for _, mode := range []v1alpha1.Mode{v1alpha1.ModePaused, v1alpha1.ModeEnforce, v1alpha1.ModeDryRun, v1alpha1.ModeEnforce} {
			s.switchTo(ctx, mode)
			s.leave(ctx, names[4:8]...)
			s.each(names, func(name string) { s.run(ctx, name) })
			Expect(s.inactive()).To(Equal(2), "mode %s", mode)
		}
	})

	It("is not got round by another onRemoval, which makes another removal of it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		for _, name := range names[:4] {
			s.deleteUser(ctx, name)
		}
		value := s.config(ctx).Status.HeldRemovals.Approval
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Provisioning.OnRemoval = v1alpha1.RemoveUserDelete })
		s.config(ctx)
		s.each(names[:4], func(name string) { s.run(ctx, name) })
		s.approve(ctx, value)
		s.awakened(ctx)
		Expect(s.jira.State().Users).To(HaveLen(20))
		Expect(s.inactive()).To(Equal(2))
	})

	It("is not got round by making the SyncConfig again", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:4]...)
		config := s.config(ctx)
		Expect(cached.Delete(ctx, config)).To(Succeed())
		_, err := s.configs.Reconcile(ctx, requestFor(s.key("okta")))
		Expect(err).NotTo(HaveOccurred())
		again := &v1alpha1.SyncConfig{Spec: config.Spec}
		again.Namespace, again.Name, again.Annotations = s.namespace, "okta", map[string]string{v1alpha1.AnnotationApproveRemovals: "0123456789abcdef"}
		Expect(cached.Create(ctx, again)).To(Succeed())
		s.open(ctx)
		s.leave(ctx, names[4:8]...)
		s.each(names, func(name string) { s.run(ctx, name) })
		Expect(s.inactive()).To(Equal(2))
	})
})
