package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// giving has the named groups be default groups.
func giving(to v1alpha1.DefaultGroupsFor, names ...string) func(*v1alpha1.SyncConfig) {
	return groupPolicy(func(g *v1alpha1.GroupsSpec) { g.DefaultGroups, g.DefaultGroupsFor = names, to })
}

const (
	toNewUsers = v1alpha1.DefaultGroupsForNewUsers
	toAllUsers = v1alpha1.DefaultGroupsForAllUsers
)

var _ = Describe("Default groups", func() {
	It("are given to a user who gets an account, made if need be, at one request for each", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "users", "wiki")).open(ctx)
		s.jira.SeedGroup("users")
		s.newUser(ctx, "ada")
		user := s.user(ctx, "ada")
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"users": {"ada"}, "wiki": {"ada"}}))
		Expect(user.Status.Directories[0]).To(And(HaveField("DefaultGroups", []string{"users", "wiki"}), HaveField("PendingDefaultGroups", BeEmpty())))
		Expect(s.events.take()).To(Equal([]string{
			"UserCreated Created account ada in jira",
			"GroupCreated Created default group wiki in jira",
			"MembersChanged Put account ada into the default groups users, wiki in jira"}))
		s.jira.ResetCalls()
		Expect(s.user(ctx, "ada").ResourceVersion).To(Equal(user.ResourceVersion))
		Expect(s.jira.Writes()).To(BeZero())
		s.provisioned(ctx, "bob")
		Expect(s.jira.Count(directory.OpAddMembers)).To(Equal(2))
	})

	It("for new users are not given to one whose account existed", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "users")).open(ctx)
		s.jira.SeedUser(directory.User{Name: "ada", Active: true})
		s.provisioned(ctx, "ada")
		Expect(s.jira.State().Groups).To(BeEmpty())
	})

	It("for all users are given to active users that we manage", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.jira.SeedUser(directory.User{Name: "adopted", Active: true})
		s.provisioned(ctx, "adopted", "made", "leaver")
		s.editUser(ctx, "leaver", deactivated)
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) {
			c.Groups.DefaultGroups, c.Groups.DefaultGroupsFor = []string{"users"}, toAllUsers
		})
		for _, name := range []string{"adopted", "made", "leaver"} {
			s.user(ctx, name)
		}
		Expect(s.members("users")).To(Equal([]string{"adopted", "made"}))
		s.editUser(ctx, "leaver", activated)
		Expect(s.members("users")).To(Equal([]string{"adopted", "leaver", "made"}))
	})

	It("that cannot be given show on the user, are tried again, and stop nothing else", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "missing", "users"), groupPolicy(func(g *v1alpha1.GroupsSpec) { g.CreateGroups = new(false) })).open(ctx)
		s.jira.SeedGroup("users")
		s.newUser(ctx, "ada")
		user, result, err := s.tryUser(ctx, "ada")
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(Equal(slowRetry))
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned,
			And(ContainSubstring("ada is not in missing of its default groups"), ContainSubstring("create it, or set createGroups"))))
		Expect(user.Status.Directories[0]).To(And(HaveField("State", v1alpha1.UserActive), HaveField("PendingDefaultGroups", []string{"missing"})))
		Expect(s.members("users")).To(Equal([]string{"ada"}))

		user = s.editUser(ctx, "ada", deactivated)
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated), "disabled all the same")
		Expect(s.account("ada").Active).To(BeFalse())
		Expect(s.members("missing")).To(BeEmpty())
		s.jira.SeedGroup("missing")
		Expect(s.editUser(ctx, "ada", activated).Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.members("missing")).To(Equal([]string{"ada"}))
	})

	It("are given although the answer to the creation was lost", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "users")).open(ctx)
		s.newUser(ctx, "ada")
		s.jira.LoseAnswer(directory.OpCreateUser)
		_, _, err := s.tryUser(ctx, "ada")
		Expect(err).NotTo(HaveOccurred())
		s.restart()
		s.open(ctx)
		s.user(ctx, "ada")
		Expect(s.members("users")).To(Equal([]string{"ada"}))
	})

	It("are written down before the account is made, so that they outlive the process", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "users")).open(ctx)
		s.newUser(ctx, "ada")
		noted := &v1alpha1.ProvisionedUser{}
		s.jira.Before(func(ctx context.Context, call directorytest.Call) {
			if call.Op == directory.OpCreateUser {
				Expect(env.Client.Get(ctx, s.key("ada"), noted)).To(Succeed())
			}
		})
		s.user(ctx, "ada")
		Expect(noted.Status.Directories).To(ConsistOf(And(HaveField("Managed", true), HaveField("PendingDefaultGroups", []string{"users"}))))
	})

	It("that give atlassync its rights are left alone, which the SyncConfig says for all, until they do not", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "jira-administrators", "users"))
		robot := directory.Info{Self: "robot", SelfGroups: []string{"jira-administrators"}}
		s.jira.SetInfo(robot)
		s.jira.SeedGroup("jira-administrators")
		s.open(ctx).sweep(ctx)
		config := s.config(ctx)
		advice := And(ContainSubstring("default groups jira-administrators"), ContainSubstring("atlassync's own account"), ContainSubstring("out of defaultGroups"))
		Expect(config.Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonPolicyConflict, advice),
			beCondition(v1alpha1.ConditionConfigurationValid, metav1.ConditionFalse, v1alpha1.ReasonPolicyConflict),
			beCondition(v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonPolicyConflict)))
		s.newUser(ctx, "ada")
		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(user.Status.Directories[0]).To(And(HaveField("PendingDefaultGroups", []string{"jira-administrators"}), HaveField("DefaultGroups", []string{"users"})))
		Expect(s.members("jira-administrators")).To(BeEmpty())
		woken(s.users.waiting.inbox)
		s.later().sweep(ctx)
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty(), "nothing could be done")

		robot.SelfGroups = nil
		s.jira.SetInfo(robot)
		Expect(s.later().sweep(ctx).Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded))
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		s.user(ctx, "ada")
		Expect(s.members("jira-administrators")).To(Equal([]string{"ada"}))
	})
})

