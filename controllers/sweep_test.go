package controllers

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// later lets time pass until every directory is due for a reading.
func (s *stage) later() *stage {
	s.clock.SetTime(s.clock.Now().Add(2 * time.Hour))
	return s
}

// swept is the status of the directory's last reading.
func swept(config *v1alpha1.SyncConfig) v1alpha1.SweepStatus {
	GinkgoHelper()
	Expect(config.Status.Directories).To(HaveLen(1))
	Expect(config.Status.Directories[0].LastSweep).NotTo(BeNil())
	return *config.Status.Directories[0].LastSweep
}

func (s *stage) probeKey(ctx context.Context) probeKey {
	GinkgoHelper()
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
	return probeKey{config.UID, "jira"}
}

// wakeups is a queue that reconciles in the moment that something is added,
// which is as early as a worker can be.
type wakeups struct {
	workqueue.TypedRateLimitingInterface[reconcile.Request]
	reconcile func()
	times     int
}

func (w *wakeups) Add(reconcile.Request) {
	w.times++
	w.reconcile()
}

// spoilAccount changes an account behind everybody's back.
func (s *stage) spoilAccount(name string, change func(*directory.User)) {
	GinkgoHelper()
	account := s.account(name)
	Expect(account).NotTo(BeNil())
	change(account)
	s.jira.SeedUser(*account)
}

// blanking does something while a status is written, when the object is empty:
// controller-runtime empties it before it reads the answer into it.
type blanking struct {
	client.Client
	meanwhile func()
}

func (b blanking) Status() client.SubResourceWriter {
	return blankingStatus{b.Client.Status(), b.meanwhile}
}

type blankingStatus struct {
	client.SubResourceWriter
	meanwhile func()
}

func (b blankingStatus) Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.SubResourcePatchOption) error {
	config := object.(*v1alpha1.SyncConfig)
	whole := config.DeepCopy()
	*config = v1alpha1.SyncConfig{}
	b.meanwhile()
	*config = *whole
	return b.SubResourceWriter.Patch(ctx, object, patch, options...)
}

