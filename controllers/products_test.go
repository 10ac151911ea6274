package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// unable makes the directory one that cannot do everything.
func (s *stage) unable(change func(*directory.Capabilities)) *stage {
	caps := s.jira.Capabilities()
	change(&caps)
	s.jira.SetCapabilities(caps)
	return s
}

func noDeactivation(c *directory.Capabilities) { c.Deactivates = false }

func activated(spec *v1alpha1.ProvisionedUserSpec) { spec.Active = new(true) }

var _ = Describe("Where accounts cannot be deactivated, a user", func() {
	prepared := func(ctx context.Context, adjust ...func(*v1alpha1.SyncConfig)) *stage {
		s := newStage(ctx, adjust...).unable(noDeactivation).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.jira.SeedGroup("by-hand")
		s.jira.SeedMember("by-hand", "ada")
		s.events.take()
		s.jira.ResetCalls()
		return s
	}

	It("who is inactive is out of all groups, and comes back when active again", func(ctx context.Context) {
		s := prepared(ctx)
		before := s.user(ctx, "ada")
		Expect(s.jira.Count(directory.OpGroupsOf)).To(BeZero(), "active: no look at groups")

		user := s.editUser(ctx, "ada", deactivated)
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated, ContainSubstring("out of all groups")))
		Expect(user.Status.Directories[0]).To(And(HaveField("State", v1alpha1.UserInactive), HaveField("OutOfGroups", true)))
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"team": {"bob"}, "by-hand": {}}))
		Expect(s.events.take()).To(ConsistOf("UserDisabled Took account ada out of 2 groups in jira, which cannot disable accounts"))
		Expect(tellsGroups(before, user)).To(BeTrue())

		group := s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"bob"}), "not put back")
		Expect(group.Status.Directories[0]).To(And(HaveField("Members", int32(1)), HaveField("PendingMembers", int32(0))))
		Expect(group.Status.Conditions).To(beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionTrue, v1alpha1.ReasonSynced))
		s.jira.ResetCalls()
		again := s.user(ctx, "ada")
		Expect(again.ResourceVersion).To(Equal(user.ResourceVersion))
		Expect(s.jira.Writes()).To(BeZero())

		active := s.editUser(ctx, "ada", activated)
		Expect(active.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, "jira: Active as ada"))
		Expect(tellsGroups(again, active)).To(BeTrue())
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
	})

	It("whom a group took back is taken out of it, also when nobody else ever is", func(ctx context.Context) {
		s := prepared(ctx, groupPolicy(func(g *v1alpha1.GroupsSpec) { g.Membership = v1alpha1.MembershipAdditive }))
		s.editUser(ctx, "ada", deactivated)
		s.jira.SeedMember("team", "ada")
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"bob"}))
	})

	It("stays in protected groups, and it is said", func(ctx context.Context) {
		s := prepared(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Protected.Groups = []string{"by-.*"} })
		user := s.editUser(ctx, "ada", deactivated)
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated, ContainSubstring("stays in the protected by-hand")))
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"team": {"bob"}, "by-hand": {"ada"}}))
	})

	It("leaves the other groups when one refuses, and somebody is asked to look", func(ctx context.Context) {
		s := prepared(ctx)
		s.jira.FailNext(directory.OpRemoveMembers, directory.Error{Kind: directory.KindForbidden, Message: "the group is managed elsewhere"})
		user := s.editUser(ctx, "ada", deactivated)
		Expect(user.Status.Conditions).To(And(have(v1alpha1.ConditionStalled),
			beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable, ContainSubstring("ada keeps access, as a member of group by-hand"))))
		Expect(s.members("team")).To(Equal([]string{"bob"}))
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"bob"}), "not put back either")
	})

	It("who is deleted is out of all groups", func(ctx context.Context) {
		s := prepared(ctx)
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.account("ada")).NotTo(BeNil())
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"team": {"bob"}, "by-hand": {}}))
	})
})

