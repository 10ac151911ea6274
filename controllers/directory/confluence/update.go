package confluence

import (
	"context"
	"errors"
	"net/http"

	"github.com/atlassync/atlassync/controllers/directory"
)

// userWrite is Confluence's UserDetailsForUpdate; a nil field stays as it is.
type userWrite struct {
	FullName *string `json:"fullName,omitempty"`
	Email    *string `json:"email,omitempty"`
}

// UpdateUser implements directory.Users with PUT /admin/user/{username} and
// its /enable and /disable, which go by username, and reads the account
// before and after. KindUnsupported for a new name, before anything is
// changed, and for other details in versions that cannot change them.
func (c *Client) UpdateUser(ctx context.Context, id string, change directory.UserChange) (directory.User, error) {
	const op = directory.OpUpdateUser
	account, err := c.keyed(ctx, op, id)
	if err != nil {
		return directory.User{}, err
	}
	if change.Name != nil && !directory.SameName(*change.Name, account.Name) {
		return directory.User{}, &directory.Error{Kind: directory.KindUnsupported, Op: op,
			Message: "Confluence cannot rename users over REST; rename " + account.Name + " to " + *change.Name +
				" in Confluence's administration"}
	}
	change.Name = nil
	if change.Empty() {
		return account, nil
	}
	if err := c.apply(ctx, op, account.Name, change); err != nil {
		return directory.User{}, err
	}
	return c.keyed(ctx, op, id)
}

// apply begins with the status, so that nothing that is wrong with the other
// values keeps somebody from being locked out.
func (c *Client) apply(ctx context.Context, op, username string, change directory.UserChange) error {
	path, err := userPath(op, username)
	if err != nil {
		return err
	}
	if change.Active != nil {
		status := "/disable"
		if *change.Active {
			status = "/enable"
		}
		if err := c.put(ctx, op, path+status, nil); err != nil {
			return err
		}
	}
	if change.DisplayName == nil && change.Email == nil {
		return nil
	}
	return tooOld(c.put(ctx, op, path, userWrite{FullName: change.DisplayName, Email: change.Email}))
}

// tooOld explains what is unsupported: a version of Confluence that cannot
// change details has the resource, for deleting, but not for this method.
func tooOld(err error) error {
	failure, ok := errors.AsType[*directory.Error](err)
	if !ok || failure.Status != http.StatusMethodNotAllowed {
		return err
	}
	changed := *failure
	changed.Message = "this version of Confluence cannot change full names and e-mail addresses over REST; " +
		"Confluence 9.4 or later can"
	return &changed
}
