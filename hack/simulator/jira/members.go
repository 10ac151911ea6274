package jira

import (
	"net/http"
	"slices"
)

// listMembers is GET group/member: members of the group and of its subgroups,
// the inactive ones only on request.
func (s *Server) listMembers(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	members := s.state.members(name)
	if c.URL.Query().Get("includeInactiveUsers") != "true" {
		members = slices.DeleteFunc(members, func(u *account) bool { return !u.active })
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
	u := s.state.user(w.Name)
	if u == nil {
		return answer{}, noSuchUser(w.Name)
	}
	g := u.directory.groups[fold(name)]
	switch {
	case u.directory.ReadOnly:
		return answer{}, s.readOnly("You cannot add user '" + u.name + "' to group '" + name + "'.")
	case g != nil && g.users[u]:
		return answer{}, refuse(http.StatusBadRequest, "Cannot add user. '%s' is already a member of '%s'", u.name, name)
	case takesSeat(u, name) && !s.seatLeft():
		return answer{}, s.noSeatLeft()
	}
	u.directory.group(name).users[u] = true
	return answer{http.StatusCreated, s.groupBean(c, name)}, nil
}

// removeMember is DELETE group/user. It ends direct memberships only.
func (s *Server) removeMember(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	username := c.URL.Query().Get("username")
	u := s.state.user(username)
	if u == nil {
		return answer{}, noSuchUser(username)
	}
	if u.directory.ReadOnly {
		return answer{}, s.readOnly("You cannot remove user '" + u.name + "' from group '" + name + "'.")
	}
	g := u.directory.groups[fold(name)]
	if g == nil || !g.users[u] {
		return answer{}, refuse(s.options.Unconfirmed.AbsentMemberStatus,
			"Cannot remove user '%s' from group '%s' since user is not a member of '%s'", u.name, name, name)
	}
	delete(g.users, u)
	return answer{status: http.StatusOK}, nil
}
