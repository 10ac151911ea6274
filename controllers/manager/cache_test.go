package manager

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// storedUser is the n-th user in sync as the API server sends it.
const storedUser = `{"apiVersion":"atlassync.dev/v1alpha1","kind":"ProvisionedUser","metadata":{
"creationTimestamp":"2026-11-23T20:35:10Z","finalizers":["atlassync.dev/provisioning"],"generation":1,
"labels":{"atlassync.dev/id":"00000000-0000-4000-8000-%012[1]d","atlassync.dev/managed-by":"scim","atlassync.dev/sync-config":"okta"},
"name":"user-%06[1]d-example-com-0123456789abcdef","namespace":"people","resourceVersion":"%[1]d","uid":"8c86c1a0-9a1c-4e43-b7b2-%012[1]d"},
"spec":{"active":true,"emails":[{"primary":true,"type":"work","value":"user-%06[1]d@example.com"}],"externalId":"00u%017[1]d",
"id":"00000000-0000-4000-8000-%012[1]d","locale":"en-US","name":{"familyName":"User %[1]d","givenName":"Test"},
"syncConfigName":"okta","userName":"user-%06[1]d@example.com"},
"status":{"conditions":[{"lastTransitionTime":"2026-11-23T20:36:10Z","message":"","observedGeneration":1,"reason":"Provisioned","status":"True","type":"Ready"}],
"directories":[{"id":"JIRAUSER1%06[1]d","lastTransitionTime":"2026-11-23T20:36:10Z","managed":true,"name":"jira","reason":"Provisioned",
"settled":"0123456789abcdef","state":"Active","target":"abcdef0123456789","username":"user-%06[1]d@example.com"}],"observedGeneration":1}}`

// userNumber is the n-th user as the cache gets it.
func userNumber(n int) *v1alpha1.ProvisionedUser {
	user := &v1alpha1.ProvisionedUser{}
	if err := json.Unmarshal(fmt.Appendf(nil, storedUser, n), user); err != nil {
		panic(err)
	}
	return user
}

// userIndexers are the indexes of users as controller-runtime makes them.
func userIndexers() toolscache.Indexers {
	indexers := toolscache.Indexers{}
	for _, index := range v1alpha1.Indexes() {
		if _, ok := index.Kind.(*v1alpha1.ProvisionedUser); !ok {
			continue
		}
		indexers["field:"+index.Name] = func(object any) (values []string, err error) {
			for _, key := range index.Keys(object.(v1alpha1.Object)) {
				values = append(values, object.(metav1.Object).GetNamespace()+"/"+key, everyNamespace+key)
			}
			return values, nil
		}
	}
	return indexers
}

// BenchmarkCachedUser tells what a user in sync takes in the cache, in bytes,
// with and without what this package does about it.
func BenchmarkCachedUser(b *testing.B) {
	const users = 50_000
	for _, way := range []struct {
		name      string
		transform toolscache.TransformFunc
		informer  func(toolscache.Indexers) toolscache.SharedIndexInformer
	}{
		{"plain", func(o any) (any, error) { return o, nil }, func(i toolscache.Indexers) toolscache.SharedIndexInformer {
			informer := toolscache.NewSharedIndexInformer(nil, &v1alpha1.ProvisionedUser{}, 0, toolscache.Indexers{toolscache.NamespaceIndex: toolscache.MetaNamespaceIndexFunc})
			_ = informer.AddIndexers(i)
			return informer
		}},
		{"slim", slim, func(i toolscache.Indexers) toolscache.SharedIndexInformer {
			informer := newInformer(nil, &v1alpha1.ProvisionedUser{}, 0, toolscache.Indexers{toolscache.NamespaceIndex: toolscache.MetaNamespaceIndexFunc})
			_ = informer.AddIndexers(i)
			return informer
		}},
	} {
		b.Run(way.name, func(b *testing.B) {
			var taken uint64
			for b.Loop() {
				informer := way.informer(userIndexers())
				before := heap()
				for n := range users {
					user, err := way.transform(userNumber(n))
					if err != nil {
						b.Fatal(err)
					}
					if err := informer.GetIndexer().Add(user); err != nil {
						b.Fatal(err)
					}
				}
				taken = heap() - before
				runtime.KeepAlive(informer)
			}
			b.ReportMetric(float64(taken)/users, "B/user")
		})
	}
}

