package controllers

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// ask annotates an object, as an administrator does who wants it looked at.
func (s *stage) ask(ctx context.Context, object client.Object, name, value string) {
	GinkgoHelper()
	Expect(cached.Get(ctx, s.key(name), object)).To(Succeed())
	object.SetAnnotations(map[string]string{v1alpha1.AnnotationRequestedAt: value})
	Expect(cached.Update(ctx, object)).To(Succeed())
}

var _ = Describe("A request", func() {
	It("has a user looked at, once, and tells the steps", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.sweep(ctx)
		s.events.take()
		s.meddle(ctx, "ada", directory.UserChange{DisplayName: new("Meddled")})
		s.user(ctx, "ada")
		Expect(s.account("ada").DisplayName).To(Equal("Meddled"), "the mirror does not know yet")

		s.ask(ctx, &v1alpha1.ProvisionedUser{}, "ada", "2026-01-01T00:00:00Z")
		user := s.user(ctx, "ada")
		Expect(s.account("ada").DisplayName).To(Equal("ADA"))
		Expect(user.Status.LastRequestedAt).To(Equal("2026-01-01T00:00:00Z"))
		Expect(s.events.take()).To(ContainElement(
			"RequestHandled jira: found account ada, which is ours; decided to do: update; now: Active as ada"))

		s.jira.ResetCalls()
		s.user(ctx, "ada")
		Expect(s.events.take()).To(BeEmpty())
		Expect(s.jira.Calls()).To(BeEmpty())
	})

	It("tells that there was no account, and that one was made", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.ask(ctx, &v1alpha1.ProvisionedUser{}, "ada", "now")
		s.user(ctx, "ada")
		Expect(s.events.take()).To(ContainElement(
			"RequestHandled jira: found no account that is or may be ours; decided to do: create; now: Active as ada"))
	})

	It("has a group and its members looked at", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.sweep(ctx)
		s.group(ctx, "team")
		Expect(s.jira.RemoveMembers(ctx, directory.Group{ID: "team", Name: "team"}, []directory.User{*s.account("ada")})).To(Succeed())
		Expect(s.members("team")).To(BeEmpty())
		s.events.take()
		s.ask(ctx, &v1alpha1.ProvisionedGroup{}, "team", "now")
		Expect(s.group(ctx, "team").Status.LastRequestedAt).To(Equal("now"))
		Expect(s.members("team")).To(ConsistOf("ada"))
		Expect(s.events.take()).To(ContainElement(
			"RequestHandled jira: found group team, which is ours; decided to do: compare members; now: Group team with 1 members"))
	})

	It("waits while the SyncConfig is paused, and while the directory is down", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.ask(ctx, &v1alpha1.ProvisionedUser{}, "ada", "now")
		s.switchTo(ctx, v1alpha1.ModePaused)
		Expect(s.user(ctx, "ada").Status.LastRequestedAt).To(BeEmpty())
		s.switchTo(ctx, v1alpha1.ModeEnforce)
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable})
		s.clock.SetTime(s.clock.Now().Add(probeInterval))
		s.config(ctx)
		Expect(s.user(ctx, "ada").Status.LastRequestedAt).To(BeEmpty())
		s.jira.SetUp()
		s.clock.SetTime(s.clock.Now().Add(reprobeInterval))
		s.config(ctx)
		Expect(s.user(ctx, "ada").Status.LastRequestedAt).To(Equal("now"))
	})

	It("on a SyncConfig has its directories read and everything looked at", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.sweep(ctx)
		s.group(ctx, "team")
		woken(s.users.waiting.inbox)
		woken(s.groups.waiting.inbox)
		s.events.take()
		s.clock.SetTime(s.clock.Now().Add(probeInterval))
		s.ask(ctx, &v1alpha1.SyncConfig{}, "okta", "now")

		Expect(s.config(ctx).Status.LastRequestedAt).To(BeEmpty(), "the reading goes on")
		result, err := s.configs.Reconcile(ctx, reconcile.Request{NamespacedName: s.key("okta")})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(Equal(requestInterval))
		Expect(s.sweep(ctx).Status.LastRequestedAt).To(Equal("now"))
		Expect(s.events.take()).To(ConsistOf(
			"RequestHandled jira was read: 2 accounts, 1 groups, 0 of them changed by others; looking at all 2 users and 1 groups"))
		Expect(woken(s.users.waiting.inbox)).To(Equal([]string{"ada", "bob"}))
		Expect(woken(s.groups.waiting.inbox)).To(Equal([]string{"team"}))

		By("doing it once")
		s.config(ctx)
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty())
		Expect(s.sweeps).To(BeEmpty())
	})

	It("on a SyncConfig is not met by a reading that began before", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.later().config(ctx)
		due := s.sweeps
		s.sweeps = nil
		Expect(due).To(HaveLen(1))
		s.clock.SetTime(s.clock.Now().Add(time.Second))
		s.ask(ctx, &v1alpha1.SyncConfig{}, "okta", "now")
		s.config(ctx)
		Expect(s.sweeps).To(BeEmpty(), "one at a time")
		s.clock.SetTime(s.clock.Now().Add(-time.Second)) // when it began
		due[0]()
		s.clock.SetTime(s.clock.Now().Add(2 * time.Second))
		Expect(s.config(ctx).Status.LastRequestedAt).To(BeEmpty())
		Expect(s.sweep(ctx).Status.LastRequestedAt).To(Equal("now"))
	})

	It("on a SyncConfig does not wait for a directory that is down", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable})
		s.clock.SetTime(s.clock.Now().Add(probeInterval))
		s.ask(ctx, &v1alpha1.SyncConfig{}, "okta", "now")
		Expect(s.config(ctx).Status.LastRequestedAt).To(Equal("now"))
		Expect(s.events.take()).To(ContainElement("RequestHandled jira cannot be used; looking at all 0 users and 0 groups"))
	})
})
