package jira

import (
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// nameOnly is the body of requests that carry just a name.
type nameOnly struct {
	Name string `json:"name"`
}

// namedGroup is the name, as it was written, of the group that the query names.
func (s *Server) namedGroup(c *call) (string, error) {
	asked := c.URL.Query().Get("groupname")
	if strings.TrimSpace(asked) == "" {
		return "", refuse(http.StatusBadRequest, "The group name must not be empty.")
	}
	name, ok := s.GroupName(asked)
	if !ok {
		return "", noSuchGroup(asked)
	}
	return name, nil
}

// getGroup is GET group, which the document of 10.3 no longer lists. It gives
// the group without its members.
func (s *Server) getGroup(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, s.groupBean(c, name)}, nil
}

// createGroup is POST group. A name that is taken is 400, not 409.
func (s *Server) createGroup(c *call) (answer, error) {
	var w nameOnly
	if err := c.decode(&w); err != nil {
		return answer{}, err
	}
	name := strings.TrimSpace(w.Name)
	if name == "" {
		return answer{}, refuse(http.StatusBadRequest, "The group name must not be empty.")
	}
	if _, taken := s.GroupName(name); taken {
		return answer{}, refuse(http.StatusBadRequest, "A group or user with this name already exists.")
	}
	d := s.Creating()
	if d == nil {
		return answer{}, refuse(s.options.Unconfirmed.ReadOnlyStatus, "You cannot add group '%s'. All directories are read only.", name)
	}
	d.Group(name)
	return answer{http.StatusCreated, s.groupBean(c, name)}, nil
}

// deleteGroup is DELETE group. It goes from every directory that permits it;
// where one does not, the group remains.
func (s *Server) deleteGroup(c *call) (answer, error) {
	name, err := s.namedGroup(c)
	if err != nil {
		return answer{}, err
	}
	permitted := false
	for _, d := range s.Directories {
		if !d.ReadOnly && d.Groups[userbase.Fold(name)] != nil {
			d.RemoveGroup(name)
			permitted = true
		}
	}
	if !permitted {
		return answer{}, refuse(s.options.Unconfirmed.ReadOnlyStatus, "You cannot delete group '%s'. The group's directory is read only.", name)
	}
	return answer{status: http.StatusOK}, nil
}
