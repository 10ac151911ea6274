package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

func groupCalled(name string) func(*v1alpha1.ProvisionedGroupSpec) {
	return func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = name }
}

var _ = Describe("Groups that exchange their names", func() {
	It("stay as they are, and both are told", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada")
		s.newGroup(ctx, "crew", "bob")
		s.group(ctx, "team")
		s.group(ctx, "crew")
		Expect(s.editGroup(ctx, "team", groupCalled("crew")).Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonNameConflict))
		s.restart()
		s.open(ctx)
		Expect(s.editGroup(ctx, "crew", groupCalled("team")).Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonNameConflict))
		Expect(s.members("team")).To(Equal([]string{"ada"}))
		Expect(s.members("crew")).To(Equal([]string{"bob"}))
	})
})

var _ = Describe("Mappings that exchange the names of groups", func() {
	It("have members follow, and let nobody keep the earlier group without saying so", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada")
		s.newGroup(ctx, "crew", "bob")
		both := func() (team, crew *v1alpha1.ProvisionedGroup) {
			GinkgoHelper()
			for range 2 {
				team, crew = s.group(ctx, "team"), s.group(ctx, "crew")
			}
			return team, crew
		}
		both()
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) {
			spec.Groups.Mappings = []v1alpha1.GroupMapping{{From: "team", To: "crew"}, {From: "crew", To: "team"}}
		})
		s.open(ctx)
		both()
		s.restart()
		s.open(ctx)
		team, crew := both()
		Expect(team.Status.Directories).To(ConsistOf(And(HaveField("GroupName", "crew"), HaveField("HeldMembers", ConsistOf("bob")))))
		Expect(crew.Status.Directories).To(ConsistOf(And(HaveField("GroupName", "team"), HaveField("HeldMembers", ConsistOf("ada")))))
		Expect(s.jira.State().Groups).To(HaveLen(2), "neither is deleted")

		By("taking them out when somebody approves it")
		s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
		both()
		Expect(s.members("crew")).To(Equal([]string{"ada"}))
		Expect(s.members("team")).To(Equal([]string{"bob"}))
	})
})

var _ = Describe("A group that gives the operator its rights", func() {
	It("is neither taken by a mapping, a default group, an emptying nor a deletion", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups, groupPolicy(func(g *v1alpha1.GroupsSpec) {
			g.Mappings = []v1alpha1.GroupMapping{{From: "staff", To: "administrators"}}
		})).open(ctx)
		s.jira.SeedUser(directory.User{Name: "atlassync", DisplayName: "robot", Email: "r@example.com", Active: true})
		s.jira.SeedGroup("administrators")
		s.jira.SeedMember("administrators", "atlassync")
		s.provisioned(ctx, "ada")
		s.newGroup(ctx, "staff", "ada")
		Expect(s.group(ctx, "staff").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProtected))
		s.newGroup(ctx, "admins")
		s.editGroup(ctx, "admins", groupCalled("Administrators"))
		Expect(s.deleteGroup(ctx, "staff")).To(BeNil())
		Expect(s.deleteGroup(ctx, "admins")).To(BeNil())
		Expect(s.members("administrators")).To(Equal([]string{"atlassync"}))
	})

	It("is not given by a new name, and who leaves the group loses its rights or it is said", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.jira.SeedGroup("administrators")
		s.provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		group := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName, g.Members = "administrators", ids("ada") })
		Expect(s.members("administrators")).To(BeEmpty())
		Expect(group.Status.Conditions).To(And(have(v1alpha1.ConditionStalled),
			beReady(metav1.ConditionFalse, v1alpha1.ReasonNameConflict, ContainSubstring("group team keeps its members"))))
	})
})

var _ = Describe("A group whose members are listed as none", func() {
	It("holds afterwards whom it held before", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.jira.SeedUser(directory.User{Name: "eve", DisplayName: "Eve", Email: "eve@example.com", Active: true})
		s.jira.SeedGroup("team")
		s.jira.SeedMember("team", "eve")
		s.newGroup(ctx, "team", "ada", "bob")
		Expect(s.group(ctx, "team").Status.Directories[0].HeldMembers).To(ConsistOf("eve"))

		// A listing shows nobody, with 200. Writes are as they were.
		whole := s.jira.State().Groups["team"]
		Expect(s.jira.DeleteGroup(ctx, directory.Group{Name: "team"})).To(Succeed())
		s.jira.SeedGroup("team")
		s.group(ctx, "team")
		for _, name := range whole {
			s.jira.SeedMember("team", name)
		}
		s.restart()
		s.open(ctx)
		Expect(s.group(ctx, "team").Status.Directories[0].HeldMembers).To(ConsistOf("eve"))
		Expect(s.members("team")).To(ConsistOf("ada", "bob", "eve"))
	})
})
