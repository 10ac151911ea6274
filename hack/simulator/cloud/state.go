package cloud

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"
)

// state is what the directory holds, in the order in which it was made.
type state struct {
	users  []*account
	groups []*group
	// The users by id, by user name and by e-mail address.
	ids, names, emails map[string]*account
}

func newState() *state {
	return &state{ids: map[string]*account{}, names: map[string]*account{}, emails: map[string]*account{}}
}

// account is a user. Its profile has the attributes that the provisioning
// client set, by their SCIM names.
type account struct {
	id                string
	profile           map[string]any
	email             string // the primary address in profile
	active            bool
	deleted           bool // hidden until it is activated
	linked            string
	created, modified time.Time
}

type group struct {
	id, name, externalID string
	members              []*account
	created, modified    time.Time
}

func (a *account) name() string { return text(a.profile["userName"]) }

// primaryEmail is the address that a profile marks as primary.
func primaryEmail(profile map[string]any) string {
	emails, _ := profile["emails"].([]any)
	for _, e := range emails {
		if e, ok := e.(map[string]any); ok && e["primary"] == true {
			return text(e["value"])
		}
	}
	return ""
}

// text is a string in decoded JSON; empty for anything else.
func text(value any) string {
	s, _ := value.(string)
	return s
}

// same compares names as the directory does.
func (s *Server) same(a, b string) bool {
	if s.options.Unconfirmed.ExactNames {
		return a == b
	}
	return strings.EqualFold(a, b)
}

// visible are the users that listings show.
func (s *Server) visible() []*account {
	var users []*account
	for _, a := range s.state.users {
		if !a.deleted || s.options.Unconfirmed.ListsDeleted {
			users = append(users, a)
		}
	}
	return users
}

// user is the user with that id, deleted or not.
func (s *state) user(id string) *account { return s.ids[id] }

func (s *state) group(id string) *group {
	return find(s.groups, func(g *group) bool { return g.id == id })
}

// holder is who has the user name, deleted or not.
func (s *Server) holder(userName string) *account { return s.state.names[s.key(userName)] }

// key is alike for names that the directory takes for the same.
func (s *Server) key(name string) string {
	if s.options.Unconfirmed.ExactNames {
		return name
	}
	return strings.ToLower(name)
}

func (s *Server) groupNamed(name string) *group {
	return find(s.state.groups, func(g *group) bool { return s.same(g.name, name) })
}

func find[T any](all []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return nil
}

// insert puts a user that has its attributes at the end.
func (s *Server) insert(a *account) {
	s.state.users = append(s.state.users, a)
	s.state.ids[a.id] = a
	s.index(a)
}

// index lets a user be found by name and address.
func (s *Server) index(a *account) {
	s.state.names[s.key(a.name())] = a
	s.state.emails[strings.ToLower(a.email)] = a
}

// forget undoes index.
func (s *Server) forget(a *account) {
	if name := s.key(a.name()); s.state.names[name] == a {
		delete(s.state.names, name)
	}
	if email := strings.ToLower(a.email); s.state.emails[email] == a {
		delete(s.state.emails, email)
	}
}

// erase takes a user out of the directory and of all groups.
func (s *Server) erase(a *account) {
	s.forget(a)
	delete(s.state.ids, a.id)
	s.state.users = slices.DeleteFunc(s.state.users, func(other *account) bool { return other == a })
	for _, g := range s.state.groups {
		g.remove(a)
	}
}

func (g *group) has(a *account) bool { return slices.Contains(g.members, a) }

func (g *group) add(a *account) {
	if !g.has(a) {
		g.members = append(g.members, a)
	}
}

func (g *group) remove(a *account) {
	g.members = slices.DeleteFunc(g.members, func(other *account) bool { return other == a })
}

// newID makes a random UUID.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
