package crowd

import (
	"maps"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// snapshot is what there is at a moment.
type snapshot struct {
	users    map[string]view     // by key
	groups   map[string]string   // names by folded name
	members  map[membership]bool // by the user's key
	children map[membership]bool // by the child's name
}

type view struct{ name, displayName, email, first, last, active string }

type membership struct{ group, child string }

func take(b *userbase.Base) snapshot {
	s := snapshot{
		users: map[string]view{}, groups: map[string]string{},
		members: map[membership]bool{}, children: map[membership]bool{},
	}
	for _, u := range b.Accounts() {
		p := userProperties(u)
		s.users[b.Identity(u.Name).Key] = view{u.Name, u.DisplayName, u.Email, p["firstname"], p["lastname"], p["active"]}
	}
	for _, name := range b.GroupNames() {
		s.groups[userbase.Fold(name)] = name
		for _, u := range b.DirectMembers(name) {
			s.members[membership{name, b.Identity(u.Name).Key}] = true
		}
		for _, d := range b.Directories {
			if g := d.Groups[userbase.Fold(name)]; g != nil {
				for child := range g.Subgroups() {
					s.children[membership{name, child.Name}] = true
				}
			}
		}
	}
	return s
}

// renamed reports whether a user has another name now.
func (s snapshot) renamed(now snapshot) bool {
	for key, was := range s.users {
		if is, ok := now.users[key]; ok && is.name != was.name {
			return true
		}
	}
	return false
}

// compare gives the events that lead from s to now.
func (s snapshot) compare(now snapshot) []eventEntity {
	var events []eventEntity
	for _, key := range slices.Sorted(maps.Keys(now.users)) {
		was, existed := s.users[key]
		if is := now.users[key]; !existed {
			events = append(events, aboutUser("CREATED", is.name))
		} else if is != was {
			events = append(events, aboutUser("UPDATED", is.name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(now.groups)) {
		if s.groups[name] == "" {
			events = append(events, aboutGroup("CREATED", now.groups[name]))
		}
	}
	events = append(events, s.compareMembers(now)...)
	for _, name := range slices.Sorted(maps.Keys(s.groups)) {
		if now.groups[name] == "" {
			events = append(events, aboutGroup("DELETED", s.groups[name]))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.users)) {
		if _, exists := now.users[key]; !exists {
			events = append(events, aboutUser("DELETED", s.users[key].name))
		}
	}
	return events
}

func (s snapshot) compareMembers(now snapshot) []eventEntity {
	var events []eventEntity
	for _, m := range only(s.members, now.members) {
		events = append(events, aboutMember("DELETED", s.users[m.child].name, m.group))
	}
	for _, m := range only(now.members, s.members) {
		events = append(events, aboutMember("CREATED", now.users[m.child].name, m.group))
	}
	for _, m := range only(s.children, now.children) {
		events = append(events, aboutChild("DELETED", m.child, m.group))
	}
	for _, m := range only(now.children, s.children) {
		events = append(events, aboutChild("CREATED", m.child, m.group))
	}
	return events
}

// only lists what is in a and not in b.
func only(a, b map[membership]bool) []membership {
	var left []membership
	for m := range a {
		if !b[m] {
			left = append(left, m)
		}
	}
	slices.SortFunc(left, func(x, y membership) int {
		return strings.Compare(x.group+"\x00"+x.child, y.group+"\x00"+y.child)
	})
	return left
}