// heap is how much memory is in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what unique strings no longer need goes by the second one
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func TestIndexesInBuckets(t *testing.T) {
	const users = 3 * indexBuckets / 2 // so that buckets are shared
	indexer := indexed(t, users)
	byID := func(id string) []any {
		found, err := indexer.ByIndex("field:"+v1alpha1.IndexID, "people/"+v1alpha1.IndexKey("okta", id))
		Expect(err).NotTo(HaveOccurred())
		return found
	}
	for _, n := range []int{0, 1, 777, users - 1} {
		Expect(byID(userNumber(n).Spec.ID)).To(ConsistOf(HaveField("Spec.UserName", userNumber(n).Spec.UserName)))
	}
	Expect(byID("00000000-0000-4000-8000-999999999999")).To(BeEmpty(), "whoever else is in its bucket")

	renamed := userNumber(777)
	renamed.Spec.ID = "another"
	Expect(indexer.Update(renamed)).To(Succeed())
	Expect(byID(userNumber(777).Spec.ID)).To(BeEmpty())
	Expect(byID("another")).To(HaveLen(1))
	Expect(indexer.Delete(renamed)).To(Succeed())
	Expect(byID("another")).To(BeEmpty())

	all, err := indexer.ByIndex(indexOfAll, "people/okta")
	Expect(err).NotTo(HaveOccurred())
	Expect(all).To(HaveLen(users - 1))
	Expect(indexer.ByIndex(toolscache.NamespaceIndex, "people")).To(HaveLen(users - 1))
	Expect(indexer.ByIndex(toolscache.NamespaceIndex, "elsewhere")).To(BeEmpty())
}

func TestIndexesServeOneNamespace(t *testing.T) {
	indexer := indexed(t, 1)
	for _, index := range []string{indexOfAll, "field:" + v1alpha1.IndexID} {
		_, err := indexer.ByIndex(index, everyNamespace+"okta")
		Expect(err).To(MatchError(ContainSubstring("name it")), "nothing would look as if there were none")
	}
	_, err := indexer.ByIndex("field:unknown", "people/okta")
	Expect(err).To(HaveOccurred())
}

// Look-ups by two fields use the functions themselves.
func TestIndexesShowTheFunctionsThatWereAskedFor(t *testing.T) {
	indexer := indexed(t, 1)
	values, err := indexer.GetIndexers()["field:"+v1alpha1.IndexName](userNumber(5))
	Expect(err).NotTo(HaveOccurred())
	Expect(values).To(ContainElement("people/okta/user-000005@example.com"))
}

// indexed is an indexer with users in it.
func indexed(t *testing.T, users int) toolscache.Indexer {
	RegisterTestingT(t)
	informer := newInformer(nil, &v1alpha1.ProvisionedUser{}, 0, toolscache.Indexers{toolscache.NamespaceIndex: toolscache.MetaNamespaceIndexFunc})
	Expect(informer.AddIndexers(userIndexers())).To(Succeed())
	for n := range users {
		Expect(informer.GetIndexer().Add(userNumber(n))).To(Succeed())
	}
	return informer.GetIndexer()
}

func TestSlimObjectsAreTheSame(t *testing.T) {
	RegisterTestingT(t)
	group := &v1alpha1.ProvisionedGroup{ObjectMeta: metav1.ObjectMeta{Name: "a", Labels: map[string]string{"x": "y"}, Annotations: map[string]string{"k": "v"}, Finalizers: []string{"f"}}}
	page := &v1alpha1.MembershipSlice{ObjectMeta: metav1.ObjectMeta{Name: "a", Annotations: map[string]string{"k": "v"}}}
	other := userNumber(2)
	other.Spec.Emails[0].Value, other.Status.Directories[0].Username = "else@example.com", "else"
	other.Status.Directories[0].WrittenEmail, other.Labels[v1alpha1.LabelID] = "e@example.com", "else"
	for _, object := range []client.Object{userNumber(1), other, group, page} {
		before := object.DeepCopyObject()
		object.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: "somebody"}})
		Expect(slim(object)).To(Equal(before))
	}
}

// Who is written by hand has neither labels nor an id.
func TestSlimTakesAUserThatHasNothing(t *testing.T) {
	g := NewWithT(t)
	user, err := slim(&v1alpha1.ProvisionedUser{Spec: v1alpha1.ProvisionedUserSpec{SyncConfigName: "okta", UserName: "robot"}})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(user).To(HaveField("Spec.UserName", "robot"))
}
