package controllers

import (
	"context"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// notedQueue keeps what is put into it.
type notedQueue struct {
	requestQueue

	noted []string
}

func (q *notedQueue) Add(request reconcile.Request) { q.noted = append(q.noted, request.Name) }

func (q *notedQueue) AddAfter(request reconcile.Request, _ time.Duration) { q.Add(request) }

// A hundred thousand users that are there at the start would have their groups
// looked for, all of which are looked at anyway.
func TestWhatIsThereAtTheStartConcernsNothingElse(t *testing.T) {
	g, ctx, queue, asked := NewWithT(t), context.Background(), &notedQueue{}, 0
	groups := gathered(func(context.Context, client.Object) []types.NamespacedName {
		asked++
		return []types.NamespacedName{{Name: "team"}}
	})
	ada := &v1alpha1.ProvisionedUser{ObjectMeta: metav1.ObjectMeta{Name: "ada", ResourceVersion: "1"}}
	groups.Create(ctx, event.CreateEvent{Object: ada, IsInInitialList: true}, queue)
	g.Expect(asked).To(BeZero())
	g.Expect(queue.noted).To(BeEmpty())

	groups.Create(ctx, event.CreateEvent{Object: ada}, queue)
	g.Expect(queue.noted).To(ConsistOf("team"))
	changed := ada.DeepCopy()
	changed.ResourceVersion = "2"
	groups.Update(ctx, event.UpdateEvent{ObjectOld: ada, ObjectNew: changed}, queue)
	g.Expect(queue.noted).To(ConsistOf("team", "team"))
	groups.Delete(ctx, event.DeleteEvent{Object: changed}, queue)
	g.Expect(queue.noted).To(ConsistOf("team", "team", "team"))
}

func TestTheUsersOfASyncConfigAreListedWhenItComes(t *testing.T) {
	g, ctx, queue := NewWithT(t), context.Background(), &notedQueue{}
	users := objectsOf(func(context.Context, *v1alpha1.SyncConfig) ([]types.NamespacedName, error) {
		return []types.NamespacedName{{Name: "ada"}}, nil
	})
	config := &v1alpha1.SyncConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "people", Name: "okta"}}
	users.Create(ctx, event.CreateEvent{Object: config, IsInInitialList: true}, queue)
	g.Expect(queue.noted).To(BeEmpty())
	users.Create(ctx, event.CreateEvent{Object: config}, queue)
	g.Expect(queue.noted).To(ConsistOf("ada"))
}
