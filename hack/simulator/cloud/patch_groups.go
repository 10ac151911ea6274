package cloud

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
)

// patchGroup answers PATCH /Groups/{id}: all operations, or none.
func (s *Server) patchGroup(c *call) (int, any, error) {
	g, err := s.found(c.id)
	if err != nil {
		return 0, nil, err
	}
	steps, err := c.steps()
	if err != nil {
		return 0, nil, err
	}
	wanted := *g
	wanted.members = slices.Clone(g.members)
	for _, step := range steps {
		if err := s.patchMembers(&wanted, step); err != nil {
			return 0, nil, err
		}
	}
	wanted.modified = s.options.Clock().UTC()
	*g = wanted
	return s.patched(s.groupBean(g))
}

// oneMember is the path of a member: members[value eq "id"].
var oneMember = regexp.MustCompile(`^members\[value eq ("(?:[^"\\]|\\.)*")\]$`)

// patchMembers does one operation on the members.
func (s *Server) patchMembers(g *group, step patchOperation) error {
	if match := oneMember.FindStringSubmatch(step.Path); match != nil && step.Op == "remove" {
		var id string
		if err := json.Unmarshal([]byte(match[1]), &id); err != nil {
			return refuse(http.StatusBadRequest, "invalidPath", "Path [%s] is not supported.", step.Path)
		}
		return s.removeMembers(g, []member{{id}})
	}
	switch step.Path {
	case "members":
	case "displayName":
		return immutableName()
	default:
		return refuse(http.StatusBadRequest, "invalidPath", "Path [%s] is not supported.", step.Path)
	}
	var members []member
	if len(step.Value) > 0 && json.Unmarshal(step.Value, &members) != nil {
		return refuse(http.StatusBadRequest, "invalidValue", "The value of [members] must be a list.")
	}
	unknown := s.options.Unconfirmed.UnknownMemberStatus
	switch {
	case step.Op == "add":
		return s.addMembers(g, members, unknown)
	case step.Op == "replace":
		return s.replaceMembers(g, members, unknown)
	case len(members) == 0, s.options.Unconfirmed.RemoveTakesAll:
		g.members = nil
		return nil
	}
	return s.removeMembers(g, members)
}

func (s *Server) removeMembers(g *group, members []member) error {
	for _, m := range members {
		a := s.state.user(m.Value)
		if refused := s.options.Unconfirmed.AbsentMemberStatus; refused != 0 && (a == nil || !g.has(a)) {
			return refuse(refused, "noTarget", "Resource [USER]: with id[%s] is no member.", m.Value)
		}
		g.remove(a)
	}
	return nil
}
