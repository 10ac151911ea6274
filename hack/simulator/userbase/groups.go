package userbase

import (
	"maps"
	"slices"
)

// GroupName gives a group's name as it was written, if a directory has it.
func (b *Base) GroupName(name string) (string, bool) {
	for _, d := range b.Directories {
		if g := d.Groups[Fold(name)]; g != nil {
			return g.Name, true
		}
	}
	return "", false
}

// GroupNames lists all groups, by name.
func (b *Base) GroupNames() []string {
	byName := map[string]string{}
	for _, d := range slices.Backward(b.Directories) {
		for folded, g := range d.Groups {
			byName[folded] = g.Name
		}
	}
	names := make([]string, 0, len(byName))
	for _, folded := range slices.Sorted(maps.Keys(byName)) {
		names = append(names, byName[folded])
	}
	return names
}

// Members lists who is in a group or in its subgroups. A membership counts
// only in the first directory that has the user.
func (b *Base) Members(name string) []*Account {
	return b.membersOf(name, func(g *Circle, into map[*Account]bool) { g.collect(into, map[*Circle]bool{}) })
}

// DirectMembers lists who is in a group, those in its subgroups left out.
func (b *Base) DirectMembers(name string) []*Account {
	return b.membersOf(name, func(g *Circle, into map[*Account]bool) { maps.Copy(into, g.Users) })
}

func (b *Base) membersOf(name string, collect func(*Circle, map[*Account]bool)) []*Account {
	found := map[*Account]bool{}
	for _, d := range b.Directories {
		if g := d.Groups[Fold(name)]; g != nil {
			collect(g, found)
		}
	}
	maps.DeleteFunc(found, func(u *Account, _ bool) bool { return b.counting(u.folded) != u })
	return sortedAccounts(maps.Keys(found))
}

// collect adds the members of g and, each once, of the groups below it.
func (g *Circle) collect(into map[*Account]bool, seen map[*Circle]bool) {
	if seen[g] {
		return
	}
	seen[g] = true
	maps.Copy(into, g.Users)
	for sub := range g.Subgroups {
		sub.collect(into, seen)
	}
}

// Belongs reports whether u, an account that counts, is in the group or in
// its subgroups.
func (u *Account) Belongs(groupName string) bool {
	g := u.Directory.Groups[Fold(groupName)]
	return g != nil && g.contains(u, map[*Circle]bool{})
}

// contains looks for u in g and, once in each, in the groups below it.
func (g *Circle) contains(u *Account, seen map[*Circle]bool) bool {
	if g.Users[u] {
		return true
	}
	seen[g] = true
	for sub := range g.Subgroups {
		if !seen[sub] && sub.contains(u, seen) {
			return true
		}
	}
	return false
}

// Groups lists the groups that u, an account that counts, belongs to, itself
// or through subgroups.
func (u *Account) Groups() []string {
	return u.groups(func(g *Circle) bool { return g.contains(u, map[*Circle]bool{}) })
}

// DirectGroups lists the groups that u itself belongs to.
func (u *Account) DirectGroups() []string {
	return u.groups(func(g *Circle) bool { return g.Users[u] })
}

func (u *Account) groups(has func(*Circle) bool) []string {
	var names []string
	for _, g := range u.Directory.Groups {
		if has(g) {
			names = append(names, g.Name)
		}
	}
	slices.Sort(names)
	return names
}

// Group gives the directory's group of that name, a new one if it has none.
func (d *Directory) Group(name string) *Circle {
	g := d.Groups[Fold(name)]
	if g == nil {
		g = &Circle{Name: name, Users: map[*Account]bool{}, Subgroups: map[*Circle]bool{}}
		d.Groups[Fold(name)] = g
	}
	return g
}

// RemoveGroup deletes the directory's group of that name.
func (d *Directory) RemoveGroup(name string) {
	gone := d.Groups[Fold(name)]
	delete(d.Groups, Fold(name))
	for _, g := range d.Groups {
		delete(g.Subgroups, gone)
	}
}
