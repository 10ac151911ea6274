package confluence

import (
	"net/http"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// asked finds the account that the query names by key or by username.
func (s *Server) asked(c *call) (*userbase.Account, error) {
	key, name := c.URL.Query().Get("key"), c.URL.Query().Get("username")
	u := s.AccountByKey(key)
	if key == "" {
		u = s.Account(name)
	}
	if u == nil {
		return nil, noSuchUser(key + name)
	}
	return u, nil
}

// named finds the account that the path names.
func (s *Server) named(c *call) (*userbase.Account, error) {
	name := c.PathValue("username")
	u := s.Account(name)
	if u == nil {
		return nil, noSuchUser(name)
	}
	return u, nil
}

// getUser is GET user.
func (s *Server) getUser(c *call) (answer, error) {
	u, err := s.asked(c)
	key := c.URL.Query().Get("key")
	if _, remembered := s.deleted[key]; err != nil && remembered && s.options.Unconfirmed.RemembersDeleted {
		return answer{http.StatusOK, formerPerson(key)}, nil
	}
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, s.person(c)(u)}, nil
}

// currentUser is GET user/current.
func (s *Server) currentUser(c *call) (answer, error) {
	switch {
	case c.caller != nil:
		return answer{http.StatusOK, s.person(c)(c.caller)}, nil
	case s.options.Anonymous:
		return answer{http.StatusOK, anonymousPerson()}, nil
	}
	return answer{}, refuse(http.StatusForbidden, "The calling user does not have permission to use Confluence.")
}

// listUsers is GET user/list: all accounts, disabled ones included.
func (s *Server) listUsers(c *call) (answer, error) {
	return page(s, c, s.Accounts(), s.person(c))
}

// listActiveUsers is GET admin/users/list/active.
func (s *Server) listActiveUsers(c *call) (answer, error) {
	return page(s, c, userbase.Those(s.Accounts(), userbase.IsActive), s.person(c))
}

// createUser is POST admin/user. The user goes to the first directory that
// takes new ones.
func (s *Server) createUser(c *call) (answer, error) {
	var w userWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if err := w.validateNew(); err != nil {
		return answer{}, err
	}
	if s.Account(w.UserName) != nil {
		return answer{}, refuse(http.StatusConflict, "User with username %s already exists.", w.UserName)
	}
	d := s.Creating()
	if d == nil {
		return answer{}, refuse(s.options.Unconfirmed.ReadOnlyStatus, "There is no user directory that users can be added to.")
	}
	if s.options.Seats > 0 && s.seatsUsed() >= s.options.Seats {
		return answer{}, refuse(http.StatusPaymentRequired, "The licence allows %d users, and all seats are taken.", s.options.Seats)
	}
	d.Insert(&userbase.Account{
		Name: w.UserName, DisplayName: *w.FullName, Email: *w.Email, Password: w.Password, Active: true,
	})
	return answer{http.StatusCreated, map[string]string{"userKey": s.Identity(w.UserName).Key}}, nil
}

func (s *Server) seatsUsed() int {
	return len(userbase.Those(s.Accounts(), userbase.IsActive))
}

// updateUser is PUT admin/user/{username}: it changes what the body names.
func (s *Server) updateUser(c *call) (answer, error) {
	var w userWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	return s.change(c, func(u *userbase.Account) error {
		if err := w.validateDetails(); err != nil {
			return err
		}
		if w.FullName != nil {
			u.DisplayName = *w.FullName
		}
		if w.Email != nil {
			u.Email = *w.Email
		}
		return nil
	})
}

// disableUser is PUT admin/user/{username}/disable.
func (s *Server) disableUser(c *call) (answer, error) {
	return s.change(c, func(u *userbase.Account) error { u.Active = false; return nil })
}

// enableUser is PUT admin/user/{username}/enable.
func (s *Server) enableUser(c *call) (answer, error) {
	return s.change(c, func(u *userbase.Account) error { u.Active = true; return nil })
}

// setPassword is POST admin/user/{username}/password.
func (s *Server) setPassword(c *call) (answer, error) {
	var w userWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	return s.change(c, func(u *userbase.Account) error {
		if w.Password == "" {
			return refuse(http.StatusBadRequest, "The password must not be blank.")
		}
		u.Password = w.Password
		return nil
	})
}

// change changes the account that the path names.
func (s *Server) change(c *call, apply func(*userbase.Account) error) (answer, error) {
	u, err := s.named(c)
	if err != nil {
		return answer{}, err
	}
	if u.Directory.ReadOnly {
		return answer{}, s.readOnly("User " + u.Name)
	}
	return answer{status: http.StatusNoContent}, apply(u)
}
