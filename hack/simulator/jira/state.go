package jira

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// firstKey is the number in the key of the first user.
const firstKey = 10100

// account is a user in one directory.
type account struct {
	name, displayName, email, password string
	active                             bool
	folded                             string // name, folded
	directory                          *directory
}

// group is a group in one directory. It refers to its members by identity,
// so that they stay members when they are renamed.
type group struct {
	name      string
	users     map[*account]bool
	subgroups map[*group]bool
}

// directory holds users and groups by folded name.
type directory struct {
	DirectoryOptions
	id     int
	users  map[string]*account
	groups map[string]*group
}

// identity is what Jira knows of a username whatever directory holds it.
type identity struct {
	number int
	key    string
	name   string // folded
	leads  []string
}

// state is all that the instance remembers. It does no locking.
type state struct {
	directories []*directory
	identities  map[string]*identity // by folded name
	keys        map[string]*identity
	nextNumber  int
}

func newState(options []DirectoryOptions) *state {
	s := &state{identities: map[string]*identity{}, keys: map[string]*identity{}, nextNumber: firstKey}
	for i, o := range options {
		s.directories = append(s.directories, &directory{
			DirectoryOptions: o,
			id:               max(1, i*10000),
			users:            map[string]*account{},
			groups:           map[string]*group{},
		})
	}
	return s
}

func fold(name string) string { return strings.ToLower(name) }

// user finds the account that counts: the one in the first directory that
// has the name. It shadows those below.
func (s *state) user(name string) *account { return s.counting(fold(name)) }

// counting is user for a name that is folded already.
func (s *state) counting(folded string) *account {
	for _, d := range s.directories {
		if u := d.users[folded]; u != nil {
			return u
		}
	}
	return nil
}

// userByKey finds the account that counts by its key, which is case-sensitive.
func (s *state) userByKey(key string) *account {
	if id := s.keys[key]; id != nil {
		return s.user(id.name)
	}
	return nil
}

// users lists the accounts that count, by name.
func (s *state) users() []*account {
	byName := map[string]*account{}
	for _, d := range slices.Backward(s.directories) {
		maps.Copy(byName, d.users)
	}
	return sortedAccounts(maps.Values(byName))
}

func sortedAccounts(accounts func(func(*account) bool)) []*account {
	return slices.SortedFunc(accounts, func(a, b *account) int {
		return cmp.Compare(a.folded, b.folded)
	})
}

// identityOf gives the identity of a username, a new one at first sight.
func (s *state) identityOf(name string) *identity {
	if id := s.identities[fold(name)]; id != nil {
		return id
	}
	return s.identify(name, fmt.Sprintf("JIRAUSER%d", s.nextNumber))
}

// identify gives a username a new identity with that key.
func (s *state) identify(name, key string) *identity {
	id := &identity{number: s.nextNumber, key: key, name: fold(name)}
	s.nextNumber++
	s.identities[id.name] = id
	s.keys[key] = id
	return id
}

// groupName gives a group's name as it was written, if a directory has it.
func (s *state) groupName(name string) (string, bool) {
	for _, d := range s.directories {
		if g := d.groups[fold(name)]; g != nil {
			return g.name, true
		}
	}
	return "", false
}

// groupNames lists all groups, by name.
func (s *state) groupNames() []string {
	byName := map[string]string{}
	for _, d := range slices.Backward(s.directories) {
		for folded, g := range d.groups {
			byName[folded] = g.name
		}
	}
	names := make([]string, 0, len(byName))
	for _, folded := range slices.Sorted(maps.Keys(byName)) {
		names = append(names, byName[folded])
	}
	return names
}

// creating is the first directory that takes new users and groups.
func (s *state) creating() *directory {
	for _, d := range s.directories {
		if !d.ReadOnly && !d.NoCreate {
			return d
		}
	}
	return nil
}

// members lists who is in a group or in its subgroups. A membership counts
// only in the first directory that has the user.
func (s *state) members(name string) []*account {
	found := map[*account]bool{}
	for _, d := range s.directories {
		if g := d.groups[fold(name)]; g != nil {
			g.collect(found, map[*group]bool{})
		}
	}
	maps.DeleteFunc(found, func(u *account, _ bool) bool { return s.counting(u.folded) != u })
	return sortedAccounts(maps.Keys(found))
}

// collect adds the members of g and, each once, of the groups below it.
func (g *group) collect(into map[*account]bool, seen map[*group]bool) {
	if seen[g] {
		return
	}
	seen[g] = true
	maps.Copy(into, g.users)
	for sub := range g.subgroups {
		sub.collect(into, seen)
	}
}

// belongs reports whether u, an account that counts, is in the group or in
// its subgroups.
func belongs(u *account, groupName string) bool {
	g := u.directory.groups[fold(groupName)]
	return g != nil && g.contains(u, map[*group]bool{})
}

// contains looks for u in g and, once in each, in the groups below it.
func (g *group) contains(u *account, seen map[*group]bool) bool {
	if g.users[u] {
		return true
	}
	seen[g] = true
	for sub := range g.subgroups {
		if !seen[sub] && sub.contains(u, seen) {
			return true
		}
	}
	return false
}

// groupsOf lists the groups that u, an account that counts, belongs to.
func groupsOf(u *account) []string {
	var names []string
	for _, g := range u.directory.groups {
		if g.contains(u, map[*group]bool{}) {
			names = append(names, g.name)
		}
	}
	slices.Sort(names)
	return names
}

// group gives the directory's group of that name, a new one if it has none.
func (d *directory) group(name string) *group {
	g := d.groups[fold(name)]
	if g == nil {
		g = &group{name: name, users: map[*account]bool{}, subgroups: map[*group]bool{}}
		d.groups[fold(name)] = g
	}
	return g
}

// insert puts an account into the directory under its name.
func (d *directory) insert(u *account) {
	u.directory, u.folded = d, fold(u.name)
	d.users[u.folded] = u
}

// rename gives u another name; its identity and memberships go along.
func (s *state) rename(u *account, name string) {
	id := s.identityOf(u.name)
	delete(s.identities, id.name)
	delete(u.directory.users, u.folded)
	id.name = fold(name)
	s.identities[id.name] = id
	u.name = name
	u.directory.insert(u)
}

// remove deletes u. The identity stays if a lower directory has the name.
func (s *state) remove(u *account) {
	delete(u.directory.users, u.folded)
	for _, g := range u.directory.groups {
		delete(g.users, u)
	}
	if s.user(u.name) == nil {
		delete(s.keys, s.identityOf(u.name).key)
		delete(s.identities, fold(u.name))
	}
}

// removeGroup deletes the directory's group of that name.
func (d *directory) removeGroup(name string) {
	gone := d.groups[fold(name)]
	delete(d.groups, fold(name))
	for _, g := range d.groups {
		delete(g.subgroups, gone)
	}
}
