package crowd

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// userWrite is what a caller sends of a user. What it leaves out is empty.
type userWrite struct {
	Name        string          `json:"name"`
	FirstName   string          `json:"first-name"`
	LastName    string          `json:"last-name"`
	DisplayName string          `json:"display-name"`
	Email       string          `json:"email"`
	Active      *flag           `json:"active"`
	Password    *passwordEntity `json:"password"`
}

// flag is a boolean that may come as a string.
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

// namedUser finds the user that the query names by username or, if that is
// not there, by key.
func (s *Server) namedUser(c *call) (*userbase.Account, error) {
	name, key := c.query.Get("username"), c.query.Get("key")
	var u *userbase.Account
	switch {
	case name != "":
		u = s.Account(name)
	case key != "" && !s.options.WithoutKeys:
		u, name = s.AccountByKey(key), key
	default:
		return nil, missing("username")
	}
	if u == nil {
		return nil, noSuchUser(http.StatusNotFound, name)
	}
	return u, nil
}

// writableUser finds the user that the query names, whose directory must
// permit changes.
func (s *Server) writableUser(c *call, action string) (*userbase.Account, error) {
	u, err := s.namedUser(c)
	if err == nil && u.Directory.ReadOnly {
		err = denied("Cannot %s user '%s' because directory '%s' does not allow updates.", action, u.Name, u.Directory.Name)
	}
	return u, err
}

// getUser is GET user.
func (s *Server) getUser(c *call) (answer, error) {
	u, err := s.namedUser(c)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, s.userEntity(c, u)}, nil
}

// createUser is POST user. The user goes to the first directory that permits
// adding users. That the name is taken is INVALID_USER, like anything else
// that is wrong.
func (s *Server) createUser(c *call) (answer, error) {
	var w userWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	switch {
	case strings.TrimSpace(w.Name) == "":
		return answer{}, invalidUser("The username must not be empty")
	case s.Account(w.Name) != nil:
		return answer{}, invalidUser("User already exists in directory: %s", w.Name)
	case w.Password == nil || w.Password.Value == "":
		return answer{}, invalidUser("The password must not be empty")
	}
	if err := validate(w); err != nil {
		return answer{}, err
	}
	d := s.Creating()
	if d == nil {
		return answer{}, denied("Cannot add user '%s' because no directory of the application allows it.", w.Name)
	}
	u := &userbase.Account{Name: w.Name, Password: w.Password.Value}
	w.replace(u)
	d.Insert(u)
	return answer{http.StatusCreated, s.userEntity(c, u)}, nil
}

func validate(w userWrite) error {
	switch {
	case w.Name != strings.TrimSpace(w.Name):
		return invalidUser("The username must not begin or end with a space")
	case w.Email != "" && !strings.Contains(w.Email, "@"):
		return refuse(http.StatusBadRequest, "INVALID_EMAIL", "The e-mail address is not valid")
	}
	return nil
}

// replace makes all of u but its name and password what w says.
func (w userWrite) replace(u *userbase.Account) {
	u.DisplayName, u.Email = w.DisplayName, w.Email
	u.Active = w.Active == nil || bool(*w.Active)
	set(u, FirstName, w.FirstName)
	set(u, LastName, w.LastName)
}

// updateUser is PUT user. It replaces everything, so that what the caller
// leaves out is lost, and answers without a body.
func (s *Server) updateUser(c *call) (answer, error) {
	u, err := s.namedUser(c)
	if err != nil {
		return answer{}, err
	}
	var w userWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if w.Name != c.query.Get("username") {
		return answer{}, invalidUser("The username in the body does not match the one in the URI")
	}
	if err := validate(w); err != nil {
		return answer{}, err
	}
	if _, err := s.writableUser(c, "update"); err != nil {
		return answer{}, err
	}
	w.replace(u)
	return answer{status: http.StatusNoContent}, nil
}

// deleteUser is DELETE user. A user of the same name in a lower directory
// comes to light.
func (s *Server) deleteUser(c *call) (answer, error) {
	u, err := s.writableUser(c, "remove")
	if err != nil {
		return answer{}, err
	}
	s.Remove(u)
	return answer{status: http.StatusNoContent}, nil
}

// renameUser is POST user/rename.
func (s *Server) renameUser(c *call) (answer, error) {
	u, err := s.writableUser(c, "rename")
	if err != nil {
		return answer{}, err
	}
	var w struct {
		NewName string `json:"new-name"`
	}
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if strings.TrimSpace(w.NewName) == "" {
		return answer{}, invalidUser("The new username must not be empty")
	}
	if holder := s.Account(w.NewName); holder != nil && holder != u {
		if status := s.options.Unconfirmed.RenameTakenStatus; status != http.StatusBadRequest {
			return answer{}, refuse(status, "OPERATION_FAILED", "User %s already exists.", w.NewName)
		}
		return answer{}, invalidUser("User already exists: %s", w.NewName)
	}
	s.Rename(u, w.NewName)
	return answer{http.StatusOK, s.userEntity(c, u)}, nil
}

// setPassword is PUT user/password.
func (s *Server) setPassword(c *call) (answer, error) {
	u, err := s.writableUser(c, "update")
	if err != nil {
		return answer{}, err
	}
	var w passwordEntity
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if w.Value == "" {
		return answer{}, refuse(http.StatusBadRequest, "INVALID_CREDENTIAL", "The password must not be empty")
	}
	u.Password = w.Value
	return answer{status: http.StatusNoContent}, nil
}
