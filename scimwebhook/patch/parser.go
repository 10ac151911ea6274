package patch

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// parser turns operations into edits of the document and changes of members.
type parser struct {
	rules    Rules
	resource *schema.Resource
	edits    []edit
	members  memberLog
	// named is how many members the operations name.
	named   int
	dropped map[schema.Dropped]bool
}

func (p *parser) operation(o Operation) error {
	verb, err := parseVerb(o.Op, p.rules.Values.Strict)
	if err != nil {
		return err
	}
	var value any
	if o.Value != nil {
		if err := json.Unmarshal(o.Value, &value); err != nil {
			return fail(schema.InvalidSyntax, o.Path, "value is not valid JSON: %v", err)
		}
	} else if verb != remove {
		return fail(schema.InvalidValue, o.Path, "%s needs a value", strings.ToLower(o.Op))
	}
	if o.Path == "" {
		return p.whole(verb, value)
	}
	return p.at(verb, o.Path, value)
}

// whole carries out an operation without path: its value names the targets.
func (p *parser) whole(verb verb, value any) error {
	if verb == remove {
		return fail(schema.NoTarget, "", "remove needs a path")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return fail(schema.InvalidValue, "", "without a path, value must be an object with the attributes to change")
	}
	return p.each(verb, "", object)
}

// each carries out an operation for every attribute of an object. A key that
// is no path at all is an unknown attribute, not an error.
func (p *parser) each(verb verb, prefix string, object map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		path := prefix + key
		if _, err := p.rules.Paths.ParsePath(path); err != nil && !p.resource.Foreign(path) {
			if err := p.drop(path); err != nil {
				return err
			}
			continue
		}
		if err := p.plain(prefix, key); err != nil {
			return err
		}
		if err := p.at(verb, path, object[key]); err != nil {
			return err
		}
	}
	return nil
}

// at carries out an operation on the target of a path.
func (p *parser) at(verb verb, path string, value any) error {
	if p.resource.Foreign(path) {
		return p.foreign(verb, path, value)
	}
	t, known, err := p.locate(path)
	switch {
	case err != nil:
		return err
	case !known:
		return p.drop(path)
	case t.ref.Attr == nil:
		return p.extension(verb, t.ref, value)
	case !t.ref.Attr.Writable() || !t.ref.Target().Writable():
		return p.unwritable(t)
	case t.ref.Attr.Name == schema.MembersName:
		return p.membership(verb, t, value)
	default:
		return p.attribute(verb, t, value)
	}
}

// locate finds out what a path refers to, and whether all of it is known.
func (p *parser) locate(path string) (target, bool, error) {
	if ref, known := p.resource.Resolve(path); known {
		return target{ref: ref}, true, nil
	}
	parsed, err := p.rules.Paths.ParsePath(path)
	if err != nil {
		return target{}, false, unreadable(err)
	}
	ref, known := p.resource.Resolve(parsed.Attr.String())
	if !known || parsed.Filter == nil {
		return target{}, false, nil
	}
	if ref.Attr == nil || !ref.Attr.MultiValued {
		return target{}, false, fail(schema.InvalidPath, ref.String(),
			"%s has a single value, so that a filter in brackets cannot follow it", ref)
	}
	return target{ref, parsed.Filter}, filter.Known(parsed.Filter, ref.Attr.SubAttributes), nil
}

// unreadable is the error of a path that is no path.
func unreadable(err error) error {
	return &schema.Error{ScimType: schema.InvalidPath, Detail: fmt.Sprintf("the path cannot be read: %v", err), Err: err}
}

// foreign keeps what belongs to an extension that is not known: an object is
// the extension as a whole, anything else one attribute of it.
func (p *parser) foreign(verb verb, path string, value any) error {
	colon := strings.LastIndexByte(path, ':')
	urn, name := path[:max(colon, 0)], path[colon+1:]
	object, isObject := value.(map[string]any)
	switch {
	case strings.Contains(path, "["):
		return p.drop(path)
	case isObject && verb != remove:
		for key, v := range object {
			p.opaque(verb, path, key, v)
		}
	case verb == remove || schema.Unassigned(value):
		p.opaque(verb, "", path, nil)
		if p.resource.Foreign(urn) {
			p.opaque(verb, urn, name, nil)
		}
	case p.resource.Foreign(urn):
		p.opaque(verb, urn, name, value)
	default:
		return p.drop(path)
	}
	return nil
}

// opaque adds an edit of an attribute whose values are kept as they are sent.
func (p *parser) opaque(verb verb, extension, name string, value any) {
	if verb == add && schema.Unassigned(value) {
		return
	}
	p.edit(verb, target{ref: schema.Ref{Extension: extension, Attr: &schema.Attribute{Name: name}}}, value)
}

