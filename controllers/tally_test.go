package controllers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// tallied counts from scratch.
func tallied[T client.Object](objects ...T) *tally {
	t := newTally()
	for _, object := range objects {
		t.replace(nil, object)
	}
	return t
}

// told is the status that a SyncConfig in a dry run gets of a tally.
func (t *tally) told(namespace, name string) v1alpha1.SyncConfigStatus {
	config := &v1alpha1.SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: v1alpha1.SyncConfigSpec{Mode: v1alpha1.ModeDryRun},
	}
	t.tell(config)
	return config.Status
}

// gatheringQueue notes what is enqueued for later.
type gatheringQueue struct {
	requestQueue
	names map[string]bool
}

func (q gatheringQueue) AddAfter(request reconcile.Request, after time.Duration) {
	if after == gatherTime {
		q.names[request.Name] = true
	}
}

func pick[T any](random *rand.Rand, of ...T) T { return of[random.IntN(len(of))] }

// randomObject makes a user or a group in any state.
func randomObject(random *rand.Rand, n int) client.Object {
	meta := metav1.ObjectMeta{Namespace: "identity", Name: fmt.Sprint(n), Generation: pick[int64](random, 1, 2), ResourceVersion: fmt.Sprint(random.Int())}
	config := pick(random, "okta", "entra")
	conditions := []metav1.Condition{{Type: pick(random, v1alpha1.ConditionReady, v1alpha1.ConditionStalled), Status: pick(random, metav1.ConditionTrue, metav1.ConditionFalse)}}
	held := pick(random, nil, []v1alpha1.HeldRemoval{{}})
	if n%2 == 0 {
		group := &v1alpha1.ProvisionedGroup{ObjectMeta: meta, Spec: v1alpha1.ProvisionedGroupSpec{SyncConfigName: config}}
		group.Status.Conditions, group.Status.ObservedGeneration = conditions, 2
		group.Status.Directories = []v1alpha1.GroupDirectoryStatus{{Name: "jira", PlannedAction: pick(random, "", "create", "delete"), HeldRemovals: held}}
		return group
	}
	user := &v1alpha1.ProvisionedUser{ObjectMeta: meta, Spec: v1alpha1.ProvisionedUserSpec{SyncConfigName: config, Active: new(random.IntN(2) == 0)}}
	user.Status.Conditions, user.Status.ObservedGeneration = conditions, 2
	for _, name := range []string{"jira", "confluence"} {
		action := pick(random, "", "disable", "create, join 1 group, create group staff", "create, join 1 group, create group Staff", "create, create group crew")
		user.Status.Directories = append(user.Status.Directories, v1alpha1.UserDirectoryStatus{Name: name, PlannedAction: action, HeldRemovals: held})
	}
	return user
}

func TestCountsAreThoseOfACountFromScratch(t *testing.T) {
	g := NewWithT(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // any order will do
	counts, objects, ctx := newTally(), map[int]client.Object{}, t.Context()
	follow := counts.follow()
	for range 2000 {
		n := random.IntN(30)
		before, queue := objects[n], gatheringQueue{names: map[string]bool{}}
		after := randomObject(random, n)
		switch {
		case before == nil:
			objects[n] = after
			follow.Create(ctx, event.CreateEvent{Object: after}, queue)
		case random.IntN(4) == 0:
			after = before
			delete(objects, n)
			follow.Delete(ctx, event.DeleteEvent{Object: before}, queue)
		default:
			objects[n] = after
			follow.Update(ctx, event.UpdateEvent{ObjectOld: before, ObjectNew: after}, queue)
			g.Expect(queue.names).To(HaveKey(countedFor(before).Name), "who is not its SyncConfig any more counts anew, too")
		}
		g.Expect(queue.names).To(HaveKey(countedFor(after).Name))

		scratch := newTally()
		for _, object := range objects {
			scratch.replace(nil, object)
		}
		for _, config := range []string{"okta", "entra"} {
			g.Expect(counts.told("identity", config)).To(Equal(scratch.told("identity", config)))
		}
	}
	for _, object := range objects {
		follow.Delete(ctx, event.DeleteEvent{Object: object}, gatheringQueue{names: map[string]bool{}})
	}
	g.Expect(counts.counts).To(BeEmpty(), "nothing is kept of who is gone")
}

func TestWhatAStatusCountsAs(t *testing.T) {
	ready, stalled := metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue}, metav1.Condition{Type: v1alpha1.ConditionStalled, Status: metav1.ConditionTrue}
	for name, c := range map[string]struct {
		conditions []metav1.Condition
		generation int64
		want       v1alpha1.GroupCounts
	}{
		"ready":                      {[]metav1.Condition{ready}, 1, v1alpha1.GroupCounts{Total: 1, Ready: 1}},
		"ready before it was edited": {[]metav1.Condition{ready}, 2, v1alpha1.GroupCounts{Total: 1, Pending: 1}},
		"stalled":                    {[]metav1.Condition{stalled}, 2, v1alpha1.GroupCounts{Total: 1, Failed: 1}},
		"new":                        {nil, 1, v1alpha1.GroupCounts{Total: 1, Pending: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			group := &v1alpha1.ProvisionedGroup{ObjectMeta: metav1.ObjectMeta{Generation: c.generation}}
			group.Status.Conditions, group.Status.ObservedGeneration = c.conditions, 1
			g.Expect(tallied(group).told("", "").Groups).To(Equal(c.want))
			user := &v1alpha1.ProvisionedUser{ObjectMeta: group.ObjectMeta, Spec: v1alpha1.ProvisionedUserSpec{Active: new(false)}}
			user.Status.Conditions, user.Status.ObservedGeneration = c.conditions, 1
			g.Expect(tallied(user).told("", "").Users).To(Equal(v1alpha1.UserCounts{
				Total: c.want.Total, Ready: c.want.Ready, Failed: c.want.Failed, Pending: c.want.Pending, Inactive: 1,
			}))
		})
	}
}

