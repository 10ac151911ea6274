// Package filter parses and evaluates the filter language of SCIM (RFC 7644
// section 3.4.2.2) and the attribute paths of PATCH (section 3.5.2).
//
// Parsing takes time linear in the input and is bound by Limits. Beyond the
// grammar it takes what clients send: a value without quotes
// (externalId eq jyoung) and a sub-attribute after a value filter
// (emails[type eq "work"].value eq "x"), both as Microsoft Entra ID does.
package filter

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Expr is a filter: a Comparison, And, Or, Not or ValuePath. Two filters that
// mean the same in the same order are equal under reflect.DeepEqual. String
// gives a form that parses to an equal Expr.
type Expr interface {
	String() string
	isExpr()
}

// Operator is a comparison operator (RFC 7644 table 3).
type Operator string

// The operators, in canonical form.
const (
	Equal          Operator = "eq"
	NotEqual       Operator = "ne"
	Contains       Operator = "co"
	StartsWith     Operator = "sw"
	EndsWith       Operator = "ew"
	Present        Operator = "pr"
	Greater        Operator = "gt"
	GreaterOrEqual Operator = "ge"
	Less           Operator = "lt"
	LessOrEqual    Operator = "le"
)

// AttrPath names an attribute, in the letter case of the client.
type AttrPath struct {
	// URN is the schema that the name is qualified with, or empty.
	URN string
	// Name is the attribute's name.
	Name string
	// Sub is the sub-attribute's name, or empty.
	Sub string
}

// String is the path as it is written in a filter.
func (p AttrPath) String() string {
	s := p.Name
	if p.URN != "" {
		s = p.URN + ":" + s
	}
	if p.Sub != "" {
		s += "." + p.Sub
	}
	return s
}

// Comparison compares an attribute with a value.
type Comparison struct {
	Path AttrPath
	Op   Operator
	// Value is a string, bool, json.Number or nil; always nil for Present.
	Value any
}

// Text is the value for comparison with an attribute that is a string, and
// whether it is one: a string, or a number in the digits that were written,
// so that an id without quotes such as 89e5 is never calculated with.
func (e Comparison) Text() (string, bool) {
	if number, ok := e.Value.(json.Number); ok {
		return string(number), true
	}
	text, ok := e.Value.(string)
	return text, ok
}

// And holds where both filters hold.
type And struct{ Left, Right Expr }

// Or holds where one of the filters holds.
type Or struct{ Left, Right Expr }

// Not holds where the filter does not.
type Not struct{ Filter Expr }

// ValuePath holds where one entry of a multi-valued attribute satisfies the
// filter: emails[type eq "work"].
type ValuePath struct {
	Path   AttrPath
	Filter Expr
}

func (Comparison) isExpr() {}
func (And) isExpr()        {}
func (Or) isExpr()         {}
func (Not) isExpr()        {}
func (ValuePath) isExpr()  {}

func (e Comparison) String() string {
	s := e.Path.String() + " " + string(e.Op)
	if e.Op == Present {
		return s
	}
	return s + " " + literal(e.Value)
}

func (e And) String() string {
	left, right := e.Left.String(), e.Right.String()
	if _, ok := e.Left.(Or); ok {
		left = "(" + left + ")"
	}
	switch e.Right.(type) {
	case And, Or:
		right = "(" + right + ")"
	}
	return left + " and " + right
}

func (e Or) String() string {
	right := e.Right.String()
	if _, ok := e.Right.(Or); ok {
		right = "(" + right + ")"
	}
	return e.Left.String() + " or " + right
}

func (e Not) String() string {
	return "not (" + e.Filter.String() + ")"
}

func (e ValuePath) String() string {
	return e.Path.String() + "[" + e.Filter.String() + "]"
}

// Path is the target of a PATCH operation (RFC 7644 section 3.5.2):
// attribute, attribute.sub, attribute[filter] or attribute[filter].sub.
type Path struct {
	// Attr is the attribute with its sub-attribute, which in the case of
	// attribute[filter].sub stands behind the filter.
	Attr AttrPath
	// Filter selects entries of a multi-valued attribute; nil if there is none.
	Filter Expr
}

// String gives a form that parses to an equal Path.
func (p Path) String() string {
	if p.Filter == nil {
		return p.Attr.String()
	}
	s := AttrPath{URN: p.Attr.URN, Name: p.Attr.Name}.String() + "[" + p.Filter.String() + "]"
	if p.Attr.Sub != "" {
		s += "." + p.Attr.Sub
	}
	return s
}

func literal(v any) string {
	switch v := v.(type) {
	case string:
		quoted, _ := json.Marshal(v) // a string always marshals
		return string(quoted)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return string(v)
	default:
		return "null"
	}
}

// operatorOf finds an operator in any letter case.
func operatorOf(word string) (Operator, bool) {
	for _, op := range [...]Operator{Equal, NotEqual, Contains, StartsWith, EndsWith,
		Present, Greater, GreaterOrEqual, Less, LessOrEqual} {
		if strings.EqualFold(word, string(op)) {
			return op, true
		}
	}
	return "", false
}