var _ = Describe("Where e-mail addresses cannot be read, a user", func() {
	blind := func(c *directory.Capabilities) { c.ReadsEmail = false }

	It("has ours written when it changes, and not again", func(ctx context.Context) {
		s := newStage(ctx).unable(blind).open(ctx).provisioned(ctx, "ada")
		s.jira.ResetCalls()
		s.user(ctx, "ada")
		Expect(s.jira.Writes()).To(BeZero(), "what was created is known")
		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.Emails[0].Value = "king@example.com" })
		s.user(ctx, "ada")
		Expect(s.account("ada").Email).To(Equal("king@example.com"))
		Expect(s.jira.Writes()).To(Equal(1))
	})

	It("who had an account has it written once", func(ctx context.Context) {
		s := newStage(ctx).unable(blind).open(ctx)
		s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "ADA", Email: "old@example.com", Active: true})
		s.provisioned(ctx, "ada")
		s.user(ctx, "ada")
		Expect(s.account("ada").Email).To(Equal("ada@example.com"))
		Expect(s.jira.Writes()).To(Equal(1))
	})

	It("who has another account by now has nothing written there that is known", func(ctx context.Context) {
		s := newStage(ctx).unable(blind).open(ctx).provisioned(ctx, "ada")
		Expect(s.jira.DeleteUser(ctx, s.account("ada").ID)).To(Succeed())
		s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "ADA", Email: "old@example.com", Active: true})
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.UpdateUsers = new(false) })
		Expect(s.user(ctx, "ada").Status.Directories[0]).To(And(HaveField("Adopted", true), HaveField("WrittenEmail", "")))
	})

	It("has it written again when that failed", func(ctx context.Context) {
		s := newStage(ctx).unable(blind).open(ctx).provisioned(ctx, "ada")
		s.jira.FailNext(directory.OpUpdateUser, directory.Error{Kind: directory.KindInvalid, Message: "no such domain"})
		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.Emails[0].Value = "king@example.com" })
		Expect(s.user(ctx, "ada").Status.Directories[0].WrittenEmail).To(Equal("king@example.com"))
		Expect(s.account("ada").Email).To(Equal("king@example.com"))
	})
})

var _ = Describe("What a product does not let be done", func() {
	It("is not asked of it for a group's name", func(ctx context.Context) {
		s := newStage(ctx).unable(func(c *directory.Capabilities) { c.ForbiddenInGroupName = "/" }).open(ctx)
		s.newGroup(ctx, "team")
		group := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "a/b" })
		Expect(group.Status.Conditions).To(And(have(v1alpha1.ConditionStalled),
			beReady(metav1.ConditionFalse, v1alpha1.ReasonInvalidGroupName, ContainSubstring("rename the group at the source"))))
		Expect(s.jira.Calls()).To(BeEmpty())
	})

	It("is done otherwise when it is the deletion of an account", func(ctx context.Context) {
		s := newStage(ctx, removing(v1alpha1.RemoveUserDelete)).unable(func(c *directory.Capabilities) { c.DeletesUsers = false }).open(ctx)
		s.provisioned(ctx, "ada")
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
	})

	It("is loud when somebody keeps access by it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "ADA", Email: "ada@example.com", Active: true, ReadOnly: "LDAP is read only"})
		s.provisioned(ctx, "ada")
		user := s.editUser(ctx, "ada", deactivated)
		Expect(user.Status.Conditions).To(And(have(v1alpha1.ConditionStalled),
			beReady(metav1.ConditionFalse, v1alpha1.ReasonAttributesRejected, ContainSubstring("ada keeps access: LDAP is read only"))))
		Expect(s.deleteUser(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAttributesRejected))
		Expect(s.jira.Writes()).To(BeZero())
	})

	It("is not tried in another user directory than the configured one", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Directories[0].DirectoryName = "Internal" }).open(ctx)
		s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "Countess", Active: true, Directory: "LDAP"})
		s.newUser(ctx, "ada")
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAlreadyExistsUnmanaged,
			And(ContainSubstring("LDAP"), ContainSubstring("Internal"))))
		Expect(s.jira.Writes()).To(BeZero())
	})
})
