package controllers

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	testingclock "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/compact"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
	"github.com/atlassync/atlassync/hack/apitest"
)

func TestControllers(t *testing.T) {
	RegisterFailHandler(Fail)
	suite, reporter := GinkgoConfiguration()
	suite.RandomizeAllSpecs = true
	RunSpecs(t, "Controllers", suite, reporter)
}

var (
	env    *apitest.Env
	cached client.Client
	known  *compact.Cache // what cached reads from
	// informers fill it.
	informers cache.Cache
)

var _ = BeforeSuite(func() {
	var err error
	env, err = apitest.Start(filepath.Join("..", "config", "crd", "bases"))
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() error { return env.Stop() })

	ctx, stop := context.WithCancel(context.Background())
	DeferCleanup(stop)
	objects, err := env.Cached(ctx)
	Expect(err).NotTo(HaveOccurred())
	cached, known, informers = objects.Client, objects.Objects, objects.Cache
	for _, kind := range []client.Object{&v1alpha1.SyncConfig{}, &v1alpha1.ProvisionedUser{}, &v1alpha1.ProvisionedGroup{}, &v1alpha1.MembershipSlice{}} {
		_, err := objects.GetInformer(ctx, kind)
		Expect(err).NotTo(HaveOccurred())
	}
	go func() {
		defer GinkgoRecover()
		Expect(objects.Start(ctx)).To(Succeed())
	}()
	Expect(objects.WaitForCacheSync(ctx)).To(BeTrue())
})

// stage is one SyncConfig named okta in a namespace of its own, one directory
// named jira behind it, and reconcilers that the test runs by hand.
type stage struct {
	reconcilers
	namespace string
	jira      *directorytest.Fake
	// confluence is behind a second directory, if the test adds one (andConfluence).
	confluence *directorytest.Fake
	events     *recorder
	clock      *testingclock.FakePassiveClock
	// sweeps are the complete readings that are due and have not been made:
	// until sweep makes them, accounts are read one by one.
	sweeps []func()
}

// recorder keeps events as "Reason note".
type recorder struct {
	mu     sync.Mutex
	events []string
}

func (r *recorder) Eventf(_, _ runtime.Object, _, reason, _, note string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, reason+" "+fmt.Sprintf(note, args...))
}

// take gives the events since the last time.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.events
	r.events = nil
	return taken
}

// newStage makes a stage whose SyncConfig has been changed by adjust.
func newStage(ctx context.Context, adjust ...func(*v1alpha1.SyncConfig)) *stage {
	GinkgoHelper()
	namespace, err := env.Namespace(ctx)
	Expect(err).NotTo(HaveOccurred())
	s := &stage{
		namespace: namespace, jira: directorytest.NewFake(), confluence: directorytest.NewFake(), events: &recorder{},
		clock: testingclock.NewFakePassiveClock(time.Now().Truncate(time.Second)),
	}
	s.restart()
	Expect(cached.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "jira-admin"},
		StringData: map[string]string{"token": "personal-access-token"},
	})).To(Succeed())
	config := &v1alpha1.SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "okta"},
		Spec: v1alpha1.SyncConfigSpec{Directories: []v1alpha1.DirectorySpec{{
			Name: "jira", Product: v1alpha1.ProductJira, URL: "https://jira.example.com", CredentialsSecretName: "jira-admin",
		}}},
	}
	for _, change := range adjust {
		change(config)
	}
	Expect(cached.Create(ctx, config)).To(Succeed())
	DeferCleanup(s.leaveDirectory)
	return s
}

// atAnotherAddress is for the second of two stages.
func atAnotherAddress(c *v1alpha1.SyncConfig) {
	c.Spec.Directories[0].URL = "https://other.example.com"
}

// leaveDirectory takes the SyncConfigs away: the directories of all stages are
// at the same addresses, and would be shared with the next stage otherwise.
func (s *stage) leaveDirectory(ctx context.Context) {
	GinkgoHelper()
	configs := &v1alpha1.SyncConfigList{}
	Expect(env.Client.List(ctx, configs, client.InNamespace(s.namespace))).To(Succeed())
	for i := range configs.Items {
		Expect(client.IgnoreNotFound(cached.Delete(ctx, &configs.Items[i]))).To(Succeed())
	}
}

// open has the SyncConfig reconciled, so that its directory can be used
// without having been read as a whole.
func (s *stage) open(ctx context.Context) *stage {
	GinkgoHelper()
	s.config(ctx)
	s.settle(ctx)
	s.events.take()
	s.jira.ResetCalls()
	return s
}

