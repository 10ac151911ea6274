package okta

import (
	"context"
	"errors"
	"maps"
	"net/http"
)

// placeholderPassword is sent with every new user while password
// synchronisation is off; servers must ignore it.
const placeholderPassword = "1mz050nq"

// Profile is a person as Okta's universal directory knows them.
type Profile struct {
	// ID is Okta's own id of the person, sent as externalId.
	ID string
	// Login is the Okta username, usually an e-mail address.
	Login string
	// Email is the primary e-mail address.
	Email string
	// GivenName and FamilyName are the parts of the name.
	GivenName, FamilyName string
}

// attributes are what Okta maps a profile to.
func (p Profile) attributes() Resource {
	return Resource{
		"userName":    p.Login,
		"name":        map[string]any{"givenName": p.GivenName, "familyName": p.FamilyName},
		"emails":      []any{map[string]any{"primary": true, "value": p.Email, "type": "work"}},
		"displayName": p.GivenName + " " + p.FamilyName,
		"locale":      "en-US",
		"externalId":  p.ID,
	}
}

// FindUser searches by userName; ErrNoMatch if there is none.
func (c *Client) FindUser(ctx context.Context, userName string) (Resource, error) {
	return c.find(ctx, "/Users", "userName", userName)
}

// GetUser reads a user.
func (c *Client) GetUser(ctx context.Context, id string) (Resource, error) {
	return c.get(ctx, "/Users/"+id)
}

// AssignUser is the assignment of a person to the app: search, then create, or
// link and update who is there already.
func (c *Client) AssignUser(ctx context.Context, profile Profile) (Resource, error) {
	existing, err := c.FindUser(ctx, profile.Login)
	if errors.Is(err, ErrNoMatch) {
		return c.CreateUser(ctx, profile)
	}
	if err != nil {
		return nil, err
	}
	if !existing.Active() {
		if err := c.Reactivate(ctx, existing.ID()); err != nil {
			return nil, err
		}
	}
	return c.UpdateUser(ctx, existing.ID(), profile)
}

// CreateUser sends a new user. An answer without a user is an error, as it is
// for Okta.
func (c *Client) CreateUser(ctx context.Context, profile Profile) (Resource, error) {
	body := profile.attributes()
	body["schemas"] = []string{userSchema}
	body["groups"] = []any{}
	body["password"] = placeholderPassword
	body["active"] = true
	var created Resource
	if err := c.do(ctx, http.MethodPost, "/Users", body, &created); err != nil {
		return nil, err
	}
	if created.ID() == "" {
		return nil, errors.New("POST /Users: Create new user returned empty user")
	}
	return created, nil
}

// UpdateUser makes the user match profile: what the server has, with Okta's
// attributes laid over it, goes back by PUT.
func (c *Client) UpdateUser(ctx context.Context, id string, profile Profile) (Resource, error) {
	return c.merge(ctx, id, profile.attributes())
}

// Deactivate is what happens when the person is unassigned or deactivated:
// Okta never deletes a user.
func (c *Client) Deactivate(ctx context.Context, id string) error {
	return c.setActive(ctx, id, false)
}

// Reactivate lets a deactivated user in again.
func (c *Client) Reactivate(ctx context.Context, id string) error {
	return c.setActive(ctx, id, true)
}

func (c *Client) setActive(ctx context.Context, id string, active bool) error {
	if c.app == Wizard {
		_, err := c.merge(ctx, id, Resource{"active": active})
		return err
	}
	return c.patch(ctx, "/Users/"+id, operation{Op: "replace", Value: map[string]any{"active": active}})
}

func (c *Client) merge(ctx context.Context, id string, attributes Resource) (Resource, error) {
	user, err := c.GetUser(ctx, id)
	if err != nil {
		return nil, err
	}
	maps.Copy(user, attributes)
	var updated Resource
	err = c.do(ctx, http.MethodPut, "/Users/"+id, user, &updated)
	return updated, err
}
