package confluence

import (
	"net/http"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// listMembers is GET group/{groupName}/member.
func (s *Server) listMembers(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	switch {
	case err != nil && s.options.Unconfirmed.EmptyAbsentGroup:
		return page(s, c, []*userbase.Account{}, s.person(c))
	case err != nil:
		return answer{}, err
	case s.options.Unconfirmed.MembersOfSubgroups:
		return page(s, c, s.Members(name), s.person(c))
	}
	return page(s, c, s.DirectMembers(name), s.person(c))
}

// groupsOf is GET user/memberof.
func (s *Server) groupsOf(c *call) (answer, error) {
	u, err := s.asked(c)
	switch {
	case err != nil && s.options.Unconfirmed.EmptyAbsentUser:
		return page(s, c, []string{}, s.group(c))
	case err != nil:
		return answer{}, err
	case s.options.Unconfirmed.MembersOfSubgroups:
		return page(s, c, u.Groups(), s.group(c))
	}
	return page(s, c, u.DirectGroups(), s.group(c))
}

// addMember is PUT user/{username}/group/{groupName}. A membership that is
// there already is no error. It is written where the user is: it would not
// count elsewhere.
func (s *Server) addMember(c *call) (answer, error) {
	return s.changeMembership(c, func(group string, u *userbase.Account) { u.Directory.Group(group).Add(u) })
}

// removeMember is DELETE user/{username}/group/{groupName}. A membership that
// is not there is no error.
func (s *Server) removeMember(c *call) (answer, error) {
	return s.changeMembership(c, func(group string, u *userbase.Account) { u.Directory.Groups[userbase.Fold(group)].Drop(u) })
}

func (s *Server) changeMembership(c *call, change func(group string, u *userbase.Account)) (answer, error) {
	u, noUser := s.named(c)
	group, noGroup := s.namedGroup(c)
	switch {
	case noUser != nil || noGroup != nil:
		return answer{}, refuse(s.options.Unconfirmed.AbsentStatus, "No user %s or no group %s was found.",
			c.PathValue("username"), c.PathValue("groupName"))
	case u.Directory.ReadOnly:
		return answer{}, s.readOnly("User " + u.Name)
	}
	change(group, u)
	return answer{status: http.StatusNoContent}, nil
}
