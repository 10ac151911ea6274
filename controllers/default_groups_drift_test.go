package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// takeOut takes accounts out of a group by hand.
func (s *stage) takeOut(ctx context.Context, group string, names ...string) {
	GinkgoHelper()
	for _, name := range names {
		Expect(s.jira.RemoveMembers(ctx, directory.Group{Name: group}, []directory.User{{Name: name}})).To(Succeed())
	}
	s.quiet()
	woken(s.users.waiting.inbox)
}

var _ = Describe("Somebody whom others take out of a default group", func() {
	inUsers := func(to v1alpha1.DefaultGroupsFor) func(context.Context) *stage {
		return func(ctx context.Context) *stage {
			s := newStage(ctx, giving(to, "users")).open(ctx).provisioned(ctx, "ada", "bob", "eve")
			s.sweep(ctx)
			return s
		}
	}
	everybodyIn, newcomersIn := inUsers(toAllUsers), inUsers(toNewUsers)

	It("that all are in is put back after the next reading, which costs the pages of the group and no look at anybody", func(ctx context.Context) {
		s := everybodyIn(ctx)
		s.takeOut(ctx, "users", "ada")
		s.jira.SetPageSize(2)
		config := s.later().sweep(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		Expect(s.jira.Count(directory.OpEachMember)).To(Equal(1))
		Expect(s.jira.Reads()).To(Equal(2+1+s.jira.Count(directory.OpProbe)), "two pages of accounts, one of members: %v", s.jira.Calls())
		Expect(swept(config)).To(And(HaveField("Drifted", int32(1)), HaveField("Corrected", int32(1))))
		Expect(s.events.take()).To(ContainElement("DriftCorrected jira: ada were changed by others and are put right"))

		s.jira.ResetCalls()
		for _, name := range []string{"ada", "bob", "eve"} {
			s.user(ctx, name)
		}
		Expect(s.jira.Calls()).To(ConsistOf(And(HaveField("Op", directory.OpAddMembers), HaveField("User", "ada"))))
		Expect(s.members("users")).To(Equal([]string{"ada", "bob", "eve"}))
		Expect(s.drift(driftOfUser, driftCorrected)).To(Equal(1.0))
		Expect(s.events.take()).To(ContainElement("DriftCorrected Put right what others had changed of account ada in jira: default groups users"))
		Expect(swept(s.later().sweep(ctx)).Drifted).To(BeZero())
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty())
	})

	It("is put back also where it happened while the process was away, or nobody else looks at the group", func(ctx context.Context) {
		s := everybodyIn(ctx)
		s.takeOut(ctx, "users", "ada")
		s.restart()
		s.sweep(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		Expect(s.jira.Count(directory.OpEachMember)).To(Equal(1))
		s.user(ctx, "ada")
		Expect(s.members("users")).To(ContainElement("ada"))
		s.later().sweep(ctx)
		Expect(s.jira.Count(directory.OpEachMember)).To(Equal(2), "it is part of every reading")
	})

	It("counts once, also if the account was changed besides", func(ctx context.Context) {
		s := everybodyIn(ctx)
		s.spoilAccount("ada", func(u *directory.User) { u.DisplayName = "Somebody" })
		s.takeOut(ctx, "users", "ada")
		Expect(swept(s.later().sweep(ctx)).Drifted).To(Equal(int32(1)))
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		s.user(ctx, "ada")
		Expect(s.account("ada").DisplayName).NotTo(Equal("Somebody"))
		Expect(s.members("users")).To(ContainElement("ada"))
	})

	It("is put back with all others when they delete the group", func(ctx context.Context) {
		s := everybodyIn(ctx)
		Expect(s.jira.DeleteGroup(ctx, directory.Group{Name: "users"})).To(Succeed())
		s.later().sweep(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada", "bob", "eve"))
		for _, name := range []string{"ada", "bob", "eve"} {
			s.user(ctx, name)
		}
		Expect(s.members("users")).To(Equal([]string{"ada", "bob", "eve"}))
		Expect(s.jira.Count(directory.OpCreateGroup)).To(Equal(2), "once at first, once more")
	})

	It("stays out where default groups are for new users", func(ctx context.Context) {
		s := newcomersIn(ctx)
		s.takeOut(ctx, "users", "ada")
		Expect(swept(s.later().sweep(ctx)).Drifted).To(BeZero())
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty())
		s.user(ctx, "ada")
		Expect(s.members("users")).To(Equal([]string{"bob", "eve"}))
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})

	It("stays out while inactive, or when the group is no default group any more", func(ctx context.Context) {
		s := everybodyIn(ctx)
		s.editUser(ctx, "ada", deactivated)
		s.takeOut(ctx, "users", "ada")
		Expect(swept(s.later().sweep(ctx)).Drifted).To(BeZero())
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty())
		s.user(ctx, "ada")
		Expect(s.members("users")).To(Equal([]string{"bob", "eve"}))
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Groups.DefaultGroups = []string{"wiki"} })
		s.takeOut(ctx, "users", "bob")
		Expect(swept(s.later().sweep(ctx)).Drifted).To(BeZero())
		s.user(ctx, "bob")
		Expect(s.members("users")).To(Equal([]string{"eve"}))
	})

	It("is reported and left where drift is not put right, once", func(ctx context.Context) {
		s := newStage(ctx, giving(toAllUsers, "users"), leavingDrift).open(ctx).provisioned(ctx, "ada", "bob")
		s.sweep(ctx)
		s.takeOut(ctx, "users", "ada")
		config := s.later().sweep(ctx)
		Expect(swept(config)).To(And(HaveField("Drifted", int32(1)), HaveField("Corrected", int32(0))))
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionSynced, metav1.ConditionTrue, v1alpha1.ReasonDriftReported))
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDriftReported,
			ContainSubstring("others took it out of its default groups users, which is left so (resync.correctDrift is off)")))
		Expect(user.Status.Directories[0].DefaultGroups).To(Equal([]string{"users"}))
		Expect(s.members("users")).To(Equal([]string{"bob"}))
		Expect(s.jira.Writes()).To(BeZero())
		Expect(s.drift(driftOfUser, driftReported)).To(Equal(1.0))
		s.events.take()
		Expect(swept(s.later().sweep(ctx)).Drifted).To(BeZero(), "it was told")
		s.user(ctx, "ada")
		Expect(s.events.take()).NotTo(ContainElement(HavePrefix("DriftReported")))

		s.correctDrift(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.members("users")).To(Equal([]string{"ada", "bob"}))
	})

	It("is shown, and not put back, in a dry run", func(ctx context.Context) {
		s := everybodyIn(ctx)
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Mode = v1alpha1.ModeDryRun })
		s.takeOut(ctx, "users", "ada")
		s.later().sweep(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		user := s.user(ctx, "ada")
		Expect(user.Status.Directories[0]).To(And(HaveField("PlannedAction", "join 1 default groups"), HaveField("DefaultGroups", []string{"users"})))
		Expect(s.jira.Writes()).To(BeZero())
	})
})

var _ = Describe("Somebody whom others put into a default group", func() {
	It("that the source does not push is none of our business", func(ctx context.Context) {
		s := newStage(ctx, giving(toAllUsers, "users")).open(ctx).provisioned(ctx, "ada")
		s.jira.SeedUser(directory.User{Name: "guest", Active: true})
		s.sweep(ctx)
		s.jira.SeedMember("users", "guest")
		Expect(swept(s.later().sweep(ctx)).Drifted).To(BeZero())
		s.user(ctx, "ada")
		Expect(s.members("users")).To(Equal([]string{"ada", "guest"}))
	})
})
