package crowd

import (
	"net/http"
	"slices"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// listChildGroups is GET group/child-group/direct.
func (s *Server) listChildGroups(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	return s.groupPage(c, s.childGroups(name))
}

func (s *Server) childGroups(name string) []string {
	var names []string
	for _, d := range s.Directories {
		if g := d.Groups[userbase.Fold(name)]; g != nil {
			for child := range g.Subgroups() {
				names = append(names, child.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// addChildGroup is POST group/child-group/direct.
func (s *Server) addChildGroup(c *call) (answer, error) {
	var w struct {
		Name string `json:"name"`
	}
	parent, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	child, ok := s.GroupName(w.Name)
	if !ok {
		return answer{}, refuse(http.StatusBadRequest, "GROUP_NOT_FOUND", "Group <%s> does not exist", w.Name)
	}
	if s.options.NoNestedGroups {
		return answer{}, refuse(http.StatusBadRequest, "NESTED_GROUPS_NOT_SUPPORTED", "The directory does not support nested groups")
	}
	return answer{status: http.StatusCreated}, s.eachWritable(parent, "update", func(d *userbase.Directory) {
		d.Group(parent).AddGroup(d.Group(child))
	})
}

// removeChildGroup is DELETE group/child-group/direct.
func (s *Server) removeChildGroup(c *call) (answer, error) {
	parent, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	child := c.query.Get("child-groupname")
	isChild := func(name string) bool { return userbase.Fold(name) == userbase.Fold(child) }
	if !slices.ContainsFunc(s.childGroups(parent), isChild) {
		return answer{}, notMember(child, parent)
	}
	return answer{status: http.StatusNoContent}, s.eachWritable(parent, "update", func(d *userbase.Directory) {
		d.Group(parent).DropGroup(d.Groups[userbase.Fold(child)])
	})
}
