package controllers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// staff makes many users that have their accounts, and gives their names.
func (s *stage) staff(ctx context.Context, count int) []string {
	GinkgoHelper()
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("user-%03d", i)
	}
	s.each(names, func(name string) {
		s.newUser(ctx, name)
		s.run(ctx, name)
	})
	s.events.take()
	return names
}

// each does something for every name, 16 at a time, as workers do.
func (s *stage) each(names []string, do func(name string)) {
	work := make(chan string)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			defer GinkgoRecover()
			for name := range work {
				do(name)
			}
		})
	}
	for _, name := range names {
		work <- name
	}
	close(work)
	workers.Wait()
}

// run reconciles a user, whatever becomes of it.
func (s *stage) run(ctx context.Context, name string) {
	GinkgoHelper()
	_, err := s.users.Reconcile(ctx, reconcile.Request{NamespacedName: s.key(name)})
	Expect(err).NotTo(HaveOccurred())
}

// leave has the source deactivate users, and change their profile as well.
func (s *stage) leave(ctx context.Context, names ...string) {
	GinkgoHelper()
	s.each(names, func(name string) {
		user := &v1alpha1.ProvisionedUser{}
		Expect(cached.Get(ctx, s.key(name), user)).To(Succeed())
		user.Spec.Active, user.Spec.DisplayName = new(false), "left"
		Expect(cached.Update(ctx, user)).To(Succeed())
		s.run(ctx, name)
	})
}

// inactive counts the accounts that may not sign in.
func (s *stage) inactive() int {
	count := 0
	for _, user := range s.jira.State().Users {
		if !user.Active {
			count++
		}
	}
	return count
}

// approve annotates the SyncConfig with a value and reconciles it.
func (s *stage) approve(ctx context.Context, value string) *v1alpha1.SyncConfig {
	GinkgoHelper()
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
	config.Annotations = map[string]string{v1alpha1.AnnotationApproveRemovals: value}
	Expect(cached.Update(ctx, config)).To(Succeed())
	return s.config(ctx)
}

// awakened reconciles everybody whom the SyncConfig has looked at again.
func (s *stage) awakened(ctx context.Context) []string {
	GinkgoHelper()
	names := woken(s.users.waiting.inbox)
	s.each(names, func(name string) { s.run(ctx, name) })
	return names
}

func (s *stage) pass(d time.Duration) { s.clock.SetTime(s.clock.Now().Add(d)) }

