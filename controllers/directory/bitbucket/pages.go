package bitbucket

import (
	"context"
	"iter"
	"maps"
	"net/url"
	"strconv"
)

// pageSize is how many entries are asked for at once. Bitbucket may give fewer.
const pageSize = "1000"

// page is Bitbucket's envelope of a part of a list.
type page[T any] struct {
	Values        []T   `json:"values"`
	IsLastPage    *bool `json:"isLastPage"`
	NextPageStart *int  `json:"nextPageStart"`
}

// each yields the entries of page after page. Every reading starts anew. An
// error is the last element.
func each[T any](ctx context.Context, c *Client, op, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for start, last := 0, false; !last; {
			read, err := readPage[T](ctx, c, op, path, query, start)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, entry := range read.Values {
				if !yield(entry, nil) {
					return
				}
			}
			if last = *read.IsLastPage; !last {
				start = *read.NextPageStart
			}
		}
	}
}

// readPage reads the page that begins at start. The next one begins where
// Bitbucket says, not after as many entries as were asked for: it leaves
// entries out of a page.
func readPage[T any](ctx context.Context, c *Client, op, path string, query url.Values, start int) (page[T], error) {
	paged := url.Values{"limit": {pageSize}, "start": {strconv.Itoa(start)}}
	maps.Copy(paged, query)
	var read page[T]
	if err := c.get(ctx, op, path, paged, &read); err != nil {
		return page[T]{}, err
	}
	if read.Values == nil || read.IsLastPage == nil {
		return page[T]{}, malformed(op, "no page of a list")
	}
	if !*read.IsLastPage && (read.NextPageStart == nil || *read.NextPageStart <= start) {
		return page[T]{}, malformed(op, "no way to the next page of a list")
	}
	return read, nil
}
