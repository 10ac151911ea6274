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
// only in the first directory that has the user. The list is not to be changed.
func (b *Base) Members(name string) []*Account {
	return b.membersOf(memberListing{Fold(name), true}, func(g *Circle, into map[*Account]bool) { g.collect(into, map[*Circle]bool{}) })
}

// DirectMembers lists who is in a group, those in its subgroups left out. The
// list is not to be changed.
func (b *Base) DirectMembers(name string) []*Account {
	return b.membersOf(memberListing{Fold(name), false}, func(g *Circle, into map[*Account]bool) { maps.Copy(into, g.users) })
}

func (b *Base) membersOf(listing memberListing, collect func(*Circle, map[*Account]bool)) []*Account {
	return kept(b.listings.members, listing, func() []*Account {
		found := map[*Account]bool{}
		for _, d := range b.Directories {
			if g := d.Groups[listing.group]; g != nil {
				collect(g, found)
			}
		}
		maps.DeleteFunc(found, func(u *Account, _ bool) bool { return b.counting(u.folded) != u })
		return sortedAccounts(maps.Keys(found))
	})
}

// Belongs reports whether u, an account that counts, is in the group or in
// its subgroups.
func (u *Account) Belongs(groupName string) bool {
	g := u.Directory.Groups[Fold(groupName)]
	return g != nil && g.contains(u, map[*Circle]bool{})
}

// Groups lists the groups that u, an account that counts, belongs to, itself
// or through subgroups.
func (u *Account) Groups() []string {
	return u.groups(func(g *Circle) bool { return g.contains(u, map[*Circle]bool{}) })
}

// DirectGroups lists the groups that u itself belongs to.
func (u *Account) DirectGroups() []string {
	return u.groups(func(g *Circle) bool { return g.Has(u) })
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
		g = &Circle{Name: name, users: map[*Account]bool{}, subgroups: map[*Circle]bool{}, listings: d.listings}
		d.Groups[Fold(name)] = g
	}
	return g
}

// RemoveGroup deletes the directory's group of that name.
func (d *Directory) RemoveGroup(name string) {
	gone := d.Groups[Fold(name)]
	delete(d.Groups, Fold(name))
	for _, g := range d.Groups {
		delete(g.subgroups, gone)
	}
	d.listings.membersChanged()
}
