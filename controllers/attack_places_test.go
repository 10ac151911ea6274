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

// elsewhere has another instance answer at the address of the directory. Each
// id that the first one has given out belongs to a stranger there.
func (s *stage) elsewhere(ctx context.Context) *directorytest.Fake {
	GinkgoHelper()
	first := s.jira
	s.jira = directorytest.NewFake()
	for _, user := range first.State().Users {
		s.jira.SeedUser(directory.User{ID: user.ID, Name: "stranger-" + user.ID, DisplayName: "Stranger", Email: user.ID + "@elsewhere.example", Active: true})
	}
	s.restart()
	s.open(ctx)
	return first
}

// strangersAreUntouched fails if anything was done to one of them.
func (s *stage) strangersAreUntouched() {
	GinkgoHelper()
	for _, user := range s.jira.State().Users {
		if user.DisplayName == "Stranger" {
			Expect(user).To(And(HaveField("Active", true), HaveField("Name", HavePrefix("stranger-"))))
		}
	}
}

var _ = Describe("An address that leads to another instance", func() {
	It("has nobody's account taken for ours there, and keeps ours in mind", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptMatchUsernameAndEmail), removing(v1alpha1.RemoveUserDelete)).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		first := s.elsewhere(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonAlreadyExistsUnmanaged, ContainSubstring("stranger-")), have(v1alpha1.ConditionStalled)))
		s.editUser(ctx, "bob", deactivated)
		Expect(s.deleteUser(ctx, "eve")).NotTo(BeNil(), "a leaver stays in sight")
		s.strangersAreUntouched()

		s.jira = first
		s.restart()
		s.open(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.user(ctx, "bob").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated))
		Expect(s.user(ctx, "eve")).To(BeNil())
		Expect(s.jira.State().Users).To(HaveExactElements(
			And(HaveField("Name", "ada"), HaveField("Active", true)), And(HaveField("Name", "bob"), HaveField("Active", false))))
	})

	It("leads to one's own account there, if there is one that may be taken over", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptMatchUsernameAndEmail)).open(ctx).provisioned(ctx, "ada")
		s.elsewhere(ctx)
		s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "ADA", Email: "ada@example.com", Active: true})
		user := s.editUser(ctx, "ada", deactivated)
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated))
		Expect(s.account("ada").Active).To(BeFalse())
		s.strangersAreUntouched()
	})
})

var _ = Describe("A directory whose listing is not believed", func() {
	// emptied is a directory that was replaced by an empty one.
	emptied := func(ctx context.Context) (s *stage, first *directorytest.Fake) {
		s = newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		first = s.jira
		s.jira = directorytest.NewFake()
		s.restart()
		s.sweep(ctx)
		s.settle(ctx)
		return s, first
	}

	It("has nobody made anew, given up or taken for gone, until somebody believes it", func(ctx context.Context) {
		s, first := emptied(ctx)
		for _, name := range []string{"ada", "bob"} {
			user, _, err := s.tryUser(ctx, name)
			Expect(err).NotTo(HaveOccurred())
			Expect(user.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable, ContainSubstring("0 accounts where there were 3")))
			Expect(user.Status.Directories[0]).To(And(HaveField("Managed", true), HaveField("ID", Not(BeEmpty()))))
		}
		Expect(s.editUser(ctx, "bob", deactivated).Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable))
		Expect(s.deleteUser(ctx, "eve")).NotTo(BeNil())
		Expect(s.jira.Writes()).To(BeZero())

		s.jira = first
		s.restart()
		s.sweep(ctx)
		s.settle(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		s.user(ctx, "bob")
		Expect(s.user(ctx, "eve")).To(BeNil())
		Expect(s.account("bob").Active).To(BeFalse())
		Expect(s.account("eve").Active).To(BeFalse())
	})

	It("is not believed for an approval of another number, directory or form", func(ctx context.Context) {
		s, _ := emptied(ctx)
		for _, value := range []string{"jira", "jira=", "jira=3", "jira=-1", "jira=many", "jira=0x0", "=0", "0", "tickets=0", "jira=0,tickets=0", "JIRA=0", " jira=0"} {
			config := s.config(ctx)
			config.Annotations = map[string]string{v1alpha1.AnnotationAcceptListing: value}
			Expect(cached.Update(ctx, config)).To(Succeed())
			config = s.later().sweep(ctx)
			Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionSynced, metav1.ConditionFalse, v1alpha1.ReasonSweepFailed), value)
			user, _, err := s.tryUser(ctx, "ada")
			Expect(err).NotTo(HaveOccurred())
			Expect(user.Status.Directories[0].Managed).To(BeTrue(), value)
		}
		Expect(s.jira.Writes()).To(BeZero())
	})

	It("lets newcomers in", func(ctx context.Context) {
		s, _ := emptied(ctx)
		s.newUser(ctx, "new")
		Expect(s.user(ctx, "new").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})

	It("is as large as it was, but shows other accounts", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve", "kim", "lee")
		s.elsewhere(ctx)
		config := s.sweep(ctx)
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionSynced, metav1.ConditionFalse, v1alpha1.ReasonSweepFailed))
	})
})

