package crowd

import (
	"context"
	"net/http"

	"github.com/atlassync/atlassync/controllers/directory"
)

// UpdateUser implements directory.Users. Crowd's PUT /user replaces an
// account with what is sent, except for its name, so that the account is read
// first and what must stay is sent along; what somebody else changes in
// between is lost. A name is changed with POST /user/rename, first of all: if
// the name is taken, nothing is changed.
//
// https://support.atlassian.com/crowd/kb/how-to-deactivate-activate-a-user-through-api
func (c *Client) UpdateUser(ctx context.Context, id string, change directory.UserChange) (directory.User, error) {
	const op = directory.OpUpdateUser
	found, err := c.userByID(ctx, op, id)
	if err != nil {
		return directory.User{}, err
	}
	wanted := changed(found, change)
	if wanted == found {
		return found.account(), nil
	}
	if wanted.Name != found.Name {
		if err := c.rename(ctx, found, wanted.Name); err != nil {
			return directory.User{}, err
		}
		found.Name = wanted.Name
	}
	if wanted != found {
		if err := c.put(ctx, op, "/user", byName(wanted.Name), wanted.body()); err != nil {
			return directory.User{}, err
		}
	}
	return c.account(ctx, op, wanted.Name)
}

// changed is the account as it is to be. Active points to the same flag
// unless it is to change, so that accounts can be compared.
func changed(u user, change directory.UserChange) user {
	if change.Name != nil {
		u.Name = *change.Name
	}
	if change.DisplayName != nil {
		u.DisplayName = *change.DisplayName
	}
	if change.Email != nil {
		u.Email = *change.Email
	}
	if change.Active != nil && *change.Active != bool(*u.Active) {
		u.Active = new(flag(*change.Active))
	}
	return u
}

// body is what is sent of an account: all but what cannot be written.
func (u user) body() user {
	u.Key, u.Password = "", nil
	return u
}

// rename gives an account another name. A name that is taken is 400, and was
// 500 in old versions (CWD-4819).
func (c *Client) rename(ctx context.Context, u user, name string) error {
	const op = directory.OpUpdateUser
	body := struct {
		NewName string `json:"new-name"`
	}{name}
	refusal := c.post(ctx, op, "/user/rename", byName(u.Name), body)
	if !isRefused(refusal) && !isStatus(refusal, http.StatusInternalServerError) {
		return refusal
	}
	holder, err := c.holder(ctx, op, name, refusal)
	if holder.ID == u.id() {
		return refusal
	}
	return err
}
