package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

var leavingDrift = func(c *v1alpha1.SyncConfig) { c.Spec.Resync.CorrectDrift = new(false) }

// meddle changes an account behind our back.
func (s *stage) meddle(ctx context.Context, name string, change directory.UserChange) {
	GinkgoHelper()
	_, err := s.jira.UpdateUser(ctx, s.account(name).ID, change)
	Expect(err).NotTo(HaveOccurred())
	s.quiet()
}

// quiet forgets what has happened so far.
func (s *stage) quiet() {
	s.jira.ResetCalls()
	s.events.take()
}

// drift is how often drift was counted.
func (s *stage) drift(kind, action string) float64 {
	GinkgoHelper()
	registry := prometheus.NewRegistry()
	Expect(registry.Register(s.users.metrics.drift)).To(Succeed())
	families, err := registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	for _, family := range families {
		for _, series := range family.GetMetric() {
			labels := series.GetLabel() // sorted by name: action, kind
			if labels[0].GetValue() == action && labels[1].GetValue() == kind {
				return series.GetCounter().GetValue()
			}
		}
	}
	return 0
}

func (s *stage) correctDrift(ctx context.Context) {
	GinkgoHelper()
	s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Resync.CorrectDrift = new(true) })
}

var _ = Describe("An account that others changed", func() {
	It("is put right, and it is told what of it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.meddle(ctx, "ada", directory.UserChange{DisplayName: new("Countess"), Active: new(false)})
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.account("ada")).To(HaveValue(And(HaveField("DisplayName", "ADA"), HaveField("Active", true))))
		Expect(s.events.take()).To(ContainElement("DriftCorrected Put right what others had changed of account ada in jira: display name and activation"))
		Expect(s.drift(driftOfUser, driftCorrected)).To(Equal(1.0))
	})

	It("is made again when they deleted it, and it is told", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		Expect(s.jira.DeleteUser(ctx, s.account("ada").ID)).To(Succeed())
		s.quiet()
		s.user(ctx, "ada")
		Expect(s.events.take()).To(ConsistOf(HavePrefix("UserCreated"), HavePrefix("DriftCorrected")))
	})

	It("is nobody's drift when the source changed it", func(ctx context.Context) {
		s := newStage(ctx, leavingDrift).open(ctx).provisioned(ctx, "ada")
		s.quiet()
		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.DisplayName = "Ada King" })
		s.editUser(ctx, "ada", deactivated)
		Expect(s.account("ada")).To(HaveValue(And(HaveField("DisplayName", "Ada King"), HaveField("Active", false))))
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) {
			spec.Username = v1alpha1.UsernameSpec{Regex: "(.*)", Replacement: "$1-x"}
		})
		s.user(ctx, "ada")
		Expect(s.account("ada-x")).NotTo(BeNil(), "nor when the SyncConfig did")
		Expect(s.events.take()).NotTo(ContainElement(HavePrefix("Drift")))
	})

	It("is no drift where a change of ours broke off and was taken back", func(ctx context.Context) {
		s := newStage(ctx, leavingDrift).open(ctx).provisioned(ctx, "ada")
		s.jira.Before(func(_ context.Context, call directorytest.Call) {
			if call.Op == directory.OpUpdateUser && !s.account("ada").Active {
				s.jira.FailNext(directory.OpUpdateUser, directory.Error{Kind: directory.KindUnavailable, Status: 500})
			}
		})
		user := &v1alpha1.ProvisionedUser{}
		Expect(cached.Get(ctx, s.key("ada"), user)).To(Succeed())
		deactivated(&user.Spec)
		user.Spec.DisplayName = "Ada King"
		Expect(cached.Update(ctx, user)).To(Succeed())
		_, _, err := s.tryUser(ctx, "ada")
		Expect(err).To(HaveOccurred())
		Expect(s.account("ada").Active).To(BeFalse(), "deactivated, and then it broke off")
		s.jira.Before(nil)

		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { activated(u); u.DisplayName = "ADA" })
		Expect(s.account("ada").Active).To(BeTrue())
	})

	It("is left when drift is to be reported only, told once, and put right when that ends", func(ctx context.Context) {
		s := newStage(ctx, leavingDrift).open(ctx).provisioned(ctx, "ada")
		s.meddle(ctx, "ada", directory.UserChange{Name: new("countess"), DisplayName: new("Countess")})
		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDriftReported,
			"jira: Active as countess: others changed its username and display name, which is left so (resync.correctDrift is off)"))
		Expect(s.user(ctx, "ada").ResourceVersion).To(Equal(user.ResourceVersion))
		Expect(s.events.take()).To(ConsistOf(HavePrefix("DriftReported jira: Active as countess")))
		Expect(s.drift(driftOfUser, driftReported)).To(Equal(1.0))
		Expect(s.jira.Writes()).To(BeZero())

		s.correctDrift(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.account("ada").DisplayName).To(Equal("ADA"))
	})

	It("is left also after an outage and a restart", func(ctx context.Context) {
		s := newStage(ctx, leavingDrift).open(ctx).provisioned(ctx, "ada")
		s.meddle(ctx, "ada", directory.UserChange{DisplayName: new("Countess")})
		s.jira.FailNext(directory.OpFindUserByID, directory.Error{Kind: directory.KindUnavailable, Status: 500})
		_, _, err := s.tryUser(ctx, "ada")
		Expect(err).To(HaveOccurred())
		s.restart()
		s.open(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDriftReported))
		Expect(s.jira.Writes()).To(BeZero())
	})

	It("of a leaver is loud when they gave access back and it is left", func(ctx context.Context) {
		s := newStage(ctx, leavingDrift).open(ctx).provisioned(ctx, "ada")
		s.editUser(ctx, "ada", deactivated)
		s.meddle(ctx, "ada", directory.UserChange{Active: new(true)})
		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(And(have(v1alpha1.ConditionStalled),
			beReady(metav1.ConditionFalse, v1alpha1.ReasonUnwantedAccess, ContainSubstring("ada keeps access"))))
		Expect(user.Status.Directories[0].State).To(Equal(v1alpha1.UserActive))
		Expect(s.events.take()).To(ConsistOf(HavePrefix("DriftReported")))
		Expect(s.jira.Writes()).To(BeZero())

		Expect(s.deleteUser(ctx, "ada")).To(BeNil(), "a deletion is no drift")
		Expect(s.account("ada").Active).To(BeFalse())
	})

	It("that is gone and left so is no member that groups could want", func(ctx context.Context) {
		s := newStage(ctx, leavingDrift).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		Expect(s.jira.DeleteUser(ctx, s.account("ada").ID)).To(Succeed())
		before := s.user(ctx, "bob")
		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDriftReported, ContainSubstring("others deleted ada")))
		Expect(user.Status.Directories[0].State).To(Equal(v1alpha1.UserAbsent))
		Expect(before.Status.Directories[0].State).To(Equal(v1alpha1.UserActive))
		Expect(s.group(ctx, "team").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})
})

