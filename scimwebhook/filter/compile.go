package filter

import (
	"fmt"
	"time"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// Predicate reports whether a document satisfies a filter. The document is in
// the canonical form that the schema package gives. Strings compare as the
// schema's caseExact says, and values of type dateTime as moments. An
// attribute that is absent has no value: it is equal to null and unequal to
// everything else (RFC 7644 section 3.4.2.1).
type Predicate func(doc map[string]any) bool

// Compile makes a filter ready for the documents of a resource. The filter
// may name attributes of others, the resources that are searched along with
// it; they have no value here. An error is a *schema.Error: an attribute that
// is unknown, or a comparison that its type does not have (RFC 7644 table 3).
func Compile(e Expr, resource *schema.Resource, others ...*schema.Resource) (Predicate, error) {
	return compiler{checked: true, find: func(path AttrPath) (schema.Ref, bool) {
		ref, known := resource.Resolve(path.String())
		for _, other := range others {
			if !known {
				_, known = other.Resolve(path.String())
			}
		}
		return ref, known
	}}.expr(e)
}

// Matches evaluates a filter on an entry of a multi-valued attribute, whose
// sub-attributes are known. One that is unknown has no value.
func Matches(e Expr, known schema.Attributes, entry map[string]any) bool {
	predicate, err := entries(known, false).expr(e)
	return err == nil && predicate(entry)
}

// compiler turns a filter into a Predicate.
type compiler struct {
	// find gives what a path refers to, and whether it is known at all. What
	// is known but refers to nothing here has no value.
	find func(AttrPath) (ref schema.Ref, known bool)
	// checked refuses what is unknown or makes no sense.
	checked bool
}

// entries compiles for the entries of a multi-valued attribute.
func entries(known schema.Attributes, checked bool) compiler {
	return compiler{checked: checked, find: func(path AttrPath) (schema.Ref, bool) {
		return schema.Ref{Attr: known.Find(path.Name)}, knownPath(path, known)
	}}
}

func (c compiler) expr(e Expr) (Predicate, error) {
	switch e := e.(type) {
	case And:
		return c.both(e.Left, e.Right, func(left, right Predicate) Predicate {
			return func(doc map[string]any) bool { return left(doc) && right(doc) }
		})
	case Or:
		return c.both(e.Left, e.Right, func(left, right Predicate) Predicate {
			return func(doc map[string]any) bool { return left(doc) || right(doc) }
		})
	case Not:
		inner, err := c.expr(e.Filter)
		return func(doc map[string]any) bool { return !inner(doc) }, err
	case ValuePath:
		return c.valuePath(e)
	case Comparison:
		return c.comparison(e)
	default:
		return nil, refuse(e.String(), "this filter is not supported")
	}
}

func (c compiler) both(left, right Expr, join func(left, right Predicate) Predicate) (Predicate, error) {
	l, err := c.expr(left)
	if err != nil {
		return nil, err
	}
	r, err := c.expr(right)
	return join(l, r), err
}

func (c compiler) valuePath(e ValuePath) (Predicate, error) {
	ref, known := c.find(e.Path)
	switch {
	case c.checked && !known:
		return nil, unknown(e.Path)
	case ref.Attr == nil:
		return func(map[string]any) bool { return false }, nil
	case c.checked && ref.Attr.Type != schema.TypeComplex:
		return nil, refuse(e.Path.String(), "%s has no sub-attributes, so that a filter in brackets cannot follow it", e.Path)
	}
	inner, err := entries(ref.Attr.SubAttributes, c.checked).expr(e.Filter)
	return func(doc map[string]any) bool { return matchesEntry(inner, ref.Attr, holder(doc, ref)) }, err
}

func (c compiler) comparison(e Comparison) (Predicate, error) {
	ref, known := c.find(e.Path)
	if c.checked && !known {
		return nil, unknown(e.Path)
	}
	switch {
	case ref.Attr == nil && ref.Extension == "":
		result := matchesAbsent(e, nil)
		return func(map[string]any) bool { return result }, nil
	case ref.Attr == nil:
		return extension(e, ref)
	}
	if c.checked {
		if err := sensible(e, ref.Attr); err != nil {
			return nil, err
		}
	}
	return func(doc map[string]any) bool { return matchesValue(e, ref.Attr, holder(doc, ref)) }, nil
}

// extension asks whether a resource has anything of an extension.
func extension(e Comparison, ref schema.Ref) (Predicate, error) {
	if e.Op != Present {
		return nil, refuse(e.Path.String(), "%s is a schema and not an attribute: it can only be asked for with pr", e.Path)
	}
	return func(doc map[string]any) bool { return doc[ref.Extension] != nil }, nil
}

// holder is the part of a document that an attribute is in.
func holder(doc map[string]any, ref schema.Ref) map[string]any {
	if ref.Extension != "" {
		doc, _ = doc[ref.Extension].(map[string]any)
	}
	return doc
}

// sensible refuses a comparison that the attribute's type does not have.
func sensible(e Comparison, attr *schema.Attribute) error {
	if attr.Returned == "never" {
		return refuse(e.Path.String(), "%s is never kept, so that nothing can be found by it", e.Path)
	}
	if e.Op == Present {
		return nil
	}
	if attr.Type == schema.TypeComplex {
		if attr = subAttribute(attr, e.Path.Sub); attr == nil {
			return refuse(e.Path.String(), "%s has several parts: compare one of its sub-attributes", e.Path)
		}
	}
	switch {
	case (attr.Type == schema.TypeBoolean || attr.Type == schema.TypeBinary) && e.Op != Equal && e.Op != NotEqual:
		return refuse(e.Path.String(), "%s is of type %s and can only be compared with eq and ne", e.Path, attr.Type)
	case attr.Type == schema.TypeDateTime && !partial(e.Op) && !isTime(e):
		return refuse(e.Path.String(), "%s is compared with a time such as \"2026-01-31T12:00:00Z\"", e.Path)
	default:
		return nil
	}
}

// isTime reports whether the value of a comparison is a time, or none.
func isTime(e Comparison) bool {
	text, _ := e.Text()
	_, err := time.Parse(time.RFC3339, text)
	return err == nil || e.Value == nil
}

// partial reports whether an operator compares parts of texts.
func partial(op Operator) bool {
	return op == Contains || op == StartsWith || op == EndsWith
}

func unknown(path AttrPath) error {
	return refuse(path.String(), "there is no attribute %q: /Schemas lists those that a filter can name", path)
}

func refuse(path, format string, args ...any) error {
	return &schema.Error{ScimType: schema.InvalidFilter, Path: path, Detail: fmt.Sprintf(format, args...)}
}
