package compact

import (
	"time"

	toolscache "k8s.io/client-go/tools/cache"
)

// informer is an informer that keeps records, and shows whole objects.
type informer struct {
	toolscache.SharedIndexInformer

	index *index
}

// GetStore implements SharedInformer.
func (i *informer) GetStore() toolscache.Store { return i.index }

// GetIndexer implements SharedIndexInformer.
func (i *informer) GetIndexer() toolscache.Indexer { return i.index }

// AddIndexers implements SharedIndexInformer. They must be added before the
// first object comes.
func (i *informer) AddIndexers(indexers toolscache.Indexers) error {
	return i.index.AddIndexers(indexers)
}

// SetTransform implements SharedInformer: what it gives is made a record.
func (i *informer) SetTransform(transform toolscache.TransformFunc) error {
	i.index.transform = transform
	return i.SharedIndexInformer.SetTransform(func(object any) (any, error) { return i.index.keep(object) })
}

// AddEventHandler implements SharedInformer.
func (i *informer) AddEventHandler(handler toolscache.ResourceEventHandler) (toolscache.ResourceEventHandlerRegistration, error) {
	return i.AddEventHandlerWithOptions(handler, toolscache.HandlerOptions{})
}

// AddEventHandlerWithResyncPeriod implements SharedInformer.
func (i *informer) AddEventHandlerWithResyncPeriod(handler toolscache.ResourceEventHandler, resync time.Duration) (toolscache.ResourceEventHandlerRegistration, error) {
	return i.AddEventHandlerWithOptions(handler, toolscache.HandlerOptions{ResyncPeriod: &resync})
}

// AddEventHandlerWithOptions implements SharedInformer.
func (i *informer) AddEventHandlerWithOptions(handler toolscache.ResourceEventHandler, options toolscache.HandlerOptions) (toolscache.ResourceEventHandlerRegistration, error) {
	return i.SharedIndexInformer.AddEventHandlerWithOptions(handlerOfWhole{handler, i.index}, options)
}

// handlerOfWhole is a handler that gets whole objects.
type handlerOfWhole struct {
	toolscache.ResourceEventHandler

	index *index
}

// OnAdd implements ResourceEventHandler.
func (h handlerOfWhole) OnAdd(object any, isInInitialList bool) {
	h.ResourceEventHandler.OnAdd(h.index.whole(object), isInInitialList)
}

// OnUpdate implements ResourceEventHandler.
func (h handlerOfWhole) OnUpdate(before, after any) {
	h.ResourceEventHandler.OnUpdate(h.index.whole(before), h.index.whole(after))
}

// OnDelete implements ResourceEventHandler.
func (h handlerOfWhole) OnDelete(object any) {
	if unknown, ok := object.(toolscache.DeletedFinalStateUnknown); ok {
		unknown.Obj = h.index.whole(unknown.Obj)
		h.ResourceEventHandler.OnDelete(unknown)
		return
	}
	h.ResourceEventHandler.OnDelete(h.index.whole(object))
}