var _ = Describe("A group that is a default group as well", func() {
	It("keeps those whom the default gave it, and nobody else, also when it goes", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "team"), deletingGroups).open(ctx).provisioned(ctx, "ada", "bob")
		s.jira.SeedUser(directory.User{Name: "eve", Active: true})
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
		group := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = nil })
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
		Expect(group.Status.Directories[0].Members).To(Equal(int32(2)))
		s.jira.SeedMember("team", "eve")
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))

		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "crew" })
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "team" })
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
	})

	It("does not throw out who was put into it a moment ago", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "team")).open(ctx)
		s.newGroup(ctx, "team")
		s.group(ctx, "team")
		s.newUser(ctx, "ada") // whose account is made and in the group; that is not in status yet
		s.jira.SeedUser(directory.User{Name: "ada", Active: true})
		s.jira.SeedMember("team", "ada")
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada"}))
	})

	It("is no longer one: its members are those of the source", func(ctx context.Context) {
		s := newStage(ctx, giving(toNewUsers, "team")).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Groups.DefaultGroups = nil })
		s.user(ctx, "bob")
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada") })
		Expect(s.members("team")).To(Equal([]string{"ada"}))
	})
})

var _ = Describe("Where accounts cannot be deactivated, default groups", func() {
	It("are left with all others, not put back, and given again with the access", func(ctx context.Context) {
		s := newStage(ctx, giving(toAllUsers, "users", "team")).unable(noDeactivation).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team")
		s.group(ctx, "team")
		s.editUser(ctx, "ada", deactivated)
		s.group(ctx, "team")
		Expect(s.user(ctx, "ada").Status.Directories[0].DefaultGroups).To(BeEmpty())
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"users": {"bob"}, "team": {"bob"}}))
		s.editUser(ctx, "ada", activated)
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"users": {"ada", "bob"}, "team": {"ada", "bob"}}))
	})
})
