package cloud

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// patchBody is RequestPayloadToPatch. Its key is read in both spellings, that
// of the vendor's example and that of the vendor's schema.
type patchBody struct {
	Operations []patchOperation `json:"Operations"`
}

type patchOperation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

// steps reads the operations of a PATCH.
func (c *call) steps() ([]patchOperation, error) {
	var body patchBody
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	if len(body.Operations) == 0 {
		return nil, refuse(http.StatusBadRequest, "invalidSyntax", "There are no operations.")
	}
	for i := range body.Operations {
		op := strings.ToLower(body.Operations[i].Op)
		if op != "add" && op != "replace" && op != "remove" {
			return nil, refuse(http.StatusBadRequest, "invalidSyntax", "Operation [%s] is unknown.", op)
		}
		body.Operations[i].Op = op
	}
	return body.Operations, nil
}

// patched answers a PATCH that had success.
func (s *Server) patched(body any) (int, any, error) {
	if s.options.Unconfirmed.PatchAnswersNothing {
		return http.StatusNoContent, nil, nil
	}
	return http.StatusOK, body, nil
}

// patchUser answers PATCH /Users/{id}: all operations, or none.
func (s *Server) patchUser(c *call) (int, any, error) {
	a, err := s.addressed(c.id)
	if err != nil {
		return 0, nil, err
	}
	steps, err := c.steps()
	if err != nil {
		return 0, nil, err
	}
	wanted := maps.Clone(a.profile)
	wanted["active"] = a.active
	for _, step := range steps {
		if err := patchAttribute(wanted, step); err != nil {
			return 0, nil, err
		}
	}
	if err := s.change(a, wanted); err != nil {
		return 0, nil, err
	}
	body, err := c.selected(s.userBean(a))
	if err != nil {
		return 0, nil, err
	}
	return s.patched(body)
}

// patchAttribute does one operation: on an attribute, on a part of one, such
// as name.givenName, or, without a path, on those that the value names.
func patchAttribute(wanted map[string]any, step patchOperation) error {
	var value any
	if len(step.Value) > 0 {
		if err := json.Unmarshal(step.Value, &value); err != nil {
			return refuse(http.StatusBadRequest, "invalidSyntax", "The value cannot be read: %s", err)
		}
	}
	name, part, isPart := strings.Cut(step.Path, ".")
	_, isBool := value.(bool)
	values, isObject := value.(map[string]any)
	switch {
	case step.Path == "" && isObject:
		maps.Copy(wanted, values)
	case step.Path == "active" && !isBool:
		return refuse(http.StatusBadRequest, "invalidValue", "Attribute [active] must be true or false.")
	case step.Path == "active":
		wanted["active"] = value
	case isPart && name == "name":
		whole, _ := wanted["name"].(map[string]any)
		whole = maps.Clone(whole)
		if whole == nil {
			whole = map[string]any{}
		}
		whole[part] = value
		wanted["name"] = whole
	case !attributes[step.Path]:
		return refuse(http.StatusBadRequest, "invalidPath", "Path [%s] is not supported.", step.Path)
	case step.Op == "remove":
		delete(wanted, step.Path)
	default:
		wanted[step.Path] = value
	}
	return nil
}

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
