package controllers

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// awakenedGroups reconciles the groups that the SyncConfig has looked at again.
func (s *stage) awakenedGroups(ctx context.Context) {
	GinkgoHelper()
	for _, name := range woken(s.groups.waiting.inbox) {
		s.group(ctx, name)
	}
}

// team makes a group of many members.
func (s *stage) team(ctx context.Context, members int) []string {
	GinkgoHelper()
	names := s.staff(ctx, members)
	s.newGroup(ctx, "team", names...)
	s.group(ctx, "team")
	return names
}

func (s *stage) keep(ctx context.Context, names ...string) *v1alpha1.ProvisionedGroup {
	GinkgoHelper()
	return s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids(names...) })
}

var _ = Describe("The removal limit of members", func() {
	It("holds the removal of most members, until somebody approves it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.team(ctx, 30)
		s.newUser(ctx, "new")
		s.run(ctx, "new")
		group := s.keep(ctx, append(names[:10:10], "new")...)
		Expect(s.members("team")).To(And(HaveLen(31), ContainElement("new")), "those who come are let in")
		Expect(group.Status.Conditions).To(beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonRemovalHeld))
		Expect(s.events.take()).To(ContainElement(HavePrefix("RemovalHeld jira: more members are to be removed from group team")))
		s.restart()
		s.open(ctx)
		s.group(ctx, "team")
		Expect(s.members("team")).To(HaveLen(31))

		config := s.config(ctx)
		Expect(config.Status.HeldRemovals.Sample).To(ConsistOf("jira: members of group team"))
		s.approve(ctx, config.Status.HeldRemovals.Approval)
		s.awakenedGroups(ctx)
		Expect(s.members("team")).To(HaveLen(11))
		Expect(s.config(ctx).Status.HeldRemovals.Count).To(BeZero())
	})

	It("does not take an approval for others than those that were held", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.team(ctx, 30)
		s.keep(ctx, names[:10]...)
		value := s.config(ctx).Status.HeldRemovals.Approval
		s.keep(ctx, names[:9]...)
		s.approve(ctx, value)
		s.awakenedGroups(ctx)
		s.group(ctx, "team")
		Expect(s.members("team")).To(HaveLen(30))
	})

	It("counts what was removed before in the window, after a restart as well", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.team(ctx, 30)
		s.keep(ctx, names[:20]...)
		s.restart()
		s.open(ctx)
		s.keep(ctx, names[:15]...)
		Expect(s.members("team")).To(HaveLen(15))
		s.keep(ctx, names[:14]...)
		Expect(s.members("team")).To(HaveLen(15))
		_, result, err := s.tryGroup(ctx, "team")
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(BeNumerically("~", time.Hour, time.Second))

		s.pass(time.Hour)
		s.group(ctx, "team")
		Expect(s.members("team")).To(HaveLen(14))
	})

	It("never empties a group of 20, however much may go", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.RemovalLimit.Members.MaxPercent = new(int32(100)) }).open(ctx)
		names := s.team(ctx, 20)
		s.keep(ctx)
		Expect(s.members("team")).To(HaveLen(20))
		s.keep(ctx, names[0])
		Expect(s.members("team")).To(HaveLen(1))
	})

	It("lets members from before go whom the source never sent, once somebody approves it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.jira.SeedUser(directory.User{Name: "eve", Active: true})
		s.jira.SeedGroup("team")
		s.jira.SeedMember("team", "eve")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		config := s.config(ctx)
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionFalse, v1alpha1.ReasonWithinLimit))
		Expect(config.Status.HeldRemovals).To(And(HaveField("Count", int32(1)), HaveField("Sample", ConsistOf(ContainSubstring("before it was taken over")))))
		s.restart()
		s.open(ctx)
		s.group(ctx, "team")
		Expect(s.members("team")).To(ConsistOf("ada", "eve"))

		s.approve(ctx, config.Status.HeldRemovals.Approval)
		s.awakenedGroups(ctx)
		Expect(s.members("team")).To(ConsistOf("ada"))
		Expect(s.group(ctx, "team").Status.Conditions).To(beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionTrue, v1alpha1.ReasonSynced))
	})
})

var _ = Describe("The removal limit of groups", func() {
	groups := func(ctx context.Context, s *stage) []string {
		GinkgoHelper()
		s.provisioned(ctx, "ada")
		var names []string
		for i := range 20 {
			names = append(names, fmt.Sprintf("group-%02d", i))
			s.newGroup(ctx, names[i], "ada")
			s.group(ctx, names[i])
		}
		return names
	}

	It("holds deletions beyond it, after a restart as well", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups).open(ctx)
		names := groups(ctx, s)
		for _, name := range names[:3] {
			Expect(s.deleteGroup(ctx, name)).To(BeNil())
		}
		s.restart()
		s.open(ctx)
		for i, name := range names[3:8] {
			Expect(s.deleteGroup(ctx, name) == nil).To(Equal(i < 2), name)
		}
		Expect(s.jira.State().Groups).To(HaveLen(15))
		Expect(s.group(ctx, names[7]).Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonRemovalHeld), have(v1alpha1.ConditionStalled)))
		s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
		s.awakenedGroups(ctx)
		Expect(s.jira.State().Groups).To(HaveLen(12))
	})

	It("holds what empties a large group because the SyncConfig changed, however few groups there are", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.team(ctx, 20)
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Groups.Regex, c.Groups.Replacement = "team", "wrong" })
		s.config(ctx)
		s.group(ctx, "team")
		Expect(s.members("team")).To(ConsistOf(names))
		s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
		s.awakenedGroups(ctx)
		Expect(s.members("team")).To(BeEmpty())
		Expect(s.members("wrong")).To(ConsistOf(names))

		By("following a rename by the source at once")
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "crew" })
		Expect(s.members("crew")).To(ConsistOf(names))
		Expect(s.members("wrong")).To(BeEmpty())
	})

	It("leaves groups as they are that get another name, and has them follow their members", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := groups(ctx, s)
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Groups.Regex, c.Groups.Replacement = "group-(.*)", "wrong-$1" })
		s.config(ctx)
		for _, name := range names {
			s.group(ctx, name)
		}
		Expect(s.jira.State().Groups).To(HaveLen(25), "5 have been made under the new name")
		Expect(s.members(names[19])).To(ConsistOf("ada"))
		s.provisioned(ctx, "bob")
		s.editGroup(ctx, names[19], func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("bob") })
		Expect(s.members(names[19])).To(ConsistOf("bob"))
	})
})
