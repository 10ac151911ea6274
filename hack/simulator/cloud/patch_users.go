package cloud

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

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
	value, err := step.decoded()
	if err != nil {
		return err
	}
	if values, ok := value.(map[string]any); ok && step.Path == "" {
		maps.Copy(wanted, values)
		return nil
	}
	if match := oneEmail.FindStringSubmatch(step.Path); match != nil {
		wanted["emails"] = withEmail(wanted["emails"], match[1], value)
		return nil
	}
	if part, ok := strings.CutPrefix(step.Path, "name."); ok {
		wanted["name"] = withPart(wanted["name"], part, value)
		return nil
	}
	switch {
	case !attributes[step.Path] && step.Path != "active":
		return refuse(http.StatusBadRequest, "invalidPath", "Path [%s] is not supported.", step.Path)
	case step.Op == "remove":
		delete(wanted, step.Path)
	case step.Op == "add":
		wanted[step.Path] = added(wanted[step.Path], value)
	default:
		wanted[step.Path] = value
	}
	return nil
}

// added appends to a list and takes the place of anything else.
func added(held, value any) any {
	list, isList := held.([]any)
	more, areMore := value.([]any)
	if isList && areMore {
		return slices.Concat(list, more)
	}
	return value
}

// oneEmail is the path of an address by its type, which identity providers
// send: emails[type eq "work"].value.
var oneEmail = regexp.MustCompile(`^emails\[type eq "(\w+)"\]\.value$`)

// withEmail sets the address of a type. Of several addresses the first that
// was set stays the primary one.
func withEmail(emails any, kind string, value any) []any {
	all, _ := emails.([]any)
	all = slices.Clone(all)
	for i, e := range all {
		if e, ok := e.(map[string]any); ok && e["type"] == kind {
			all[i] = withPart(e, "value", value)
			return all
		}
	}
	return append(all, map[string]any{"type": kind, "value": value, "primary": len(all) == 0})
}

func withPart(whole any, part string, value any) map[string]any {
	parts, _ := whole.(map[string]any)
	changed := map[string]any{}
	maps.Copy(changed, parts)
	changed[part] = value
	return changed
}

// decoded is the value of an operation; nil if it has none.
func (o patchOperation) decoded() (value any, err error) {
	if len(o.Value) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(o.Value, &value); err != nil {
		return nil, refuse(http.StatusBadRequest, "invalidSyntax", "The value cannot be read: %s", err)
	}
	return value, nil
}
