package compact_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"
	source "k8s.io/client-go/tools/cache/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/randfill"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/compact"
)

// storedUser is the n-th user in sync as the API server sends it.
const storedUser = `{"apiVersion":"atlassync.dev/v1alpha1","kind":"ProvisionedUser","metadata":{
"creationTimestamp":"2026-11-23T20:35:10Z","finalizers":["atlassync.dev/provisioning"],"generation":1,
"labels":{"atlassync.dev/id":"%[2]s","atlassync.dev/managed-by":"scim","atlassync.dev/syncconfig":"okta"},
"name":"user-%06[1]d-example-com-0123456789abcdef","namespace":"people","resourceVersion":"%[1]d","uid":"%[3]s"},
"spec":{"active":true,"emails":[{"primary":true,"type":"work","value":"user-%06[1]d@example.com"}],"externalId":"00u%017[1]d",
"id":"%[2]s","locale":"en-US","name":{"familyName":"User %[1]d","givenName":"Test"},
"syncConfigName":"okta","userName":"user-%06[1]d@example.com"},
"status":{"conditions":[{"lastTransitionTime":"2026-11-23T20:36:10Z","message":"","observedGeneration":1,"reason":"Provisioned","status":"True","type":"Ready"}],
"directories":[{"id":"JIRAUSER1%06[1]d","lastTransitionTime":"2026-11-23T20:36:10Z","managed":true,"name":"jira","reason":"Provisioned",
"settled":"0123456789abcdef","state":"Active","target":"abcdef0123456789","username":"user-%06[1]d@example.com"}],"observedGeneration":1}}`

// userNumber is the n-th user as it comes from the API server.
func userNumber(n int) *v1alpha1.ProvisionedUser {
	id := func(of string) string { // as little compressible as a real one
		return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s %d", of, n)).String()
	}
	user := &v1alpha1.ProvisionedUser{}
	if err := json.Unmarshal(fmt.Appendf(nil, storedUser, n, id("scim"), id("uid")), user); err != nil {
		panic(err)
	}
	return user
}

// indexers are the indexes of a kind as controller-runtime makes them.
func indexers(of client.Object) toolscache.Indexers {
	all := toolscache.Indexers{}
	for _, index := range v1alpha1.Indexes() {
		if fmt.Sprintf("%T", index.Kind) != fmt.Sprintf("%T", of) {
			continue
		}
		all["field:"+index.Name] = func(object any) (values []string, err error) {
			for _, key := range index.Keys(object.(v1alpha1.Object)) {
				values = append(values, object.(metav1.Object).GetNamespace()+"/"+key, "__all_namespaces/"+key)
			}
			return values, nil
		}
	}
	return all
}

func byNamespace() toolscache.Indexers {
	return toolscache.Indexers{toolscache.NamespaceIndex: toolscache.MetaNamespaceIndexFunc}
}

// world is an informer and where its objects come from.
type world struct {
	*source.FakeControllerSource
	toolscache.SharedIndexInformer

	cache *compact.Cache
}