// extension carries out an operation on a known extension as a whole.
func (p *parser) extension(verb verb, ref schema.Ref, value any) error {
	if verb == remove || verb == replace && schema.Unassigned(value) {
		p.opaque(remove, "", ref.Extension, nil)
		return nil
	}
	object, ok := value.(map[string]any)
	if !ok && value != nil {
		return fail(schema.InvalidValue, ref.String(), "%s must be an object with the attributes to change", ref)
	}
	return p.each(verb, ref.Extension+":", object)
}

// parts gives the object that changes a complex attribute part by part:
// sub-attributes that it does not name stay as they are (RFC 7644 section
// 3.5.2.3). One that names a "value", like that of a manager, is no such
// object: the other sub-attributes describe that value and go with it.
func (t target) parts(value any) (map[string]any, bool) {
	object, ok := value.(map[string]any)
	if !ok || !t.whole() || t.ref.Attr.MultiValued || t.ref.Attr.Type != schema.TypeComplex {
		return nil, false
	}
	for key := range object {
		if sub := t.ref.Attr.SubAttributes.Find(key); sub != nil && sub.Name == "value" {
			return nil, false
		}
	}
	return object, true
}

// attribute carries out an operation on an attribute.
func (p *parser) attribute(verb verb, t target, value any) error {
	if verb == remove {
		if value != nil && p.rules.Values.Strict {
			return valueOfRemove(t)
		}
		return p.removal(t, value)
	}
	if object, ok := t.parts(value); ok {
		return p.each(verb, t.ref.String()+".", object)
	}
	coerced, err := p.coerce(t, value)
	switch {
	case err != nil:
		return err
	case coerced != nil:
		p.edit(verb, t, coerced)
		return nil
	case verb == add:
		return nil
	default:
		return p.removal(t, nil)
	}
}

// removal removes an attribute, or of a multi-valued one the entries that the
// value names.
func (p *parser) removal(t target, value any) error {
	switch {
	case t.ref.Target().Required:
		return fail(schema.Mutability, t.ref.String(), "%s is required and cannot be removed", t.ref)
	case t.ref.Sub == nil && t.ref.Attr.Type == schema.TypeBoolean:
		return nil
	case value == nil || !t.whole() || !t.ref.Attr.MultiValued:
		p.edit(remove, t, nil)
		return nil
	}
	entries, err := p.coerce(t, value)
	if err == nil && entries != nil {
		p.edit(remove, t, entries)
	}
	return err
}

func (p *parser) edit(verb verb, t target, value any) {
	seed, seedable := seedOf(t)
	if t.filter != nil && p.rules.Values.Strict {
		seedable = false
	}
	p.edits = append(p.edits, edit{verb: verb, target: t, value: value, seed: seed, seedable: seedable})
}

// coerce reads the value in the form that the target takes.
func (p *parser) coerce(t target, value any) (any, error) {
	read := p.rules.Values.Coerce
	if t.filter != nil && t.ref.Sub == nil {
		read = p.rules.Values.CoerceEntry
	}
	out, dropped, err := read(t.ref, value)
	for _, path := range dropped {
		p.dropped[path] = true
	}
	return out, err
}

// membership carries out an operation on the members of a group.
func (p *parser) membership(verb verb, t target, value any) error {
	if !t.whole() {
		return p.selectedMembers(verb, t)
	}
	if verb == remove && value != nil && p.rules.Values.Strict {
		return valueOfRemove(t)
	}
	if verb == replace || verb == remove && value == nil {
		p.members.clear()
	}
	members, err := p.coerce(t, value)
	if err != nil {
		return err
	}
	return p.record(schema.MemberIDs(members), verb != remove)
}

// selectedMembers carries out the removal of members[value eq "…"].
func (p *parser) selectedMembers(verb verb, t target) error {
	ids, ok := memberIDs(t.filter)
	if verb != remove || t.ref.Sub != nil || !ok {
		return fail(schema.InvalidPath, schema.MembersName,
			"members can be added and removed, and be selected by value only, as in members[value eq \"…\"]")
	}
	return p.record(ids, false)
}

// record notes what happens to members, and counts those that are named.
func (p *parser) record(ids []string, present bool) error {
	if p.named += len(ids); p.named > p.rules.Values.Members {
		return p.rules.Values.TooManyMembers()
	}
	p.members.record(ids, present)
	return nil
}

// memberIDs are the ids that a filter selects, if it is made of nothing but
// value eq "…" joined by or.
func memberIDs(e filter.Expr) ([]string, bool) {
	switch e := e.(type) {
	case filter.Or:
		left, okLeft := memberIDs(e.Left)
		right, okRight := memberIDs(e.Right)
		return append(left, right...), okLeft && okRight
	case filter.Comparison:
		id, isText := e.Text()
		return []string{id}, isText && e.Op == filter.Equal && strings.EqualFold(e.Path.String(), "value")
	default:
		return nil, false
	}
}

// drop notes an attribute that is left out.
func (p *parser) drop(path string) error {
	if p.rules.Values.Strict {
		return fail(schema.InvalidPath, "", "there is no attribute %q", schema.DroppedPath(path))
	}
	p.dropped[schema.DroppedPath(path)] = true
	return nil
}
