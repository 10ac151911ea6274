package bitbucket

import (
	"net/http"
	"net/url"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// filtered lists the accounts that pass the query's filter, which looks at
// usernames, names and e-mail addresses.
func (s *Server) filtered(query url.Values, accounts []*userbase.Account) []*userbase.Account {
	if query.Get("filter") == "" {
		return accounts
	}
	return userbase.Those(accounts, func(u *userbase.Account) bool {
		return s.passes(query, u.Name, u.DisplayName, u.Email)
	})
}

// listUsers is GET admin/users.
func (s *Server) listUsers(c *call) (answer, error) {
	query := c.URL.Query()
	return page(s, query, s.filtered(query, s.Accounts()), s.detailedUser)
}

// listPublicUsers is GET users.
func (s *Server) listPublicUsers(c *call) (answer, error) {
	query := c.URL.Query()
	return page(s, query, s.filtered(query, s.Accounts()), func(u *userbase.Account) any { return s.publicUser(u) })
}

// createUser is POST admin/users. All values come in the query; a body counts
// for nothing. The account goes to the first directory that takes new ones.
func (s *Server) createUser(c *call) (answer, error) {
	query := c.URL.Query()
	notified := query.Has("notify") && query.Get("notify") != "false"
	for _, name := range []string{"name", "displayName", "emailAddress"} {
		if query.Get(name) == "" {
			return answer{}, malformed(name, "The %s must not be empty.", name)
		}
	}
	d, defaults := s.Creating(), query.Get("addToDefaultGroup") != "false"
	switch {
	case query.Get("password") == "" && !notified:
		return answer{}, malformed("password", "The password must not be empty.")
	case s.Account(query.Get("name")) != nil:
		return answer{}, refuse(http.StatusConflict, integrity, "A user with the name '%s' already exists.", query.Get("name"))
	case d == nil:
		return answer{}, s.readOnly("User", query.Get("name"))
	case defaults && !s.seatsLeft(1):
		return answer{}, noLicenceLeft()
	}
	u := &userbase.Account{
		Name: query.Get("name"), DisplayName: query.Get("displayName"), Email: query.Get("emailAddress"),
		Password: query.Get("password"), Active: true,
	}
	d.Insert(u)
	s.Identity(u.Name)
	if defaults {
		d.Group(UserGroup).Add(u)
	}
	return answer{status: http.StatusNoContent}, nil
}

// updateUser is PUT admin/users. The documented body calls the address email.
func (s *Server) updateUser(c *call) (answer, error) {
	var update struct {
		Name        string  `json:"name"`
		DisplayName *string `json:"displayName"`
		Email       *string `json:"email"`
	}
	if err := c.decode(&update); err != nil {
		return answer{}, err
	}
	u, err := s.changeable(c, update.Name)
	if err != nil {
		return answer{}, err
	}
	for value, field := range map[*string]*string{update.DisplayName: &u.DisplayName, update.Email: &u.Email} {
		switch {
		case value != nil:
			*field = *value
		case s.options.Unconfirmed.UpdateBlanks:
			*field = ""
		}
	}
	return answer{http.StatusOK, s.detailedUser(u)}, nil
}

// renameUser is POST admin/users/rename.
func (s *Server) renameUser(c *call) (answer, error) {
	var rename struct{ Name, NewName string }
	if err := c.decode(&rename); err != nil {
		return answer{}, err
	}
	u, err := s.changeable(c, rename.Name)
	if err != nil {
		return answer{}, err
	}
	holder := s.Account(rename.NewName)
	switch {
	case rename.NewName == "":
		return answer{}, malformed("newName", "The new name must not be empty.")
	case holder != nil && holder != u:
		return answer{}, refuse(s.options.Unconfirmed.NameTakenStatus, integrity, "A user with the name '%s' already exists.", rename.NewName)
	}
	s.Rename(u, rename.NewName)
	return answer{http.StatusOK, s.detailedUser(u)}, nil
}

// changeable is the account of that name, if the caller may change it. Here
// a caller of a lower rank gets a 401.
func (s *Server) changeable(c *call, name string) (*userbase.Account, error) {
	u := s.Account(name)
	switch {
	case u == nil:
		return nil, noSuchUser(name)
	case rankOf(u) > c.rank:
		return nil, notPermitted()
	case u.Directory.ReadOnly:
		return nil, s.readOnly("User", u.Name)
	}
	return u, nil
}

// deleteUser is DELETE admin/users.
func (s *Server) deleteUser(c *call) (answer, error) {
	name := c.URL.Query().Get("name")
	u := s.Account(name)
	switch {
	case u == nil:
		return answer{}, noSuchUser(name)
	case u == c.caller:
		return answer{}, refuse(http.StatusConflict, integrity, "You cannot delete your own account.")
	case rankOf(u) > c.rank:
		return answer{}, ranksHigher("user", u.Name)
	case u.Directory.ReadOnly:
		return answer{}, s.readOnly("User", u.Name)
	}
	shown := s.detailedUser(u)
	s.Remove(u)
	return answer{http.StatusOK, shown}, nil
}
