package patch

import (
	"maps"
	"reflect"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// verb is what an operation does.
type verb uint8

const (
	add verb = iota
	replace
	remove
)

// target is where an operation applies.
type target struct {
	ref schema.Ref
	// filter selects entries of a multi-valued attribute; nil selects all.
	filter filter.Expr
}

// whole reports whether the target is an attribute as a whole.
func (t target) whole() bool {
	return t.filter == nil && t.ref.Sub == nil
}

// edit is one change of one attribute of a document.
type edit struct {
	verb verb
	target
	// value is in canonical form; for a remove it is nil or the entries to remove.
	value any
	// seed is the entry that the filter asks for, if it is seedable: if it
	// asks for nothing but equality.
	seed     map[string]any
	seedable bool
}

// Apply carries out the operations on a document in the canonical form that
// schema.Resource.Normalize gives, and reports whether it differs then. On an
// error, which is a *schema.Error, the document is as before. Members are not
// touched: see Program.Members.
func (p Program) Apply(doc map[string]any) (changed bool, err error) {
	next := clone(doc).(map[string]any)
	for i := range p.edits {
		if err := p.edits[i].apply(next); err != nil {
			return false, err
		}
	}
	for i := range p.edits {
		p.edits[i].tidy(next)
	}
	if reflect.DeepEqual(doc, next) {
		return false, nil
	}
	clear(doc)
	maps.Copy(doc, next)
	return true, nil
}

func (e *edit) apply(doc map[string]any) error {
	holder := doc
	if e.ref.Extension != "" {
		holder = object(doc, e.ref.Extension)
	}
	if e.ref.Attr.MultiValued {
		if err := e.applyList(holder); err != nil {
			return err
		}
	} else {
		e.applySingle(holder)
	}
	if e.ref.Extension != "" {
		put(doc, e.ref.Extension, holder)
	}
	return nil
}

// applySingle changes a single-valued attribute.
func (e *edit) applySingle(holder map[string]any) {
	name := e.ref.Attr.Name
	if e.ref.Sub == nil {
		put(holder, name, clone(e.value))
		return
	}
	value := object(holder, name)
	put(value, e.ref.Sub.Name, clone(e.value))
	put(holder, name, value)
}

// object is the object under a key, or a new one that is not yet put there.
func object(holder map[string]any, key string) map[string]any {
	if value, ok := holder[key].(map[string]any); ok {
		return value
	}
	return map[string]any{}
}

// put sets a key, or deletes it if the value says that there is none.
func put(holder map[string]any, key string, value any) {
	if schema.Unassigned(value) {
		delete(holder, key)
		return
	}
	holder[key] = value
}

// clone copies a decoded JSON value, so that programs and documents share nothing.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			out[key] = clone(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = clone(value)
		}
		return out
	default:
		return v
	}
}
