package bitbucket

import (
	"net/http"
	"slices"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// listGroups is GET admin/groups.
func (s *Server) listGroups(c *call) (answer, error) {
	query := c.URL.Query()
	names := slices.DeleteFunc(s.GroupNames(), func(name string) bool { return !s.passes(query, name) })
	return page(s, query, names, s.detailedGroup)
}

// createGroup is POST admin/groups, which answers 200.
func (s *Server) createGroup(c *call) (answer, error) {
	name := c.URL.Query().Get("name")
	if name == "" {
		return answer{}, malformed("name", "The name must not be empty.")
	}
	if _, taken := s.GroupName(name); taken {
		return answer{}, refuse(http.StatusConflict, integrity, "A group with the name '%s' already exists.", name)
	}
	d := s.Creating()
	if d == nil {
		return answer{}, s.readOnly("Group", name)
	}
	d.Group(name)
	return answer{http.StatusOK, s.detailedGroup(name)}, nil
}

// deleteGroup is DELETE admin/groups.
func (s *Server) deleteGroup(c *call) (answer, error) {
	name, found := s.GroupName(c.URL.Query().Get("name"))
	switch {
	case !found:
		return answer{}, noSuchGroup(c.URL.Query().Get("name"))
	case groupRank(name) > c.rank:
		return answer{}, ranksHigher("group", name)
	case !s.writableGroup(name):
		return answer{}, s.readOnly("Group", name)
	case c.caller.Belongs(name) && groupRank(name) >= administers && groupRank(name) == rankOf(c.caller):
		return answer{}, refuse(http.StatusConflict, integrity, "Deleting the group '%s' would lower your own permissions.", name)
	}
	shown := s.detailedGroup(name)
	for _, d := range s.Directories {
		if !d.ReadOnly {
			d.RemoveGroup(name)
		}
	}
	return answer{http.StatusOK, shown}, nil
}

// listGroupsOf is GET admin/users/more-members: the groups of a user.
func (s *Server) listGroupsOf(c *call) (answer, error) {
	query := c.URL.Query()
	u := s.Account(query.Get("context"))
	var names []string
	switch {
	case u != nil:
		names = u.Groups()
	case s.options.Unconfirmed.AbsentContextStatus != http.StatusOK:
		return answer{}, noSuchUser(query.Get("context"))
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !s.passes(query, name) })
	return page(s, query, names, s.detailedGroup)
}

// listMembers is GET admin/groups/more-members.
func (s *Server) listMembers(c *call) (answer, error) {
	query := c.URL.Query()
	name, found := s.GroupName(query.Get("context"))
	if !found && s.options.Unconfirmed.AbsentContextStatus != http.StatusOK {
		return answer{}, noSuchGroup(query.Get("context"))
	}
	var members []*userbase.Account
	if found {
		members = s.Members(name)
	}
	return page(s, query, s.filtered(query, members), s.detailedUser)
}
