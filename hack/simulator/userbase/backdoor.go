package userbase

import (
	"errors"
	"fmt"
	"maps"
)

// User is an account as tests put it in and see it.
type User struct {
	// Key is the product's stable id; a new one is given if empty.
	Key         string `json:"key,omitempty"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Email       string `json:"emailAddress"`
	Active      bool   `json:"active"`
	// Directory is the directory's name; the first that can be written if empty.
	Directory string `json:"directory,omitempty"`
	// Password lets the user sign in; it is never shown.
	Password string `json:"password,omitempty"`
	// Attributes are what the product keeps besides.
	Attributes map[string][]string `json:"attributes,omitempty"`
}

// Group is a group in a directory, with its direct members and subgroups.
type Group struct {
	Name string `json:"name"`
	// Directory is the directory's name; the first that can be written if empty.
	Directory string   `json:"directory,omitempty"`
	Members   []string `json:"members"`
	Subgroups []string `json:"subgroups"`
}

// named is the directory of that name, or the home of what is new.
func (b *Base) named(name string) (*Directory, error) {
	if name == "" {
		return b.Home(), nil
	}
	for _, d := range b.Directories {
		if d.Name == name {
			return d, nil
		}
	}
	return nil, fmt.Errorf("there is no directory %q", name)
}

// AddUser puts an account into a directory, a read-only one as well, and
// returns it with its key.
func (b *Base) AddUser(user User) (User, error) {
	b.Lock()
	defer b.Unlock()
	d, err := b.named(user.Directory)
	switch {
	case err != nil:
		return User{}, fmt.Errorf("adding user %q: %w", user.Name, err)
	case user.Name == "":
		return User{}, errors.New("adding a user: the name is empty")
	case d.Users[Fold(user.Name)] != nil:
		return User{}, fmt.Errorf("adding user %q: directory %q has one of that name", user.Name, d.Name)
	case !b.mayHaveKey(user.Name, user.Key):
		return User{}, fmt.Errorf("adding user %q: key %q is another user's, or the user has another key", user.Name, user.Key)
	}
	u := &Account{
		Name: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active, Password: user.Password,
		Attributes: maps.Clone(user.Attributes),
	}
	if user.Key != "" && b.keys[user.Key] == nil {
		b.identify(user.Name, user.Key)
	}
	d.Insert(u)
	return b.show(u), nil
}

// AddGroup puts a group with members and subgroups into a directory; to one
// that is there it adds them.
func (b *Base) AddGroup(group Group) error {
	b.Lock()
	defer b.Unlock()
	d, err := b.named(group.Directory)
	if err != nil {
		return fmt.Errorf("adding group %q: %w", group.Name, err)
	}
	if group.Name == "" {
		return errors.New("adding a group: the name is empty")
	}
	for _, name := range group.Members {
		if d.Users[Fold(name)] == nil {
			return fmt.Errorf("adding group %q: directory %q has no user %q", group.Name, d.Name, name)
		}
	}
	g := d.Group(group.Name)
	for _, name := range group.Members {
		g.Add(d.Users[Fold(name)])
	}
	for _, name := range group.Subgroups {
		g.AddGroup(d.Group(name))
	}
	return nil
}

// AddMember puts a user into a group where the user is, as an administrator
// would behind everybody's back.
func (b *Base) AddMember(groupName, username string) error {
	return b.edit(groupName, username, (*Circle).Add)
}

// RemoveMember takes a user out of a group.
func (b *Base) RemoveMember(groupName, username string) error {
	return b.edit(groupName, username, (*Circle).Drop)
}

func (b *Base) edit(groupName, username string, change func(*Circle, *Account)) error {
	b.Lock()
	defer b.Unlock()
	u := b.Account(username)
	if u == nil {
		return fmt.Errorf("editing group %q: there is no user %q", groupName, username)
	}
	name, ok := b.GroupName(groupName)
	if !ok {
		return fmt.Errorf("editing group %q: there is no such group", groupName)
	}
	change(u.Directory.Group(name), u)
	return nil
}

// AddSubgroup puts a group into another of the same directory.
func (b *Base) AddSubgroup(parent, child string) error {
	return b.AddGroup(Group{Name: parent, Subgroups: []string{child}})
}

// ChangeUser changes an account that counts, as an administrator would behind
// everybody's back: a new name renames it.
func (b *Base) ChangeUser(name string, change func(*User)) error {
	b.Lock()
	defer b.Unlock()
	u := b.Account(name)
	if u == nil {
		return fmt.Errorf("changing user %q: there is no such user", name)
	}
	shown := b.show(u)
	change(&shown)
	if Fold(shown.Name) != u.folded && b.Account(shown.Name) != nil {
		return fmt.Errorf("changing user %q: the name %q is taken", name, shown.Name)
	}
	if shown.Name != u.Name {
		b.Rename(u, shown.Name)
	}
	u.DisplayName, u.Email, u.Active = shown.DisplayName, shown.Email, shown.Active
	return nil
}

// RemoveUser deletes an account that counts, as an administrator would.
func (b *Base) RemoveUser(name string) error {
	b.Lock()
	defer b.Unlock()
	u := b.Account(name)
	if u == nil {
		return fmt.Errorf("removing user %q: there is no such user", name)
	}
	b.Remove(u)
	return nil
}
