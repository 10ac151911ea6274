package jira

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// pageSize is how many accounts are asked for at once. Jira may give fewer.
const pageSize = "1000"

// bean is a user in a listing.
type bean interface {
	complete() bool
	deleted() bool
	account() directory.User
}

// pager reads the next page of a listing and says whether it is the last.
type pager[B bean] func() (users []B, last bool, err error)

// EachUser implements directory.Users with GET /user/list, which repeats and
// forgets nobody while accounts come and go, and with GET /user/search in
// versions that do not have it.
func (c *Client) EachUser(ctx context.Context) iter.Seq2[directory.User, error] {
	return each(directory.OpEachUser, func() pager[listedUser] { return c.allUsers(ctx) })
}

// EachMember implements directory.Members with GET /group/member. Members of
// subgroups are listed as well; Jira does not tell them apart.
func (c *Client) EachMember(ctx context.Context, group directory.Group) iter.Seq2[directory.User, error] {
	return each(directory.OpEachMember, func() pager[member] { return c.memberList(ctx, group.Name) })
}

// each yields the accounts of page after page. Every reading starts anew.
func each[B bean](op string, start func() pager[B]) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		next := start()
		for last := false; !last; {
			var users []B
			var err error
			if users, last, err = next(); err != nil {
				yield(directory.User{}, err)
				return
			}
			for _, u := range users {
				if !u.complete() {
					yield(directory.User{}, malformed(op, "no key, name or active of a user"))
					return
				}
				if !u.deleted() && !yield(u.account(), nil) {
					return
				}
			}
		}
	}
}

// allUsers decides on the first page how users are listed.
func (c *Client) allUsers(ctx context.Context) pager[listedUser] {
	next, first := c.userList(ctx), true
	return func() ([]listedUser, bool, error) {
		users, last, err := next()
		if !first {
			return users, last, err
		}
		first = false
		if isAbsentResource(err) {
			next = c.userSearch(ctx)
			users, last, err = next()
		}
		if err == nil && len(users) == 0 {
			// There is always the account that atlassync signs in with.
			err = malformed(directory.OpEachUser, "no users at all")
		}
		return users, last, err
	}
}

func (c *Client) userList(ctx context.Context) pager[listedUser] {
	query := url.Values{"maxResults": {pageSize}}
	return func() ([]listedUser, bool, error) {
		const op = directory.OpEachUser
		var page struct {
			Values     []listedUser    `json:"values"`
			IsLast     *bool           `json:"isLast"`
			NextCursor json.RawMessage `json:"nextCursor"`
		}
		if err := c.get(ctx, op, "/user/list", query, &page); err != nil {
			return nil, false, err
		}
		if page.Values == nil || page.IsLast == nil {
			return nil, false, malformed(op, "no list of users")
		}
		cursor := strings.Trim(string(page.NextCursor), `"`)
		if !*page.IsLast && (cursor == "" || cursor == "null" || cursor == query.Get("cursor")) {
			return nil, false, malformed(op, "no way to the next page of users")
		}
		query.Set("cursor", cursor)
		return page.Values, *page.IsLast, nil
	}
}

// userSearch lists everybody with the pattern ".". The end is an empty page,
// because a short one may be due to a lower limit in Jira.
func (c *Client) userSearch(ctx context.Context) pager[listedUser] {
	seen := 0
	first := ""
	return func() ([]listedUser, bool, error) {
		query := url.Values{"username": {"."}, "includeInactive": {"true"},
			"startAt": {strconv.Itoa(seen)}, "maxResults": {pageSize}}
		var users []listedUser
		if err := c.get(ctx, directory.OpEachUser, "/user/search", query, &users); err != nil {
			return nil, false, err
		}
		if users == nil {
			return nil, false, malformed(directory.OpEachUser, "no list of users")
		}
		if len(users) == 0 {
			return nil, true, nil
		}
		if users[0].Key == first {
			return nil, false, malformed(directory.OpEachUser, "the same page of users again")
		}
		first = users[0].Key
		seen += len(users)
		return users, false, nil
	}
}

type memberPage struct {
	Values []member `json:"values"`
	IsLast *bool    `json:"isLast"`
}

// memberList counts on from the members that did come: Jira gives fewer than
// are asked for.
func (c *Client) memberList(ctx context.Context, group string) pager[member] {
	seen := 0
	query := byGroup(group)
	maps.Copy(query, url.Values{"includeInactiveUsers": {"true"}, "maxResults": {pageSize}})
	return func() ([]member, bool, error) {
		const op = directory.OpEachMember
		query.Set("startAt", strconv.Itoa(seen))
		var page memberPage
		if err := c.get(ctx, op, "/group/member", query, &page); err != nil {
			return nil, false, err
		}
		if page.Values == nil || page.IsLast == nil {
			return nil, false, malformed(op, "no list of members")
		}
		if len(page.Values) == 0 && !*page.IsLast {
			return nil, false, malformed(op, "an empty page of members before the last")
		}
		seen += len(page.Values)
		return page.Values, *page.IsLast, nil
	}
}

// isAbsentResource reports whether Jira does not have a resource at all.
func isAbsentResource(err error) bool {
	failure, ok := errors.AsType[*directory.Error](err)
	return ok && (failure.Status == http.StatusNotFound || failure.Status == http.StatusMethodNotAllowed)
}
