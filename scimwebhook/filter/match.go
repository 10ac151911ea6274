package filter

import (
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// Matches evaluates a filter on a document, or on an entry of a multi-valued
// attribute, whose attributes are known; the document is in the canonical
// form that the schema package gives. Strings compare as the schema's
// caseExact says. An attribute that is unknown or absent has no value: it is
// equal to null and unequal to everything else (RFC 7644 section 3.4.2.1).
func Matches(e Expr, known schema.Attributes, doc map[string]any) bool {
	switch e := e.(type) {
	case And:
		return Matches(e.Left, known, doc) && Matches(e.Right, known, doc)
	case Or:
		return Matches(e.Left, known, doc) || Matches(e.Right, known, doc)
	case Not:
		return !Matches(e.Filter, known, doc)
	case ValuePath:
		return matchesEntry(e, known, doc)
	case Comparison:
		return matchesValue(e, known, doc)
	default:
		return false
	}
}

func matchesEntry(e ValuePath, known schema.Attributes, doc map[string]any) bool {
	attr := known.Find(e.Path.Name)
	if attr == nil {
		return false
	}
	for _, element := range elements(doc[attr.Name]) {
		if entry, ok := element.(map[string]any); ok && Matches(e.Filter, attr.SubAttributes, entry) {
			return true
		}
	}
	return false
}

// matchesValue compares; of several values one that matches is enough.
func matchesValue(e Comparison, known schema.Attributes, doc map[string]any) bool {
	attr := known.Find(e.Path.Name)
	if attr == nil {
		return matchesAbsent(e, nil)
	}
	values := elements(doc[attr.Name])
	if attr.Type == schema.TypeComplex && (e.Op != Present || e.Path.Sub != "") {
		attr, values = subValues(attr, e.Path.Sub, values)
	}
	if len(values) == 0 {
		return matchesAbsent(e, attr.Absent())
	}
	for _, value := range values {
		if compare(e, value, attr.CaseExact) {
			return true
		}
	}
	return false
}

// matchesAbsent compares where there is no value; meaning is what that stands for.
func matchesAbsent(e Comparison, meaning any) bool {
	return e.Op != Present && compare(e, meaning, false)
}

// subValues takes one sub-attribute, or by default "value", out of complex values.
func subValues(attr *schema.Attribute, name string, values []any) (*schema.Attribute, []any) {
	if name == "" {
		name = "value"
	}
	sub := attr.SubAttributes.Find(name)
	if sub == nil {
		return attr, nil
	}
	var out []any
	for _, value := range values {
		if entry, ok := value.(map[string]any); ok && entry[sub.Name] != nil {
			out = append(out, entry[sub.Name])
		}
	}
	return sub, out
}

func elements(v any) []any {
	if list, ok := v.([]any); ok || v == nil {
		return list
	}
	return []any{v}
}

// compare compares one value; nil is the absence of one.
func compare(e Comparison, have any, caseExact bool) bool {
	switch e.Op {
	case Present:
		return have != nil
	case Equal:
		return equal(have, e, caseExact)
	case NotEqual:
		return !equal(have, e, caseExact)
	default:
		text, ok := have.(string)
		want, isText := e.Text()
		return ok && isText && compareText(e.Op, fold(text, caseExact), fold(want, caseExact))
	}
}

func compareText(op Operator, have, want string) bool {
	switch op {
	case Contains:
		return strings.Contains(have, want)
	case StartsWith:
		return strings.HasPrefix(have, want)
	case EndsWith:
		return strings.HasSuffix(have, want)
	case Greater:
		return have > want
	case GreaterOrEqual:
		return have >= want
	case Less:
		return have < want
	default:
		return op == LessOrEqual && have <= want
	}
}

// equal takes a quoted "True" for true, as Entra ID writes it.
func equal(have any, e Comparison, caseExact bool) bool {
	want, isText := e.Text()
	switch have := have.(type) {
	case string:
		return isText && (have == want || !caseExact && strings.EqualFold(have, want))
	case bool:
		return have == e.Value || isText && strings.EqualFold(want, strconv.FormatBool(have))
	default:
		return have == nil && e.Value == nil
	}
}

func fold(s string, caseExact bool) string {
	if caseExact {
		return s
	}
	return strings.ToLower(s)
}

// Known reports whether all attributes in a filter are known.
func Known(e Expr, known schema.Attributes) bool {
	switch e := e.(type) {
	case And:
		return Known(e.Left, known) && Known(e.Right, known)
	case Or:
		return Known(e.Left, known) && Known(e.Right, known)
	case Not:
		return Known(e.Filter, known)
	case ValuePath:
		attr := known.Find(e.Path.Name)
		return attr != nil && knownPath(e.Path, known) && Known(e.Filter, attr.SubAttributes)
	case Comparison:
		return knownPath(e.Path, known)
	default:
		return false
	}
}

func knownPath(path AttrPath, known schema.Attributes) bool {
	attr := known.Find(path.Name)
	return attr != nil && path.URN == "" && (path.Sub == "" || attr.SubAttributes.Find(path.Sub) != nil)
}
