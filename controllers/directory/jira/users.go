package jira

import (
	"context"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
)

// user is Jira's UserBean, as far as it matters here.
type user struct {
	listedUser
	Groups groups `json:"groups"`
}

// listedUser is a UserBean in the listing of all: many are in memory at once.
type listedUser struct {
	member
	EmailAddress string `json:"emailAddress"`
	DisplayName  string `json:"displayName"`
}

func (u listedUser) account() directory.User {
	account := u.member.account()
	account.DisplayName, account.Email = u.DisplayName, u.EmailAddress
	return account
}

// member is a UserBean in the listing of a group, of which nothing else is read.
type member struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Active  *bool  `json:"active"`
	Deleted bool   `json:"deleted"`
}

// complete reports whether the answer has what an account must have. Without
// active in it, everybody would seem to be disabled.
func (m member) complete() bool {
	return m.Key != "" && m.Name != "" && m.Active != nil
}

func (m member) account() directory.User {
	return directory.User{ID: m.Key, Name: m.Name, Active: *m.Active}
}

func (m member) deleted() bool { return m.Deleted }

// userWrite is Jira's UserWriteBean; a nil field is not changed.
type userWrite struct {
	Name         *string `json:"name,omitempty"`
	EmailAddress *string `json:"emailAddress,omitempty"`
	DisplayName  *string `json:"displayName,omitempty"`
	Active       *bool   `json:"active,omitempty"`
}

func byName(name string) url.Values { return url.Values{"username": {name}} }
func byKey(key string) url.Values   { return url.Values{"key": {key}} }

// FindUser implements directory.Users with GET /user?username=.
func (c *Client) FindUser(ctx context.Context, name string) (directory.User, error) {
	return c.account(ctx, directory.OpFindUser, byName(name))
}

// FindUserByID implements directory.Users with GET /user?key=.
func (c *Client) FindUserByID(ctx context.Context, id string) (directory.User, error) {
	return c.account(ctx, directory.OpFindUserByID, byKey(id))
}

// CreateUser implements directory.Users with POST /user. Without a password
// in the request Jira makes up a random one, and it sends no mail unless
// asked to.
func (c *Client) CreateUser(ctx context.Context, wanted directory.NewUser) (directory.User, error) {
	const op = directory.OpCreateUser
	body := userWrite{Name: &wanted.Name, EmailAddress: &wanted.Email, DisplayName: &wanted.DisplayName}
	var created user
	err := c.post(ctx, op, "/user", nil, body, &created)
	switch {
	case isRefused(err):
		account, err := c.holder(ctx, op, wanted.Name, err)
		return account, c.seatless(ctx, op, err, role.isDefault)
	case err != nil:
		return directory.User{}, err
	case created.complete():
		return created.account(), nil
	}
	account, err := c.account(ctx, op, byName(wanted.Name))
	return account, reclassify(err, directory.KindAmbiguous)
}

// holder looks for the account that is the reason of a refusal.
func (c *Client) holder(ctx context.Context, op, name string, refusal error) (directory.User, error) {
	account, err := c.account(ctx, op, byName(name))
	switch {
	case err == nil:
		return account, reclassify(refusal, directory.KindAlreadyExists)
	case directory.IsNotFound(err):
		return directory.User{}, reclassify(refusal, directory.KindInvalid)
	}
	return directory.User{}, err
}

// UpdateUser implements directory.Users with PUT /user?key=, which changes
// only the fields that are sent, and reads the account afterwards.
func (c *Client) UpdateUser(ctx context.Context, id string, change directory.UserChange) (directory.User, error) {
	const op = directory.OpUpdateUser
	if !change.Empty() {
		err := c.put(ctx, op, "/user", byKey(id), userWrite{
			Name: change.Name, EmailAddress: change.Email, DisplayName: change.DisplayName, Active: change.Active,
		})
		if isRefused(err) && change.Name != nil {
			err = c.renameRefused(ctx, id, *change.Name, err)
		}
		if change.Active != nil && *change.Active {
			err = c.seatless(ctx, op, err, role.isAny)
		}
		if err != nil {
			return directory.User{}, err
		}
	}
	return c.account(ctx, op, byKey(id))
}

// renameRefused finds out whether a change was refused because somebody else
// has the new name.
func (c *Client) renameRefused(ctx context.Context, id, name string, refusal error) error {
	holder, err := c.holder(ctx, directory.OpUpdateUser, name, refusal)
	if holder.ID == id {
		return refusal
	}
	return err
}

// DeleteUser implements directory.Users with DELETE /user?key=.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	err := c.delete(ctx, directory.OpDeleteUser, "/user", byKey(id))
	if directory.IsNotFound(err) {
		return nil
	}
	return err
}

func (c *Client) account(ctx context.Context, op string, query url.Values) (directory.User, error) {
	found, err := c.user(ctx, op, query)
	if err != nil {
		return directory.User{}, err
	}
	return found.account(), nil
}

func (c *Client) user(ctx context.Context, op string, query url.Values) (user, error) {
	var found user
	if err := c.get(ctx, op, "/user", query, &found); err != nil {
		return user{}, err
	}
	if found.Deleted {
		return user{}, &directory.Error{Kind: directory.KindNotFound, Op: op, Message: "the user was deleted"}
	}
	if !found.complete() {
		return user{}, malformed(op, "no key, name or active of a user")
	}
	return found, nil
}
