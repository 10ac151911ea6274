package crowd

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// user is Crowd's user, as far as it matters here. PUT replaces all of it, so
// that whoever writes must send what he does not want to change.
type user struct {
	Name        string    `json:"name"`
	FirstName   string    `json:"first-name"`
	LastName    string    `json:"last-name"`
	DisplayName string    `json:"display-name"`
	Email       string    `json:"email"`
	Active      *flag     `json:"active,omitempty"`
	Key         string    `json:"key,omitempty"` // read only; absent in old versions
	Password    *password `json:"password,omitempty"`
}

type password struct {
	Value string `json:"value,omitempty"`
}

// flag is a boolean that may come as a string, as in the vendor's own example.
type flag bool

// UnmarshalJSON reads true, false, "true" or "false".
func (f *flag) UnmarshalJSON(data []byte) error {
	value, err := strconv.ParseBool(strings.Trim(string(data), `"`))
	if err != nil {
		return fmt.Errorf("%s is no boolean", data)
	}
	*f = flag(value)
	return nil
}

// complete reports whether the answer has what an account must have. Without
// active in it, everybody would seem to be disabled.
func (u user) complete() bool {
	return u.Name != "" && u.Active != nil
}

// id is the key, which survives a rename, or the name where there is no key.
func (u user) id() string {
	if u.Key != "" {
		return u.Key
	}
	return u.Name
}

func (u user) account() directory.User {
	return directory.User{
		ID: u.id(), Name: u.Name, DisplayName: u.DisplayName, Email: u.Email, Active: bool(*u.Active),
	}
}

func byName(name string) url.Values { return url.Values{"username": {name}} }
func byKey(key string) url.Values   { return url.Values{"key": {key}} }

// FindUser implements directory.Users with GET /user?username=.
func (c *Client) FindUser(ctx context.Context, name string) (directory.User, error) {
	return c.account(ctx, directory.OpFindUser, name)
}

// FindUserByID implements directory.Users with GET /user?key=.
func (c *Client) FindUserByID(ctx context.Context, id string) (directory.User, error) {
	found, err := c.userByID(ctx, directory.OpFindUserByID, id)
	if err != nil {
		return directory.User{}, err
	}
	return found.account(), nil
}

// CreateUser implements directory.Users with POST /user. Crowd asks for a
// password; a random one is sent and forgotten.
func (c *Client) CreateUser(ctx context.Context, wanted directory.NewUser) (directory.User, error) {
	const op = directory.OpCreateUser
	first, last := splitName(wanted.DisplayName)
	secret := randomPassword()
	body := user{
		Name: wanted.Name, DisplayName: wanted.DisplayName, FirstName: first, LastName: last,
		Email: wanted.Email, Active: new(flag(true)), Password: &password{secret},
	}
	var created user
	err := c.do(ctx, rest.Request{Op: op, Method: http.MethodPost, Path: "/user", Body: body, Secret: secret}, &created)
	switch {
	case isRefused(err):
		return c.holder(ctx, op, wanted.Name, err)
	case err != nil:
		return directory.User{}, err
	case created.complete():
		return created.account(), nil
	}
	account, err := c.account(ctx, op, wanted.Name)
	return account, reclassify(err, directory.KindAmbiguous)
}

// splitName makes the first and the last name that some directories, LDAP
// ones above all, ask for: the last word is the last name.
func splitName(displayName string) (first, last string) {
	words := strings.Fields(displayName)
	if len(words) == 0 {
		return "", ""
	}
	return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
}

// randomPassword has 128 bits of randomness, and a character of each kind
// that password policies ask for.
func randomPassword() string {
	return rand.Text() + "aA1!"
}

// holder looks for the account that is the reason of a refusal.
func (c *Client) holder(ctx context.Context, op, name string, refusal error) (directory.User, error) {
	account, err := c.account(ctx, op, name)
	switch {
	case err == nil:
		return account, reclassify(refusal, directory.KindAlreadyExists)
	case directory.IsNotFound(err):
		return directory.User{}, refusal
	}
	return directory.User{}, err
}

// DeleteUser implements directory.Users with DELETE /user?username=; Crowd
// deletes by name only.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	const op = directory.OpDeleteUser
	found, err := c.userByID(ctx, op, id)
	if err == nil {
		err = c.delete(ctx, op, "/user", byName(found.Name))
	}
	if directory.IsNotFound(err) {
		return nil
	}
	return err
}

func (c *Client) account(ctx context.Context, op, name string) (directory.User, error) {
	found, err := c.user(ctx, op, byName(name))
	if err != nil {
		return directory.User{}, err
	}
	return found.account(), nil
}

// userByID finds an account by its key. Where Crowd gives no keys the id is
// a name: an account that has a key is then another one, and not meant. Where
// it does give keys, a refusal to look for one is not an absence.
func (c *Client) userByID(ctx context.Context, op, id string) (user, error) {
	found, err := c.user(ctx, op, byKey(id))
	switch {
	case err == nil && found.Key == id:
		return found, nil
	case err == nil:
		return user{}, malformed(op, "another user than the one asked for by key")
	case !directory.IsNotFound(err) && !isRefused(err), c.hasKeys.Load():
		return user{}, err
	}
	named, absence := c.user(ctx, op, byName(id))
	switch {
	case absence != nil:
		return user{}, absence
	case named.Key != "":
		return user{}, err
	}
	return named, nil
}

func (c *Client) user(ctx context.Context, op string, query url.Values) (user, error) {
	var found user
	if err := c.get(ctx, op, "/user", query, &found); err != nil {
		return user{}, err
	}
	if !found.complete() {
		return user{}, malformed(op, "no name or active of a user")
	}
	c.notice(found)
	return found, nil
}

// notice remembers that Crowd gives keys.
func (c *Client) notice(u user) {
	if u.Key != "" {
		c.hasKeys.Store(true)
	}
}
