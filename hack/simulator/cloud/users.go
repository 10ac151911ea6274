package cloud

import (
	"encoding/json"
	"net/http"
	"slices"
)

// getUser answers GET /Users/{id}.
func (s *Server) getUser(c *call) (int, any, error) {
	a, err := s.present(c.id)
	if err != nil {
		return 0, nil, err
	}
	return s.shown(c, http.StatusOK, a)
}

// present is the user with that id. One that was deleted is not found until
// it is activated again.
func (s *Server) present(id string) (*account, error) {
	a := s.state.user(id)
	if a == nil || a.deleted {
		return nil, absent("USER", id)
	}
	return a, nil
}

// createUser answers POST /Users.
func (s *Server) createUser(c *call) (int, any, error) {
	var given map[string]any
	if err := c.decode(&given); err != nil {
		return 0, nil, err
	}
	if old := s.holder(text(given["userName"])); old != nil && old.deleted && s.options.Unconfirmed.CreateRevives {
		if err := s.set(old, given); err != nil {
			return 0, nil, err
		}
		return s.shown(c, http.StatusCreated, old)
	}
	if most := s.options.MaxUsers; most > 0 && len(s.state.users) >= most {
		return 0, nil, refuse(s.options.Unconfirmed.LimitStatus, "", "The directory has reached its limit of %d users.", most)
	}
	now := s.options.Clock().UTC()
	a := &account{id: newID(), created: now}
	if err := s.set(a, given); err != nil {
		return 0, nil, err
	}
	s.insert(a)
	return s.shown(c, http.StatusCreated, a)
}

// putUser answers PUT /Users/{id}, which clears what it does not name.
func (s *Server) putUser(c *call) (int, any, error) {
	a, err := s.addressed(c.id)
	if err != nil {
		return 0, nil, err
	}
	var given map[string]any
	if err := c.decode(&given); err != nil {
		return 0, nil, err
	}
	if err := s.change(a, given); err != nil {
		return 0, nil, err
	}
	return s.shown(c, http.StatusOK, a)
}

// addressed is the user that a change is for, even if it was deleted: the
// change may activate it.
func (s *Server) addressed(id string) (*account, error) {
	a := s.state.user(id)
	if a == nil {
		return nil, absent("USER", id)
	}
	return a, nil
}

// change gives an account new attributes, unless it stays deleted.
func (s *Server) change(a *account, given map[string]any) error {
	if active, ok := given["active"].(bool); a.deleted && (!ok || !active) {
		return absent("USER", a.id)
	}
	return s.set(a, given)
}

// deleteUser answers DELETE /Users/{id}, which deactivates.
func (s *Server) deleteUser(c *call) (int, any, error) {
	a, err := s.present(c.id)
	if err != nil {
		return 0, nil, err
	}
	if s.options.Unconfirmed.DeletionErases {
		s.erase(a)
	}
	a.active, a.deleted = false, true
	return http.StatusNoContent, nil, nil
}

// listUsers answers GET /Users.
func (s *Server) listUsers(c *call) (int, any, error) {
	users := s.visible()
	attribute, value, filtered, err := c.filter("userName", "externalId")
	switch {
	case err != nil:
		return 0, nil, err
	case filtered:
		users = slices.DeleteFunc(users, func(a *account) bool {
			if attribute == "userName" {
				return !s.same(a.name(), value)
			}
			return text(a.profile["externalId"]) != value
		})
	}
	resources, first := page(c, users, s.options.Page)
	shown := make([]json.RawMessage, 0, len(resources))
	for _, a := range resources {
		one, err := c.selected(s.userBean(a))
		if err != nil {
			return 0, nil, err
		}
		shown = append(shown, one)
	}
	return http.StatusOK, listBean(len(users), first, shown), nil
}

// shown is an answer that is a user.
func (s *Server) shown(c *call, status int, a *account) (int, any, error) {
	body, err := c.selected(s.userBean(a))
	return status, body, err
}