var _ = Describe("An entry that changes while somebody leaves", func() {
	moved := func(spec *v1alpha1.SyncConfigSpec) { spec.Directories[0].URL = "https://jria.example.com" }
	back := func(spec *v1alpha1.SyncConfigSpec) {
		spec.Directories[0].URL, spec.Directories[0].DirectoryName = "https://jira.example.com", ""
	}

	It("has a mistyped address forget no account", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptNever)).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.change(ctx, moved)
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable})
		s.config(ctx)
		Expect(s.editUser(ctx, "ada", deactivated).Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable))
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada") })
		Expect(s.deleteUser(ctx, "bob").Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryNotReady,
			ContainSubstring(v1alpha1.AnnotationRelease)), have(v1alpha1.ConditionStalled)))
		s.restart()

		s.change(ctx, back)
		s.jira.SetUp()
		s.open(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated))
		Expect(s.user(ctx, "bob")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
		Expect(s.account("bob").Active).To(BeFalse())
		Expect(s.group(ctx, "team").Status.Directories[0].HeldMembers).To(BeEmpty())
		Expect(s.members("team")).To(Equal([]string{"ada"}))
	})

	It("has nobody looked at over the way to the earlier address", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptMatchUsernameAndEmail), deletingGroups).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada")
		remembered := s.group(ctx, "team").Status.Directories
		account := s.user(ctx, "ada").Status.Directories
		s.jira.ResetCalls()
		for _, change := range []func(*v1alpha1.SyncConfigSpec){moved, func(spec *v1alpha1.SyncConfigSpec) { spec.Directories[0].DirectoryName = "LDAP" }} {
			By("going there before the SyncConfig does")
			s.change(ctx, change)
			Expect(s.user(ctx, "ada").Status.Directories).To(Equal(account))
			Expect(s.group(ctx, "team").Status.Directories).To(Equal(remembered))
			s.newUser(ctx, "new")
			Expect(s.user(ctx, "new").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable))
			s.releaseUser(ctx, "new")
			Expect(s.jira.Calls()).To(BeEmpty())
			s.change(ctx, back)
		}
		s.change(ctx, moved)
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable})
		Expect(s.deleteUser(ctx, "bob").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryNotReady))
		s.config(ctx)
		Expect(s.deleteUser(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryNotReady))
	})

	renamed := func(spec *v1alpha1.SyncConfigSpec) { spec.Directories[0].Name = "tickets" }

	It("has accounts and groups follow to an entry of another name", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups, adopting(v1alpha1.AdoptNever)).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.change(ctx, renamed)
		s.deleteUser(ctx, "ada") // before the SyncConfig has gone along
		s.open(ctx)
		Expect(s.user(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
		s.editUser(ctx, "bob", deactivated)
		Expect(s.account("bob").Active).To(BeFalse())
		eve := s.user(ctx, "eve")
		Expect(eve.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(eve.Status.Directories).To(ConsistOf(And(HaveField("Name", "tickets"), HaveField("Managed", true), HaveField("Adopted", false))))
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Expect(s.jira.State().Groups).To(BeEmpty())
	})

	It("has the removal limit go on under another name", func(ctx context.Context) {
		s := newStage(ctx, removing(v1alpha1.RemoveUserDelete)).open(ctx)
		names := s.staff(ctx, 40)
		s.leave(ctx, names[:2]...)
		for _, name := range names[2:4] {
			Expect(s.deleteUser(ctx, name)).To(BeNil())
		}
		s.change(ctx, renamed)
		s.open(ctx)
		s.leave(ctx, names[4:10]...)
		Expect(s.inactive()).To(Equal(2), "10 % of 40 are gone: no more of 19 leavers than of 6")
		Expect(s.config(ctx).Status.Conditions).To(beCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionTrue, v1alpha1.ReasonLimitExceeded))
	})

	It("says whose account is left behind by an address that leads to another instance", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptNever)).open(ctx).provisioned(ctx, "ada")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.change(ctx, moved)
		s.jira = directorytest.NewFake()
		s.open(ctx)
		s.user(ctx, "ada")
		s.group(ctx, "team")
		Expect(s.events.take()).To(ContainElements(
			"Released Left account ada in Jira jira.example.com as it is, because no entry of the SyncConfig leads there any more",
			"Released Left group team in Jira jira.example.com as it is, because no entry of the SyncConfig leads there any more"))
		s.user(ctx, "ada")
		Expect(s.events.take()).To(BeEmpty(), "told once")
	})

	It("has nobody go silently whose account is where no entry leads", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.change(ctx, renamed)
		s.change(ctx, moved)
		first := s.jira
		s.jira = directorytest.NewFake()
		s.open(ctx)
		Expect(s.deleteUser(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned, ContainSubstring("account ada")))
		Expect(s.deleteGroup(ctx, "team").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned, ContainSubstring("group team")))
		Expect(first.State().Groups).To(HaveKey("team"))

		By("letting those go who are released")
		user := &v1alpha1.ProvisionedUser{}
		Expect(cached.Get(ctx, s.key("ada"), user)).To(Succeed())
		user.Annotations = map[string]string{v1alpha1.AnnotationRelease: "true"}
		Expect(cached.Update(ctx, user)).To(Succeed())
		Expect(s.user(ctx, "ada")).To(BeNil())
	})
})