var _ = Describe("A reading of a directory as a whole", func() {
	It("is waited for, and makes reads of single accounts needless", func(ctx context.Context) {
		s := newStage(ctx)
		s.jira.SeedUser(directory.User{Name: "admin", Active: true})
		s.newUser(ctx, "ada")
		s.newUser(ctx, "bob")
		s.config(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(BeEmpty(), "it waits, which is not worth a write")
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty())

		config := s.sweep(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		Expect(swept(config)).To(And(HaveField("Users", int32(1)), HaveField("Orphans", int32(1)), HaveField("Drifted", int32(0))))
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionSynced, metav1.ConditionTrue, v1alpha1.ReasonUpToDate))
		s.jira.ResetCalls()
		s.user(ctx, "ada")
		s.user(ctx, "bob")
		Expect(s.jira.Calls()).To(ConsistOf(HaveField("Op", directory.OpCreateUser), HaveField("Op", directory.OpCreateUser)))
		s.jira.ResetCalls()
		s.user(ctx, "ada")
		Expect(s.jira.Calls()).To(BeEmpty())
	})

	It("that was made is seen by whoever it wakes", func(ctx context.Context) {
		s := newStage(ctx)
		s.config(ctx)
		Expect(s.sweeps).To(HaveLen(1))
		woken := &wakeups{reconcile: func() { s.config(ctx) }}
		Expect(s.configs.closed.Start(ctx, woken)).To(Succeed())
		s.sweeps[0]()
		Expect(woken.times).To(BeNumerically(">", 0))
		config := &v1alpha1.SyncConfig{}
		Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
		Expect(swept(config).Time.Time).To(BeTemporally("==", s.clock.Now()))
	})

	It("follows an interval that was made shorter, at once", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Resync.Interval.Duration = 24 * time.Hour }).open(ctx)
		s.sweep(ctx)
		s.later().config(ctx)
		Expect(s.sweeps).To(BeEmpty(), "not due yet")
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Resync.Interval.Duration = time.Hour })
		s.config(ctx)
		Expect(s.sweeps).To(HaveLen(1))
	})

	It("that is asked for while one is under way follows that one", func(ctx context.Context) {
		s := newStage(ctx)
		s.config(ctx)
		first := s.sweeps[0]
		s.configs.sweeps.again(s.probeKey(ctx))
		s.config(ctx)
		Expect(s.sweeps).To(HaveLen(1), "one at a time")
		first()
		s.config(ctx)
		Expect(s.sweeps).To(HaveLen(2))
	})

	It("is not waited for too long", func(ctx context.Context) {
		s := newStage(ctx)
		s.newUser(ctx, "ada")
		s.config(ctx)
		s.user(ctx, "ada")
		s.clock.SetTime(time.Now().Add(firstSweepPatience + time.Second))
		s.config(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		s.user(ctx, "ada")
		Expect(s.account("ada")).NotTo(BeNil())
	})

	It("is made again after the interval, and then reads nothing but the listing", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.sweep(ctx)
		s.group(ctx, "team")
		s.jira.ResetCalls()
		s.sweep(ctx)
		Expect(s.jira.Count(directory.OpEachUser)).To(BeZero(), "not due yet")

		s.later().sweep(ctx)
		Expect(s.jira.Count(directory.OpEachUser)).To(Equal(1))
		Expect(s.jira.Count(directory.OpEachMember)).To(Equal(1))
		Expect(s.jira.Reads()).To(Equal(2+s.jira.Count(directory.OpProbe)), "%v", s.jira.Calls())
		Expect(s.jira.Writes()).To(BeZero())
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty(), "nothing has changed")
		Expect(woken(s.groups.waiting.inbox)).To(BeEmpty(), "nothing has changed")
	})

	It("has what others changed put right, and says what it was", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.sweep(ctx)
		s.group(ctx, "team")
		s.jira.SeedUser(directory.User{Name: "stranger", Active: true})
		s.spoilAccount("ada", func(u *directory.User) { u.Active = false })
		s.jira.SeedMember("team", "bob")
		s.events.take()

		config := s.later().sweep(ctx)
		Expect(swept(config)).To(And(HaveField("Drifted", int32(2)), HaveField("Corrected", int32(2)), HaveField("Orphans", int32(1))))
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionSynced, metav1.ConditionTrue, v1alpha1.ReasonDriftCorrected))
		Expect(s.events.take()).To(ContainElement("DriftCorrected jira: ada, group team were changed by others and are put right"))
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		Expect(woken(s.groups.waiting.inbox)).To(ConsistOf("team"))
		s.user(ctx, "ada")
		s.group(ctx, "team")
		Expect(s.account("ada").Active).To(BeTrue())
		Expect(s.members("team")).To(ConsistOf("ada"))
		Expect(s.account("stranger")).NotTo(BeNil(), "never touched")
	})

	It("tells what others changed when it is not to be put right", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Resync.CorrectDrift = new(false) }).open(ctx).provisioned(ctx, "ada")
		s.sweep(ctx)
		s.spoilAccount("ada", func(u *directory.User) { u.DisplayName = "Somebody" })
		config := s.later().sweep(ctx)
		Expect(swept(config)).To(And(HaveField("Drifted", int32(1)), HaveField("Corrected", int32(0))))
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionSynced, metav1.ConditionTrue, v1alpha1.ReasonDriftReported))
		Expect(s.events.take()).To(ContainElement(HavePrefix("DriftReported jira: ada were changed by others and are left so")))
	})

	It("has those looked at again who wait for somebody to change something", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Provisioning.Adoption = v1alpha1.AdoptNever })
		taken := s.jira.SeedUser(directory.User{Name: "ada", Active: true})
		s.open(ctx)
		s.newUser(ctx, "ada")
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAlreadyExistsUnmanaged))
		taken.Name = "someone"
		s.jira.SeedUser(taken)
		s.sweep(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})

	It("has leavers looked at who cannot be deactivated, and may be back in a group", func(ctx context.Context) {
		s := newStage(ctx).unable(noDeactivation).open(ctx).provisioned(ctx, "ada", "bob")
		s.editUser(ctx, "ada", deactivated)
		s.sweep(ctx)
		s.jira.SeedGroup("by-hand")
		s.jira.SeedMember("by-hand", "ada")
		s.later().sweep(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		s.user(ctx, "ada")
		Expect(s.members("by-hand")).To(BeEmpty())
	})

	It("is not enough to take over, delete or give up an account", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Provisioning.OnRemoval = v1alpha1.RemoveUserDelete })
		taken := s.jira.SeedUser(directory.User{Name: "eve", Email: "eve@example.com", Active: true})
		s.open(ctx).provisioned(ctx, "ada", "bob")
		s.sweep(ctx)

		By("taking over an account that was renamed since")
		taken.Name = "someone"
		s.jira.SeedUser(taken)
		s.newUser(ctx, "eve")
		s.user(ctx, "eve")
		Expect(s.account("eve").ID).NotTo(Equal(taken.ID), "an account of her own")
		Expect(s.account("someone").Active).To(BeTrue())

		By("deleting one that is protected since")
		s.spoilAccount("ada", func(u *directory.User) { u.Name = "atlassync" })
		s.deleteUser(ctx, "ada")
		Expect(s.account("atlassync")).NotTo(BeNil())

		By("taking one for gone that was only hidden from the reading")
		bob := *s.account("bob")
		Expect(s.jira.DeleteUser(ctx, bob.ID)).To(Succeed())
		s.later().sweep(ctx)
		s.jira.SeedUser(bob)
		Expect(s.deleteUser(ctx, "bob")).To(BeNil())
		Expect(s.account("bob")).To(BeNil(), "who leaves keeps no account")
	})

	It("that fails concludes nothing, says so, and is tried again soon", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		good := s.sweep(ctx)
		s.jira.SetPageSize(1)
		s.spoilAccount("ada", func(u *directory.User) { u.Active = false })
		s.jira.FailPage(directory.OpEachUser, 1)
		s.events.take()

		config := s.later().sweep(ctx)
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionSynced, metav1.ConditionFalse, v1alpha1.ReasonSweepFailed))
		Expect(swept(config).Time).To(Equal(swept(good).Time), "of the last good one")
		Expect(swept(config).Failure).To(ContainSubstring("nothing was concluded"))
		Expect(s.events.take()).To(ContainElement(HavePrefix("SweepFailed jira: the directory could not be read as a whole")))
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty())

		s.clock.SetTime(s.clock.Now().Add(sweepRetry))
		config = s.sweep(ctx)
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionSynced, metav1.ConditionTrue, v1alpha1.ReasonDriftCorrected))
		Expect(swept(config).Failure).To(BeEmpty())
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
	})

	It("that shows suspiciously few accounts is believed only when somebody says so", func(ctx context.Context) {
		names := []string{"ada", "bob", "eve", "joe", "kim"}
		s := newStage(ctx).open(ctx).provisioned(ctx, names...)
		s.sweep(ctx)
		for _, name := range names[2:] {
			Expect(s.jira.DeleteUser(ctx, s.account(name).ID)).To(Succeed())
		}
		config := s.later().sweep(ctx)
		Expect(swept(config).Failure).To(And(ContainSubstring("shows 2 accounts where there were 5"),
			ContainSubstring("atlassync.dev/accept-listing=jira=2")))
		Expect(woken(s.users.waiting.inbox)).To(BeEmpty())

		config.Annotations = map[string]string{v1alpha1.AnnotationAcceptListing: "jira=2"}
		Expect(cached.Update(ctx, config)).To(Succeed())
		config = s.later().sweep(ctx)
		Expect(swept(config)).To(And(HaveField("Failure", ""), HaveField("Users", int32(2)), HaveField("Drifted", int32(3))))
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("eve", "joe", "kim"))
	})

	It("is held against what is managed after a restart", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		for _, name := range []string{"ada", "bob"} {
			Expect(s.jira.DeleteUser(ctx, s.account(name).ID)).To(Succeed())
		}
		s.restart()
		config := s.sweep(ctx)
		Expect(swept(config).Failure).To(ContainSubstring("shows 1 accounts where there were 3"))
	})

	It("is made for the SyncConfig as it was, while the answer to the write of its status is read into the same object", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		for _, name := range []string{"ada", "bob"} {
			Expect(s.jira.DeleteUser(ctx, s.account(name).ID)).To(Succeed())
		}
		s.restart()
		s.configs.client = blanking{cached, func() {
			Expect(s.sweeps).To(HaveLen(1))
			s.sweeps[0]()
		}}
		s.config(ctx)
		Expect(woken(s.configs.closed)).To(ConsistOf("okta"))
		s.configs.client = cached
		Expect(swept(s.config(ctx)).Failure).To(ContainSubstring("shows 1 accounts where there were 3"))
	})

	It("finds a directory down, and is made again when it is back", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
		s.sweep(ctx)
		s.later().config(ctx)
		s.jira.SetDown(directory.Error{Kind: directory.KindUnauthorized})
		due := s.sweeps
		s.sweeps = nil
		Expect(due).To(HaveLen(1))
		due[0]()
		Expect(woken(s.configs.closed)).To(ContainElement("okta"))
		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.DisplayName = "Ada King" })

		s.jira.SetUp()
		s.clock.SetTime(s.clock.Now().Add(reprobeInterval))
		s.spoilAccount("ada", func(u *directory.User) { u.Email = "else@example.com" })
		s.config(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"), "what waited goes on at once")
		Expect(s.sweeps).To(HaveLen(1), "nobody knows what happened meanwhile")
	})
})

