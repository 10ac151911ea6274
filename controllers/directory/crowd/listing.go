package crowd

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"

	"github.com/atlassync/atlassync/controllers/directory"
)

// pageSize is how many entries are asked for at once. Crowd may give fewer.
const pageSize = "1000"

// mostStale is how many pages in a row may show nothing new.
const mostStale = 3

// entry is what a listing has pages of.
type entry interface{ listed() string }

func (u user) listed() string  { return u.Name }
func (g group) listed() string { return g.Name }

// EachUser implements directory.Users with GET /search and an empty
// restriction, which is everybody.
func (c *Client) EachUser(ctx context.Context) iter.Seq2[directory.User, error] {
	const op = directory.OpEachUser
	query := url.Values{"entity-type": {"user"}, "restriction": {""}, "expand": {"user"}}
	read := func(query url.Values) ([]user, error) { return c.userPage(ctx, op, "/search", query) }
	return each(pages(op, query, read), func(u user) (directory.User, error) {
		if u.Active == nil {
			return directory.User{}, malformed(op, "no active of a user")
		}
		return u.account(), nil
	})
}

// EachMember implements directory.Members with GET /group/user/direct: the
// members of subgroups are not among them.
func (c *Client) EachMember(ctx context.Context, group directory.Group) iter.Seq2[directory.User, error] {
	const op = directory.OpEachMember
	query := byGroup(group.Name)
	query.Set("expand", "user")
	read := func(query url.Values) ([]user, error) { return c.userPage(ctx, op, "/group/user/direct", query) }
	return each(pages(op, query, read), func(u user) (directory.User, error) {
		if u.Active == nil { // a version that does not expand members
			return directory.User{Name: u.Name}, nil
		}
		return u.account(), nil
	})
}

// each yields what becomes of the entries of page after page.
func each[E entry](pages iter.Seq2[[]E, error], show func(E) (directory.User, error)) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		for page, err := range pages {
			if err != nil {
				yield(directory.User{}, err)
				return
			}
			for _, e := range page {
				account, err := show(e)
				if !yield(account, err) || err != nil {
					return
				}
			}
		}
	}
}

// pages reads a listing page by page, each entry once. Only an empty page is
// the end: Jira gives short ones in the middle (CWD-2512). Entries move
// between pages while others come and go, so that some are seen again, and near
// the end perhaps nothing else; page after page of which all were seen comes
// from a server that does not count on.
func pages[E entry](op string, query url.Values, read func(url.Values) ([]E, error)) iter.Seq2[[]E, error] {
	return func(yield func([]E, error) bool) {
		seen := map[string]bool{}
		stale := 0 // pages in a row without anything new
		for start := 0; ; {
			asked := maps.Clone(query)
			asked.Set("start-index", strconv.Itoa(start))
			asked.Set("max-results", pageSize)
			page, err := read(asked)
			if err == nil && len(page) == 0 {
				return
			}
			start += len(page)
			fresh, err := unseen(op, page, seen, err)
			if stale++; len(fresh) > 0 {
				stale = 0
			}
			if err == nil && stale == mostStale {
				err = malformed(op, fmt.Sprintf("the same %d entries again instead of the next page", len(page)))
			}
			if !yield(fresh, err) || err != nil {
				return
			}
		}
	}
}

// unseen gives the entries of a page that no page before had.
func unseen[E entry](op string, page []E, seen map[string]bool, err error) ([]E, error) {
	if err != nil {
		return nil, err
	}
	fresh := make([]E, 0, len(page))
	for _, e := range page {
		name := directory.FoldName(e.listed())
		if name == "" {
			return nil, malformed(op, "an entry without a name")
		}
		if !seen[name] {
			seen[name] = true
			fresh = append(fresh, e)
		}
	}
	return fresh, nil
}

func (c *Client) userPage(ctx context.Context, op, path string, query url.Values) ([]user, error) {
	var page struct {
		Users []user `json:"users"`
	}
	if err := c.get(ctx, op, path, query, &page); err != nil {
		return nil, err
	}
	if page.Users == nil {
		return nil, malformed(op, "no list of users")
	}
	for _, u := range page.Users {
		c.notice(u)
	}
	return page.Users, nil
}

func (c *Client) groupPage(ctx context.Context, op, path string, query url.Values) ([]group, error) {
	var page struct {
		Groups []group `json:"groups"`
	}
	if err := c.get(ctx, op, path, query, &page); err != nil {
		return nil, err
	}
	if page.Groups == nil {
		return nil, malformed(op, "no list of groups")
	}
	return page.Groups, nil
}
