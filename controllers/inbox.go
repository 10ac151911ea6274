package controllers

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// inbox is a controller's source of requests that come from inside the
// process: a gate that opened, a name that became free. What arrives before
// the controller starts is kept.
type inbox struct {
	mu    sync.Mutex
	queue requestQueue
	early []lot
}

// lot are objects that go into a queue together.
type lot struct {
	names    []types.NamespacedName
	priority int
}

// Start hands over the controller's queue, as source.Source asks for.
func (i *inbox) Start(_ context.Context, queue requestQueue) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.queue = queue
	for _, early := range i.early {
		early.lineUp(queue)
	}
	i.early = nil
	return nil
}

// add has objects reconciled that may be many at once, behind those that
// changed one by one: whoever joins or leaves while everybody is looked at need
// not wait for that.
func (i *inbox) add(names ...types.NamespacedName) {
	i.put(lot{names, handler.LowPriority})
}

// prefer has objects reconciled as if each had changed by itself.
func (i *inbox) prefer(names ...types.NamespacedName) {
	i.put(lot{names, 0})
}

func (i *inbox) put(l lot) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.queue == nil {
		i.early = append(i.early, l)
		return
	}
	l.lineUp(i.queue)
}

// isFresh reports whether an object that is being worked on has changed by
// itself.
func (i *inbox) isFresh(object types.NamespacedName) bool {
	i.mu.Lock()
	ranked, ok := i.queue.(*rankedQueue)
	i.mu.Unlock()
	return ok && ranked.isFresh(object)
}

// lineUp enqueues the objects.
func (l lot) lineUp(queue requestQueue) {
	requests := make([]reconcile.Request, 0, len(l.names))
	for _, name := range l.names {
		requests = append(requests, reconcile.Request{NamespacedName: name})
	}
	if ranked, ok := queue.(priorityqueue.PriorityQueue[reconcile.Request]); ok {
		ranked.AddWithOpts(priorityqueue.AddOpts{Priority: &l.priority}, requests...)
		return
	}
	for _, request := range requests {
		queue.Add(request)
	}
}

// waitingRoom holds the objects that wait for a directory of their SyncConfig.
type waitingRoom struct {
	inbox *inbox

	mu sync.Mutex
	// waiting says of each whether it is let in ahead of everybody.
	waiting map[types.NamespacedName]map[waiter]bool
}

// waiter is an object that waits for one of its directories.
type waiter struct {
	object    types.NamespacedName
	directory string
}

func newWaitingRoom() *waitingRoom {
	return &waitingRoom{inbox: &inbox{}, waiting: map[types.NamespacedName]map[waiter]bool{}}
}

// enter makes an object wait for a directory of its SyncConfig. Enter first
// and look at the gate afterwards, so that an opening in between is not missed.
// Whoever has changed by itself stays ahead of everybody.
func (w *waitingRoom) enter(config types.NamespacedName, who waiter) {
	fresh := w.inbox.isFresh(who.object)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting[config] == nil {
		w.waiting[config] = map[waiter]bool{}
	}
	w.waiting[config][who] = fresh || w.waiting[config][who]
}

// leave ends an object's waiting for one directory; for others it still waits.
func (w *waitingRoom) leave(config types.NamespacedName, who waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.waiting[config], who)
}

// admit has everything that waits for a SyncConfig reconciled.
func (w *waitingRoom) admit(config types.NamespacedName) {
	w.mu.Lock()
	var fresh []types.NamespacedName
	others := make([]types.NamespacedName, 0, len(w.waiting[config]))
	for who, ahead := range w.waiting[config] {
		if ahead {
			fresh = append(fresh, who.object)
		} else {
			others = append(others, who.object)
		}
	}
	delete(w.waiting, config)
	w.mu.Unlock()
	w.inbox.prefer(fresh...)
	w.inbox.add(others...)
}

// retryBase and retryMax bound the back-off of a failing object. They are
// far above the library's defaults, since every retry is a request to a
// product that people work with.
const (
	retryBase = time.Second
	retryMax  = 10 * time.Minute
)

func rateLimiter() workqueue.TypedRateLimiter[reconcile.Request] {
	return workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](retryBase, retryMax)
}
