package filter

import "github.com/atlassync/atlassync/scimwebhook/schema"

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

// Conjuncts are the parts of a filter that all must hold for it to hold.
func Conjuncts(e Expr) []Expr {
	if both, ok := e.(And); ok {
		return append(Conjuncts(both.Left), Conjuncts(both.Right)...)
	}
	return []Expr{e}
}

// Paths are the attributes that a filter looks at, those in brackets under
// the attribute before the brackets.
func Paths(e Expr) []AttrPath {
	switch e := e.(type) {
	case And:
		return append(Paths(e.Left), Paths(e.Right)...)
	case Or:
		return append(Paths(e.Left), Paths(e.Right)...)
	case Not:
		return Paths(e.Filter)
	case ValuePath:
		return []AttrPath{e.Path}
	case Comparison:
		return []AttrPath{e.Path}
	default:
		return nil
	}
}
