package schema

import "encoding/json"

// Identity tells the entries of a multi-valued attribute apart: entries with
// the same value and type are the same (RFC 7643 section 2.4), and entries
// without a value, such as addresses, if they are the same in everything.
type Identity struct{ value, kind, rest string }

// IdentityOf is the identity of an entry.
func IdentityOf(entry map[string]any) Identity {
	value, _ := entry[valueName].(string)
	kind, _ := entry[typeName].(string)
	if value != "" {
		return Identity{value: value, kind: kind}
	}
	rest, _ := json.Marshal(entry) // decoded JSON always marshals
	return Identity{rest: string(rest)}
}

// AnyType is the identity of an entry of that value without a type.
func (id Identity) AnyType() Identity {
	id.kind = ""
	return id
}

// Tidy brings the entries of the multi-valued attribute into canonical form:
// an entry that lacks the value it should have goes, of those with the same
// identity the first stays, and of several primary ones the first keeps the
// mark (RFC 7643 section 2.4). It works in place. A nil result means
// unassigned.
func (a *Attribute) Tidy(entries []any) any {
	hasValue := a.SubAttributes.Find(valueName) != nil
	seen := make(map[Identity]bool, len(entries))
	kept := entries[:0]
	primary := false
	for _, element := range entries {
		entry, _ := element.(map[string]any)
		if len(entry) == 0 || hasValue && entry[valueName] == nil {
			continue
		}
		id := IdentityOf(entry)
		if seen[id] {
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
