package confluence

import (
	"context"
	"iter"
	"maps"
	"net/url"
	"strconv"

	"github.com/atlassync/atlassync/controllers/directory"
)

// pageSize is how many entries are asked for at once. Confluence may give fewer.
const pageSize = "200"

// page is a page of any listing.
type page[T any] struct {
	Results []T `json:"results"`
	Links   *struct {
		Next string `json:"next"`
	} `json:"_links"`
}

// entry is what a listing is made of.
type entry interface{ id() string }

// EachUser implements directory.Users with GET /user/list, which Confluence
// has from 8.4 on. It counts its pages from the start of the list: an account
// that is deleted meanwhile can move another one out of sight.
func (c *Client) EachUser(ctx context.Context) iter.Seq2[directory.User, error] {
	const op = directory.OpEachUser
	return func(yield func(directory.User, error) bool) {
		empty := true
		for user, err := range c.accounts(ctx, op, "/user/list") {
			empty = false
			if !yield(user, err) {
				return
			}
		}
		if empty {
			// There is always the account that atlassync signs in with.
			yield(directory.User{}, malformed(op, "no users at all"))
		}
	}
}

// accounts lists the accounts of a resource with their status.
func (c *Client) accounts(ctx context.Context, op, path string) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		for users, err := range pages[user](ctx, c, op, path, url.Values{"expand": {"status"}}) {
			if err != nil {
				yield(directory.User{}, err)
				return
			}
			for _, u := range users {
				switch {
				case u.unknown():
					continue
				case !u.complete():
					yield(directory.User{}, malformed(op, "no userKey or username of a user"))
					return
				case !yield(u.account(), nil):
					return
				}
			}
		}
	}
}

// pages reads page after page as they are consumed. An error is the last
// element.
func pages[T entry](ctx context.Context, c *Client, op, path string, query url.Values) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		query := maps.Clone(query)
		query.Set("limit", pageSize)
		first := ""
		for start, more := 0, true; more; {
			query.Set("start", strconv.Itoa(start))
			var current page[T]
			err := c.get(ctx, op, path, query, &current)
			if err == nil && start > 0 && len(current.Results) > 0 && current.Results[0].id() == first {
				err = malformed(op, "the same page of the list again")
			}
			if err == nil {
				start, more, err = current.next(op, start)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if len(current.Results) > 0 {
				first = current.Results[0].id()
			}
			if !yield(current.Results, nil) {
				return
			}
		}
	}
}

// next tells where the next page begins, and whether there is one. A page
// that has fewer entries than were asked for says nothing: the link does. The
// link's address is not followed, only its offset, so that the credentials go
// nowhere else.
func (p page[T]) next(op string, start int) (next int, more bool, err error) {
	switch {
	case p.Results == nil:
		return 0, false, malformed(op, "no list")
	case p.Links == nil:
		return start + len(p.Results), len(p.Results) > 0, nil
	case p.Links.Next == "":
		return 0, false, nil
	case len(p.Results) == 0:
		return 0, false, malformed(op, "an empty page before the last")
	}
	link, err := url.Parse(p.Links.Next)
	if err == nil {
		next, err = strconv.Atoi(link.Query().Get("start"))
	}
	if err != nil || next <= start {
		return 0, false, malformed(op, "no way to the next page")
	}
	return next, true, nil
}
