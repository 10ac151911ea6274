package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// MaxEntries is the most entries that a multi-valued attribute may have,
// members apart, which Rules limit.
const MaxEntries = 1000

const (
	valueName   = "value"
	typeName    = "type"
	primaryName = "primary"
)

// Dropped is the path of an attribute that a client sent and that is not
// known here. It says nothing of the value.
type Dropped string

// maxDropped is the most bytes of a path that a log is burdened with.
const maxDropped = 256

// DroppedPath is the Dropped for a path: without the filter in it, which holds
// values, and cut to a length that is fit for a log.
func DroppedPath(path string) Dropped {
	path, _, _ = strings.Cut(path, "[")
	return Dropped(strings.ToValidUTF8(path[:min(len(path), maxDropped)], ""))
}

// Coerce reads v, as a client sent it, as the value of what ref refers to, and
// returns it in canonical form: a list if the attribute is multi-valued and ref
// names no sub-attribute. A nil result means unassigned, which null, blank
// text, [] and an object without content all say (RFC 7643 section 2.5).
// Unknown sub-attributes are dropped and named. An error is an *Error.
//
// Beyond the RFC it takes true and false as strings, a list of one for a
// single value and a single value for a list of one, and a bare string for
// {"value": string} and the other way round; strict rules do not.
//
// The ref must name an attribute, not an extension as a whole.
func (rules Rules) Coerce(ref Ref, v any) (any, []Dropped, error) {
	c := coercion{rules: rules}
	out, err := c.value(ref.Target(), ref.String(), v)
	return out, c.names(), err
}

// CoerceEntry reads v as one entry of the multi-valued attribute that ref
// refers to, otherwise like Coerce.
func (rules Rules) CoerceEntry(ref Ref, v any) (any, []Dropped, error) {
	c := coercion{rules: rules}
	out, err := c.single(ref.Attr, ref.String(), v)
	return out, c.names(), err
}

// coercion is one reading of a client's values; it collects what is dropped.
type coercion struct {
	rules   Rules
	dropped map[Dropped]struct{}
}

// drop leaves out an attribute that is not known.
func (c *coercion) drop(path string) error {
	if c.rules.Strict {
		return &Error{ScimType: InvalidSyntax, Detail: fmt.Sprintf("there is no attribute %q", DroppedPath(path))}
	}
	if c.dropped == nil {
		c.dropped = map[Dropped]struct{}{}
	}
	c.dropped[DroppedPath(path)] = struct{}{}
	return nil
}

func (c *coercion) names() []Dropped {
	return slices.Sorted(maps.Keys(c.dropped))
}

func (c *coercion) value(a *Attribute, path string, v any) (any, error) {
	if a.MultiValued {
		return c.list(a, path, v)
	}
	return c.single(a, path, v)
}

// list reads a multi-valued attribute. A single value stands for a list of one.
func (c *coercion) list(a *Attribute, path string, v any) (any, error) {
	sent, ok := v.([]any)
	if !ok && v != nil {
		if c.rules.Strict {
			return nil, mismatch(path, "a list", v)
		}
		sent = []any{v}
	}
	switch {
	case a.Name == MembersName && len(sent) > c.rules.Members:
		return nil, c.rules.TooManyMembers()
	case a.Name != MembersName && len(sent) > MaxEntries:
		return nil, TooManyEntries(path)
	}
	entries := make([]any, 0, len(sent))
	for _, element := range sent {
		entry, err := c.single(a, path, element)
		if err != nil {
			return nil, err
		}
		if entry != nil {
			entries = append(entries, entry)
		}
	}
	return a.Tidy(entries), nil
}

// single reads one value.
func (c *coercion) single(a *Attribute, path string, v any) (any, error) {
	if !c.rules.Strict {
		v = unwrap(a, v)
	}
	switch {
	case v == nil || isBlank(v):
		return nil, nil
	case a.Type == TypeComplex:
		return c.object(a, path, v)
	case a.Type == TypeBoolean:
		return c.boolean(a, path, v)
	default:
		return str(path, v)
	}
}

// isBlank reports whether v is a string without anything to see in it.
func isBlank(v any) bool {
	text, ok := v.(string)
	return ok && strings.TrimSpace(text) == ""
}

