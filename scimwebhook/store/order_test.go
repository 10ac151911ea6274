package store

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func aged(name string, second int) *v1alpha1.ProvisionedUser {
	return &v1alpha1.ProvisionedUser{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "ns", Name: name,
			CreationTimestamp: metav1.NewTime(epoch.Add(time.Duration(second) * time.Second)),
		},
		Spec: v1alpha1.ProvisionedUserSpec{SyncConfigName: "okta"},
	}
}

func userOrder() *order {
	return &order{syncConfig: func(o client.Object) string { return o.(*v1alpha1.ProvisionedUser).Spec.SyncConfigName }}
}

func TestOrder(t *testing.T) {
	scope := Scope{Namespace: "ns", SyncConfig: "okta"}
	deleting := aged("b", 2)
	deleting.DeletionTimestamp = new(metav1.NewTime(epoch))
	moved := aged("x", 0)
	moved.Spec.SyncConfigName = "entra"

	for name, tt := range map[string]struct {
		events        func(*order)
		offset, limit int
		want          []string
		total         int
	}{
		"nothing":                  {func(*order) {}, 0, 10, nil, 0},
		"oldest first, then names": {func(o *order) { o.OnAdd(aged("a", 3), true); o.OnAdd(aged("c", 1), true); o.OnAdd(aged("b", 1), true) }, 0, 10, []string{"b", "c", "a"}, 3},
		"an update changes nothing": {func(o *order) { o.OnAdd(aged("a", 1), true); o.OnUpdate(aged("a", 1), aged("a", 1)) },
			0, 10, []string{"a"}, 1},
		"one on its way out is gone": {func(o *order) {
			o.OnAdd(aged("a", 1), true)
			o.OnAdd(aged("b", 2), true)
			o.OnUpdate(aged("b", 2), deleting)
		},
			0, 10, []string{"a"}, 1},
		"one on its way out at the start never shows": {func(o *order) { o.OnAdd(deleting, true); o.OnDelete(deleting) }, 0, 10, nil, 0},
		"a deletion that was missed": {func(o *order) {
			o.OnAdd(aged("a", 1), true)
			o.OnDelete(toolscache.DeletedFinalStateUnknown{Key: "ns/a", Obj: aged("a", 1)})
		}, 0, 10, nil, 0},
		"other SyncConfigs are not seen": {func(o *order) { o.OnAdd(moved, true); o.OnAdd(aged("a", 1), true) }, 0, 10, []string{"a"}, 1},
		"a page in the middle":           {func(o *order) { addAll(o, 10) }, 4, 3, []string{"u4", "u5", "u6"}, 10},
		"the last page":                  {func(o *order) { addAll(o, 10) }, 8, 5, []string{"u8", "u9"}, 10},
		"beyond the end":                 {func(o *order) { addAll(o, 10) }, 50, 5, nil, 10},
		"only the total":                 {func(o *order) { addAll(o, 10) }, 0, 0, nil, 10},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			o := userOrder()
			tt.events(o)
			page, total := o.page(scope, tt.offset, tt.limit)
			g.Expect(namesOf(page)).To(HaveExactElements(tt.want))
			g.Expect(total).To(Equal(tt.total))
		})
	}
}

func addAll(o *order, n int) {
	for i := range n {
		o.OnAdd(aged(fmt.Sprintf("u%d", i), i), true)
	}
}

func namesOf(positions []Position) []string {
	var names []string
	for _, p := range positions {
		names = append(names, p.Name)
	}
	return names
}

func TestOrderAfter(t *testing.T) {
	scope := Scope{Namespace: "ns", SyncConfig: "okta"}
	at := func(name string, second int) Position { return PositionOf(aged(name, second)) }
	for name, tt := range map[string]struct {
		from  Position
		limit int
		want  []string
	}{
		"from the start":             {Position{}, 3, []string{"u0", "u1", "u2"}},
		"behind one":                 {at("u1", 1), 2, []string{"u2", "u3"}},
		"behind one that is gone":    {at("u4", 4), 2, []string{"u5", "u6"}},
		"behind one of the same age": {at("u1a", 1), 1, []string{"u2"}},
		"behind the last":            {at("u9", 9), 2, nil},
		"fewer than there may be":    {at("u8", 8), 5, []string{"u9"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			o := userOrder()
			addAll(o, 10)
			o.OnDelete(aged("u4", 4))
			g.Expect(namesOf(o.after(scope, tt.from, tt.limit))).To(HaveExactElements(tt.want))
		})
	}
}

func TestOrderForgetsEmptyScopes(t *testing.T) {
	g := NewWithT(t)
	o := userOrder()
	addAll(o, 3)
	for i := range 3 {
		o.OnDelete(aged(fmt.Sprintf("u%d", i), i))
	}
	g.Expect(o.entries).To(BeEmpty())
}

// BenchmarkOrderFill tells what it takes to learn of users one by one, in no
// order of age, as the first list of a replica gives them.
func BenchmarkOrderFill(b *testing.B) {
	for _, users := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(users), func(b *testing.B) {
			all := make([]*v1alpha1.ProvisionedUser, users)
			for n := range all {
				all[n] = aged(fmt.Sprintf("user-%06d", n), n*7919%users)
			}
			for b.Loop() {
				o := userOrder()
				for _, user := range all {
					o.OnAdd(user, true)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*users), "ns/user")
		})
	}
}
