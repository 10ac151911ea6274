package cloud

import (
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/atlassync/atlassync/controllers/directory"
)

// pageSize is what user provisioning gives at most, whatever is asked for:
// https://support.atlassian.com/atlassian-cloud/kb/how-to-fetch-all-users-via-user-provisioning-scim-api/
const pageSize = 100

// EachUser implements directory.Users with GET /Users. SCIM pages by position,
// without a cursor, so that an account that disappears meanwhile moves all
// later ones forward and the next page would miss one. Each page therefore
// begins with the last account of the page before: as long as it is there,
// nobody was missed. If it is not, or if there are fewer accounts in the end
// than the directory counted, the listing ends with an error.
func (c *Client) EachUser(ctx context.Context) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		pages := &pager{client: c, start: 1, seen: map[string]bool{}}
		for !pages.done {
			fresh, err := pages.next(ctx)
			if err != nil {
				yield(directory.User{}, err)
				return
			}
			for _, u := range fresh {
				if !yield(u.account(), nil) {
					return
				}
			}
		}
	}
}

// pager reads a listing of users page by page.
type pager struct {
	client *Client
	start  int             // position of the next page
	anchor string          // id of the account that must be in it; empty for none
	seen   map[string]bool // ids that were listed
	least  *int            // the smallest number of accounts that was told
	done   bool
}

// next gives the accounts of a page that were not listed before.
func (p *pager) next(ctx context.Context) ([]user, error) {
	const op = directory.OpEachUser
	var page list[user]
	query := url.Values{"startIndex": {strconv.Itoa(p.start)}, "count": {strconv.Itoa(pageSize)}}
	if err := p.client.get(ctx, op, "Users", query, &page); err != nil {
		return nil, err
	}
	if page.TotalResults == nil {
		return nil, malformed(op, "no list of users")
	}
	fresh, err := p.take(page.Resources)
	if err != nil {
		return nil, err
	}
	return fresh, p.advance(*page.TotalResults, page.Resources)
}

// take picks the new accounts out of a page that must hold the anchor.
func (p *pager) take(users []user) ([]user, error) {
	const op = directory.OpEachUser
	anchored := p.anchor == ""
	var fresh []user
	for _, u := range users {
		if !u.complete() {
			return nil, malformed(op, "no id, userName or active of a user")
		}
		anchored = anchored || u.ID == p.anchor
		if !p.seen[u.ID] {
			p.seen[u.ID] = true
			fresh = append(fresh, u)
		}
	}
	if !anchored {
		return nil, moved()
	}
	return fresh, nil
}

// advance decides where the next page begins, or whether this was the last. A
// page that is short proves nothing.
func (p *pager) advance(total int, users []user) error {
	const op = directory.OpEachUser
	if p.least == nil || total < *p.least {
		p.least = &total
	}
	after := p.start + len(users)
	switch {
	case after > total && len(p.seen) < *p.least:
		return malformed(op, "fewer users than it counts")
	case after > total:
		p.done = true
	case len(users) == 0:
		return malformed(op, "an empty page of users before the last")
	case len(users) == 1:
		p.start, p.anchor = after, ""
	default:
		p.start, p.anchor = after-1, users[len(users)-1].ID
	}
	return nil
}
