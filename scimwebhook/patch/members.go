package patch

import "slices"

// MemberChange is what a PATCH does to the members of a group, as a
// difference: it applies to whatever the members are by then, so that
// concurrent changes to one group lose nothing. No id is named twice.
type MemberChange struct {
	// Reset takes all members away before Add.
	Reset bool
	// Add are the ids to add, in order.
	Add []string
	// Remove are the ids to take away; empty with Reset.
	Remove []string
}

// Empty reports whether the change changes nothing whatever the members are.
func (m *MemberChange) Empty() bool {
	return !m.Reset && len(m.Add) == 0 && len(m.Remove) == 0
}

// OnlyMembers reports whether the operations change nothing but members.
func (p Program) OnlyMembers() bool { return len(p.edits) == 0 }

// Apply returns the members after the change, and whether they differ as a
// set from current. Those that stay keep their order, new ones follow.
// Adding a present member and removing an absent one are no change. It takes
// time linear in the members and the change, and leaves current as it is.
func (m *MemberChange) Apply(current []string) (next []string, changed bool) {
	if m.Empty() {
		return current, false
	}
	removed, added := set(m.Remove), set(m.Add)
	next = make([]string, 0, len(current)+len(m.Add))
	for _, id := range current {
		if removed[id] || m.Reset && !added[id] {
			changed = true
			continue
		}
		delete(added, id)
		next = append(next, id)
	}
	for _, id := range m.Add {
		if added[id] {
			next = append(next, id)
			changed = true
		}
	}
	if !changed {
		return current, false
	}
	return slices.Clip(next), true
}

func set(ids []string) map[string]bool {
	s := make(map[string]bool, len(ids))
	for _, id := range ids {
		s[id] = true
	}
	return s
}

// memberLog follows the operations in order; of several on one member the
// last one counts.
type memberLog struct {
	reset bool
	order []string
	// present says for every id in order what the last operation made of it.
	present map[string]bool
}

func (l *memberLog) clear() {
	*l = memberLog{reset: true}
}

func (l *memberLog) record(ids []string, present bool) {
	if l.present == nil {
		l.present = make(map[string]bool, len(ids))
	}
	for _, id := range ids {
		if _, known := l.present[id]; !known {
			l.order = append(l.order, id)
		}
		l.present[id] = present
	}
}

func (l *memberLog) change() MemberChange {
	m := MemberChange{Reset: l.reset}
	for _, id := range l.order {
		switch {
		case l.present[id]:
			m.Add = append(m.Add, id)
		case !l.reset:
			m.Remove = append(m.Remove, id)
		}
	}
	return m
}
