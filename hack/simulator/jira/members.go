package jira

import (
	"net/http"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// listMembers is GET group/member: members of the group and of its subgroups,
// the inactive ones only on request.
func (s *Server) listMembers(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	members := s.Members(name)
	if c.URL.Query().Get("includeInactiveUsers") != "true" {
		members = userbase.Those(members, userbase.IsActive)
	}
	return s.offsetPage(c, members)
}

// addMember is POST group/user. Somebody who is a member already is 400.
//
// The membership is written where the user is: it would not count elsewhere.
func (s *Server) addMember(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	var w nameOnly
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	u := s.Account(w.Name)
	if u == nil {
		return answer{}, noSuchUser(w.Name)
	}
	g := u.Directory.Groups[userbase.Fold(name)]
	switch {
	case u.Directory.ReadOnly:
		return answer{}, s.readOnly("You cannot add user '" + u.Name + "' to group '" + name + "'.")
	case g.Has(u):
		return answer{}, refuse(http.StatusBadRequest, "Cannot add user. '%s' is already a member of '%s'", u.Name, name)
	case takesSeat(u, name) && !s.seatLeft():
		return answer{}, s.noSeatLeft()
	}
	u.Directory.Group(name).Add(u)
	return answer{http.StatusCreated, s.groupBean(c, name)}, nil
}

// removeMember is DELETE group/user. It ends direct memberships only.
func (s *Server) removeMember(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	username := c.URL.Query().Get("username")
	u := s.Account(username)
	if u == nil {
		return answer{}, noSuchUser(username)
	}
	if u.Directory.ReadOnly {
		return answer{}, s.readOnly("You cannot remove user '" + u.Name + "' from group '" + name + "'.")
	}
	g := u.Directory.Groups[userbase.Fold(name)]
	if !g.Has(u) {
		return answer{}, refuse(s.options.Unconfirmed.AbsentMemberStatus,
			"Cannot remove user '%s' from group '%s' since user is not a member of '%s'", u.Name, name, name)
	}
	g.Drop(u)
	return answer{status: http.StatusOK}, nil
}
