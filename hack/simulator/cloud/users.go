package cloud

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
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
	s.state.insert(a)
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
		s.state.erase(a)
	}
	a.active, a.deleted = false, true
	return http.StatusNoContent, nil, nil
}

// attributes are those that a provisioning client sets, besides active. What
// else is sent is read-only and ignored.
var attributes = map[string]bool{
	"userName": true, "emails": true, "externalId": true, "name": true, "displayName": true, "nickName": true,
	"title": true, "preferredLanguage": true, "department": true, "organization": true, "timezone": true,
	"phoneNumbers": true, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": true,
}

// set checks the attributes and makes them those of the account.
func (s *Server) set(a *account, given map[string]any) error {
	profile := maps.Clone(given)
	maps.DeleteFunc(profile, func(name string, _ any) bool { return !attributes[name] })
	candidate := &account{profile: profile, email: primaryEmail(profile)}
	if err := s.valid(candidate); err != nil {
		return err
	}
	for _, other := range s.state.users {
		switch {
		case other == a:
		case s.same(other.name(), candidate.name()):
			return taken("USER", "userName", candidate.name())
		case strings.EqualFold(other.email, candidate.email):
			return taken("USER", "email", candidate.email)
		}
	}
	if containsFold(s.options.ForeignEmails, candidate.email) {
		return taken("USER", "email", candidate.email)
	}
	active, told := given["active"].(bool)
	a.profile, a.email = profile, candidate.email
	a.active, a.deleted = active || !told, false
	a.modified = s.options.Clock().UTC()
	if a.linked == "" {
		a.linked = s.link(a.email)
	}
	return nil
}

func (s *Server) valid(a *account) error {
	domain := a.email[strings.LastIndex(a.email, "@")+1:]
	switch {
	case strings.TrimSpace(a.name()) == "":
		return refuse(http.StatusBadRequest, "invalidValue", "Attribute [userName] is required.")
	case !strings.Contains(a.email, "@"):
		return refuse(http.StatusBadRequest, "invalidValue", "Attribute [emails] must have a primary value that is an e-mail address.")
	case len(s.options.VerifiedDomains) > 0 && !containsFold(s.options.VerifiedDomains, domain):
		return refuse(http.StatusBadRequest, "invalidValue", "Domain [%s] is not verified for this organization.", domain)
	}
	return nil
}

// link gives the Atlassian account that a user with that address belongs to:
// the managed one that is there, or a new one.
func (s *Server) link(email string) string {
	for address, accountID := range s.options.ManagedAccounts {
		if strings.EqualFold(address, email) {
			return accountID
		}
	}
	return "712020:" + newID()
}

func containsFold(all []string, one string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, one) })
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
