package crowd

import (
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// groupWrite is what a caller sends of a group.
type groupWrite struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Type        string `json:"type"`
	Active      *flag  `json:"active"`
}

// namedGroup is the name, as it was written, of the group that the query names.
func (s *Server) namedGroup(c *call) (string, error) {
	asked := c.query.Get("groupname")
	if asked == "" {
		return "", missing("groupname")
	}
	name, ok := s.GroupName(asked)
	if !ok {
		return "", noSuchGroup(asked)
	}
	return name, nil
}

// getGroup is GET group.
func (s *Server) getGroup(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, s.groupEntity(c, name, true)}, nil
}

// createGroup is POST group. The group goes to every directory that permits
// adding groups. It answers without a body.
func (s *Server) createGroup(c *call) (answer, error) {
	var w groupWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if strings.TrimSpace(w.Name) == "" {
		return answer{}, refuse(http.StatusBadRequest, "INVALID_GROUP", "The group's name must not be empty")
	}
	if _, taken := s.GroupName(w.Name); taken {
		return answer{}, refuse(http.StatusBadRequest, "INVALID_GROUP", "Group already exists in directory: %s", w.Name)
	}
	if s.Creating() == nil {
		return answer{}, denied("Cannot add group '%s' because no directory of the application allows it.", w.Name)
	}
	for _, d := range s.Directories {
		if !d.ReadOnly && !d.NoCreate {
			d.Group(w.Name)
		}
	}
	s.descriptions[userbase.Fold(w.Name)] = w.Description
	return answer{status: http.StatusCreated}, nil
}

// updateGroup is PUT group, which answers 200 with the group, unlike PUT user.
func (s *Server) updateGroup(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	var w groupWrite
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	if w.Name != c.query.Get("groupname") {
		return answer{}, refuse(http.StatusBadRequest, "INVALID_GROUP", "The group's name in the body does not match the one in the URI")
	}
	if err := s.eachWritable(name, "update", func(*userbase.Directory) {}); err != nil {
		return answer{}, err
	}
	s.descriptions[userbase.Fold(name)] = w.Description
	return answer{http.StatusOK, s.groupEntity(c, name, true)}, nil
}

// deleteGroup is DELETE group. It goes from every directory that permits it;
// where one does not, the group remains.
func (s *Server) deleteGroup(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	err = s.eachWritable(name, "remove", func(d *userbase.Directory) { d.RemoveGroup(name) })
	return answer{status: http.StatusNoContent}, err
}

// eachWritable acts on every directory that has the group and permits changes.
func (s *Server) eachWritable(name, action string, act func(*userbase.Directory)) error {
	permitted := false
	for _, d := range s.Directories {
		if !d.ReadOnly && d.Groups[userbase.Fold(name)] != nil {
			act(d)
			permitted = true
		}
	}
	if !permitted {
		return denied("Cannot %s group '%s' because no directory that has it allows updates.", action, name)
	}
	return nil
}
