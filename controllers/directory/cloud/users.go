package cloud

import (
	"context"
	"encoding/json"

	"github.com/atlassync/atlassync/controllers/directory"
)

// emailTaken says what a conflict means that is not about the user name:
// https://support.atlassian.com/atlassian-cloud/kb/409-error-when-attempting-to-update-email-address-via-user-provisioning/
const emailTaken = "no account with that user name is in the directory; if it is about the e-mail address, " +
	"another Atlassian account has it (see Directory > Managed accounts at admin.atlassian.com), " +
	"and if it is about the user name, a user that was deleted here still holds it"

// FindUser implements directory.Users with the filter userName eq.
func (c *Client) FindUser(ctx context.Context, name string) (directory.User, error) {
	return c.byName(ctx, directory.OpFindUser, name)
}

// FindUserByID implements directory.Users with GET /Users/{id}.
func (c *Client) FindUserByID(ctx context.Context, id string) (directory.User, error) {
	return c.byID(ctx, directory.OpFindUserByID, id)
}

// CreateUser implements directory.Users with POST /Users. Where a managed
// account with the e-mail address exists, Atlassian links it to the new one.
func (c *Client) CreateUser(ctx context.Context, wanted directory.NewUser) (directory.User, error) {
	const op = directory.OpCreateUser
	var answer []byte
	refusal := c.post(ctx, op, "Users", user{
		Schemas: []string{schemaUser}, UserName: wanted.Name, DisplayName: wanted.DisplayName,
		Emails: primary(wanted.Email), Active: new(true),
	}, &answer)
	switch {
	case isRefused(refusal):
		return c.holder(ctx, op, wanted.Name, refusal)
	case refusal != nil:
		return directory.User{}, refusal
	}
	if created, ok := readUser(answer); ok {
		return created, nil
	}
	account, err := c.byName(ctx, op, wanted.Name)
	if err != nil {
		return directory.User{}, changed(err, directory.KindAmbiguous, "")
	}
	return account, nil
}

// holder looks for the account that is the reason of a refusal.
func (c *Client) holder(ctx context.Context, op, name string, refusal error) (directory.User, error) {
	account, err := c.byName(ctx, op, name)
	switch {
	case err == nil:
		return account, changed(refusal, directory.KindAlreadyExists, "")
	case !directory.IsNotFound(err):
		return directory.User{}, err
	case directory.KindOf(refusal) == directory.KindAlreadyExists:
		return directory.User{}, changed(refusal, directory.KindInvalid, emailTaken)
	}
	return directory.User{}, refusal
}

// UpdateUser implements directory.Users with PATCH /Users/{id}, which replaces
// only what is named. An account that is made inactive keeps its id.
func (c *Client) UpdateUser(ctx context.Context, id string, change directory.UserChange) (directory.User, error) {
	const op = directory.OpUpdateUser
	if change.Empty() {
		return c.byID(ctx, op, id)
	}
	var answer []byte
	refusal := c.patch(ctx, op, resource("Users", id), replacements(change), &answer)
	switch {
	case isRefused(refusal):
		return directory.User{}, c.updateRefused(ctx, id, change, refusal)
	case refusal != nil:
		return directory.User{}, refusal
	}
	if updated, ok := readUser(answer); ok && updated.ID == id {
		return updated, nil
	}
	return c.byID(ctx, op, id)
}

// updateRefused finds out whether a change was refused because somebody else
// has the new name.
func (c *Client) updateRefused(ctx context.Context, id string, change directory.UserChange, refusal error) error {
	if change.Name != nil {
		holder, err := c.byName(ctx, directory.OpUpdateUser, *change.Name)
		switch {
		case err == nil && holder.ID != id:
			return changed(refusal, directory.KindAlreadyExists, "")
		case err != nil && !directory.IsNotFound(err):
			return err
		}
	}
	if directory.KindOf(refusal) == directory.KindAlreadyExists {
		return changed(refusal, directory.KindInvalid, emailTaken)
	}
	return refusal
}

func replacements(change directory.UserChange) []operation {
	var operations []operation
	replace := func(path string, value any) {
		operations = append(operations, operation{Op: "replace", Path: path, Value: value})
	}
	if change.Name != nil {
		replace("userName", *change.Name)
	}
	if change.DisplayName != nil {
		replace("displayName", *change.DisplayName)
	}
	if change.Email != nil {
		replace("emails", primary(*change.Email))
	}
	if change.Active != nil {
		replace("active", *change.Active)
	}
	return operations
}

// DeleteUser implements directory.Users and makes no request: see Capabilities.
func (c *Client) DeleteUser(context.Context, string) error {
	return &directory.Error{Kind: directory.KindUnsupported, Op: directory.OpDeleteUser,
		Message: "user provisioning deletes no Atlassian account; it can be made inactive, " +
			"and deleted by an administrator at admin.atlassian.com"}
}

func (c *Client) byID(ctx context.Context, op, id string) (directory.User, error) {
	found, err := c.user(ctx, op, id)
	if err != nil {
		return directory.User{}, err
	}
	return found.account(), nil
}

func (c *Client) user(ctx context.Context, op, id string) (user, error) {
	var found user
	if err := c.get(ctx, op, resource("Users", id), nil, &found); err != nil {
		return user{}, err
	}
	if !found.complete() {
		return user{}, malformed(op, "no id, userName or active of a user")
	}
	return found, nil
}

// byName looks for an account. One of another name is never taken for it.
func (c *Client) byName(ctx context.Context, op, name string) (directory.User, error) {
	found, err := search(ctx, c, op, "Users", equals("userName", name), func(u user) string { return u.UserName }, name)
	switch {
	case err != nil:
		return directory.User{}, err
	case found == nil:
		return directory.User{}, c.missing(op, "user", name)
	case !found.complete():
		return directory.User{}, malformed(op, "no id, userName or active of a user")
	}
	return found.account(), nil
}

// readUser reads the account in the answer to a write. That the write had
// success does not depend on it.
func readUser(answer []byte) (directory.User, bool) {
	var answered user
	if json.Unmarshal(answer, &answered) != nil || !answered.complete() {
		return directory.User{}, false
	}
	return answered.account(), true
}
