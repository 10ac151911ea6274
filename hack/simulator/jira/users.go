package jira

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// userWrite is what a caller sends of a user. A nil field is left as it is.
type userWrite struct {
	Name            *string   `json:"name"`
	Password        *string   `json:"password"`
	EmailAddress    *string   `json:"emailAddress"`
	DisplayName     *string   `json:"displayName"`
	Active          *bool     `json:"active"`
	ApplicationKeys *[]string `json:"applicationKeys"`
}

// namedUser finds the user that the query names by username or by key.
func (s *Server) namedUser(query url.Values) (*userbase.Account, error) {
	name, key := query.Get("username"), query.Get("key")
	var u *userbase.Account
	switch {
	case key != "":
		u = s.AccountByKey(key)
		name = key
	case name != "":
		u = s.Account(name)
	default:
		return nil, refuse(http.StatusNotFound, "Either the username or the key query parameter must be given")
	}
	if u == nil {
		return nil, noSuchUser(name)
	}
	return u, nil
}

// getUser is GET user.
func (s *Server) getUser(c *call) (answer, error) {
	u, err := s.namedUser(c.URL.Query())
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, s.userBean(c, u)}, nil
}

// createUser is POST user. The user goes to the first directory that takes
// new ones; nobody learns a password that was not given.
func (s *Server) createUser(c *call) (answer, error) {
	var w userWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if err := s.validateNew(w); err != nil {
		return answer{}, err
	}
	d := s.Creating()
	if d == nil {
		return answer{}, s.readOnly("You cannot add user '" + *w.Name + "'.")
	}
	u := &userbase.Account{Name: strings.TrimSpace(*w.Name), Active: true, Password: rand.Text()}
	w.apply(u)
	if s.wantsAccess(w) && u.Active && !s.seatLeft() {
		return answer{}, s.noSeatLeft()
	}
	d.Insert(u)
	setAccess(u, s.wantsAccess(w))
	return answer{http.StatusCreated, s.userSummary(c, u)}, nil
}

// validateNew checks what a new user must have.
func (s *Server) validateNew(w userWrite) error {
	wrong := map[string]string{}
	if blank(w.Name) {
		wrong["username"] = "You must specify a username."
	}
	if blank(w.DisplayName) {
		wrong["displayName"] = "You must specify a full name."
	}
	if blank(w.EmailAddress) {
		wrong["email"] = "You must specify an email address."
	}
	if len(wrong) > 0 {
		return refuseFields(wrong)
	}
	if s.Account(strings.TrimSpace(*w.Name)) != nil {
		return usernameTaken()
	}
	return s.validate(w)
}

// validate checks the values that are there.
func (s *Server) validate(w userWrite) error {
	if w.EmailAddress != nil && !strings.Contains(*w.EmailAddress, "@") {
		return refuseFields(map[string]string{"email": "You must specify a valid email address."})
	}
	if w.ApplicationKeys != nil {
		for _, key := range *w.ApplicationKeys {
			if key != ApplicationKey {
				return refuseFields(map[string]string{"applicationKeys": "There is no application '" + key + "'."})
			}
		}
	}
	return nil
}

func blank(value *string) bool {
	return value == nil || strings.TrimSpace(*value) == ""
}

// apply sets on u what w names, except for the username.
func (w userWrite) apply(u *userbase.Account) {
	if w.DisplayName != nil {
		u.DisplayName = *w.DisplayName
	}
	if w.EmailAddress != nil {
		u.Email = *w.EmailAddress
	}
	if w.Active != nil {
		u.Active = *w.Active
	}
	if w.Password != nil {
		u.Password = *w.Password
	}
}

// updateUser is PUT user: it changes what the body names and nothing else.
func (s *Server) updateUser(c *call) (answer, error) {
	u, err := s.namedUser(c.URL.Query())
	if err != nil {
		return answer{}, err
	}
	var w userWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if !s.atLeast(8, 3) {
		w.Active = nil // not known to these versions
	}
	if err := s.validateChange(u, w); err != nil {
		return answer{}, err
	}
	if w.Name != nil {
		s.Rename(u, strings.TrimSpace(*w.Name))
	}
	w.apply(u)
	if w.ApplicationKeys != nil {
		setAccess(u, s.wantsAccess(w))
	}
	return answer{http.StatusOK, s.userSummary(c, u)}, nil
}

// validateChange checks what a change of u would do.
func (s *Server) validateChange(u *userbase.Account, w userWrite) error {
	if w == (userWrite{}) {
		return refuse(http.StatusBadRequest, "error.no.value.found.to.be.changed")
	}
	if u.Directory.ReadOnly {
		return s.readOnly("You cannot edit user '" + u.Name + "'.")
	}
	if w.Name != nil {
		if blank(w.Name) {
			return refuseFields(map[string]string{"username": "You must specify a username."})
		}
		if holder := s.Account(strings.TrimSpace(*w.Name)); holder != nil && holder != u {
			return usernameTaken()
		}
	}
	if err := s.validate(w); err != nil {
		return err
	}
	if s.takesSeatBy(u, w) && !s.seatLeft() {
		return s.noSeatLeft()
	}
	return s.validateDeactivation(u, w)
}

// validateDeactivation refuses to deactivate the lead of a project.
func (s *Server) validateDeactivation(u *userbase.Account, w userWrite) error {
	leads := u.Attributes[LeadsAttribute]
	if len(leads) == 0 || w.Active == nil || *w.Active {
		return nil
	}
	return refuseFields(map[string]string{"active": "Cannot deactivate user '" + u.Name +
		"' because they are currently the lead of these projects: " + strings.Join(slices.Sorted(slices.Values(leads)), ", ")})
}

// deleteUser is DELETE user. A user of the same name in a lower directory
// comes to light.
func (s *Server) deleteUser(c *call) (answer, error) {
	u, err := s.namedUser(c.URL.Query())
	if err != nil {
		return answer{}, err
	}
	if u.Directory.ReadOnly {
		return answer{}, s.readOnly("You cannot delete user '" + u.Name + "'.")
	}
	s.Remove(u)
	return answer{status: http.StatusNoContent}, nil
}

// setPassword is PUT user/password.
func (s *Server) setPassword(c *call) (answer, error) {
	u, err := s.namedUser(c.URL.Query())
	if err != nil {
		return answer{}, err
	}
	var w userWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if blank(w.Password) {
		return answer{}, refuseFields(map[string]string{"password": "You must specify a password."})
	}
	if u.Directory.ReadOnly {
		return answer{}, s.readOnly("You cannot change the password of user '" + u.Name + "'.")
	}
	u.Password = *w.Password
	return answer{status: http.StatusNoContent}, nil
}