var _ = Describe("The removal limit of users", func() {
	It("stops a mass deactivation, restarts or not, until somebody approves it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 100)
		s.leave(ctx, names[:4]...)
		Expect(s.inactive()).To(Equal(4))
		s.restart()
		s.open(ctx)
		s.leave(ctx, names[4:60]...)
		Expect(s.inactive()).To(Equal(10), "10 % of 100")
		config := s.config(ctx)
		Expect(config.Status.HeldRemovals.Count).To(Equal(int32(50)))
		Expect(config.Status.HeldRemovals.Sample).To(And(HaveLen(10), HaveEach(MatchRegexp(`^jira: user-0\d\d \(disable\)$`))))
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionTrue, v1alpha1.ReasonLimitExceeded))
		Expect(s.events.take()).To(ContainElement(And(HavePrefix("RemovalHeld 50 removals wait"), ContainSubstring(config.Status.HeldRemovals.Approval))))
		Expect(s.heldMetric()).To(Equal(50.0))
		for _, user := range s.jira.State().Users {
			if user.DisplayName != "left" {
				Expect(user.Active).To(BeTrue(), "%s never left", user.Name)
			}
		}

		By("telling who is held on the user, whose profile follows all the same")
		held := s.heldUsers(ctx, names[:60])
		Expect(held).To(HaveLen(50))
		user := s.user(ctx, held[0])
		Expect(user.Status.Directories[0]).To(And(HaveField("State", v1alpha1.UserHeld), HaveField("Reason", v1alpha1.ReasonRemovalHeld)))
		Expect(user.Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonRemovalHeld, ContainSubstring("disable user-0")), have(v1alpha1.ConditionStalled)))
		Expect(s.account(held[0]).DisplayName).To(Equal("left"))

		By("holding still after another restart, with the same approval value")
		s.restart()
		s.open(ctx)
		s.each(names, func(name string) { s.run(ctx, name) })
		Expect(s.inactive()).To(Equal(10))
		again := s.config(ctx)
		Expect(again.Status.HeldRemovals).To(Equal(config.Status.HeldRemovals))
		Expect(s.events.take()).NotTo(ContainElement(HavePrefix("RemovalHeld")), "told once")

		By("doing nothing on another value")
		s.approve(ctx, "0123456789abcdef")
		Expect(s.awakened(ctx)).To(BeEmpty())
		s.each(held, func(name string) { s.run(ctx, name) })
		Expect(s.inactive()).To(Equal(10))

		By("letting exactly those go that were held")
		approved := s.approve(ctx, config.Status.HeldRemovals.Approval)
		Expect(approved.Status.Conditions).To(beCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionTrue, v1alpha1.ReasonApproved))
		Expect(s.events.take()).To(ContainElement(HavePrefix("RemovalsApproved 50 ")))
		s.leave(ctx, names[60]) // a moment too late
		s.awakened(ctx)
		Expect(s.inactive()).To(Equal(60))
		Expect(s.account(names[60]).Active).To(BeTrue())
		s.config(ctx)
		s.run(ctx, names[60])
		Expect(s.account(names[60]).Active).To(BeTrue(), "the old value is used up")
		last := s.config(ctx).Status.HeldRemovals
		Expect(last.Count).To(Equal(int32(1)))
		Expect(last.Approval).NotTo(Equal(config.Status.HeldRemovals.Approval))
	})

	It("lets those who wait go when the window has passed, as many as it allows", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 40)
		s.leave(ctx, names[:10]...)
		Expect(s.inactive()).To(Equal(4))
		s.config(ctx)
		s.pass(59 * time.Minute)
		s.config(ctx)
		Expect(s.awakened(ctx)).To(BeEmpty())
		for _, expected := range []int{8, 10} {
			s.pass(time.Hour)
			s.config(ctx)
			Expect(len(s.awakened(ctx))).To(BeNumerically("<=", 4))
			Expect(s.inactive()).To(Equal(expected))
		}
		Expect(s.config(ctx).Status.Conditions).To(beCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionFalse, v1alpha1.ReasonWithinLimit))
	})

	It("has the next look taken when there will be room", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:3]...)
		s.pass(time.Hour - 7*time.Second)
		result, err := s.configs.Reconcile(ctx, reconcile.Request{NamespacedName: s.key("okta")})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(BeNumerically("<=", 7*time.Second))
	})

	It("does not concern a few users", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.leave(ctx, s.staff(ctx, 19)...)
		Expect(s.inactive()).To(Equal(19))
	})

	It("forgets an approval after a window", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:8]...)
		s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
		s.pass(time.Hour)
		s.awakened(ctx)
		Expect(s.inactive()).To(Equal(4), "2 and then 2 again")
	})

	It("keeps an approval over a restart", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:8]...)
		s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
		s.restart()
		s.open(ctx)
		s.pass(time.Second)
		s.leave(ctx, names[8])
		s.each(names, func(name string) { s.run(ctx, name) })
		Expect(s.inactive()).To(Equal(8))
		Expect(s.account(names[8]).Active).To(BeTrue())
	})

	It("holds deletions and counts those whose objects are gone, after a restart as well", func(ctx context.Context) {
		s := newStage(ctx, removing(v1alpha1.RemoveUserDelete)).open(ctx)
		names := s.staff(ctx, 30)
		for _, name := range names[:2] {
			Expect(s.deleteUser(ctx, name)).To(BeNil())
		}
		s.restart()
		s.open(ctx)
		Expect(s.config(ctx).Status.PastRemovals).To(ConsistOf(And(HaveField("Directory", "jira"), HaveField("Count", int32(2)))))
		Expect(s.deleteUser(ctx, names[2])).To(BeNil())
		Expect(s.deleteUser(ctx, names[3])).NotTo(BeNil(), "3 of 30, which it was when the window began")
		Expect(s.jira.State().Users).To(HaveLen(27))
		result, err := s.configs.Reconcile(ctx, reconcile.Request{NamespacedName: s.key("okta")})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(BeNumerically(">", time.Second), "there is no room for an hour")
		s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
		s.awakened(ctx)
		Expect(s.jira.State().Users).To(HaveLen(26))
		Expect(s.user(ctx, names[3])).To(BeNil())
	})

	It("counts a removal whose answer was lost, and not one that was refused", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.jira.FailNext(directory.OpUpdateUser, directory.Error{Kind: directory.KindForbidden, Message: "a project lead"})
		s.leaveTrying(ctx, names[0])
		s.jira.LoseAnswer(directory.OpUpdateUser)
		s.leaveTrying(ctx, names[1])
		s.restart()
		s.open(ctx)
		s.jira.FailNext(directory.OpUpdateUser, directory.Error{Kind: directory.KindForbidden, Message: "a project lead"})
		s.leaveTrying(ctx, names[0])
		s.leave(ctx, names[2:6]...)
		Expect(s.inactive()).To(Equal(2), "the one that got lost and one more")
		s.run(ctx, names[1])
		Expect(s.user(ctx, names[1]).Status.Directories[0].State).To(Equal(v1alpha1.UserInactive))
	})

	It("counts removals after which the manager died", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		for _, name := range names[:2] {
			s.users.client = &dyingClient{Client: cached, dead: func() bool { return !s.account(name).Active }}
			s.leaveTrying(ctx, name)
			Expect(s.account(name).Active).To(BeFalse())
			s.restart()
			s.open(ctx)
		}
		s.leave(ctx, names[2:6]...)
		Expect(s.inactive()).To(Equal(2))
		s.each(names, func(name string) { s.run(ctx, name) })
		Expect(s.inactive()).To(Equal(2))
	})

	It("holds what a changed regex renames, and not what the source does", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 30)
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) {
			c.Username = v1alpha1.UsernameSpec{Regex: "user-(.*)", Replacement: "wrong-$1"}
		})
		s.config(ctx)
		s.each(names, func(name string) { s.run(ctx, name) })
		renamed := 0
		for _, user := range s.jira.State().Users {
			if user.Name[:5] == "wrong" {
				renamed++
			}
		}
		Expect(renamed).To(Equal(3))
		held := s.heldUsers(ctx, names)
		Expect(held).To(HaveLen(27))
		s.editUser(ctx, held[0], func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "countess" })
		Expect(s.account("countess")).NotTo(BeNil())

		By("letting go of them once the regex is right again")
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Username = v1alpha1.UsernameSpec{} })
		s.each(names, func(name string) { s.run(ctx, name) })
		Expect(s.config(ctx).Status.HeldRemovals.Count).To(BeZero())
	})

	It("holds leavers of a product that cannot deactivate, who stay in their groups", func(ctx context.Context) {
		s := newStage(ctx)
		capabilities := s.jira.Capabilities()
		capabilities.Deactivates = false
		s.jira.SetCapabilities(capabilities)
		s.open(ctx)
		names := s.staff(ctx, 20)
		s.newGroup(ctx, "team", names...)
		s.group(ctx, "team")
		s.leave(ctx, names[:5]...)
		s.group(ctx, "team")
		Expect(s.members("team")).To(HaveLen(18))
	})

	It("keeps those in their groups whose deletion is held", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.newGroup(ctx, "team", names...)
		s.group(ctx, "team")
		for _, name := range names[:5] {
			s.deleteUser(ctx, name)
		}
		s.group(ctx, "team")
		Expect(s.members("team")).To(HaveLen(18))
	})

	It("is shown by a dry run, which changes nothing", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		names := s.staff(ctx, 20)
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Mode = v1alpha1.ModeDryRun })
		s.config(ctx)
		s.leave(ctx, names[:6]...)
		Expect(s.inactive()).To(BeZero())
		config := s.config(ctx)
		Expect(config.Status.Planned.Users).To(And(HaveField("Disable", int32(2)), HaveField("Held", int32(4))))
		s.approve(ctx, config.Status.HeldRemovals.Approval)
		Expect(s.config(ctx).Status.ApprovedRemovals).To(BeNil(), "there is nothing to approve in a dry run")

		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Mode = v1alpha1.ModeEnforce })
		s.each(names, func(name string) { s.run(ctx, name) })
		Expect(s.inactive()).To(Equal(2))
	})
})