var _ = Describe("A group that others changed", func() {
	prepared := func(ctx context.Context, adjust ...func(*v1alpha1.SyncConfig)) *stage {
		s := newStage(ctx, adjust...).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.quiet()
		return s
	}
	takeOut := func(ctx context.Context, s *stage, name string) {
		GinkgoHelper()
		Expect(s.jira.RemoveMembers(ctx, directory.Group{Name: "team"}, []directory.User{*s.account(name)})).To(Succeed())
		s.quiet()
	}

	It("has its members put right, and it is told how many", func(ctx context.Context) {
		s := prepared(ctx)
		takeOut(ctx, s, "bob")
		s.jira.SeedMember("team", "eve")
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
		Expect(s.events.take()).To(ContainElement("DriftCorrected Put right what others had changed of group team in jira: 1 members put in, 1 taken out"))
		Expect(s.drift(driftOfGroup, driftCorrected)).To(Equal(1.0))
	})

	It("is nobody's drift when the source changed its members, or their accounts", func(ctx context.Context) {
		s := prepared(ctx, leavingDrift)
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada", "eve") })
		Expect(s.members("team")).To(Equal([]string{"ada", "eve"}))
		s.deleteUser(ctx, "eve")
		s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada"}))
		Expect(s.events.take()).NotTo(ContainElement(HavePrefix("Drift")))
	})

	It("is no drift where a change of ours broke off and was taken back", func(ctx context.Context) {
		s := prepared(ctx, leavingDrift)
		s.jira.FailNext(directory.OpAddMembers, directory.Error{Kind: directory.KindUnavailable, Status: 500})
		group := &v1alpha1.ProvisionedGroup{}
		Expect(cached.Get(ctx, s.key("team"), group)).To(Succeed())
		group.Spec.Members = ids("ada", "eve")
		Expect(cached.Update(ctx, group)).To(Succeed())
		_, _, err := s.tryGroup(ctx, "team")
		Expect(err).To(HaveOccurred())
		Expect(s.members("team")).To(Equal([]string{"ada"}), "bob was taken out, eve not put in")

		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada", "bob") })
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
	})

	It("is no drift where a member was refused", func(ctx context.Context) {
		s := prepared(ctx, leavingDrift)
		s.jira.FailNext(directory.OpAddMembers, directory.Error{Kind: directory.KindInvalid, Message: "not today"})
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada", "bob", "eve") })
		Expect(s.members("team")).NotTo(ContainElement("eve"))
		s.group(ctx, "team")
		Expect(s.members("team")).To(ContainElement("eve"))
	})

	It("is no drift where the group is new under another name", func(ctx context.Context) {
		s := prepared(ctx, leavingDrift)
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "crew" })
		Expect(s.members("crew")).To(Equal([]string{"ada", "bob"}))
	})

	It("is left when drift is to be reported only", func(ctx context.Context) {
		s := prepared(ctx, leavingDrift)
		takeOut(ctx, s, "bob")
		group := s.group(ctx, "team")
		Expect(group.Status.Conditions).To(And(
			beReady(metav1.ConditionTrue, v1alpha1.ReasonDriftReported, ContainSubstring("others took out bob")),
			beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonDriftReported)))
		Expect(group.Status.Directories[0].Members).To(Equal(int32(1)))
		Expect(s.group(ctx, "team").ResourceVersion).To(Equal(group.ResourceVersion))
		Expect(s.events.take()).To(ConsistOf(HavePrefix("DriftReported jira: others took out bob")))
		Expect(s.jira.Writes()).To(BeZero())
		Expect(s.drift(driftOfGroup, driftReported)).To(Equal(1.0))

		s.correctDrift(ctx)
		Expect(s.group(ctx, "team").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
	})

	It("is loud when somebody is in it who should not be, and it is left", func(ctx context.Context) {
		s := prepared(ctx, leavingDrift)
		s.jira.SeedMember("team", "eve")
		Expect(s.group(ctx, "team").Status.Conditions).To(And(have(v1alpha1.ConditionStalled),
			beReady(metav1.ConditionFalse, v1alpha1.ReasonUnwantedAccess, ContainSubstring("others put in eve")),
			beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonUnwantedAccess)))
		Expect(s.members("team")).To(ContainElement("eve"))
		Expect(s.jira.Writes()).To(BeZero())
	})

	It("is made again when they deleted it, or left deleted", func(ctx context.Context) {
		corrected, left := prepared(ctx), prepared(ctx, leavingDrift, atAnotherAddress)
		for _, s := range []*stage{corrected, left} {
			Expect(s.jira.DeleteGroup(ctx, directory.Group{Name: "team"})).To(Succeed())
			s.quiet()
			s.group(ctx, "team")
		}
		Expect(corrected.members("team")).To(Equal([]string{"ada", "bob"}))
		Expect(corrected.events.take()).To(ConsistOf(HavePrefix("GroupCreated"), HavePrefix("MembersChanged"),
			"DriftCorrected Made group team in jira again, which others had deleted"))
		Expect(left.jira.State().Groups).To(BeEmpty())
		Expect(left.group(ctx, "team").Status.Conditions).To(And(
			beReady(metav1.ConditionTrue, v1alpha1.ReasonDriftReported, ContainSubstring("others deleted team")),
			beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonDriftReported)))
	})
})
