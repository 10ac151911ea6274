package schema

import "strings"

// Normalize reads the document of a resource that a client sent as a whole, in
// a POST or PUT, and returns it in canonical form without changing doc:
//
//   - attribute names are matched in any letter case;
//   - schemas, read-only attributes and the password are left out;
//   - unknown attributes are left out and named in the second result;
//   - unknown extensions, recognised by the colon in their URN (Foreign), are kept as sent;
//   - values are coerced as Rules.Coerce says;
//   - of several primary entries the first keeps the mark.
//
// Strict rules refuse unknown attributes and documents without their schema.
//
// An attribute that is null, "" or [] is unassigned (RFC 7643 section 2.5).
// It is absent from the result just like one that was not sent: a caller for
// whom the two differ, as for "active" in a PUT, treats both as not sent.
//
// An error is an *Error: a value of the wrong type, a required attribute that
// is missing, or an attribute that is given twice.
func (rules Rules) Normalize(r *Resource, doc map[string]any) (map[string]any, []Dropped, error) {
	if rules.Strict {
		if err := rules.checkSchemas(r, doc); err != nil {
			return nil, nil, err
		}
	}
	c := coercion{rules: rules}
	core, extensions, err := r.split(doc)
	if err != nil {
		return nil, nil, err
	}
	out, err := c.attributes(r.find, "", core)
	if err != nil {
		return nil, nil, err
	}
	if err := requireAll(r.Core.Attributes, "", out); err != nil {
		return nil, nil, err
	}
	for urn, v := range extensions {
		value, err := c.extension(r, urn, v)
		if err != nil {
			return nil, nil, err
		}
		if value != nil {
			out[urn] = value
		}
	}
	return out, c.names(), nil
}

// find gives the attribute of that name, in any letter case; nil if there is none.
func (r *Resource) find(name string) *Attribute {
	if a := r.Core.Attributes.Find(name); a != nil {
		return a
	}
	return common.Find(name)
}

// split separates the attributes of the core schema from the extensions,
// which it keys by their canonical URN.
func (r *Resource) split(doc map[string]any) (core, extensions map[string]any, err error) {
	core, extensions = map[string]any{}, map[string]any{}
	for key, v := range doc {
		into, name := core, key
		if urn, ok := r.extensionURN(key); ok {
			into, name = extensions, urn
		} else if rest, ok := trimURN(key, r.Core.ID); ok {
			name = rest
		}
		if _, ok := into[name]; ok {
			return nil, nil, twice(name)
		}
		into[name] = v
	}
	return core, extensions, nil
}

// extensionURN reports whether a key names an extension as a whole, known or
// not, and gives its URN, canonical if known.
func (r *Resource) extensionURN(key string) (string, bool) {
	if ref, ok := r.Resolve(key); ok {
		return ref.Extension, ref.Attr == nil
	}
	return key, r.Foreign(key)
}

// Foreign reports whether a path belongs to an extension that is not known
// here. The document keeps it under its URN, as it was sent.
func (r *Resource) Foreign(path string) bool {
	path, _, _ = strings.Cut(path, "[")
	return strings.Contains(path, ":") && !r.ownURN(path)
}

// ownURN reports whether a path starts with the URN of a known schema.
func (r *Resource) ownURN(path string) bool {
	for _, s := range append([]*Schema{r.Core}, r.Extensions...) {
		if _, ok := trimURN(path, s.ID); ok || strings.EqualFold(path, s.ID) {
			return true
		}
	}
	return false
}

// extension reads an extension's object; one that is not known stays as it is.
func (c *coercion) extension(r *Resource, urn string, v any) (any, error) {
	if Unassigned(v) {
		return nil, nil
	}
	for _, extension := range r.Extensions {
		if extension.ID != urn {
			continue
		}
		sent, ok := v.(map[string]any)
		if !ok {
			return nil, mismatch(urn, "an object", v)
		}
		out, err := c.attributes(extension.Attributes.Find, urn+":", sent)
		if err != nil || len(out) == 0 {
			return nil, err
		}
		return out, nil
	}
	return v, nil
}

// Unassigned reports whether v says that there is no value: null, "", [] or {}.
func Unassigned(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return false
	}
}
