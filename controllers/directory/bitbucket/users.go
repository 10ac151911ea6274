package bitbucket

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// userUpdate is Bitbucket's UserUpdate. Whether a field that is left out
// stays as it is, is not documented: all are sent.
type userUpdate struct {
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Email       string `json:"email"`
}

// userRename is Bitbucket's UserRename.
type userRename struct {
	Name    string `json:"name"`
	NewName string `json:"newName"`
}

func byName(name string) url.Values { return url.Values{"name": {name}} }

// CreateUser implements directory.Users with POST /admin/users, which takes
// its values in the query. The password is random and forgotten, no mail is
// sent, and Bitbucket's default group is left out: groups, and with them
// rights and licences, come from the configuration. The answer has no body;
// the account is as it was asked for.
func (c *Client) CreateUser(ctx context.Context, wanted directory.NewUser) (directory.User, error) {
	const op = directory.OpCreateUser
	password := randomPassword()
	refusal := c.do(ctx, rest.Request{
		Op: op, Method: http.MethodPost, Path: api + "/admin/users", Secret: password,
		Query: url.Values{
			"name": {wanted.Name}, "displayName": {wanted.DisplayName}, "emailAddress": {wanted.Email},
			"password": {password}, "addToDefaultGroup": {"false"}, "notify": {"false"},
		},
	}, nil)
	switch kind := directory.KindOf(refusal); {
	case kind == directory.KindAlreadyExists:
		return c.holder(ctx, op, wanted.Name, refusal)
	case kind == directory.KindForbidden:
		return directory.User{}, c.licenceOr(ctx, op, 1, refusal)
	case refusal != nil:
		return directory.User{}, refusal
	}
	created := directory.User{
		ID: wanted.Name, Name: wanted.Name, DisplayName: wanted.DisplayName, Email: wanted.Email, Active: true,
	}
	if only := c.only.Load(); only != nil {
		created.Directory = *only
	}
	return created, nil
}

// randomPassword has 130 random bits, and characters of every class, should
// the user directory ask for them.
func randomPassword() string {
	return rand.Text() + "-aZ9"
}

// holder looks for the account that has a name which Bitbucket says is taken.
func (c *Client) holder(ctx context.Context, op, name string, refusal error) (directory.User, error) {
	account, err := c.account(ctx, op, name)
	switch {
	case err == nil:
		return account, reclassify(refusal, directory.KindAlreadyExists, "")
	case !directory.IsNotFound(err):
		return directory.User{}, err
	case directory.KindOf(refusal) == directory.KindAlreadyExists:
		return directory.User{}, reclassify(refusal, directory.KindInvalid, "But Bitbucket lists nobody who has the name")
	}
	return directory.User{}, refusal
}

// UpdateUser implements directory.Users with PUT /admin/users for the details
// and POST /admin/users/rename for the username. The rename comes last, for
// the id is the username: until then everything can be tried again.
func (c *Client) UpdateUser(ctx context.Context, id string, change directory.UserChange) (directory.User, error) {
	const op = directory.OpUpdateUser
	if change.Active != nil {
		return directory.User{}, &directory.Error{Kind: directory.KindUnsupported, Op: op,
			Message: "Bitbucket can neither activate nor deactivate an account; take it out of all groups, or delete it"}
	}
	current, err := c.user(ctx, op, id)
	if err != nil {
		return directory.User{}, err
	}
	if !change.Empty() && current.detailsFixed() {
		return directory.User{}, &directory.Error{Kind: directory.KindInvalid, Op: op, Message: current.readOnly() +
			"; change the account where the directory gets it from"}
	}
	if change.DisplayName != nil || change.Email != nil {
		current, err = c.updateDetails(ctx, current, change)
	}
	if err == nil && change.Name != nil && *change.Name != current.Name {
		current, err = c.rename(ctx, current.Name, *change.Name)
	}
	if err != nil {
		return directory.User{}, err
	}
	return current.account(), nil
}

func (c *Client) updateDetails(ctx context.Context, current user, change directory.UserChange) (user, error) {
	body := userUpdate{Name: current.Name, DisplayName: current.DisplayName, Email: current.EmailAddress}
	if change.DisplayName != nil {
		body.DisplayName = *change.DisplayName
	}
	if change.Email != nil {
		body.Email = *change.Email
	}
	var updated user
	if err := c.put(ctx, directory.OpUpdateUser, "/admin/users", body, &updated); err != nil {
		return user{}, prevented(err)
	}
	return c.written(ctx, updated, current.Name)
}

func (c *Client) rename(ctx context.Context, name, newName string) (user, error) {
	const op = directory.OpUpdateUser
	var renamed user
	refusal := c.post(ctx, op, "/admin/users/rename", nil, userRename{name, newName}, &renamed)
	switch {
	case refusal == nil:
		return c.written(ctx, renamed, newName)
	case !isRefused(refusal) || directory.SameName(name, newName):
		return user{}, prevented(refusal)
	}
	// Bitbucket does not document how it refuses a name that is taken.
	_, err := c.holder(ctx, op, newName, refusal)
	return user{}, err
}

// written is the account after a write, as the answer tells it or, if that
// does not, a look.
func (c *Client) written(ctx context.Context, answered user, name string) (user, error) {
	if answered.complete() && directory.SameName(answered.Name, name) {
		return answered, nil
	}
	found, err := c.user(ctx, directory.OpUpdateUser, name)
	return found, reclassify(err, directory.KindAmbiguous, "")
}

// DeleteUser implements directory.Users with DELETE /admin/users. Bitbucket
// keeps the account's permissions and keys for seven days, and gives them
// back to a new account of the name.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	err := c.delete(ctx, directory.OpDeleteUser, "/admin/users", byName(id))
	if directory.IsNotFound(err) {
		return nil
	}
	return prevented(err)
}
