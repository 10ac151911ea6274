package controllers

import (
	"fmt"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

func TestNewcomersNeedNotWaitForEverybody(t *testing.T) {
	g := NewWithT(t)
	everybody := make([]types.NamespacedName, 1000)
	for n := range everybody {
		everybody[n].Name = fmt.Sprint(n)
	}
	queue := priorityqueue.New[reconcile.Request]("test")
	defer queue.ShutDown()
	inbox := &inbox{}
	inbox.add(everybody[:10]...) // before the controller starts
	g.Expect(inbox.Start(t.Context(), queue)).To(Succeed())
	inbox.add(everybody[10:]...)
	newcomer := reconcile.Request{NamespacedName: types.NamespacedName{Name: "newcomer"}}
	changed := reconcile.Request{NamespacedName: everybody[700]}
	queue.Add(newcomer)
	queue.Add(changed)

	g.Eventually(queue.Len).Should(Equal(len(everybody) + 1))
	first, _ := queue.Get()
	second, _ := queue.Get()
	g.Expect([]reconcile.Request{first, second}).To(ConsistOf(newcomer, changed), "who changed goes first, also when enqueued already")
	third, _ := queue.Get()
	g.Expect(third.NamespacedName).To(Equal(everybody[0]), "the others keep their order")
}
