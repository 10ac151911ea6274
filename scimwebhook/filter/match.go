package filter

import (
	"strconv"
	"strings"
	"time"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// matchesEntry reports whether one entry of the attribute satisfies inner.
func matchesEntry(inner Predicate, attr *schema.Attribute, holder map[string]any) bool {
	for _, element := range elements(holder[attr.Name]) {
		if entry, ok := element.(map[string]any); ok && inner(entry) {
			return true
		}
	}
	return false
}

// matchesValue compares; of several values one that matches is enough.
func matchesValue(e Comparison, attr *schema.Attribute, holder map[string]any) bool {
	values := elements(holder[attr.Name])
	if attr.Type == schema.TypeComplex && (e.Op != Present || e.Path.Sub != "") {
		attr, values = subValues(attr, e.Path.Sub, values)
	}
	if len(values) == 0 {
		return matchesAbsent(e, attr.Absent())
	}
	for _, value := range values {
		if compare(e, value, attr) {
			return true
		}
	}
	return false
}

// matchesAbsent compares where there is no value; meaning is what that stands for.
func matchesAbsent(e Comparison, meaning any) bool {
	return e.Op != Present && compare(e, meaning, &schema.Attribute{})
}

// subValues takes one sub-attribute, or by default "value", out of complex values.
func subValues(attr *schema.Attribute, name string, values []any) (*schema.Attribute, []any) {
	sub := subAttribute(attr, name)
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

// subAttribute is the sub-attribute that a complex attribute is compared by.
func subAttribute(attr *schema.Attribute, name string) *schema.Attribute {
	if name == "" {
		name = "value"
	}
	return attr.SubAttributes.Find(name)
}

func elements(v any) []any {
	if list, ok := v.([]any); ok || v == nil {
		return list
	}
	return []any{v}
}

// compare compares one value; nil is the absence of one.
func compare(e Comparison, have any, attr *schema.Attribute) bool {
	switch e.Op {
	case Present:
		return have != nil
	case Equal:
		return equal(have, e, attr)
	case NotEqual:
		return !equal(have, e, attr)
	default:
		return inRange(have, e, attr)
	}
}

// inRange compares by order, or by a part of a text.
func inRange(have any, e Comparison, attr *schema.Attribute) bool {
	text, ok := have.(string)
	want, isText := e.Text()
	if !ok || !isText {
		return false
	}
	if order, ok := compareTimes(attr, text, want); ok {
		return inOrder(e.Op, order)
	}
	return compareText(e.Op, fold(text, attr.CaseExact), fold(want, attr.CaseExact))
}

func compareText(op Operator, have, want string) bool {
	switch op {
	case Contains:
		return strings.Contains(have, want)
	case StartsWith:
		return strings.HasPrefix(have, want)
	case EndsWith:
		return strings.HasSuffix(have, want)
	default:
		return inOrder(op, strings.Compare(have, want))
	}
}

// inOrder reports whether an order, as Compare functions give it, is the one
// that the operator asks for.
func inOrder(op Operator, order int) bool {
	switch op {
	case Greater:
		return order > 0
	case GreaterOrEqual:
		return order >= 0
	case Less:
		return order < 0
	default:
		return op == LessOrEqual && order <= 0
	}
}

// compareTimes orders two values of a dateTime by the moments that they
// name, which may be written in different time zones.
func compareTimes(attr *schema.Attribute, have, want string) (order int, ok bool) {
	if attr.Type != schema.TypeDateTime {
		return 0, false
	}
	left, err := time.Parse(time.RFC3339, have)
	if err != nil {
		return 0, false
	}
	right, err := time.Parse(time.RFC3339, want)
	return left.Compare(right), err == nil
}

// equal takes a quoted "True" for true, as Entra ID writes it.
func equal(have any, e Comparison, attr *schema.Attribute) bool {
	want, isText := e.Text()
	switch have := have.(type) {
	case string:
		if order, ok := compareTimes(attr, have, want); ok {
			return order == 0
		}
		return isText && (have == want || !attr.CaseExact && strings.EqualFold(have, want))
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
