package controllers

import (
	"context"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// provisioned makes users that have their accounts.
func (s *stage) provisioned(ctx context.Context, names ...string) *stage {
	GinkgoHelper()
	for _, name := range names {
		s.newUser(ctx, name)
		s.user(ctx, name)
	}
	return s
}

func groupPolicy(change func(*v1alpha1.GroupsSpec)) func(*v1alpha1.SyncConfig) {
	return func(c *v1alpha1.SyncConfig) { change(&c.Spec.Groups) }
}

var deletingGroups = groupPolicy(func(g *v1alpha1.GroupsSpec) { g.OnRemoval = v1alpha1.RemoveGroupDelete })

var _ = Describe("A group", func() {
	It("is created with its members, and nothing more happens once it is right", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.events.take()
		s.newGroup(ctx, "team", "ada", "bob")
		group := s.group(ctx, "team")
		Expect(group.Status.Conditions).To(And(
			beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, "jira: Group team with 2 members"),
			beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionTrue, v1alpha1.ReasonSynced)))
		Expect(group.Status.MemberCount).To(Equal(int32(2)))
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
		Expect(s.events.take()).To(Equal([]string{
			"GroupCreated Created group team in jira",
			"MembersChanged Added 2 and removed 0 members of group team in jira"}))

		s.jira.ResetCalls()
		Expect(s.group(ctx, "team").ResourceVersion).To(Equal(group.ResourceVersion))
		Expect(s.jira.Writes()).To(BeZero())
	})

	It("follows its members, one request for each", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.jira.ResetCalls()
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("bob", "eve") })
		Expect(s.members("team")).To(Equal([]string{"bob", "eve"}))
		Expect(s.jira.Writes()).To(Equal(2))
	})

	It("waits for members that have no account yet, and for ids that nobody has", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.newUser(ctx, "bob")
		s.newGroup(ctx, "team", "ada", "bob", "unknown")
		group := s.group(ctx, "team")
		Expect(group.Status.Conditions).To(And(
			beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned),
			beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonWaitingForUsers)))
		Expect(group.Status.Directories[0].PendingMembers).To(Equal(int32(2)))
		Expect(s.members("team")).To(Equal([]string{"ada"}))

		user := s.user(ctx, "bob")
		Expect(s.groups.groupsOfMember(ctx, user)).To(ConsistOf(s.key("team")))
		Expect(s.group(ctx, "team").Status.Directories[0].PendingMembers).To(Equal(int32(1)))
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
	})

	It("loses a member whose user is deleted", func(ctx context.Context) {
		s := newStage(ctx, removing(v1alpha1.RemoveUserKeep)).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		Expect(s.deleteUser(ctx, "bob")).To(BeNil())
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada"}))
	})

	It("that existed keeps whom the source never sent, and says who", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.jira.SeedUser(directory.User{Name: "eve", Active: true})
		s.jira.SeedGroup("team")
		for _, name := range []string{"ada", "eve"} {
			s.jira.SeedMember("team", name)
		}
		s.newGroup(ctx, "team", "bob")
		group := s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada", "bob", "eve"}))
		Expect(group.Status.Conditions).To(And(
			beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned),
			beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonRemovalHeld)))
		Expect(group.Status.Directories[0].HeldMembers).To(Equal([]string{"ada", "eve"}))
		Expect(s.events.take()).To(ContainElement(And(HavePrefix("RemovalHeld"), ContainSubstring("ada, eve"))))

		// Once the source has sent somebody, it may take them away again.
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada", "bob") })
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = nil })
		Expect(s.members("team")).To(Equal([]string{"eve"}))
	})

	It("renamed at the source takes its members along", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		group := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName, g.Members = "crew", ids("ada") })
		Expect(s.members("crew")).To(Equal([]string{"ada"}))
		Expect(s.members("team")).To(BeEmpty(), "nobody keeps access by the old name")
		Expect(group.Status.Directories[0].GroupName).To(Equal("crew"))
	})

	It("renamed at the source leaves nothing behind when onRemoval is Delete", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups).open(ctx).provisioned(ctx, "ada")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "crew" })
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"crew": {"ada"}}))
	})

	It("finishes a rename that broke off", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.jira.FailNext(directory.OpRemoveMembers, directory.Error{Kind: directory.KindUnavailable, Status: 500})
		group := &v1alpha1.ProvisionedGroup{}
		Expect(cached.Get(ctx, s.key("team"), group)).To(Succeed())
		group.Spec.DisplayName = "crew"
		Expect(cached.Update(ctx, group)).To(Succeed())
		_, _, err := s.tryGroup(ctx, "team")
		Expect(err).To(HaveOccurred())

		s.restart()
		s.open(ctx)
		s.group(ctx, "team")
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"crew": {"ada"}, "team": {}}))
	})

	It("waits for a member of whom nobody knows whether the account was made", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "bob")
		s.newUser(ctx, "ada")
		s.newGroup(ctx, "team", "ada", "bob")
		s.jira.FailNext(directory.OpCreateUser, directory.Error{Kind: directory.KindAmbiguous})
		unsure := s.user(ctx, "ada")
		Expect(unsure.Status.Conditions).To(beReady(metav1.ConditionUnknown, v1alpha1.ReasonCreateResultUnknown))
		Expect(s.group(ctx, "team").Status.Conditions).To(beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonWaitingForUsers))
		Expect(s.members("team")).To(ConsistOf("bob"))

		sure := s.user(ctx, "ada")
		Expect(sure.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(accountChanged().Update(event.UpdateEvent{ObjectOld: unsure, ObjectNew: sure})).To(BeTrue(), "the group is told")
		s.group(ctx, "team")
		Expect(s.members("team")).To(ConsistOf("ada", "bob"))
	})

	It("of which a page cannot be read loses nobody", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		s.newGroup(ctx, "team", "ada", "bob", "eve")
		s.group(ctx, "team")
		s.jira.SetPageSize(1)
		s.jira.FailPage(directory.OpEachMember, 1)
		group := &v1alpha1.ProvisionedGroup{}
		Expect(cached.Get(ctx, s.key("team"), group)).To(Succeed())
		group.Spec.Members = nil
		Expect(cached.Update(ctx, group)).To(Succeed())
		_, _, err := s.tryGroup(ctx, "team")
		Expect(err).To(HaveOccurred())
		Expect(s.members("team")).To(HaveLen(3))
	})

	It("changes the other members when one is refused, and asks for attention", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		for range 2 { // the two together, then one of them
			s.jira.FailNext(directory.OpAddMembers, directory.Error{Kind: directory.KindInvalid, Message: "the user's directory is read only"})
		}
		group, result, err := s.tryGroup(ctx, "team")
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(Equal(slowRetry))
		Expect(s.members("team")).To(HaveLen(1))
		Expect(group.Status.Conditions).To(And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned, ContainSubstring("read only")),
			beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonPartialFailure)))
		s.group(ctx, "team")
		Expect(s.members("team")).To(HaveLen(2))
	})

	It("deleted at the source stays or goes as onRemoval says", func(ctx context.Context) {
		keep, remove := newStage(ctx).open(ctx).provisioned(ctx, "ada"), newStage(ctx, deletingGroups, atAnotherAddress).open(ctx).provisioned(ctx, "ada")
		for _, s := range []*stage{keep, remove} {
			s.newGroup(ctx, "team", "ada")
			s.group(ctx, "team")
			Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		}
		Expect(keep.jira.State().Groups).To(Equal(map[string][]string{"team": {"ada"}}))
		Expect(remove.jira.State().Groups).To(BeEmpty())
	})

	It("renamed and deleted at once takes its own group away and no other", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups).open(ctx).provisioned(ctx, "ada")
		s.newGroup(ctx, "team", "ada")
		group := s.group(ctx, "team")
		s.jira.SeedGroup("crew")
		group.Spec.DisplayName = "crew"
		Expect(cached.Update(ctx, group)).To(Succeed())
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"crew": {}}))
	})

	It("loses a member whose user is deleted, although the account could not follow", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.jira.FailNext(directory.OpUpdateUser, directory.Error{Kind: directory.KindInvalid, Message: "bob leads project X"})
		Expect(s.deleteUser(ctx, "bob").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAttributesRejected))
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada"}))
	})

	It("that held too many to name holds nobody in the group that a rename makes", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.jira.SeedGroup("everybody")
		for i := range v1alpha1.MaxMembers + 1 {
			name := fmt.Sprintf("stranger-%d", i)
			s.jira.SeedUser(directory.User{Name: name, Active: true})
			s.jira.SeedMember("everybody", name)
		}
		s.newGroup(ctx, "everybody", "ada", "bob")
		Expect(s.group(ctx, "everybody").Status.Directories[0].HoldAll).To(BeTrue())
		s.editGroup(ctx, "everybody", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada") })
		Expect(s.members("everybody")).To(HaveLen(v1alpha1.MaxMembers+3), "nobody is removed")

		s.editGroup(ctx, "everybody", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "few" })
		s.editGroup(ctx, "everybody", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("bob") })
		Expect(s.members("few")).To(Equal([]string{"bob"}))
	})

	It("that gives the operator its rights is left alone", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.jira.SeedGroup("administrators")
		s.newGroup(ctx, "administrators", "ada")
		Expect(s.group(ctx, "administrators").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProtected))
		Expect(s.members("administrators")).To(BeEmpty())
	})

	It("with the directory name of another group is not made one with it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.newGroup(ctx, "other", "bob")
		group := s.editGroup(ctx, "other", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "TEAM" })
		Expect(group.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonNameConflict))
		Expect(s.members("team")).To(Equal([]string{"ada"}))
	})

	It("is left as it is while groups.sync is off", func(ctx context.Context) {
		s := newStage(ctx, groupPolicy(func(g *v1alpha1.GroupsSpec) { g.Sync = new(false) })).open(ctx)
		s.newGroup(ctx, "team")
		Expect(s.group(ctx, "team").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonSyncDisabled))
		Expect(s.jira.Writes()).To(BeZero())
	})
})