// unwrap undoes what clients put around a single value: Entra ID sends
// [{"value": v}] for v when it adds a custom attribute.
func unwrap(a *Attribute, v any) any {
	v = unwrapList(v)
	if a.Type != TypeComplex {
		v = unwrapValue(v)
	}
	return v
}

// unwrapList undoes the list that some clients put around a single value.
func unwrapList(v any) any {
	list, ok := v.([]any)
	switch {
	case ok && len(list) == 0:
		return nil
	case ok && len(list) == 1:
		return list[0]
	default:
		return v
	}
}

// unwrapValue undoes the {"value": v} that some clients write for v.
func unwrapValue(v any) any {
	object, _ := v.(map[string]any)
	for key, inner := range object {
		if strings.EqualFold(key, valueName) {
			return inner
		}
	}
	return v
}

// object reads a complex value. A bare string stands for its value, as Entra
// ID sends a manager.
func (c *coercion) object(a *Attribute, path string, v any) (any, error) {
	if _, ok := v.(string); ok && !c.rules.Strict && a.SubAttributes.Find(valueName) != nil {
		v = map[string]any{valueName: v}
	}
	sent, ok := v.(map[string]any)
	if !ok {
		return nil, mismatch(path, "an object", v)
	}
	out, err := c.attributes(a.SubAttributes.Find, path+".", sent)
	if err != nil {
		return nil, err
	}
	if err := requireAll(a.SubAttributes, path+".", out); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// attributes reads an object whose keys are attribute names, which find knows.
// The prefix goes before a name in messages.
func (c *coercion) attributes(find func(name string) *Attribute, prefix string, sent map[string]any) (map[string]any, error) {
	out := make(map[string]any, len(sent))
	for name, v := range sent {
		a := find(name)
		if a == nil {
			if err := c.drop(prefix + name); err != nil {
				return nil, err
			}
			continue
		}
		if _, given := out[a.Name]; given {
			return nil, twice(prefix + a.Name)
		}
		if !a.Writable() {
			v = nil
		}
		value, err := c.value(a, prefix+a.Name, v)
		if err != nil {
			return nil, err
		}
		out[a.Name] = value
	}
	maps.DeleteFunc(out, func(_ string, value any) bool { return value == nil })
	return out, nil
}

// requireAll checks that no required attribute is missing.
func requireAll(known Attributes, prefix string, out map[string]any) error {
	for i := range known {
		a := &known[i]
		if a.Required && out[a.Name] == nil {
			return &Error{ScimType: InvalidValue, Path: prefix + a.Name,
				Detail: fmt.Sprintf("%s%s is required and must not be empty", prefix, a.Name)}
		}
	}
	return nil
}

// boolean takes true and false also as strings, as Entra ID sends them.
func (c *coercion) boolean(a *Attribute, path string, v any) (any, error) {
	truth, ok := v.(bool)
	if text, isText := v.(string); isText && !c.rules.Strict {
		truth = strings.EqualFold(text, "true")
		ok = truth || strings.EqualFold(text, "false")
	}
	if !ok {
		return nil, mismatch(path, "true or false", v)
	}
	if truth == a.Absent() {
		return nil, nil
	}
	return truth, nil
}

// str takes strings only: a number is never read as one, because an
// externalId that changes its meaning on the way can name somebody else
// (CVE-2025-41115).
func str(path string, v any) (any, error) {
	text, ok := v.(string)
	if !ok {
		return nil, mismatch(path, "a string", v)
	}
	return text, nil
}

func mismatch(path, expected string, v any) error {
	return &Error{ScimType: InvalidValue, Path: path,
		Detail: fmt.Sprintf("%s must be %s, but %s was sent", path, expected, kindOf(v))}
}

// TooManyEntries is the error for a multi-valued attribute with more than
// MaxEntries entries.
func TooManyEntries(path string) error {
	return &Error{ScimType: InvalidValue, Path: path,
		Detail: fmt.Sprintf("%s has too many entries; at most %d are accepted", path, MaxEntries)}
}

func twice(path string) error {
	return &Error{ScimType: InvalidSyntax, Path: path,
		Detail: path + " is given twice; send it once"}
}

// kindOf names the JSON type of v.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "some other text"
	case bool:
		return "a boolean"
	case float64:
		return "a number"
	case []any:
		return "a list"
	default:
		return "an object"
	}
}
