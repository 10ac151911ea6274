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

// takesSeat reports whether joining the group would cost a seat.
func takesSeat(u *account, groupName string) bool {
	return u.active && fold(groupName) == fold(ApplicationGroup) && !belongs(u, ApplicationGroup)
}

// takesSeatBy reports whether the change w of u would cost a seat.
func (s *Server) takesSeatBy(u *account, w userWrite) bool {
	has := belongs(u, ApplicationGroup)
	active, access := u.active, has
	if w.Active != nil {
		active = *w.Active
	}
	if w.ApplicationKeys != nil {
		access = s.wantsAccess(w)
	}
	return active && access && (!u.active || !has)
}

// setAccess gives u access to the application or takes it away.
func setAccess(u *account, access bool) {
	if access {
		u.directory.group(ApplicationGroup).users[u] = true
	} else if g := u.directory.groups[fold(ApplicationGroup)]; g != nil {
		delete(g.users, u)
	}
}

// grantApplication is POST user/application.
func (s *Server) grantApplication(c *call) (answer, error) {
	u, err := s.applicationUser(c)
	if err != nil {
		return answer{}, err
	}
	if takesSeat(u, ApplicationGroup) && !s.seatLeft() {
		return answer{}, s.noSeatLeft()
	}
	setAccess(u, true)
	return answer{status: http.StatusOK}, nil
}

// revokeApplication is DELETE user/application.
func (s *Server) revokeApplication(c *call) (answer, error) {
	u, err := s.applicationUser(c)
	if err != nil {
		return answer{}, err
	}
	setAccess(u, false)
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
