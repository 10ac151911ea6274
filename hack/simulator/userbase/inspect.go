package userbase

import (
	"cmp"
	"maps"
	"slices"
)

// State is everything that the instance holds.
type State struct {
	Users  []User  `json:"users"`
	Groups []Group `json:"groups"`
}

// State shows all accounts and groups of all directories, by name and then in
// the directories' order.
func (b *Base) State() State {
	b.Lock()
	defer b.Unlock()
	shown := State{Users: []User{}, Groups: []Group{}}
	for _, d := range b.Directories {
		for _, u := range d.Users {
			shown.Users = append(shown.Users, b.show(u))
		}
		for _, g := range d.Groups {
			shown.Groups = append(shown.Groups, g.show(d))
		}
	}
	slices.SortStableFunc(shown.Users, func(a, b User) int { return cmp.Compare(Fold(a.Name), Fold(b.Name)) })
	slices.SortStableFunc(shown.Groups, func(a, b Group) int { return cmp.Compare(Fold(a.Name), Fold(b.Name)) })
	return shown
}

func (b *Base) show(u *Account) User {
	return User{
		Key: b.Identity(u.Name).Key, Name: u.Name, DisplayName: u.DisplayName, Email: u.Email, Active: u.Active,
		Directory: u.Directory.Name, Attributes: maps.Clone(u.Attributes),
	}
}

func (g *Circle) show(d *Directory) Group {
	shown := Group{Name: g.Name, Directory: d.Name, Members: []string{}, Subgroups: []string{}}
	for u := range g.users {
		shown.Members = append(shown.Members, u.Name)
	}
	for sub := range g.subgroups {
		shown.Subgroups = append(shown.Subgroups, sub.Name)
	}
	slices.Sort(shown.Members)
	slices.Sort(shown.Subgroups)
	return shown
}

// Users shows all accounts of all directories, by name.
func (b *Base) Users() []User { return b.State().Users }

// User shows the account of that name that counts.
func (b *Base) User(name string) (User, bool) {
	b.Lock()
	defer b.Unlock()
	u := b.Account(name)
	if u == nil {
		return User{}, false
	}
	return b.show(u), true
}

// HasGroup reports whether a directory has a group of that name.
func (b *Base) HasGroup(name string) bool {
	b.Lock()
	defer b.Unlock()
	_, ok := b.GroupName(name)
	return ok
}

// MemberNames lists the names of a group's direct members in all directories,
// inactive ones included; nil if there is no such group.
func (b *Base) MemberNames(groupName string) []string {
	b.Lock()
	defer b.Unlock()
	var members []string
	for _, d := range b.Directories {
		if g := d.Groups[Fold(groupName)]; g != nil {
			members = append(members, g.show(d).Members...)
		}
	}
	return members
}

// MemberCount is how many names MemberNames lists.
func (b *Base) MemberCount(groupName string) int {
	b.Lock()
	defer b.Unlock()
	count := 0
	for _, d := range b.Directories {
		count += d.Groups[Fold(groupName)].Size()
	}
	return count
}
