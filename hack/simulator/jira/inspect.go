package jira

import (
	"cmp"
	"slices"
)

// State is everything that the instance holds.
type State struct {
	Users  []User  `json:"users"`
	Groups []Group `json:"groups"`
}

// State shows all accounts and groups of all directories, by name and then in
// the directories' order.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := State{Users: []User{}, Groups: []Group{}}
	for _, d := range s.state.directories {
		for _, u := range d.users {
			shown.Users = append(shown.Users, s.show(u))
		}
		for _, g := range d.groups {
			shown.Groups = append(shown.Groups, g.show(d))
		}
	}
	slices.SortStableFunc(shown.Users, func(a, b User) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	slices.SortStableFunc(shown.Groups, func(a, b Group) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	return shown
}

func (g *group) show(d *directory) Group {
	shown := Group{Name: g.name, Directory: d.Name, Members: []string{}, Subgroups: []string{}}
	for u := range g.users {
		shown.Members = append(shown.Members, u.name)
	}
	for sub := range g.subgroups {
		shown.Subgroups = append(shown.Subgroups, sub.name)
	}
	slices.Sort(shown.Members)
	slices.Sort(shown.Subgroups)
	return shown
}

// Users shows all accounts of all directories, by name.
func (s *Server) Users() []User { return s.State().Users }

// User shows the account of that name that counts.
func (s *Server) User(name string) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.state.user(name)
	if u == nil {
		return User{}, false
	}
	return s.show(u), true
}

// HasGroup reports whether a directory has a group of that name.
func (s *Server) HasGroup(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.state.groupName(name)
	return ok
}

// Members lists the names of a group's direct members, inactive ones
// included; nil if there is no such group.
func (s *Server) Members(groupName string) []string {
	var members []string
	for _, g := range s.State().Groups {
		if fold(g.Name) == fold(groupName) {
			members = append(members, g.Members...)
		}
	}
	return members
}

// Requests lists the requests so far.
func (s *Server) Requests() []Request { return s.log.all() }

// ClearRequests forgets the requests so far.
func (s *Server) ClearRequests() { s.log.clear() }

// Count says how many requests of that method went to that resource, such as
// POST and group/user.
func (s *Server) Count(method, route string) int {
	n := 0
	for _, r := range s.log.all() {
		if r.Method == method && r.Route == route {
			n++
		}
	}
	return n
}

// SetFaults replaces the faults in force; Faults{} ends them. It refuses
// values that make no sense and then changes nothing.
func (s *Server) SetFaults(faults Faults) error {
	if err := faults.valid(); err != nil {
		return err
	}
	s.limiter.reset()
	s.faults.set(faults)
	return nil
}
