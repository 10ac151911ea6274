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

type requestQueue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// inbox is a controller's source of requests that come from inside the
// process: a gate that opened, a name that became free. What arrives before
// the controller starts is kept.
type inbox struct {
	mu    sync.Mutex
	queue requestQueue
	early []types.NamespacedName
}

// Start hands over the controller's queue, as source.Source asks for.
func (i *inbox) Start(_ context.Context, queue requestQueue) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.queue = queue
	lineUp(queue, i.early)
	i.early = nil
	return nil
}

// add has the named objects reconciled.
func (i *inbox) add(names ...types.NamespacedName) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.queue == nil {
		i.early = append(i.early, names...)
		return
	}
	lineUp(i.queue, names)
}

// lineUp enqueues objects that may be many at once, behind those that changed
// one by one: whoever joins or leaves while everybody is looked at need not
// wait for that.
func lineUp(queue requestQueue, names []types.NamespacedName) {
	requests := make([]reconcile.Request, 0, len(names))
	for _, name := range names {
		requests = append(requests, reconcile.Request{NamespacedName: name})
	}
	if ranked, ok := queue.(priorityqueue.PriorityQueue[reconcile.Request]); ok {
		ranked.AddWithOpts(priorityqueue.AddOpts{Priority: new(handler.LowPriority)}, requests...)
		return
	}
	for _, request := range requests {
		queue.Add(request)
	}
}

// waitingRoom holds the objects that wait for a directory of their SyncConfig.
type waitingRoom struct {
	inbox *inbox

	mu      sync.Mutex
	waiting map[types.NamespacedName]map[waiter]struct{}
}

// waiter is an object that waits for one of its directories.
type waiter struct {
	object    types.NamespacedName
	directory string
}

func newWaitingRoom() *waitingRoom {
	return &waitingRoom{inbox: &inbox{}, waiting: map[types.NamespacedName]map[waiter]struct{}{}}
}

// enter makes an object wait for a directory of its SyncConfig. Enter first
// and look at the gate afterwards, so that an opening in between is not missed.
func (w *waitingRoom) enter(config types.NamespacedName, who waiter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting[config] == nil {
		w.waiting[config] = map[waiter]struct{}{}
	}
	w.waiting[config][who] = struct{}{}
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
	names := make([]types.NamespacedName, 0, len(w.waiting[config]))
	for who := range w.waiting[config] {
		names = append(names, who.object)
	}
	delete(w.waiting, config)
	w.mu.Unlock()
	w.inbox.add(names...)
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