func TestDefaultGroupsThatWouldBeCreatedCountOnce(t *testing.T) {
	g := NewWithT(t)
	user := func(name, action string) *v1alpha1.ProvisionedUser {
		user := &v1alpha1.ProvisionedUser{ObjectMeta: metav1.ObjectMeta{Name: name}}
		user.Status.Directories = []v1alpha1.UserDirectoryStatus{{Name: "jira", PlannedAction: action}}
		return user
	}
	ada, bob := user("ada", "create, create group staff"), user("bob", "create, create group Staff")
	counts := tallied(ada, bob)
	g.Expect(*counts.told("", "").Planned).To(Equal(v1alpha1.PlannedCounts{
		Users: v1alpha1.PlannedActions{Create: 2}, Groups: v1alpha1.PlannedActions{Create: 1},
	}))
	counts.replace(ada, nil)
	g.Expect(counts.told("", "").Planned.Groups.Create).To(BeEquivalentTo(1), "bob would still get it")
	counts.replace(bob, user("bob", "create"))
	g.Expect(counts.told("", "").Planned.Groups.Create).To(BeZero())
}

var _ = Describe("Counts", func() {
	It("follow the cache, and are complete before the controller starts", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		s.newGroup(ctx, "team", "ada")
		counts, queue := newTally(), newRankedQueue("configs", rateLimiter())
		DeferCleanup(queue.ShutDown)
		for _, kind := range []client.Object{&v1alpha1.ProvisionedUser{}, &v1alpha1.ProvisionedGroup{}} {
			events := source.Kind(informers, kind, counts.follow())
			Expect(events.Start(ctx, queue)).To(Succeed())
			Expect(events.WaitForSync(ctx)).To(Succeed())
		}
		told := func() v1alpha1.SyncConfigStatus { return counts.told(s.namespace, "okta") }
		Expect(told().Users).To(Equal(v1alpha1.UserCounts{Total: 1, Ready: 1}))
		Expect(told().Groups).To(Equal(v1alpha1.GroupCounts{Total: 1, Pending: 1}))

		s.newUser(ctx, "bob")
		s.newUser(ctx, "eve", func(spec *v1alpha1.ProvisionedUserSpec) { spec.SyncConfigName = "entra" })
		s.editUser(ctx, "ada", func(spec *v1alpha1.ProvisionedUserSpec) { spec.Active = new(false) })
		s.group(ctx, "team")
		Eventually(ctx, func() v1alpha1.UserCounts { return told().Users }).Should(Equal(v1alpha1.UserCounts{Total: 2, Ready: 1, Pending: 1, Inactive: 1}))
		Eventually(ctx, func() v1alpha1.GroupCounts { return told().Groups }).Should(Equal(v1alpha1.GroupCounts{Total: 1, Ready: 1}))

		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Eventually(ctx, told).Should(And(
			HaveField("Users", v1alpha1.UserCounts{Total: 1, Pending: 1}), HaveField("Groups", v1alpha1.GroupCounts{}),
		))
		Expect(counts.told(s.namespace, "entra").Users.Total).To(BeEquivalentTo(1))
	})
})
