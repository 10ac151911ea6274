package confluence

import (
	"net/http"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// namedGroup is the name, as it was written, of the group that the path names.
func (s *Server) namedGroup(c *call) (string, error) {
	asked := c.PathValue("groupName")
	name, ok := s.GroupName(asked)
	if !ok {
		return "", noSuchGroup(asked)
	}
	return name, nil
}

// listGroups is GET group.
func (s *Server) listGroups(c *call) (answer, error) {
	return page(s, c, s.GroupNames(), s.group(c))
}

// getGroup is GET group/{groupName}.
func (s *Server) getGroup(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, s.group(c)(name)}, nil
}

// createGroup is POST admin/group.
func (s *Server) createGroup(c *call) (answer, error) {
	var w struct {
		Name string `json:"name"`
	}
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	name := strings.TrimSpace(w.Name)
	if s.options.Unconfirmed.LowersGroupNames {
		name = strings.ToLower(name)
	}
	if name == "" {
		return answer{}, invalid("The request must provide a name.")
	}
	if _, taken := s.GroupName(name); taken {
		return answer{}, refuse(http.StatusConflict, "Group %s already exists.", name)
	}
	d := s.Creating()
	if d == nil {
		return answer{}, refuse(s.options.Unconfirmed.ReadOnlyStatus, "There is no user directory that groups can be added to.")
	}
	d.Group(name)
	return answer{http.StatusOK, s.group(c)(name)}, nil
}

// deleteGroup is DELETE admin/group/{groupName}. It goes from every directory
// that permits it; where one does not, the group remains.
func (s *Server) deleteGroup(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	if userbase.Fold(name) == AdminGroup {
		return answer{}, invalid("The last group of administrators cannot be deleted.")
	}
	permitted := false
	for _, d := range s.Directories {
		if !d.ReadOnly && d.Groups[userbase.Fold(name)] != nil {
			d.RemoveGroup(name)
			permitted = true
		}
	}
	if !permitted {
		return answer{}, s.readOnly("Group " + name)
	}
	return answer{status: http.StatusNoContent}, nil
}

// listSubgroups is GET group/{groupName}/groupmember.
func (s *Server) listSubgroups(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	var names []string
	for _, d := range s.Directories {
		if g := d.Groups[userbase.Fold(name)]; g != nil {
			for sub := range g.Subgroups() {
				names = append(names, sub.Name)
			}
		}
	}
	slices.Sort(names)
	return page(s, c, slices.Compact(names), s.group(c))
}
