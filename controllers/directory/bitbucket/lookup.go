package bitbucket

import (
	"context"
	"iter"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

// FindUser implements directory.Users with GET /admin/users?filter=. Bitbucket
// has no request for one account: the filter gives everybody in whose
// username, name or e-mail address it occurs, so the listing is read until
// the username itself comes.
func (c *Client) FindUser(ctx context.Context, name string) (directory.User, error) {
	return c.account(ctx, directory.OpFindUser, name)
}

// FindUserByID implements directory.Users; the id is the username.
func (c *Client) FindUserByID(ctx context.Context, id string) (directory.User, error) {
	return c.account(ctx, directory.OpFindUserByID, id)
}

// EachUser implements directory.Users with GET /admin/users.
func (c *Client) EachUser(ctx context.Context) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		empty := true
		for found, err := range c.users(ctx, directory.OpEachUser, "/admin/users", nil) {
			empty = false
			if !yield(found, err) {
				return
			}
		}
		if empty {
			// There is always the account that atlassync signs in with.
			yield(directory.User{}, malformed(directory.OpEachUser, "no users at all"))
		}
	}
}

// users lists accounts. An error is the last element.
func (c *Client) users(ctx context.Context, op, path string, query url.Values) iter.Seq2[directory.User, error] {
	return func(yield func(directory.User, error) bool) {
		for found, err := range each[user](ctx, c, op, path, query) {
			if err == nil && !found.complete() {
				err = malformed(op, "no name or active of a user")
			}
			if err != nil {
				yield(directory.User{}, err)
				return
			}
			if !yield(found.account(), nil) {
				return
			}
		}
	}
}

func (c *Client) account(ctx context.Context, op, name string) (directory.User, error) {
	found, err := c.user(ctx, op, name)
	if err != nil {
		return directory.User{}, err
	}
	return found.account(), nil
}

// user looks for the account with this very username.
func (c *Client) user(ctx context.Context, op, name string) (user, error) {
	if name == "" { // the filter would let everybody pass
		return user{}, notFound(op, "user", name)
	}
	for found, err := range each[user](ctx, c, op, "/admin/users", url.Values{"filter": {name}}) {
		switch {
		case err != nil:
			return user{}, err
		case !found.complete():
			return user{}, malformed(op, "no name or active of a user")
		case directory.SameName(found.Name, name):
			return found, nil
		}
	}
	return user{}, notFound(op, "user", name)
}
