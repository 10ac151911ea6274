package jira

import (
	"net/http"
	"slices"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// seatsUsed counts the active users that have access to the application.
func (s *Server) seatsUsed() int {
	used := 0
	for _, u := range s.Members(ApplicationGroup) {
		if u.Active {
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
func takesSeat(u *userbase.Account, groupName string) bool {
	return u.Active && userbase.Fold(groupName) == userbase.Fold(ApplicationGroup) && !u.Belongs(ApplicationGroup)
}

// takesSeatBy reports whether the change w of u would cost a seat.
func (s *Server) takesSeatBy(u *userbase.Account, w userWrite) bool {
	has := u.Belongs(ApplicationGroup)
	active, access := u.Active, has
	if w.Active != nil {
		active = *w.Active
	}
	if w.ApplicationKeys != nil {
		access = s.wantsAccess(w)
	}
	return active && access && (!u.Active || !has)
}

// setAccess gives u access to the application or takes it away.
func setAccess(u *userbase.Account, access bool) {
	if access {
		u.Directory.Group(ApplicationGroup).Add(u)
	} else {
		u.Directory.Groups[userbase.Fold(ApplicationGroup)].Drop(u)
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
func (s *Server) applicationUser(c *call) (*userbase.Account, error) {
	query := c.URL.Query()
	u := s.Account(query.Get("username"))
	switch {
	case u == nil:
		return nil, refuse(http.StatusBadRequest, "The user named '%s' does not exist", query.Get("username"))
	case query.Get("applicationKey") != ApplicationKey:
		return nil, refuse(http.StatusBadRequest, "There is no application '%s'.", query.Get("applicationKey"))
	case u.Directory.ReadOnly:
		return nil, s.readOnly("You cannot change the application access of user '" + u.Name + "'.")
	}
	return u, nil
}
