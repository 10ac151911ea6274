package directory

import (
	"maps"
	"slices"
	"strings"
)

// touched is what was known when a reading began, and what has been written
// since: of that the reading may show how it was before, or how it was after.
// Its methods do nothing when it is nil.
type touched struct {
	ids, names, groups map[string]bool // names and groups folded

	users  int
	listed map[string]listedGroup // by folded name
}

// listedGroup is a group that a reading is to show.
type listedGroup struct {
	Group
	members int // how many there were; -1 if not known
}

func newTouched(seen *picture) *touched {
	t := &touched{ids: map[string]bool{}, names: map[string]bool{}, groups: map[string]bool{}, listed: map[string]listedGroup{}}
	if seen == nil {
		return t
	}
	t.users = len(seen.users)
	for name, known := range seen.groups {
		t.listed[name] = listedGroup{known.group, known.size()}
	}
	return t
}

func (t *touched) user(id, name string) {
	if t == nil {
		return
	}
	if id != "" {
		t.ids[id] = true
	}
	if name != "" {
		t.names[FoldName(name)] = true
	}
}

func (t *touched) group(name string) {
	if t != nil {
		t.groups[FoldName(name)] = true
	}
}

func (t *touched) has(user User) bool {
	return t.ids[user.ID] || t.names[FoldName(user.Name)]
}

// keep makes the new picture show what was written as the old one does. Where
// there is no old one, it is in doubt.
func (t *touched) keep(before, now *picture) {
	for name := range t.names {
		if user, ok := now.names[name]; ok {
			t.ids[user.ID] = true
		}
	}
	for id := range t.ids {
		user, known := before.userByID(id)
		switch known {
		case present:
			now.putUser(user)
		case absent:
			now.dropUser(id, "")
		case unsure:
			now.doubtUser(id, "")
		}
	}
	for name := range t.names {
		if _, known := before.userByName(name); known == unsure {
			now.doubtUser("", name)
		}
	}
	t.keepGroups(before, now)
}

func (t *touched) keepGroups(before, now *picture) {
	for name := range t.groups {
		delete(now.groups, name)
	}
	if before == nil {
		return
	}
	for name, known := range before.groups {
		_, listed := t.listed[name]
		if t.groups[name] || !listed { // written to, or looked at for the first time
			now.groups[name] = known
		}
	}
}

// driftedUsers are the accounts that are not as they were, except for those
// that were written to, or were in doubt anyway.
func (p *picture) driftedUsers(now *picture, t *touched) []User {
	var drifted []User
	for id, user := range p.users {
		if now.shows(user) || t.has(*user) || p.doubtful["id "+id] || p.doubtful["name "+FoldName(user.Name)] {
			continue
		}
		drifted = append(drifted, *user)
	}
	slices.SortFunc(drifted, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
	return drifted
}

// shows reports whether an account is there just as it was.
func (p *picture) shows(user *User) bool {
	shown, ok := p.users[user.ID]
	return ok && (shown == user || *shown == *user)
}

func (p *picture) driftedGroups(now *picture, t *touched) []string {
	var drifted []string
	for name, known := range p.groups {
		if t.groups[name] || known.members == nil {
			continue
		}
		shown := now.groups[name]
		if shown == known { // the same in memory, since its members were the same
			continue
		}
		if shown == nil || !maps.Equal(shown.members, known.members) {
			drifted = append(drifted, known.group.Name)
		}
	}
	slices.Sort(drifted)
	return drifted
}
