package schema

// Tidy brings the entries of a multi-valued attribute into canonical form: an
// entry that lost its value goes, of entries with the same value and type the
// first stays, and of several primary ones the first keeps the mark (RFC 7643
// section 2.4). It works in place. A nil result means unassigned.
func (r Ref) Tidy(entries []any) any {
	return r.Attr.tidy(entries)
}

func (a *Attribute) tidy(entries []any) any {
	type identity struct{ value, kind string }
	hasValue := a.SubAttributes.Find(valueName) != nil
	seen := make(map[identity]bool, len(entries))
	kept := entries[:0]
	primary := false
	for _, element := range entries {
		entry, ok := element.(map[string]any)
		if !ok {
			continue
		}
		value, _ := entry[valueName].(string)
		kind, _ := entry[typeName].(string)
		id := identity{value, kind}
		if len(entry) == 0 || hasValue && (value == "" || seen[id]) {
			continue
		}
		seen[id] = true
		if primary {
			delete(entry, primaryName)
		}
		primary = primary || entry[primaryName] == true
		kept = append(kept, entry)
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}
