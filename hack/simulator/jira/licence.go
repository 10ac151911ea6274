package jira

import (
	"net/http"
	"slices"
)

// seatsUsed counts the active users that have access to the application.
func (s *Server) seatsUsed() int {
	used := 0
	for _, u := range s.state.members(ApplicationGroup) {
		if u.active {
			used++
		}
	}
	return used
}

// seatLeft reports whether one more active user may have access.
func (s *Server) seatLeft() bool {
	return s.options.Seats == 0 || s.seatsUsed() < s.options.Seats
}

// wantsAccess reports whether a new user is to have access to the application.
func (s *Server) wantsAccess(w userWrite) bool {
	if w.ApplicationKeys == nil {
		return s.options.Unconfirmed.DefaultAccess
	}
	return slices.Contains(*w.ApplicationKeys, ApplicationKey)
}

// grantApplication is POST user/application.
func (s *Server) grantApplication(c *call) (answer, error) {
	u, err := s.applicationUser(c)
	if err != nil {
		return answer{}, err
	}
	if !s.state.belongs(u, ApplicationGroup) {
		if u.active && !s.seatLeft() {
			return answer{}, s.noSeatLeft()
		}
		u.directory.group(ApplicationGroup).users[u] = true
	}
	return answer{status: http.StatusOK}, nil
}

// revokeApplication is DELETE user/application.
func (s *Server) revokeApplication(c *call) (answer, error) {
	u, err := s.applicationUser(c)
	if err != nil {
		return answer{}, err
	}
	delete(u.directory.group(ApplicationGroup).users, u)
	return answer{status: http.StatusNoContent}, nil
}

// applicationUser is the user whose access the query names. There is no 404
// here: what is unknown is an invalid request.
func (s *Server) applicationUser(c *call) (*account, error) {
	query := c.URL.Query()
	u := s.state.user(query.Get("username"))
	switch {
	case u == nil:
		return nil, refuse(http.StatusBadRequest, "The user named '%s' does not exist", query.Get("username"))
	case query.Get("applicationKey") != ApplicationKey:
		return nil, refuse(http.StatusBadRequest, "There is no application '%s'.", query.Get("applicationKey"))
	case u.directory.ReadOnly:
		return nil, s.readOnly("You cannot change the application access of user '" + u.name + "'.")
	}
	return u, nil
}
