package crowd

import (
	"net/http"
	"slices"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// listMembers is GET group/user/direct: direct members, or with username the
// one of that name.
func (s *Server) listMembers(c *call) (answer, error) {
	return s.usersOfGroup(c, s.DirectMembers)
}

// listNestedMembers is GET group/user/nested: those of subgroups as well.
func (s *Server) listNestedMembers(c *call) (answer, error) {
	return s.usersOfGroup(c, s.Members)
}

func (s *Server) usersOfGroup(c *call, members func(string) []*userbase.Account) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	asked := c.query.Get("username")
	if asked == "" {
		return s.userPage(c, members(name))
	}
	for _, u := range members(name) {
		if userbase.Fold(u.Name) == userbase.Fold(asked) {
			return answer{http.StatusOK, s.userEntity(c, u)}, nil
		}
	}
	return answer{}, notMember(asked, name)
}

// groupsOfUser is GET user/group/direct. A user who does not exist has an
// empty list (CWD-4433).
func (s *Server) groupsOfUser(c *call) (answer, error) {
	return s.userGroups(c, (*userbase.Account).DirectGroups)
}

// nestedGroupsOfUser is GET user/group/nested.
func (s *Server) nestedGroupsOfUser(c *call) (answer, error) {
	return s.userGroups(c, (*userbase.Account).Groups)
}

func (s *Server) userGroups(c *call, groups func(*userbase.Account) []string) (answer, error) {
	name := c.query.Get("username")
	if name == "" {
		return answer{}, missing("username")
	}
	names := []string{}
	if u := s.Account(name); u != nil {
		names = groups(u)
	}
	asked := c.query.Get("groupname")
	if asked == "" {
		return s.groupPage(c, names)
	}
	at := slices.IndexFunc(names, func(g string) bool { return userbase.Fold(g) == userbase.Fold(asked) })
	if at < 0 {
		return answer{}, notMember(name, asked)
	}
	return answer{http.StatusOK, s.groupEntity(c, names[at], true)}, nil
}

// addMember is POST group/user/direct: a user who does not exist is 400, a
// group that does not is 404, and a membership that is there is 409.
func (s *Server) addMember(c *call) (answer, error) {
	group, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	var w struct {
		Name string `json:"name"`
	}
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	u := s.Account(w.Name)
	if u == nil {
		return answer{}, noSuchUser(http.StatusBadRequest, w.Name)
	}
	return answer{status: http.StatusCreated}, join(u, group)
}

// addGroupOfUser is POST user/group/direct, the same the other way round.
func (s *Server) addGroupOfUser(c *call) (answer, error) {
	u, err := s.namedUser(c)
	if err != nil {
		return answer{}, err
	}
	var w struct {
		Name string `json:"name"`
	}
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	group, ok := s.GroupName(w.Name)
	if !ok {
		return answer{}, refuse(http.StatusBadRequest, "GROUP_NOT_FOUND", "Group <%s> does not exist", w.Name)
	}
	return answer{status: http.StatusCreated}, join(u, group)
}

// join writes a membership where the user is: it would not count elsewhere.
func join(u *userbase.Account, group string) error {
	g := u.Directory.Groups[userbase.Fold(group)]
	switch {
	case g.Has(u):
		return refuse(http.StatusConflict, "MEMBERSHIP_ALREADY_EXISTS", "Membership already exists: %s in %s", u.Name, group)
	case u.Directory.ReadOnly:
		return denied("Cannot update group '%s' because directory '%s' does not allow updates.", group, u.Directory.Name)
	}
	u.Directory.Group(group).Add(u)
	return nil
}

// removeMember is DELETE group/user/direct and user/group/direct.
func (s *Server) removeMember(c *call) (answer, error) {
	group, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	u, err := s.namedUser(c)
	if err != nil {
		return answer{}, err
	}
	g := u.Directory.Groups[userbase.Fold(group)]
	switch {
	case !g.Has(u):
		return answer{}, notMember(u.Name, group)
	case u.Directory.ReadOnly:
		return answer{}, denied("Cannot update group '%s' because directory '%s' does not allow updates.", group, u.Directory.Name)
	}
	g.Drop(u)
	return answer{status: http.StatusNoContent}, nil
}

func notMember(user, group string) *apiError {
	return refuse(http.StatusNotFound, "MEMBERSHIP_NOT_FOUND", "The child entity <%s> is not a member of the parent <%s>", user, group)
}