// settle ends the waiting for the first reading.
func (s *stage) settle(ctx context.Context) {
	GinkgoHelper()
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
	for _, dir := range config.Spec.Directories {
		if connection, ok := s.users.directories.Get(string(config.UID), dir.Name); ok {
			connection.Settle()
		}
	}
}

// sweep has every directory read as a whole that is due, and gives the
// SyncConfig as it then is.
func (s *stage) sweep(ctx context.Context) *v1alpha1.SyncConfig {
	GinkgoHelper()
	s.config(ctx)
	due := s.sweeps
	s.sweeps = nil
	for _, run := range due {
		run()
	}
	return s.config(ctx)
}

// restart forgets everything that the process held in memory.
func (s *stage) restart() {
	s.reconcilers = newReconcilers(base{
		reader: reader{cached, known}, live: env.Client, events: s.events, clock: s.clock, metrics: NewMetrics(prometheus.NewRegistry()),
		news: rate.NewLimiter(newsPerSecond, newsAtOnce),
	}, Options{
		BaseURL: "https://scim.example.com",
		Connectors: map[string]directory.Connector{
			"Jira":       func(directory.Config) (directory.Directory, error) { return s.jira, nil },
			"Confluence": func(directory.Config) (directory.Directory, error) { return s.confluence, nil },
		},
	})
	s.sweeps = nil
	s.configs.sweeps.spawn = func(run func()) { s.sweeps = append(s.sweeps, run) }
}

func (s *stage) key(name string) types.NamespacedName {
	return types.NamespacedName{Namespace: s.namespace, Name: name}
}

// config reconciles the SyncConfig and gives it as it then is.
func (s *stage) config(ctx context.Context) *v1alpha1.SyncConfig {
	GinkgoHelper()
	s.count(ctx)
	_, err := s.configs.Reconcile(ctx, reconcile.Request{NamespacedName: s.key("okta")})
	Expect(err).NotTo(HaveOccurred())
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
	Expect(config.Status.Conditions).To(followKstatus(config.Generation, config.Status.ObservedGeneration))
	return config
}

// count has the counts follow the cache, as the events of a controller do.
func (s *stage) count(ctx context.Context) {
	GinkgoHelper()
	users, groups := &v1alpha1.ProvisionedUserList{}, &v1alpha1.ProvisionedGroupList{}
	Expect(cached.List(ctx, users, client.InNamespace(s.namespace))).To(Succeed())
	Expect(cached.List(ctx, groups, client.InNamespace(s.namespace))).To(Succeed())
	s.configs.tally = newTally()
	for i := range users.Items {
		s.configs.tally.replace(nil, &users.Items[i])
	}
	for i := range groups.Items {
		s.configs.tally.replace(nil, &groups.Items[i])
	}
}

// change edits the SyncConfig's spec.
func (s *stage) change(ctx context.Context, change func(*v1alpha1.SyncConfigSpec)) {
	GinkgoHelper()
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
	change(&config.Spec)
	Expect(cached.Update(ctx, config)).To(Succeed())
}

// newUser creates a user as the SCIM server does.
func (s *stage) newUser(ctx context.Context, name string, change ...func(*v1alpha1.ProvisionedUserSpec)) *v1alpha1.ProvisionedUser {
	GinkgoHelper()
	user := &v1alpha1.ProvisionedUser{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name, Finalizers: []string{v1alpha1.Finalizer}},
		Spec: v1alpha1.ProvisionedUserSpec{
			SyncConfigName: "okta", ID: "id-" + name, UserName: name,
			UserProfile: v1alpha1.UserProfile{
				DisplayName: strings.ToUpper(name),
				Emails:      []v1alpha1.MultiValue{{Value: name + "@example.com", Primary: true}},
			},
		},
	}
	for _, c := range change {
		c(&user.Spec)
	}
	Expect(cached.Create(ctx, user)).To(Succeed())
	return user
}

// user reconciles a user and gives it as it then is.
func (s *stage) user(ctx context.Context, name string) *v1alpha1.ProvisionedUser {
	GinkgoHelper()
	user, _, err := s.tryUser(ctx, name)
	Expect(err).NotTo(HaveOccurred())
	return settledCache(ctx, user)
}

func (s *stage) tryUser(ctx context.Context, name string) (*v1alpha1.ProvisionedUser, reconcile.Result, error) {
	GinkgoHelper()
	result, err := s.users.Reconcile(ctx, reconcile.Request{NamespacedName: s.key(name)})
	user := &v1alpha1.ProvisionedUser{}
	if getErr := cached.Get(ctx, s.key(name), user); getErr != nil {
		Expect(client.IgnoreNotFound(getErr)).To(Succeed())
		return nil, result, err
	}
	if user.Status.ObservedGeneration > 0 {
		Expect(user.Status.Conditions).To(followKstatus(user.Generation, user.Status.ObservedGeneration))
	}
	return user, result, err
}

