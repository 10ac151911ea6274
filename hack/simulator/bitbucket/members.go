package bitbucket

import (
	"net/http"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// addMembers is POST admin/groups/add-users: all of them or none.
func (s *Server) addMembers(c *call) (answer, error) {
	var wanted struct {
		Group string
		Users []string
	}
	if err := c.decode(&wanted); err != nil {
		return answer{}, err
	}
	group, err := s.changeableGroup(c, wanted.Group)
	if err != nil {
		return answer{}, err
	}
	seats := 0
	var members []*userbase.Account
	for _, name := range wanted.Users {
		u := s.Account(name)
		switch {
		case u == nil:
			return answer{}, noSuchUser(name)
		case u.Directory.ReadOnly:
			return answer{}, s.readOnly("User", u.Name)
		case u.Active && groupRank(group) >= licensed && rankOf(u) < licensed:
			seats++
		}
		members = append(members, u)
	}
	if seats > 0 && !s.seatsLeft(seats) {
		return answer{}, noLicenceLeft()
	}
	for _, u := range members {
		u.Directory.Group(group).Add(u)
	}
	return answer{status: http.StatusOK}, nil
}

// changeableGroup is a group's name as it was written, if there is such a
// group and the caller does not rank below it.
func (s *Server) changeableGroup(c *call, name string) (string, error) {
	written, found := s.GroupName(name)
	switch {
	case !found:
		return "", noSuchGroup(name)
	case groupRank(written) > c.rank:
		return "", ranksHigher("group", written)
	}
	return written, nil
}

// removeMember is POST admin/users/remove-group: the context is the user.
func (s *Server) removeMember(c *call) (answer, error) {
	var wanted struct{ Context, ItemName string }
	if err := c.decode(&wanted); err != nil {
		return answer{}, err
	}
	return s.remove(c, wanted.ItemName, wanted.Context)
}

// removeMemberFrom is POST admin/groups/remove-user: the context is the group.
func (s *Server) removeMemberFrom(c *call) (answer, error) {
	var wanted struct{ Context, ItemName string }
	if err := c.decode(&wanted); err != nil {
		return answer{}, err
	}
	return s.remove(c, wanted.Context, wanted.ItemName)
}

func (s *Server) remove(c *call, groupName, username string) (answer, error) {
	group, err := s.changeableGroup(c, groupName)
	if err != nil {
		return answer{}, err
	}
	u := s.Account(username)
	switch {
	case u == nil:
		return answer{}, noSuchUser(username)
	case u.Directory.ReadOnly:
		return answer{}, s.readOnly("User", u.Name)
	}
	circle := u.Directory.Groups[userbase.Fold(group)]
	if !circle.Has(u) {
		if status := s.options.Unconfirmed.AbsentMemberStatus; status != http.StatusOK {
			return answer{}, refuse(status, absentUser, "User '%s' is not a member of group '%s'.", username, group)
		}
		return answer{status: http.StatusOK}, nil
	}
	circle.Drop(u)
	return answer{status: http.StatusOK}, nil
}
