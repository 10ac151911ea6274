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
	ids    map[string]*account
	groups []*group
}

func newState() *state { return &state{ids: map[string]*account{}} }

func (s *state) insert(a *account) {
	s.users = append(s.users, a)
	s.ids[a.id] = a
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
func (s *Server) holder(userName string) *account {
	return find(s.state.users, func(a *account) bool { return s.same(a.name(), userName) })
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

// erase takes a user out of the directory and of all groups.
func (s *state) erase(a *account) {
	delete(s.ids, a.id)
	s.users = slices.DeleteFunc(s.users, func(other *account) bool { return other == a })
	for _, g := range s.groups {
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
