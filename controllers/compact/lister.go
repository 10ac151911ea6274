package compact

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/pager"
)

const (
	// pageSize is how many objects are asked for at once, and pagesAhead how
	// many pages before they are wanted.
	pageSize, pagesAhead = 1000, 2
)

// lister lists page by page, and packs what a page holds before it takes the
// next. An informer would have all objects streamed as events, each of which is
// encoded and decoded twice.
type lister struct {
	from  toolscache.ListerWatcherWithContext
	index *index
}

// IsWatchListSemanticsUnSupported has reflectors list.
func (*lister) IsWatchListSemanticsUnSupported() bool { return true }

// List implements cache.ListerWatcher.
func (l *lister) List(options metav1.ListOptions) (runtime.Object, error) {
	return l.ListWithContext(context.Background(), options)
}

// Watch implements cache.ListerWatcher.
func (l *lister) Watch(options metav1.ListOptions) (watch.Interface, error) {
	return l.from.WatchWithContext(context.Background(), options)
}

// WatchWithContext implements cache.ListerWatcherWithContext.
func (l *lister) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	return l.from.WatchWithContext(ctx, options)
}

// ListWithContext implements cache.ListerWatcherWithContext. The list is as of
// one time, and an error if that has passed before the last page was read.
func (l *lister) ListWithContext(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	all := &internalversion.List{}
	pages := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		page, err := l.from.ListWithContext(ctx, options)
		if err != nil {
			return nil, err
		}
		about, err := meta.ListAccessor(page)
		if err == nil {
			all.ResourceVersion = about.GetResourceVersion() // the same in all
		}
		return page, err
	})
	pages.PageSize, pages.PageBufferSize = pageSize, pagesAhead
	// Of any version but the newest the API server gives everything at once.
	options.ResourceVersion, options.ResourceVersionMatch, options.Limit = "", "", 0
	err := pages.EachListItemWithAlloc(ctx, options, func(object runtime.Object) error {
		whole, err := l.index.prepare(object)
		if err != nil {
			return err
		}
		packed, err := l.index.pack(whole)
		all.Items = append(all.Items, packed)
		return err
	})
	return all, err
}
