package patch

import (
	"maps"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

const primaryName = "primary"

// applyList changes a multi-valued attribute.
func (e *edit) applyList(holder map[string]any) error {
	name := e.ref.Attr.Name
	list, _ := holder[name].([]any)
	given, _ := clone(e.value).([]any)
	var err error
	switch {
	case !e.whole():
		list, err = e.applySelected(list)
	case e.verb == add:
		list = addEntries(list, given)
	case e.verb == replace || given == nil:
		list = given
	default:
		list = removeEntries(list, given)
	}
	if len(list) > schema.MaxEntries {
		err = schema.TooManyEntries(e.ref.String())
	}
	put(holder, name, list)
	return err
}

// tidy restores the canonical form of a multi-valued attribute. It comes last,
// because an entry may get its value after its other sub-attributes.
func (e *edit) tidy(doc map[string]any) {
	if list, ok := doc[e.ref.Attr.Name].([]any); ok && e.ref.Extension == "" && e.ref.Attr.MultiValued {
		put(doc, e.ref.Attr.Name, e.ref.Attr.Tidy(list))
	}
}

// applySelected changes the entries that the filter selects. If there is none
// to be changed, the one that the filter asks for is made.
func (e *edit) applySelected(list []any) ([]any, error) {
	selected := e.selected(list)
	if e.verb == remove && e.ref.Sub == nil {
		return without(list, selected), nil
	}
	if len(selected) == 0 && e.verb != remove {
		if !e.seedable {
			return nil, fail(schema.NoTarget, e.ref.String(),
				"no entry of %s matches the filter in the path, and the filter does not say what to create", e.ref.Attr.Name)
		}
		selected = []int{len(list)}
		list = append(list, clone(e.seed))
	}
	for _, i := range selected {
		list[i] = e.entry(list[i].(map[string]any))
	}
	settlePrimary(list, selected)
	return list, nil
}

// selected are the indexes of the entries that the filter selects.
func (e *edit) selected(list []any) []int {
	var indexes []int
	for i, element := range list {
		entry, ok := element.(map[string]any)
		if ok && (e.filter == nil || filter.Matches(e.filter, e.ref.Attr.SubAttributes, entry)) {
			indexes = append(indexes, i)
		}
	}
	return indexes
}

// entry is the selected entry after the change. A replaced entry keeps what
// the filter asks for.
func (e *edit) entry(old map[string]any) map[string]any {
	if e.ref.Sub != nil {
		put(old, e.ref.Sub.Name, clone(e.value))
		return old
	}
	if e.verb == replace {
		old = clone(e.seed).(map[string]any)
	}
	maps.Copy(old, clone(e.value).(map[string]any))
	return old
}

// addEntries adds entries; one that is there already is updated in place.
func addEntries(list, given []any) []any {
	index := make(map[schema.Identity]int, len(list)+len(given))
	for i, element := range list {
		if entry, ok := element.(map[string]any); ok {
			index[schema.IdentityOf(entry)] = i
		}
	}
	var touched []int
	for _, element := range given {
		id := schema.IdentityOf(element.(map[string]any))
		i, present := index[id]
		if !present {
			i = len(list)
			index[id] = i
			list = append(list, nil)
		}
		list[i] = element
		touched = append(touched, i)
	}
	settlePrimary(list, touched)
	return list
}

// removeEntries removes the given entries. An entry that names no type stands
// for all entries with its value.
func removeEntries(list, given []any) []any {
	gone := make(map[schema.Identity]bool, len(given))
	for _, element := range given {
		gone[schema.IdentityOf(element.(map[string]any))] = true
	}
	var selected []int
	for i, element := range list {
		entry, _ := element.(map[string]any)
		if id := schema.IdentityOf(entry); gone[id] || gone[id.AnyType()] {
			selected = append(selected, i)
		}
	}
	return without(list, selected)
}

// settlePrimary takes the primary mark from all entries but the first of the
// touched ones that has it (RFC 7644 section 3.5.2).
func settlePrimary(list []any, touched []int) {
	holder := -1
	for _, i := range touched {
		if entry, ok := list[i].(map[string]any); ok && entry[primaryName] == true {
			holder = i
			break
		}
	}
	for i, element := range list {
		if entry, ok := element.(map[string]any); ok && holder >= 0 && i != holder {
			delete(entry, primaryName)
		}
	}
}

// without is the list without the entries at the ascending indexes.
func without(list []any, indexes []int) []any {
	kept := make([]any, 0, len(list))
	for i, element := range list {
		if len(indexes) > 0 && indexes[0] == i {
			indexes = indexes[1:]
			continue
		}
		kept = append(kept, element)
	}
	return kept
}

// seedOf is the entry that a filter asks for, and whether that is clear: it
// is if the filter is made of nothing but eq joined by and.
func seedOf(t target) (map[string]any, bool) {
	seed := map[string]any{}
	return seed, t.filter == nil || fillSeed(seed, t.ref.Attr, t.filter)
}

func fillSeed(seed map[string]any, attr *schema.Attribute, e filter.Expr) bool {
	switch e := e.(type) {
	case filter.And:
		return fillSeed(seed, attr, e.Left) && fillSeed(seed, attr, e.Right)
	case filter.Comparison:
		value := e.Value
		if text, ok := e.Text(); ok {
			value = text
		}
		sub := attr.SubAttributes.Find(e.Path.Name)
		coerced, _, err := schema.DefaultRules.Coerce(schema.Ref{Attr: attr, Sub: sub}, value)
		put(seed, sub.Name, coerced)
		return err == nil && e.Op == filter.Equal
	default:
		return false
	}
}
