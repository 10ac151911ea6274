package controllers

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// newShard gives a manager beside that of the stage, for the SyncConfigs with
// the label shard=name. It works on the same objects and the same directory.
func (s *stage) newShard(name string) *stage {
	GinkgoHelper()
	selector, err := labels.Parse("shard=" + name)
	Expect(err).NotTo(HaveOccurred())
	other := *s
	other.events = &recorder{}
	other.sweeps = nil
	other.reconcilers = newReconcilers(base{
		reader: reader{cached, known}, live: env.Client, events: other.events, clock: s.clock, metrics: NewMetrics(prometheus.NewRegistry()),
		news: rate.NewLimiter(newsPerSecond, newsAtOnce),
	}, Options{
		Connectors: map[string]directory.Connector{"Jira": func(directory.Config) (directory.Directory, error) { return s.jira, nil }},
		Shard:      Shard{Selector: selector, Lease: s.key("lease-" + name)},
	})
	other.configs.sweeps.spawn = func(run func()) { other.sweeps = append(other.sweeps, run) }
	return &other
}

// look reconciles the SyncConfig, and everything of it that this wakes.
func (s *stage) look(ctx context.Context) (*v1alpha1.SyncConfig, reconcile.Result) {
	GinkgoHelper()
	result, err := s.configs.Reconcile(ctx, reconcile.Request{NamespacedName: s.key("okta")})
	Expect(err).NotTo(HaveOccurred())
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
	if config.Status.ObservedGeneration > 0 {
		Expect(config.Status.Conditions).To(followKstatus(config.Generation, config.Status.ObservedGeneration))
	}
	return config, result
}

// label puts the SyncConfig into a shard; "" into none.
func (s *stage) label(ctx context.Context, shard string) {
	GinkgoHelper()
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
	config.Labels = map[string]string{"shard": shard}
	Expect(cached.Update(ctx, config)).To(Succeed())
}

// lease writes the lease of a shard as its manager holds it.
func (s *stage) lease(ctx context.Context, name, holder string) *coordinationv1.Lease {
	GinkgoHelper()
	now := metav1.NowMicro()
	lease := &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "lease-" + name},
		Spec:       coordinationv1.LeaseSpec{HolderIdentity: &holder, LeaseDurationSeconds: new(int32(15)), RenewTime: &now},
	}
	if err := env.Client.Create(ctx, lease); client.IgnoreAlreadyExists(err) != nil {
		Expect(err).NotTo(HaveOccurred())
	} else if err != nil {
		present := &coordinationv1.Lease{}
		Expect(env.Client.Get(ctx, client.ObjectKeyFromObject(lease), present)).To(Succeed())
		present.Spec = lease.Spec
		Expect(env.Client.Update(ctx, present)).To(Succeed())
	}
	return lease
}

