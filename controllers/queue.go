package controllers

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/controllers/directory"
)

type requestQueue = workqueue.TypedRateLimitingInterface[reconcile.Request]

// rankedQueue is a controller's queue that tells the priority of what is being
// worked on: who came ahead of everybody else and has to wait for something
// goes on ahead of them, too.
type rankedQueue struct {
	priorityqueue.PriorityQueue[reconcile.Request]

	mu sync.Mutex
	// fresh are those being worked on that are not for the sake of everybody.
	fresh map[types.NamespacedName]struct{}
}

// newRankedQueue is for the options of a controller.
func newRankedQueue(name string, limiter workqueue.TypedRateLimiter[reconcile.Request]) requestQueue {
	return &rankedQueue{
		PriorityQueue: priorityqueue.New(name, func(o *priorityqueue.Opts[reconcile.Request]) { o.RateLimiter = limiter }),
		fresh:         map[types.NamespacedName]struct{}{},
	}
}

// GetWithPriority implements priorityqueue.PriorityQueue.
func (q *rankedQueue) GetWithPriority() (request reconcile.Request, priority int, shutdown bool) {
	request, priority, shutdown = q.PriorityQueue.GetWithPriority()
	if priority > handler.LowPriority {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.fresh[request.NamespacedName] = struct{}{}
	}
	return request, priority, shutdown
}

// Get implements workqueue.TypedInterface.
func (q *rankedQueue) Get() (request reconcile.Request, shutdown bool) {
	request, _, shutdown = q.GetWithPriority()
	return request, shutdown
}

// Done implements workqueue.TypedInterface.
func (q *rankedQueue) Done(request reconcile.Request) {
	q.mu.Lock()
	delete(q.fresh, request.NamespacedName)
	q.mu.Unlock()
	q.PriorityQueue.Done(request)
}

// isFresh reports whether an object is being worked on because something has
// changed about it, and not for the sake of everybody.
func (q *rankedQueue) isFresh(object types.NamespacedName) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	_, fresh := q.fresh[object]
	return fresh
}

// hastener has the requests to directories for whoever has changed by itself
// wait apart from all others.
type hastener struct {
	reconcile.Reconciler

	inbox *inbox
}

// Reconcile implements reconcile.Reconciler.
func (h hastener) Reconcile(ctx context.Context, request reconcile.Request) (reconcile.Result, error) {
	if h.inbox.isFresh(request.NamespacedName) {
		ctx = directory.Urgent(ctx)
	}
	return h.Reconciler.Reconcile(ctx, request)
}
