package jira

import (
	"fmt"
	"slices"
)

// User is an account as tests put it in and see it.
type User struct {
	// Key is Jira's stable id; a new one is given if empty.
	Key         string `json:"key,omitempty"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	Email       string `json:"emailAddress"`
	Active      bool   `json:"active"`
	// Directory is the directory's name; the first that can be written if empty.
	Directory string `json:"directory,omitempty"`
	// Password lets the user sign in; it is never shown.
	Password string `json:"password,omitempty"`
	// Leads are keys of projects that the user leads.
	Leads []string `json:"leads,omitempty"`
}

// Group is a group in a directory, with its direct members and subgroups.
type Group struct {
	Name string `json:"name"`
	// Directory is the directory's name; the first that can be written if empty.
	Directory string   `json:"directory,omitempty"`
	Members   []string `json:"members"`
	Subgroups []string `json:"subgroups"`
}

// Reset makes the instance a fresh one: only its administrator, no requests,
// no faults.
func (s *Server) Reset() {
	s.log.clear()
	s.limiter.reset()
	s.faults.set(Faults{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = newState(s.options.Directories)
	home := s.home()
	admin := &account{
		name: s.options.AdminName, displayName: "Administrator", email: "admin@example.com",
		active: true, password: s.options.AdminPassword,
	}
	home.insert(admin)
	s.state.identityOf(admin.name)
	home.group(AdminGroup).users[admin] = true
	home.group(ApplicationGroup)
}

// home is the first directory that can be written, else the first.
func (s *Server) home() *directory {
	if d := s.state.creating(); d != nil {
		return d
	}
	return s.state.directories[0]
}

// named is the directory of that name, or home.
func (s *Server) named(name string) (*directory, error) {
	if name == "" {
		return s.home(), nil
	}
	for _, d := range s.state.directories {
		if d.Name == name {
			return d, nil
		}
	}
	return nil, fmt.Errorf("there is no directory %q", name)
}

// AddUser puts an account into a directory, a read-only one as well, and
// returns it with its key.
func (s *Server) AddUser(user User) (User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.named(user.Directory)
	switch {
	case err != nil:
		return User{}, fmt.Errorf("adding user %q: %w", user.Name, err)
	case user.Name == "":
		return User{}, fmt.Errorf("adding a user: the name is empty")
	case d.users[fold(user.Name)] != nil:
		return User{}, fmt.Errorf("adding user %q: directory %q has one of that name", user.Name, d.Name)
	case !s.state.mayHaveKey(user.Name, user.Key):
		return User{}, fmt.Errorf("adding user %q: key %q is another user's, or the user has another key", user.Name, user.Key)
	}
	u := &account{name: user.Name, displayName: user.DisplayName, email: user.Email, active: user.Active, password: user.Password}
	if user.Key != "" && s.state.keys[user.Key] == nil {
		s.state.identify(user.Name, user.Key)
	}
	d.insert(u)
	id := s.state.identityOf(u.name)
	id.leads = append(id.leads, user.Leads...)
	return s.show(u), nil
}

// mayHaveKey reports whether a user of that name can be given the key; an
// empty one stands for whatever the user has or gets.
func (s *state) mayHaveKey(name, key string) bool {
	byName, byKey := s.identities[fold(name)], s.keys[key]
	return key == "" || byName == byKey
}

func (s *Server) show(u *account) User {
	id := s.state.identityOf(u.name)
	return User{
		Key: id.key, Name: u.name, DisplayName: u.displayName, Email: u.email, Active: u.active,
		Directory: u.directory.Name, Leads: slices.Clone(id.leads),
	}
}

// AddGroup puts a group with members and subgroups into a directory; to one
// that is there it adds them.
func (s *Server) AddGroup(group Group) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, err := s.named(group.Directory)
	if err != nil {
		return fmt.Errorf("adding group %q: %w", group.Name, err)
	}
	if group.Name == "" {
		return fmt.Errorf("adding a group: the name is empty")
	}
	for _, name := range group.Members {
		if d.users[fold(name)] == nil {
			return fmt.Errorf("adding group %q: directory %q has no user %q", group.Name, d.Name, name)
		}
	}
	g := d.group(group.Name)
	for _, name := range group.Members {
		g.users[d.users[fold(name)]] = true
	}
	for _, name := range group.Subgroups {
		g.subgroups[d.group(name)] = true
	}
	return nil
}

// AddMember puts a user into a group where the user is, as an administrator
// would behind everybody's back.
func (s *Server) AddMember(groupName, username string) error {
	return s.edit(groupName, username, func(g *group, u *account) { g.users[u] = true })
}

// RemoveMember takes a user out of a group.
func (s *Server) RemoveMember(groupName, username string) error {
	return s.edit(groupName, username, func(g *group, u *account) { delete(g.users, u) })
}

func (s *Server) edit(groupName, username string, change func(*group, *account)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.state.user(username)
	if u == nil {
		return fmt.Errorf("editing group %q: there is no user %q", groupName, username)
	}
	name, ok := s.state.groupName(groupName)
	if !ok {
		return fmt.Errorf("editing group %q: there is no such group", groupName)
	}
	change(u.directory.group(name), u)
	return nil
}

// AddSubgroup puts a group into another of the same directory.
func (s *Server) AddSubgroup(parent, child string) error {
	return s.AddGroup(Group{Name: parent, Subgroups: []string{child}})
}
