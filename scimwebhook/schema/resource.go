// Package schema knows the attributes of SCIM users and groups (RFC 7643) and
// reads what clients send into one canonical form.
//
// Documents are as encoding/json decodes them into an any: map[string]any,
// []any, string, float64 and bool.
package schema

import "strings"

// common are the attributes that every resource has (RFC 7643 section 3.1).
// They belong to no schema.
var common = Attributes{
	{Name: "schemas", Type: TypeReference, MultiValued: true, Mutability: readOnly},
	text("id", "").exact().mutability(readOnly),
	text("externalId", "").exact(),
	complexOf("meta", "",
		text("resourceType", "").exact(),
		attribute("created", TypeDateTime, ""),
		attribute("lastModified", TypeDateTime, ""),
		reference("location", ""),
		text("version", "").exact()).mutability(readOnly),
}

// Resource is a kind of resource: its core schema and known extensions.
type Resource struct {
	// Name is the name of the kind, such as User.
	Name string
	// Endpoint is its path below the base URL, such as /Users.
	Endpoint string
	// Description says what it is, for discovery.
	Description string
	Core        *Schema
	Extensions  []*Schema
}

// Ref is what an attribute path of a resource refers to.
type Ref struct {
	// Extension is the URN of the extension that the attribute belongs to;
	// empty for core and common attributes.
	Extension string
	// Attr is the attribute; nil when the path names an extension as a whole.
	Attr *Attribute
	// Sub is the sub-attribute of Attr; nil when the path names none.
	Sub *Attribute
}

// String is the path in canonical form, such as name.givenName.
func (r Ref) String() string {
	path := r.Extension
	if r.Attr == nil {
		return path
	}
	if path != "" {
		path += ":"
	}
	path += r.Attr.Name
	if r.Sub != nil {
		path += "." + r.Sub.Name
	}
	return path
}

// Target is the sub-attribute, or the attribute where there is none.
func (r Ref) Target() *Attribute {
	if r.Sub != nil {
		return r.Sub
	}
	return r.Attr
}

// Resolve looks up an attribute path without filter, in any letter case and
// with or without the URN of its schema (RFC 7644 section 3.10): userName,
// name.givenName, urn:…:enterprise:2.0:User:department, or the URN of an
// extension alone. It reports whether the attribute is known.
func (r *Resource) Resolve(path string) (Ref, bool) {
	if rest, ok := trimURN(path, r.Core.ID); ok {
		return r.resolveCore(rest)
	}
	for _, extension := range r.Extensions {
		if strings.EqualFold(path, extension.ID) {
			return Ref{Extension: extension.ID}, true
		}
		if rest, ok := trimURN(path, extension.ID); ok {
			return resolveIn(extension.Attributes, extension.ID, rest)
		}
	}
	return r.resolveCore(path)
}

func (r *Resource) resolveCore(path string) (Ref, bool) {
	if ref, ok := resolveIn(r.Core.Attributes, "", path); ok {
		return ref, true
	}
	return resolveIn(common, "", path)
}

func resolveIn(attributes Attributes, extension, path string) (Ref, bool) {
	name, subName, hasSub := strings.Cut(path, ".")
	ref := Ref{Extension: extension, Attr: attributes.Find(name)}
	if ref.Attr == nil {
		return Ref{}, false
	}
	if hasSub {
		ref.Sub = ref.Attr.SubAttributes.Find(subName)
	}
	return ref, !hasSub || ref.Sub != nil
}

// trimURN takes "urn:" off a path that starts with it, in any letter case.
func trimURN(path, urn string) (string, bool) {
	n := len(urn)
	if len(path) <= n || path[n] != ':' || !strings.EqualFold(path[:n], urn) {
		return "", false
	}
	return path[n+1:], true
}