// worldOf starts an informer for objects like the example.
func worldOf(t *testing.T, example client.Object, handlers ...toolscache.ResourceEventHandler) *world {
	RegisterTestingT(t)
	w := &world{FakeControllerSource: source.NewFakeControllerSource(), cache: &compact.Cache{}}
	w.SharedIndexInformer = w.cache.NewInformer(w.FakeControllerSource, example, 0, byNamespace())
	Expect(w.SetTransform(nil)).To(Succeed())
	Expect(w.AddIndexers(indexers(example))).To(Succeed())
	for _, handler := range handlers {
		_, err := w.AddEventHandler(handler)
		Expect(err).NotTo(HaveOccurred())
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); w.RunWithContext(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
	return w
}

// knows waits until the informer has as many objects.
func (w *world) knows(objects int) {
	Eventually(func() []string { return w.GetIndexer().ListKeys() }).WithTimeout(30 * time.Second).Should(HaveLen(objects))
}

func TestObjectsComeBackAsTheyWere(t *testing.T) {
	for _, made := range []func() client.Object{
		func() client.Object { return &v1alpha1.ProvisionedUser{} },
		func() client.Object { return &v1alpha1.ProvisionedGroup{} },
		func() client.Object { return &v1alpha1.MembershipSlice{} },
	} {
		t.Run(fmt.Sprintf("%T", made()), func(t *testing.T) {
			const objects = 3000 // more than are remembered
			w, all := worldOf(t, made()), map[string]client.Object{}
			for n := range objects {
				object := made()
				randomly(int64(n)).Fill(object)
				object.SetNamespace("people")
				object.SetName(fmt.Sprintf("object-%d", n))
				w.Add(object)
				all[object.GetName()] = object
			}
			w.knows(objects)
			for _, found := range w.GetIndexer().List() {
				object := found.(client.Object)
				want := all[object.GetName()]
				want.SetResourceVersion(object.GetResourceVersion())
				want.SetManagedFields(nil)
				Expect(cmp.Diff(want, object, cmpopts.EquateEmpty())).To(BeEmpty())
			}
		})
	}
}

// randomly fills objects with what the API server may send.
func randomly(seed int64) *randfill.Filler {
	return randfill.NewWithSeed(seed).NilChance(0.3).NumElements(1, 3).Funcs(
		func(raw *apiruntime.RawExtension, c randfill.Continue) {
			raw.Raw = fmt.Appendf(nil, `{"b": %d, "a":1.50}`, c.Int())
		},
		func(at *metav1.Time, c randfill.Continue) { *at = metav1.Unix(c.Int63n(1<<32), 0) },
	)
}

func TestLookUps(t *testing.T) {
	const users = 300
	w := worldOf(t, &v1alpha1.ProvisionedUser{})
	for n := range users {
		w.Add(userNumber(n))
	}
	w.knows(users)
	byID := func(id string) []any {
		found, err := w.GetIndexer().ByIndex("field:"+v1alpha1.IndexID, "people/"+v1alpha1.IndexKey("okta", id))
		Expect(err).NotTo(HaveOccurred())
		return found
	}
	for _, n := range []int{0, 1, 77, users - 1} {
		Expect(byID(userNumber(n).Spec.ID)).To(ConsistOf(HaveField("Spec.UserName", userNumber(n).Spec.UserName)))
		found, exists, err := w.GetIndexer().GetByKey("people/" + userNumber(n).Name)
		Expect(exists, err).To(BeTrue())
		Expect(found).To(HaveField("Spec.ID", userNumber(n).Spec.ID))
	}
	Expect(byID("nobody")).To(BeEmpty())
	_, exists, err := w.GetIndexer().GetByKey("people/nobody")
	Expect(exists, err).To(BeFalse())

	renamed := userNumber(77)
	renamed.Spec.ID = "another"
	w.Modify(renamed)
	Eventually(func() []any { return byID("another") }).Should(HaveLen(1))
	Expect(byID(userNumber(77).Spec.ID)).To(BeEmpty())
	w.Delete(renamed)
	w.knows(users - 1)
	Expect(byID("another")).To(BeEmpty())

	Expect(w.GetIndexer().ByIndex("field:"+v1alpha1.IndexSyncConfig, "people/okta")).To(HaveLen(users - 1))
	Expect(w.GetIndexer().ByIndex("field:"+v1alpha1.IndexSyncConfig, "elsewhere/okta")).To(BeEmpty())
	Expect(w.GetIndexer().ByIndex(toolscache.NamespaceIndex, "people")).To(HaveLen(users - 1))
	Expect(w.GetIndexer().ByIndex(toolscache.NamespaceIndex, "elsewhere")).To(BeEmpty())
	// Look-ups by two fields use the functions themselves.
	Expect(w.GetIndexer().GetIndexers()["field:"+v1alpha1.IndexName](userNumber(5))).To(ContainElement("people/okta/user-000005@example.com"))
}

func TestEachVisitsAllUntilOneFails(t *testing.T) {
	const users = 300
	w := worldOf(t, &v1alpha1.ProvisionedUser{})
	for n := range users {
		user := userNumber(n)
		if n%3 == 0 {
			user.Spec.SyncConfigName = "entra"
		}
		w.Add(user)
	}
	w.knows(users)
	visited := map[string]bool{}
	visit := func(object client.Object) error {
		visited[object.(*v1alpha1.ProvisionedUser).Spec.UserName] = true
		return nil
	}
	Expect(w.cache.Each(&v1alpha1.ProvisionedUser{}, "people", v1alpha1.IndexSyncConfig, "entra", visit)).To(Succeed())
	Expect(visited).To(HaveLen(users / 3))
	Expect(visited).To(HaveKey(userNumber(0).Spec.UserName))

	Expect(w.cache.Names(&v1alpha1.ProvisionedUser{}, "people", v1alpha1.IndexSyncConfig, "entra")).To(And(
		HaveLen(users/3), ContainElement(types.NamespacedName{Namespace: "people", Name: userNumber(0).Name})))

	calls := 0
	enough := fmt.Errorf("enough")
	err := w.cache.Each(&v1alpha1.ProvisionedUser{}, "people", v1alpha1.IndexSyncConfig, "okta", func(client.Object) error {
		calls++
		return enough
	})
	Expect(err).To(MatchError(enough))
	Expect(calls).To(Equal(1))
	Expect(w.cache.Each(&v1alpha1.ProvisionedUser{}, "people", "unknown", "okta", visit)).To(MatchError(ContainSubstring("no index")))
	_, err = w.cache.Names(&v1alpha1.ProvisionedUser{}, "people", "unknown", "okta")
	Expect(err).To(MatchError(ContainSubstring("no index")))
	Expect(w.cache.Each(&v1alpha1.ProvisionedGroup{}, "people", v1alpha1.IndexSyncConfig, "okta", visit)).To(Succeed(), "there are none")
}

func TestValuesPassWhatObjectsHaveNow(t *testing.T) {
	w := worldOf(t, &v1alpha1.ProvisionedUser{})
	ada, bob := userNumber(1), userNumber(2)
	w.Add(ada)
	w.knows(1)
	held, err := w.cache.Values(&v1alpha1.ProvisionedUser{}, v1alpha1.IndexName)
	Expect(err).NotTo(HaveOccurred())
	name := func(u *v1alpha1.ProvisionedUser) string {
		return v1alpha1.IndexKey("okta", v1alpha1.Fold(u.Spec.UserName))
	}
	Expect(held("people", name(ada))).To(BeTrue())
	Expect(held("people", name(bob))).To(BeFalse(), "there is no such user")
	Expect(held("elsewhere", name(ada))).To(BeFalse())
	Expect(held("people", v1alpha1.IndexKey("entra", ada.Spec.UserName))).To(BeFalse())
	Expect(held("people", "okta")).To(BeFalse(), "that is a value of another index")

	w.Add(bob)
	w.knows(2)
	held, err = w.cache.Values(&v1alpha1.ProvisionedUser{}, v1alpha1.IndexName)
	Expect(err).NotTo(HaveOccurred())
	Expect(held("people", name(bob))).To(BeTrue())
	_, err = w.cache.Values(&v1alpha1.ProvisionedUser{}, "unknown")
	Expect(err).To(MatchError(ContainSubstring("no index")))
	none, err := w.cache.Values(&v1alpha1.ProvisionedGroup{}, v1alpha1.IndexName)
	Expect(err).NotTo(HaveOccurred())
	Expect(none("people", name(ada))).To(BeFalse())
}

func TestLookUpsAreForOneNamespace(t *testing.T) {
	w := worldOf(t, &v1alpha1.ProvisionedUser{})
	_, err := w.GetIndexer().ByIndex("field:"+v1alpha1.IndexID, "__all_namespaces/okta")
	Expect(err).To(MatchError(ContainSubstring("name it")), "nothing would look as if there were none")
	_, err = w.GetIndexer().ByIndex("field:unknown", "people/okta")
	Expect(err).To(HaveOccurred())
}

func TestIndexesComeBeforeObjects(t *testing.T) {
	w := worldOf(t, &v1alpha1.ProvisionedUser{})
	w.Add(userNumber(1))
	w.knows(1)
	Expect(w.AddIndexers(toolscache.Indexers{"late": toolscache.MetaNamespaceIndexFunc})).To(MatchError(ContainSubstring("before the cache fills")))
}

func TestHandlersGetWholeObjects(t *testing.T) {
	events := make(chan string, 10)
	title := func(object any) string {
		user := object.(*v1alpha1.ProvisionedUser)
		return user.Spec.UserName + user.Spec.Title
	}
	handler := toolscache.ResourceEventHandlerDetailedFuncs{
		AddFunc:    func(o any, _ bool) { events <- "+" + title(o) },
		UpdateFunc: func(a, b any) { events <- title(a) + ">" + title(b) },
		DeleteFunc: func(o any) {
			if unknown, ok := o.(toolscache.DeletedFinalStateUnknown); ok {
				o = unknown.Obj
			}
			events <- "-" + title(o)
		},
	}
	w := worldOf(t, &v1alpha1.ProvisionedUser{}, handler)
	w.Add(userNumber(1))
	Eventually(events).Should(Receive(Equal("+user-000001@example.com")))
	promoted := userNumber(1)
	promoted.Spec.Title = " Dr."
	w.Modify(promoted)
	Eventually(events).Should(Receive(Equal("user-000001@example.com>user-000001@example.com Dr.")))
	w.Delete(promoted)
	Eventually(events).Should(Receive(Equal("-user-000001@example.com Dr.")))
}

// BenchmarkCachedUser tells what a user in sync takes in the cache, in bytes,
// with client-go's informer and with ours.
func BenchmarkCachedUser(b *testing.B) {
	const users = 20_000
	for _, way := range []struct {
		name     string
		informer func(*source.FakeControllerSource) toolscache.SharedIndexInformer
	}{
		{"plain", func(s *source.FakeControllerSource) toolscache.SharedIndexInformer {
			return toolscache.NewSharedIndexInformer(s, &v1alpha1.ProvisionedUser{}, 0, byNamespace())
		}},
		{"compact", func(s *source.FakeControllerSource) toolscache.SharedIndexInformer {
			return (&compact.Cache{}).NewInformer(s, &v1alpha1.ProvisionedUser{}, 0, byNamespace())
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			RegisterTestingT(b)
			var taken float64
			for b.Loop() {
				objects := source.NewFakeControllerSource()
				for n := range users {
					objects.Add(userNumber(n))
				}
				before := heap()
				informer := way.informer(objects)
				Expect(informer.SetTransform(func(o any) (any, error) { return o, nil })).To(Succeed())
				Expect(informer.AddIndexers(indexers(&v1alpha1.ProvisionedUser{}))).To(Succeed())
				ctx, stop := context.WithCancel(b.Context())
				go informer.RunWithContext(ctx)
				Eventually(informer.HasSynced).WithTimeout(time.Minute).Should(BeTrue())
				taken = float64(heap()) - float64(before)
				stop()
				runtime.KeepAlive(informer)
				runtime.KeepAlive(objects)
			}
			b.ReportMetric(taken/users, "B/user")
		})
	}
}

// heap is how much memory is in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// BenchmarkRead tells what it costs to read a user that nobody has read lately.
func BenchmarkRead(b *testing.B) {
	const users = 10_000
	RegisterTestingT(b)
	objects := source.NewFakeControllerSource()
	for n := range users {
		objects.Add(userNumber(n))
	}
	informer := (&compact.Cache{}).NewInformer(objects, &v1alpha1.ProvisionedUser{}, 0, byNamespace())
	Expect(informer.SetTransform(nil)).To(Succeed())
	go informer.RunWithContext(b.Context())
	Eventually(informer.HasSynced).WithTimeout(time.Minute).Should(BeTrue())
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		_, _, _ = informer.GetIndexer().GetByKey("people/" + fmt.Sprintf("user-%06d-example-com-0123456789abcdef", n*7919%users))
		n++
	}
}
