package controllers

import (
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

func dryRun(c *v1alpha1.SyncConfig) { c.Spec.Mode = v1alpha1.ModeDryRun }

// switchTo changes the mode.
func (s *stage) switchTo(ctx context.Context, mode v1alpha1.Mode) {
	GinkgoHelper()
	s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = mode })
}

// written are the writes that the directory was asked for, as "op user group".
func (s *stage) written() []string {
	var writes []string
	for _, call := range s.jira.Calls() {
		if directory.IsWrite(call.Op) {
			writes = append(writes, call.Op+" "+call.User+" "+call.Group)
		}
	}
	slices.Sort(writes)
	return writes
}

var _ = Describe("A dry run", func() {
	It("shows what Enforce then does, and does none of it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "renamed", "leaver", "same", "deleted")
		s.newGroup(ctx, "staff", "same", "leaver")
		s.group(ctx, "staff")
		s.switchTo(ctx, v1alpha1.ModeDryRun)
		s.jira.SeedUser(directory.User{Name: "adopted", DisplayName: "ADOPTED", Email: "adopted@example.com", Active: true})
		s.jira.ResetCalls()
		before := s.jira.State()
		s.newUser(ctx, "new")
		s.newUser(ctx, "adopted")
		s.newUser(ctx, "inactive", deactivated)
		s.newGroup(ctx, "fresh", "new", "adopted", "same")

		By("showing it")
		actions := map[string]string{}
		for name, change := range map[string]func(*v1alpha1.ProvisionedUserSpec){
			"renamed": func(u *v1alpha1.ProvisionedUserSpec) { u.UserName, u.DisplayName = "other", "Other" },
			"leaver":  deactivated,
			"same":    func(*v1alpha1.ProvisionedUserSpec) {},
			"new":     func(*v1alpha1.ProvisionedUserSpec) {},
			"adopted": func(*v1alpha1.ProvisionedUserSpec) {}, "inactive": func(*v1alpha1.ProvisionedUserSpec) {},
		} {
			actions[name] = s.editUser(ctx, name, change).Status.Directories[0].PlannedAction
		}
		actions["deleted"] = s.deleteUser(ctx, "deleted").Status.Directories[0].PlannedAction
		Expect(actions).To(Equal(map[string]string{
			"renamed": "rename, update", "leaver": "disable", "same": "", "new": "create", "adopted": "adopt", "inactive": "", "deleted": "disable",
		}))
		staff := s.editGroup(ctx, "staff", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("same", "renamed") })
		Expect(staff.Status.Directories[0].PlannedAction).To(Equal("add 1, remove 1"))
		Expect(staff.Status.Conditions).To(And(
			beReady(metav1.ConditionTrue, v1alpha1.ReasonPlanned, ContainSubstring("would add 1, remove 1")),
			ContainElement(And(HaveField("Type", v1alpha1.ConditionMembersSynced), HaveField("Reason", v1alpha1.ReasonPlanned))),
		))
		Expect(s.group(ctx, "fresh").Status.Directories[0].PlannedAction).To(Equal("create, add 3"))
		Expect(s.config(ctx).Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonPlanned,
			"Dry run, nothing is written: 1 to create, 2 to update, 2 to disable, 0 held; groups: 1 to create, 1 to update, 0 to disable, 0 held, 1 in progress"))
		Expect(s.jira.State()).To(Equal(before))
		Expect(s.written()).To(BeEmpty())

		By("doing it")
		s.switchTo(ctx, v1alpha1.ModeEnforce)
		for name := range actions {
			if user := s.user(ctx, name); user != nil {
				Expect(user.Status.Directories[0].PlannedAction).To(BeEmpty(), name)
			}
		}
		s.group(ctx, "staff")
		s.group(ctx, "fresh")
		Expect(s.written()).To(ConsistOf(
			"create user new ", "update user USER000001 ", "update user USER000002 ", "update user USER000004 ", "create group  fresh",
			"add members adopted new same fresh", "add members other staff", "remove members leaver staff",
		))
		Expect(s.config(ctx).Status).To(And(
			HaveField("Planned", BeNil()),
			HaveField("Conditions", beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "6 of 6 users and 2 of 2 groups in sync")),
		))
	})

	It("links nobody to an account", func(ctx context.Context) {
		s := newStage(ctx, dryRun).open(ctx)
		s.jira.SeedUser(directory.User{Name: "ada", Active: true})
		s.newUser(ctx, "ada")
		s.newUser(ctx, "bob")
		for _, name := range []string{"ada", "bob"} {
			user := s.user(ctx, name)
			Expect(user.Status.Directories).To(ConsistOf(And(HaveField("Managed", false), HaveField("Adopted", false), HaveField("ID", ""),
				HaveField("Username", ""), HaveField("Reason", v1alpha1.ReasonPlanned), HaveField("State", v1alpha1.UserPending))))
			Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonPlanned, HavePrefix("jira: Dry run, would ")))
		}
		Expect(s.events.take()).To(BeEmpty())

		By("adopting when it is over, as if it had never been")
		s.switchTo(ctx, v1alpha1.ModeEnforce)
		Expect(s.user(ctx, "ada").Status.Directories).To(ConsistOf(And(HaveField("Managed", true), HaveField("Adopted", true))))
	})

	It("keeps a deleted user and group until it is over", func(ctx context.Context) {
		s := newStage(ctx, removing(v1alpha1.RemoveUserDelete), deletingGroups).
			open(ctx).provisioned(ctx, "ada")
		s.newGroup(ctx, "staff", "ada")
		s.group(ctx, "staff")
		s.switchTo(ctx, v1alpha1.ModeDryRun)

		Expect(s.deleteUser(ctx, "ada").Status.Directories).To(ConsistOf(HaveField("PlannedAction", "delete")))
		Expect(s.deleteGroup(ctx, "staff").Status.Directories).To(ConsistOf(HaveField("PlannedAction", "delete")))
		Expect(s.config(ctx).Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonPlanned, ContainSubstring("1 to delete")))
		Expect(s.account("ada")).NotTo(BeNil())

		By("keeping it also where nothing would be done to the account")
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.OnRemoval = v1alpha1.RemoveUserKeep })
		Expect(s.user(ctx, "ada")).To(HaveField("Status.Directories", ConsistOf(HaveField("PlannedAction", ""))))

		s.switchTo(ctx, v1alpha1.ModeEnforce)
		Expect(s.user(ctx, "ada")).To(BeNil())
		Expect(s.group(ctx, "staff")).To(BeNil())
		Expect(s.jira.State().Groups).To(BeEmpty())
		Expect(s.account("ada")).NotTo(BeNil())
	})

	It("lets a deleted user go of whom nothing was made", func(ctx context.Context) {
		s := newStage(ctx, dryRun).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
	})

	It("shows a conflict as what it is", func(ctx context.Context) {
		s := newStage(ctx, dryRun, adopting(v1alpha1.AdoptNever)).open(ctx)
		s.jira.SeedUser(directory.User{Name: "ada", Active: true})
		s.newUser(ctx, "ada")
		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAlreadyExistsUnmanaged))
		Expect(user.Status.Directories).To(ConsistOf(HaveField("PlannedAction", "")))
	})

	It("does not write where it would have to write down a creation first", func(ctx context.Context) {
		s := newStage(ctx, dryRun, adopting(v1alpha1.AdoptNever)).open(ctx)
		s.newUser(ctx, "ada")
		Expect(s.user(ctx, "ada").Status.Directories).To(ConsistOf(And(HaveField("PlannedAction", "create"), HaveField("Managed", false))))
	})

	It("writes no status when nothing has changed", func(ctx context.Context) {
		s := newStage(ctx, dryRun).open(ctx)
		s.newUser(ctx, "ada")
		s.newGroup(ctx, "staff", "ada")
		user, group := s.user(ctx, "ada"), s.group(ctx, "staff")
		Expect(s.user(ctx, "ada").ResourceVersion).To(Equal(user.ResourceVersion))
		Expect(s.group(ctx, "staff").ResourceVersion).To(Equal(group.ResourceVersion))
	})

	It("is refused by the directory if a write is tried all the same", func(ctx context.Context) {
		s := newStage(ctx, dryRun).open(ctx)
		config := &syncConfig{}
		config.SyncConfig = &v1alpha1.SyncConfig{}
		Expect(cached.Get(ctx, s.key("okta"), config.SyncConfig)).To(Succeed())
		p := &progress{config: config}
		open, wait := s.users.lookUp(s.users.waiting, p, client.ObjectKey{}, &config.Spec.Directories[0])
		Expect(wait).To(BeNil())
		Expect(open.DeleteUser(ctx, "1")).To(MatchError(directory.ErrReadOnly))
		Expect(s.jira.Calls()).NotTo(ContainElement(HaveField("Op", directory.OpDeleteUser)))
	})

	It("shows the default groups that an account would be put into", func(ctx context.Context) {
		s := newStage(ctx, dryRun, groupPolicy(func(g *v1alpha1.GroupsSpec) { g.DefaultGroups = []string{"licensed", "everybody"} })).open(ctx)
		s.newUser(ctx, "ada")
		user := s.user(ctx, "ada")
		Expect(user.Status.Directories).To(ConsistOf(And(
			HaveField("PlannedAction", "create, join 2 default groups, create group licensed, create group everybody"), HaveField("PendingDefaultGroups", BeEmpty()), HaveField("DefaultGroups", BeEmpty()))))
		s.switchTo(ctx, v1alpha1.ModeEnforce)
		s.user(ctx, "ada")
		Expect(s.members("licensed")).To(ConsistOf("ada"))
		Expect(s.members("everybody")).To(ConsistOf("ada"))
	})

	It("plans to put right what others changed, and says that it is left", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.sweep(ctx)
		s.switchTo(ctx, v1alpha1.ModeDryRun)
		s.meddle(ctx, "ada", directory.UserChange{DisplayName: new("Meddled")})
		s.later().sweep(ctx)
		Expect(s.events.take()).To(ContainElement("DriftReported jira: ada were changed by others and are left so (mode is DryRun)"))
		Expect(s.user(ctx, "ada").Status.Directories).To(ConsistOf(HaveField("PlannedAction", "update")))
		Expect(s.account("ada").DisplayName).To(Equal("Meddled"))
	})

	It("shows a leaver who is taken out of groups", func(ctx context.Context) {
		s := newStage(ctx).unable(noDeactivation).open(ctx).provisioned(ctx, "ada")
		s.newGroup(ctx, "staff", "ada")
		s.group(ctx, "staff")
		s.switchTo(ctx, v1alpha1.ModeDryRun)
		user := s.editUser(ctx, "ada", deactivated)
		Expect(user.Status.Directories).To(ConsistOf(And(HaveField("PlannedAction", "leave groups"), HaveField("OutOfGroups", false))))
		Expect(s.members("staff")).To(ConsistOf("ada"))
	})
})
