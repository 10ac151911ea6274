package cloud

import (
	"context"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

// search gives the resource that has the name, or nil if there is none. It
// believes in "none" only if the answer says so: one that ignored the filter
// is no answer.
func search[T any](
	ctx context.Context, c *Client, op, collection string, query url.Values, nameOf func(T) string, name string,
) (*T, error) {
	var page list[T]
	if err := c.get(ctx, op, collection, query, &page); err != nil {
		return nil, err
	}
	var same *T
	for i := range page.Resources {
		found := &page.Resources[i]
		switch {
		case nameOf(*found) == name:
			return found, nil
		case same == nil && directory.SameName(nameOf(*found), name):
			same = found
		}
	}
	switch {
	case same != nil:
		return same, nil
	case page.TotalResults == nil, *page.TotalResults > 0, len(page.Resources) > 0:
		return nil, malformed(op, "not what the filter asked for")
	}
	return nil, nil
}