var _ = Describe("Managers with selectors", func() {
	var s, a, b *stage
	BeforeEach(func(ctx context.Context) {
		s = newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Labels = map[string]string{"shard": "a"} })
		a, b = s.newShard("a"), s.newShard("b")
		s.lease(ctx, "a", "pod-a")
		s.lease(ctx, "b", "pod-b")
	})

	It("reconcile what matches, and leave everything else untouched", func(ctx context.Context) {
		s.newUser(ctx, "ada")
		s.newGroup(ctx, "team", "ada")
		config, _ := b.look(ctx)
		Expect(env.Client.Get(ctx, client.ObjectKeyFromObject(config), config)).To(Succeed())
		Expect(config.ManagedFields).To(HaveLen(1), "nothing is written by the other shard")
		Expect(b.user(ctx, "ada").Status.Conditions).To(BeEmpty())
		Expect(b.group(ctx, "team").Status.Conditions).To(BeEmpty())
		Expect(b.events.take()).To(BeEmpty())
		Expect(s.jira.Calls()).To(BeEmpty())

		Expect(a.user(ctx, "ada").Status.Conditions).To(BeEmpty(), "not before the SyncConfig is taken up")
		config = a.open(ctx).config(ctx)
		Expect(config.Status.ReconciledBy).To(Equal(s.namespace + "/lease-a"))
		Expect(woken(a.users.waiting.inbox)).To(ContainElement("ada"))
		Expect(woken(a.groups.waiting.inbox)).To(ContainElement("team"))
		Expect(a.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(a.group(ctx, "team").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.members("team")).To(ConsistOf("ada"))

		before := a.config(ctx).ResourceVersion
		a.restartAs(s, "a")
		Expect(a.config(ctx).ResourceVersion).To(Equal(before), "a manager that starts again writes nothing")
	})

	It("let a deleted user wait for the right one, and never release it", func(ctx context.Context) {
		a.open(ctx)
		s.newUser(ctx, "ada")
		a.user(ctx, "ada")
		Expect(s.account("ada")).NotTo(BeNil())
		Expect(b.deleteUser(ctx, "ada")).To(HaveField("Finalizers", ConsistOf(v1alpha1.Finalizer)))
		Expect(b.events.take()).To(BeEmpty())
		Expect(s.account("ada").Active).To(BeTrue())
		Expect(a.user(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
	})

	It("hand over a SyncConfig without doing anything twice", func(ctx context.Context) {
		a.open(ctx)
		s.newUser(ctx, "ada")
		s.newUser(ctx, "bob")
		a.user(ctx, "ada")
		// An outcome that is not known, and a change that nobody has seen to.
		s.jira.FailNext(directory.OpCreateUser, directory.Error{Kind: directory.KindAmbiguous})
		a.user(ctx, "bob")
		s.newUser(ctx, "eve")
		s.jira.ResetCalls()

		s.label(ctx, "b")
		config, result := b.look(ctx)
		Expect(config.Status.ReconciledBy).To(HaveSuffix("lease-a"), "the first one has not let it go")
		Expect(result.RequeueAfter).To(Equal(handOverInterval))
		Expect(b.user(ctx, "eve").Status.Conditions).To(BeEmpty())
		Expect(s.jira.Calls()).To(BeEmpty())

		config, _ = a.look(ctx)
		Expect(config.Status.ReconciledBy).To(BeEmpty())
		Expect(config.Status.Conditions).To(beReady(metav1.ConditionUnknown, v1alpha1.ReasonWaitingForManager))
		a.user(ctx, "eve")
		Expect(s.jira.Calls()).To(BeEmpty(), "no word from the first one any more")

		b.look(ctx)
		b.sweep(ctx)
		config, _ = b.look(ctx)
		Expect(config.Status.ReconciledBy).To(HaveSuffix("lease-b"))
		Expect(config.Status.Conditions).To(beCondition(v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonSucceeded))
		Expect(woken(b.users.waiting.inbox)).To(ConsistOf("ada", "bob", "eve"))
		s.clock.SetTime(s.clock.Now().Add(time.Hour))
		for _, name := range []string{"ada", "bob", "eve"} {
			b.user(ctx, name)
			b.user(ctx, name)
		}
		Expect(s.jira.Calls()).To(WithTransform(func(calls []directorytest.Call) (made []string) {
			for _, call := range calls {
				if call.Op == directory.OpCreateUser {
					made = append(made, call.User)
				}
			}
			return made
		}, ConsistOf("bob", "eve")))
	})

	It("hand over only when the work under way has ended", func(ctx context.Context) {
		config := a.open(ctx).config(ctx)
		leave := a.users.holdings.enter(config)
		s.label(ctx, "b")
		config, result := a.look(ctx)
		Expect(config.Status.ReconciledBy).To(HaveSuffix("lease-a"))
		Expect(result.RequeueAfter).To(Equal(handOverInterval))
		Expect(a.users.holdings.enter(config)).To(BeNil(), "nothing new begins")
		leave()
		config, _ = a.look(ctx)
		Expect(config.Status.ReconciledBy).To(BeEmpty())
	})

	DescribeTable("take over from a manager that is gone",
		func(ctx context.Context, die func(context.Context, *stage), wait time.Duration) {
			a.open(ctx)
			s.label(ctx, "b")
			die(ctx, s)
			config, _ := b.look(ctx)
			if wait > 0 {
				Expect(config.Status.ReconciledBy).To(HaveSuffix("lease-a"), "it may be at work yet")
				s.clock.SetTime(s.clock.Now().Add(wait - time.Second))
				s.lease(ctx, "a", "pod-a") // it is: the time begins anew
				b.look(ctx)
				s.clock.SetTime(s.clock.Now().Add(wait - time.Second))
				config, _ = b.look(ctx)
				Expect(config.Status.ReconciledBy).To(HaveSuffix("lease-a"))
				s.clock.SetTime(s.clock.Now().Add(time.Second))
				config, _ = b.look(ctx)
			}
			Expect(config.Status.ReconciledBy).To(HaveSuffix("lease-b"))
		},
		Entry("and gave its lease back", func(ctx context.Context, s *stage) { s.lease(ctx, "a", "") }, time.Duration(0)),
		Entry("and whose lease was deleted", func(ctx context.Context, s *stage) {
			Expect(env.Client.Delete(ctx, s.lease(ctx, "a", "pod-a"))).To(Succeed())
		}, time.Duration(0)),
		Entry("without a word", func(context.Context, *stage) {}, 15*time.Second),
	)

	It("never both reconcile what matches both", func(ctx context.Context) {
		a.open(ctx)
		twin := s.newShard("a")
		twin.configs.holdings.Lease = types.NamespacedName{Namespace: s.namespace, Name: "lease-twin"}
		config, _ := twin.look(ctx)
		Expect(config.Status.ReconciledBy).To(HaveSuffix("lease-a"))
		s.newUser(ctx, "ada")
		twin.user(ctx, "ada")
		Expect(s.account("ada")).To(BeNil())
	})

	It("show a SyncConfig that none of them reconciles", func(ctx context.Context) {
		s.label(ctx, "nobody")
		a.look(ctx)
		b.look(ctx)
		for _, manager := range []*stage{a, b} {
			Expect(seriesOf(manager.configs.metrics.configs)).To(Equal(1))
			Expect(seriesOf(manager.configs.metrics.heldConfigs)).To(BeZero())
		}
		s.label(ctx, "a")
		a.look(ctx)
		Expect(seriesOf(a.configs.metrics.heldConfigs)).To(Equal(1))
		s.label(ctx, "nobody")
		a.look(ctx)
		Expect(seriesOf(a.configs.metrics.heldConfigs)).To(BeZero())
	})
})

// restartAs forgets what the process of a shard held in memory.
func (s *stage) restartAs(from *stage, name string) { *s = *from.newShard(name) }

func seriesOf(collector prometheus.Collector) int {
	series := make(chan prometheus.Metric, 100)
	collector.Collect(series)
	return len(series)
}
