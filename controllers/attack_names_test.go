package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// called gives a user another userName.
func called(name string) func(*v1alpha1.ProvisionedUserSpec) {
	return func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = name }
}

var _ = Describe("A regex that gives everybody the name of the operator's account", func() {
	everybody := func(spec *v1alpha1.SyncConfigSpec) {
		spec.Username = v1alpha1.UsernameSpec{Regex: "^.*$", Replacement: "atlassync"}
	}

	It("touches neither that account nor theirs, and leavers lose access all the same", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.jira.SeedUser(directory.User{Name: "atlassync", DisplayName: "robot", Email: "r@example.com", Active: true})
		s.provisioned(ctx, "ada", "bob", "eve")
		s.change(ctx, everybody)
		s.open(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProtected, ContainSubstring("ada")))
		s.editUser(ctx, "bob", deactivated)
		Expect(s.deleteUser(ctx, "eve")).To(BeNil())
		Expect(s.jira.State().Users).To(HaveExactElements(
			And(HaveField("Name", "ada"), HaveField("Active", true)),
			And(HaveField("Name", "atlassync"), HaveField("DisplayName", "robot"), HaveField("Active", true)),
			And(HaveField("Name", "bob"), HaveField("Active", false)),
			And(HaveField("Name", "eve"), HaveField("Active", false)),
		))
	})

	It("says so when a leaver keeps a protected account", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Protected.Users = []string{"ada"} })
		s.open(ctx)
		Expect(s.editUser(ctx, "ada", deactivated).Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProtected, ContainSubstring("keeps access")))
	})
})

var _ = Describe("Names that are exchanged", func() {
	It("stay with their accounts, and both are told", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptMatchUsername)).open(ctx).provisioned(ctx, "ada", "bob")
		before := s.jira.State().Users
		for range 2 {
			Expect(s.editUser(ctx, "ada", called("bob")).Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername))
			Expect(s.editUser(ctx, "bob", called("ada")).Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername))
			Expect(s.jira.State().Users).To(Equal(before))
			s.restart()
			s.open(ctx)
		}
		s.editUser(ctx, "ada", deactivated)
		Expect(s.account("ada").Active).To(BeFalse(), "a leaver loses her own account")
		Expect(s.account("bob").Active).To(BeTrue())
	})

	It("of e-mail addresses change nothing else", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptMatchUsernameAndEmail)).open(ctx).provisioned(ctx, "ada", "bob")
		id := s.account("ada").ID
		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.Emails[0].Value = "bob@example.com" })
		s.editUser(ctx, "bob", func(u *v1alpha1.ProvisionedUserSpec) { u.Emails[0].Value = "ada@example.com" })
		Expect(s.account("ada")).To(HaveValue(And(HaveField("ID", id), HaveField("Email", "bob@example.com"))))
		Expect(s.jira.State().Users).To(HaveLen(2))
	})

	It("in letter case alone change nothing", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.jira.ResetCalls()
		Expect(s.editUser(ctx, "ada", called("ADA")).Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.jira.Writes()).To(BeZero())
	})
})

var _ = Describe("A name that is used again while its holder is leaving", func() {
	// leaving is ada, deleted at the source, while her account cannot be reached.
	leaving := func(ctx context.Context, adjust ...func(*v1alpha1.SyncConfig)) *stage {
		s := newStage(ctx, adjust...).open(ctx).provisioned(ctx, "ada")
		s.jira.FailNext(directory.OpUpdateUser, directory.Error{Kind: directory.KindForbidden, Message: "a project lead"})
		Expect(s.deleteUser(ctx, "ada")).NotTo(BeNil())
		s.newUser(ctx, "second", called("ada"))
		return s
	}

	It("by another person does not give that person the account", func(ctx context.Context) {
		s := leaving(ctx, adopting(v1alpha1.AdoptMatchUsernameAndEmail))
		Expect(s.user(ctx, "second").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername))
		Expect(s.user(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
		s.user(ctx, "ada") // the watch tells that it is gone
		Expect(s.user(ctx, "second").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAlreadyExistsUnmanaged))
		Expect(s.account("ada")).To(HaveValue(And(HaveField("Active", false), HaveField("DisplayName", "ADA"))))
	})

	It("by the same person gives it back", func(ctx context.Context) {
		s := leaving(ctx, adopting(v1alpha1.AdoptMatchUsernameAndEmail))
		s.editUser(ctx, "second", func(u *v1alpha1.ProvisionedUserSpec) { u.Emails[0].Value = "ada@example.com" })
		s.user(ctx, "ada")
		s.user(ctx, "ada")
		Expect(s.user(ctx, "second").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.account("ada").Active).To(BeTrue())
		Expect(s.jira.State().Users).To(HaveLen(1))
	})
})

var _ = Describe("Switching importUsers off", func() {
	importOff := func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.ImportUsers = new(false) }

	It("neither forgets nor keeps an account that is ours", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		s.change(ctx, importOff)
		s.open(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		s.editUser(ctx, "bob", deactivated)
		Expect(s.account("bob").Active).To(BeFalse())
		Expect(s.deleteUser(ctx, "eve")).To(BeNil())
		Expect(s.account("eve").Active).To(BeFalse())
	})

	It("makes no account anew that was deleted there, and says so", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.change(ctx, importOff)
		s.open(ctx)
		Expect(s.jira.DeleteUser(ctx, s.account("ada").ID)).To(Succeed())
		s.restart()
		s.open(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonImportDisabled))
		Expect(s.account("ada")).To(BeNil())
	})

	It("has an account whose creation is not known for certain looked after", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptNever)).open(ctx)
		s.newUser(ctx, "ada")
		s.jira.FailNext(directory.OpCreateUser, directory.Error{Kind: directory.KindAmbiguous})
		s.user(ctx, "ada")
		s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "ADA", Email: "ada@example.com", Active: true})
		s.change(ctx, importOff)
		s.restart()
		s.open(ctx)
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
	})
})

var _ = Describe("An object that is edited by hand", func() {
	It("gets its finalizer back", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		user := &v1alpha1.ProvisionedUser{}
		Expect(cached.Get(ctx, s.key("ada"), user)).To(Succeed())
		user.Finalizers, user.Labels = nil, nil
		Expect(cached.Update(ctx, user)).To(Succeed())
		Expect(s.user(ctx, "ada").Finalizers).To(ConsistOf(v1alpha1.Finalizer))
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
	})

	It("cannot be moved to another SyncConfig", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		user := &v1alpha1.ProvisionedUser{}
		Expect(cached.Get(ctx, s.key("ada"), user)).To(Succeed())
		user.Spec.SyncConfigName = "entra"
		Expect(cached.Update(ctx, user)).To(MatchError(ContainSubstring("syncConfigName cannot be changed")))
	})
})