var _ = Describe("The readings of several directories", func() {
	It("do not hold each other up", func(ctx context.Context) {
		now := newSweeps(newStage(ctx).clock)
		slow, quick := make(chan struct{}), make(chan struct{})
		for name, sumUp := range map[string]func(){
			"slow":  func() { <-slow },
			"quick": func() { close(quick) },
		} {
			registry := directory.NewRegistry(
				map[string]directory.Connector{"Fake": func(directory.Config) (directory.Directory, error) { return directorytest.NewFake(), nil }},
				func(string, string) {}, func(_, _ string, d directory.Directory) directory.Directory { return d })
			connection, err := registry.Ensure("uid", name, directory.Config{Product: "Fake"})
			Expect(err).NotTo(HaveOccurred())
			key := probeKey{types.UID("uid"), name}
			now.startIfDue(ctx, key, time.Hour, sweepOrder{
				connection: connection, accepted: -1,
				sumUp: func(context.Context, *sweepOutcome) { sumUp() }, done: func(*sweepOutcome) {},
			})
		}
		Eventually(ctx, quick).Should(BeClosed())
		Expect(now.last(probeKey{"uid", "slow"})).To(BeNil(), "still under way")
		close(slow)
		Eventually(ctx, func() *sweepOutcome { return now.last(probeKey{"uid", "slow"}) }).ShouldNot(BeNil())
	})
})
