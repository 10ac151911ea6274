package directorytest

import (
	"slices"
	"strings"

	"github.com/atlassync/atlassync/controllers/directory"
)

// State is the whole content of a directory.
type State struct {
	// Users are all accounts, sorted by name.
	Users []directory.User
	// Groups are the sorted usernames of the members of every group, by name.
	Groups map[string][]string
}

// User finds an account by its exact name.
func (s State) User(name string) (directory.User, bool) {
	for _, user := range s.Users {
		if user.Name == name {
			return user, true
		}
	}
	return directory.User{}, false
}

// Seeder is the back door to the state behind a Directory: it changes and
// shows it without going through the client under test. Its methods must not
// fail.
type Seeder interface {
	// SeedUser stores a new account and returns it with its ID, a new one
	// unless it has one.
	SeedUser(user directory.User) directory.User
	// SeedGroup creates an empty group.
	SeedGroup(name string)
	// SeedMember puts an account into a group; both exist.
	SeedMember(group, username string)
	// State is the content as it is now, what the product does not show
	// included.
	State() State
	// FailPage makes one page, counted from 0, of the next listing that
	// reaches it fail. op is directory.OpEachUser or OpEachMember.
	FailPage(op string, page int)
	// LoseAnswer makes the next call of a write take effect and its answer
	// get lost.
	LoseAnswer(op string)
}

var _ Seeder = (*Fake)(nil)

// SeedUser implements Seeder. An account with the same ID is replaced.
func (f *Fake) SeedUser(user directory.User) directory.User {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.names, directory.FoldName(f.users[user.ID].Name))
	return f.insert(user)
}

// SeedGroup implements Seeder.
func (f *Fake) SeedGroup(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.insertGroup(name)
}

// SeedMember implements Seeder.
func (f *Fake) SeedMember(group, username string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.names[directory.FoldName(username)]
	f.groups[directory.FoldName(group)].members[id] = true
}

// State implements Seeder.
func (f *Fake) State() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	state := State{Groups: map[string][]string{}}
	for _, user := range f.users {
		state.Users = append(state.Users, user)
	}
	slices.SortFunc(state.Users, func(a, b directory.User) int { return strings.Compare(a.Name, b.Name) })
	for _, g := range f.groups {
		members := []string{}
		for id := range g.members {
			members = append(members, f.users[id].Name)
		}
		slices.Sort(members)
		state.Groups[g.name] = members
	}
	return state
}