// heldUsers are those of the users whose removal is held.
func (s *stage) heldUsers(ctx context.Context, names []string) []string {
	GinkgoHelper()
	var held []string
	for _, name := range names {
		user := &v1alpha1.ProvisionedUser{}
		Expect(cached.Get(ctx, s.key(name), user)).To(Succeed())
		if user.Status.Directories[0].State == v1alpha1.UserHeld {
			held = append(held, name)
		}
	}
	return held
}

// leaveTrying has the source deactivate a user, whatever the directory says.
func (s *stage) leaveTrying(ctx context.Context, name string) {
	GinkgoHelper()
	user := &v1alpha1.ProvisionedUser{}
	Expect(cached.Get(ctx, s.key(name), user)).To(Succeed())
	user.Spec.Active = new(false)
	Expect(cached.Update(ctx, user)).To(Succeed())
	_, result, err := s.tryUser(ctx, name)
	Expect(err != nil || result.RequeueAfter > 0).To(BeTrue(), "it is tried again")
}

// heldMetric is the sum of atlassync_removals_held.
func (s *stage) heldMetric() float64 {
	GinkgoHelper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(s.configs.metrics.held)
	families, err := registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	sum := 0.0
	for _, metric := range families[0].GetMetric() {
		sum += metric.GetGauge().GetValue()
	}
	return sum
}

// dyingClient writes no status any more once its manager is dead.
type dyingClient struct {
	client.Client
	dead func() bool
}

func (d *dyingClient) Status() client.SubResourceWriter {
	if d.dead() {
		return deadWriter{}
	}
	return d.Client.Status()
}

type deadWriter struct{ client.SubResourceWriter }

func (deadWriter) Patch(context.Context, client.Object, client.Patch, ...client.SubResourcePatchOption) error {
	return errors.New("killed")
}