// editUser changes a user's spec as the SCIM server does, and reconciles it.
func (s *stage) editUser(ctx context.Context, name string, change func(*v1alpha1.ProvisionedUserSpec)) *v1alpha1.ProvisionedUser {
	GinkgoHelper()
	user := &v1alpha1.ProvisionedUser{}
	Expect(cached.Get(ctx, s.key(name), user)).To(Succeed())
	change(&user.Spec)
	Expect(cached.Update(ctx, user)).To(Succeed())
	return s.user(ctx, name)
}

// deleteUser deletes a user and reconciles it; nil means that it is gone.
func (s *stage) deleteUser(ctx context.Context, name string) *v1alpha1.ProvisionedUser {
	GinkgoHelper()
	Expect(cached.Delete(ctx, &v1alpha1.ProvisionedUser{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}})).To(Succeed())
	return s.user(ctx, name)
}

// settledCache waits until the cache agrees with the API server that an
// object is gone; nil means that it is.
func settledCache[T client.Object](ctx context.Context, object T) T {
	GinkgoHelper()
	var gone T
	if reflect.ValueOf(object).IsNil() {
		return gone
	}
	key := client.ObjectKeyFromObject(object)
	if err := env.Client.Get(ctx, key, object); err == nil {
		return object
	}
	Eventually(ctx, func() error { return cached.Get(ctx, key, object) }).Should(MatchError(apierrors.IsNotFound, "not found"))
	return gone
}

// newGroup creates a group of users of newUser, as the SCIM server does.
func (s *stage) newGroup(ctx context.Context, name string, members ...string) *v1alpha1.ProvisionedGroup {
	GinkgoHelper()
	group := &v1alpha1.ProvisionedGroup{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name, Finalizers: []string{v1alpha1.Finalizer}},
		Spec:       v1alpha1.ProvisionedGroupSpec{SyncConfigName: "okta", ID: "id-" + name, DisplayName: name, Members: ids(members...)},
	}
	Expect(cached.Create(ctx, group)).To(Succeed())
	return group
}

func ids(names ...string) []string {
	var ids []string
	for _, name := range names {
		ids = append(ids, "id-"+name)
	}
	return ids
}

// group reconciles a group and gives it as it then is.
func (s *stage) group(ctx context.Context, name string) *v1alpha1.ProvisionedGroup {
	GinkgoHelper()
	group, _, err := s.tryGroup(ctx, name)
	Expect(err).NotTo(HaveOccurred())
	return settledCache(ctx, group)
}

func (s *stage) tryGroup(ctx context.Context, name string) (*v1alpha1.ProvisionedGroup, reconcile.Result, error) {
	GinkgoHelper()
	result, err := s.groups.Reconcile(ctx, reconcile.Request{NamespacedName: s.key(name)})
	group := &v1alpha1.ProvisionedGroup{}
	if getErr := cached.Get(ctx, s.key(name), group); getErr != nil {
		Expect(client.IgnoreNotFound(getErr)).To(Succeed())
		return nil, result, err
	}
	if group.Status.ObservedGeneration > 0 {
		Expect(group.Status.Conditions).To(followKstatus(group.Generation, group.Status.ObservedGeneration))
	}
	return group, result, err
}

func (s *stage) editGroup(ctx context.Context, name string, change func(*v1alpha1.ProvisionedGroupSpec)) *v1alpha1.ProvisionedGroup {
	GinkgoHelper()
	group := &v1alpha1.ProvisionedGroup{}
	Expect(cached.Get(ctx, s.key(name), group)).To(Succeed())
	change(&group.Spec)
	Expect(cached.Update(ctx, group)).To(Succeed())
	return s.group(ctx, name)
}

func (s *stage) deleteGroup(ctx context.Context, name string) *v1alpha1.ProvisionedGroup {
	GinkgoHelper()
	Expect(cached.Delete(ctx, &v1alpha1.ProvisionedGroup{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}})).To(Succeed())
	return s.group(ctx, name)
}

// account is an account of the directory by its exact name, nil if there is none.
func (s *stage) account(name string) *directory.User {
	if user, ok := s.jira.State().User(name); ok {
		return &user
	}
	return nil
}

// members are the sorted usernames in a group of the directory.
func (s *stage) members(group string) []string {
	return s.jira.State().Groups[group]
}

// woken takes the objects that were put into an inbox.
func woken(i *inbox) []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var names []string
	for _, lot := range i.early {
		for _, key := range lot.names {
			names = append(names, key.Name)
		}
	}
	i.early = nil
	slices.Sort(names)
	return slices.Compact(names)
}
