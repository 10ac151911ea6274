package controllers

import (
	"fmt"
	"time"

	"golang.org/x/time/rate"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/compact"
	"github.com/atlassync/atlassync/controllers/directory"
)

// Options configures the controllers.
type Options struct {
	// BaseURL is the address under which identity providers reach the SCIM server.
	BaseURL string
	// Connectors make the clients, by product.
	Connectors map[string]directory.Connector
	// Objects are what the manager's cache holds.
	Objects *compact.Cache
	// UserAgent is how directory clients introduce themselves.
	UserAgent string
	// Workers is how many users, and how many groups, are worked on at once.
	Workers int
	// Shard is which SyncConfigs to reconcile.
	Shard Shard
	// Metrics are registered by the caller.
	Metrics *Metrics
}

// gatherTime is how long changes are gathered before what sums them up is
// reconciled: the counts of a SyncConfig, the members of a group.
const gatherTime = time.Second

// Setup adds the three controllers to a manager whose cache has the indexes
// of v1alpha1.Indexes.
func Setup(mgr ctrl.Manager, options Options) error {
	set := newReconcilers(base{
		reader: reader{mgr.GetClient(), options.Objects}, live: mgr.GetAPIReader(), events: mgr.GetEventRecorder("atlassync"),
		clock: clock.RealClock{}, metrics: options.Metrics, news: rate.NewLimiter(newsPerSecond, newsAtOnce),
	}, options)
	if err := set.configs.setup(mgr); err != nil {
		return fmt.Errorf("set up the SyncConfig controller: %w", err)
	}
	if err := set.users.setup(mgr, options.Workers); err != nil {
		return fmt.Errorf("set up the ProvisionedUser controller: %w", err)
	}
	if err := set.groups.setup(mgr, options.Workers); err != nil {
		return fmt.Errorf("set up the ProvisionedGroup controller: %w", err)
	}
	return nil
}

// reconcilers are the three, wired to each other.
type reconcilers struct {
	configs *SyncConfigReconciler
	users   *UserReconciler
	groups  *GroupReconciler
}

func newReconcilers(shared base, options Options) reconcilers {
	configs := &SyncConfigReconciler{
		baseURL: options.BaseURL, userAgent: options.UserAgent, closed: &inbox{}, sweeps: newSweeps(shared.clock),
		uids: map[types.NamespacedName]types.UID{}, probed: map[probeKey]time.Time{},
		requests: map[types.UID]configRequest{}, leases: newLeases(shared.live, shared.clock), tally: newTally(),
	}
	shared.holdings, shared.compiled = newHoldings(options.Shard), newCompiled()
	shared.directories = directory.NewRegistry(options.Connectors, configs.gateClosed, configs.instrument)
	shared.removals = newRemovals(shared.reader, shared.clock)
	users, groups := newWaitingRoom(), newWaitingRoom()
	set := reconcilers{
		configs: configs,
		users:   &UserReconciler{base: shared, waiting: users, names: newClaims(users.inbox.prefer)},
		groups:  &GroupReconciler{base: shared, waiting: groups, names: newClaims(groups.inbox.add), known: newKnownMembers()},
	}
	configs.base = shared
	configs.admit = func(config types.NamespacedName) {
		users.admit(config)
		groups.admit(config)
	}
	configs.again.users, configs.again.groups = users.inbox.add, groups.inbox.add
	configs.forget = func(config types.NamespacedName) {
		set.users.names.forgetConfig(config)
		set.groups.names.forgetConfig(config)
		set.groups.known.forgetConfig(config)
		shared.removals.forgetConfig(config)
		shared.compiled.forget(config)
	}
	return set
}

func (r *SyncConfigReconciler) setup(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.SyncConfig{}, builder.WithPredicates(predicate.Or(wantsChanged(), predicate.LabelChangedPredicate{}))).
		Watches(&v1alpha1.ProvisionedUser{}, r.tally.follow()).
		Watches(&v1alpha1.ProvisionedGroup{}, r.tally.follow()).
		WatchesRawSource(r.closed).
		WithOptions(controller.Options{RateLimiter: rateLimiter(), MaxConcurrentReconciles: 4}).
		Complete(r)
}

func (r *UserReconciler) setup(mgr ctrl.Manager, workers int) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.ProvisionedUser{}, builder.WithPredicates(wantsChanged())).
		Watches(&v1alpha1.SyncConfig{}, objectsOf(r.userNames),
			builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WatchesRawSource(r.waiting.inbox).
		WithOptions(controller.Options{RateLimiter: rateLimiter(), NewQueue: newRankedQueue, MaxConcurrentReconciles: workers}).
		Complete(hastener{r, r.waiting.inbox})
}

func (r *GroupReconciler) setup(mgr ctrl.Manager, workers int) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.ProvisionedGroup{}, builder.WithPredicates(wantsChanged())).
		Watches(&v1alpha1.SyncConfig{}, objectsOf(r.groupNames),
			builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.ProvisionedUser{}, gathered(r.groupsOfMember), builder.WithPredicates(accountChanged())).
		Watches(&v1alpha1.MembershipSlice{}, gathered(groupOfSlice), builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WatchesRawSource(r.waiting.inbox).
		WithOptions(controller.Options{RateLimiter: rateLimiter(), NewQueue: newRankedQueue, MaxConcurrentReconciles: workers}).
		Complete(r)
}
