package confluence

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

// user is Confluence's Person, as far as it matters here. Confluence sends
// more of it than its document says.
type user struct {
	Type        string `json:"type"`
	Key         string `json:"userKey"`
	Name        string `json:"username"`
	DisplayName string `json:"displayName"`
	Status      any    `json:"status"`
}

func (u user) id() string { return u.Key }

// unknown reports whether Confluence only remembers that there once was such
// an account.
func (u user) unknown() bool { return u.Type == "unknown" }

func (u user) complete() bool { return u.Key != "" && u.Name != "" }

func (u user) account() directory.User {
	return directory.User{ID: u.Key, Name: u.Name, DisplayName: u.DisplayName, Active: !saysInactive(u.Status)}
}

// saysInactive reads what expand=status adds. Its words are not documented,
// nor is it certain that it is a plain text.
func saysInactive(status any) bool {
	switch value := status.(type) {
	case string:
		word := strings.ToLower(value)
		return strings.Contains(word, "disabled") || strings.Contains(word, "deactivated") || strings.Contains(word, "inactive")
	case map[string]any:
		for _, field := range value {
			if saysInactive(field) {
				return true
			}
		}
	}
	return false
}

func byName(name string) url.Values { return url.Values{"username": {name}} }
func byKey(key string) url.Values   { return url.Values{"key": {key}} }

// FindUser implements directory.Users with GET /user?username=.
func (c *Client) FindUser(ctx context.Context, name string) (directory.User, error) {
	return c.named(ctx, directory.OpFindUser, name)
}

// FindUserByID implements directory.Users with GET /user?key=.
func (c *Client) FindUserByID(ctx context.Context, id string) (directory.User, error) {
	return c.keyed(ctx, directory.OpFindUserByID, id)
}

func (c *Client) named(ctx context.Context, op, name string) (directory.User, error) {
	found, err := c.user(ctx, op, byName(name))
	if err == nil && !directory.SameName(found.Name, name) {
		err = malformed(op, "another user than was asked for")
	}
	return found, err
}

func (c *Client) keyed(ctx context.Context, op, key string) (directory.User, error) {
	found, err := c.user(ctx, op, byKey(key))
	if err == nil && found.ID != key {
		err = malformed(op, "another user than was asked for")
	}
	return found, err
}

func (c *Client) user(ctx context.Context, op string, query url.Values) (directory.User, error) {
	query.Set("expand", "status")
	var found user
	if err := c.get(ctx, op, "/user", query, &found); err != nil {
		return directory.User{}, err
	}
	if found.unknown() {
		return directory.User{}, &directory.Error{Kind: directory.KindNotFound, Op: op, Status: http.StatusOK,
			Message: "Confluence knows only that there once was such a user"}
	}
	if !found.complete() {
		return directory.User{}, malformed(op, "no userKey or username of a user")
	}
	return found.account(), nil
}

// userCreate is Confluence's UserDetailsForCreation. With notifyViaEmail,
// Confluence would refuse a password and send a mail instead.
type userCreate struct {
	UserName       string `json:"userName"`
	FullName       string `json:"fullName"`
	Email          string `json:"email"`
	Password       string `json:"password"`
	NotifyViaEmail bool   `json:"notifyViaEmail"`
}

// CreateUser implements directory.Users with POST /admin/user. Confluence
// insists on a password unless it may send a mail; nobody learns this one.
// The name is written in lower case, as Confluence insists on it.
func (c *Client) CreateUser(ctx context.Context, wanted directory.NewUser) (directory.User, error) {
	const op = directory.OpCreateUser
	name := directory.FoldName(wanted.Name)
	if err := checkNewUsername(op, name); err != nil {
		return directory.User{}, err
	}
	password := randomPassword()
	var created struct {
		Key string `json:"userKey"`
	}
	err := c.rest.Do(ctx, rest.Request{
		Op: op, Method: http.MethodPost, Path: api + "/admin/user", Secret: password,
		Body: userCreate{UserName: name, FullName: wanted.DisplayName, Email: wanted.Email, Password: password},
	}, &created)
	switch {
	case directory.KindOf(err) == directory.KindAlreadyExists:
		return c.holder(ctx, op, name, err)
	case err != nil:
		return directory.User{}, err
	case created.Key != "":
		return directory.User{ID: created.Key, Name: name, DisplayName: wanted.DisplayName, Active: true}, nil
	}
	account, err := c.named(ctx, op, name)
	return account, reclassify(err, directory.KindAmbiguous)
}

// randomPassword has 130 bits of chance, and characters of all the kinds
// that a password policy may ask for.
func randomPassword() string { return rand.Text() + "-a1" }

// holder looks for the account that has the name.
func (c *Client) holder(ctx context.Context, op, name string, refusal error) (directory.User, error) {
	account, err := c.named(ctx, op, name)
	switch {
	case err == nil:
		return account, refusal
	case directory.IsNotFound(err):
		return directory.User{}, refusal
	}
	return directory.User{}, err
}
