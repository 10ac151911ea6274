package controllers

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// inbox is a controller's source of requests that come from inside the
// process: a gate that opened, a name that became free. What arrives before
// the controller starts is kept.
type inbox struct {
	mu    sync.Mutex
	queue workqueue.TypedRateLimitingInterface[reconcile.Request]
	early []types.NamespacedName
}

// Start hands over the controller's queue, as source.Source asks for.
func (i *inbox) Start(_ context.Context, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.queue = queue
	for _, name := range i.early {
		queue.Add(reconcile.Request{NamespacedName: name})
	}
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
	for _, name := range names {
		i.queue.Add(reconcile.Request{NamespacedName: name})
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
