package cloud

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// User is a user as tests put it in and see it.
type User struct {
	// ID is the SCIM id; a new one is given if empty.
	ID          string `json:"id,omitempty"`
	UserName    string `json:"userName"`
	DisplayName string `json:"displayName"`
	Email       string `json:"email"`
	Active      bool   `json:"active"`
	// Deleted says that a DELETE has hidden it.
	Deleted bool `json:"deleted,omitempty"`
	// AccountID is the Atlassian account that it is linked to.
	AccountID string `json:"atlassianAccountId,omitempty"`
	// Groups are the names of its groups; only shown.
	Groups []string `json:"groups,omitempty"`
}

// Group is a group with the user names of its members.
type Group struct {
	ID      string   `json:"id,omitempty"`
	Name    string   `json:"displayName"`
	Members []string `json:"members"`
}

// State is everything that the directory holds, by name.
type State struct {
	Users  []User  `json:"users"`
	Groups []Group `json:"groups"`
}

// steering are the addresses below /_sim/ that show and change the state.
func (s *Server) steering() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"GET /_sim/state": func(w http.ResponseWriter, _ *http.Request) { rig.WriteJSON(w, http.StatusOK, s.State()) },
		"POST /_sim/users": func(w http.ResponseWriter, r *http.Request) {
			rig.Steer(w, r, User{Active: true}, func(user User) error {
				_, err := s.AddUser(user)
				return err
			})
		},
		"POST /_sim/groups": func(w http.ResponseWriter, r *http.Request) { rig.Steer(w, r, Group{}, s.AddGroup) },
	}
}

// AddUser puts a user into the directory and returns it with its id.
func (s *Server) AddUser(user User) (User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if user.UserName == "" {
		return User{}, errors.New("adding a user: the userName is empty")
	}
	if s.holder(user.UserName) != nil || s.state.user(user.ID) != nil {
		return User{}, fmt.Errorf("adding user %q: the directory has one of that name or id", user.UserName)
	}
	now := s.options.Clock().UTC()
	a := &account{
		id: cmp.Or(user.ID, newID()), email: user.Email, active: user.Active, deleted: user.Deleted, created: now, modified: now,
		linked: cmp.Or(user.AccountID, s.link(user.Email)),
		profile: map[string]any{
			"userName": user.UserName, "displayName": user.DisplayName,
			"emails": []any{map[string]any{"value": user.Email, "type": "work", "primary": true}},
		},
	}
	s.insert(a)
	return s.seen(a), nil
}

// EraseUser takes a user out of the directory, as an administrator would
// behind everybody's back.
func (s *Server) EraseUser(userName string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.holder(userName)
	if a == nil {
		return fmt.Errorf("erasing user %q: there is no such user", userName)
	}
	s.erase(a)
	return nil
}

// AddGroup puts a group with members into the directory; to one that is there
// it adds them.
func (s *Server) AddGroup(added Group) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if added.Name == "" {
		return errors.New("adding a group: the displayName is empty")
	}
	members := make([]*account, 0, len(added.Members))
	for _, name := range added.Members {
		a := s.holder(name)
		if a == nil {
			return fmt.Errorf("adding group %q: there is no user %q", added.Name, name)
		}
		members = append(members, a)
	}
	g := s.groupNamed(added.Name)
	if g == nil {
		now := s.options.Clock().UTC()
		g = &group{id: cmp.Or(added.ID, newID()), name: added.Name, created: now, modified: now}
		s.state.groups = append(s.state.groups, g)
	}
	for _, a := range members {
		g.add(a)
	}
	return nil
}

// State shows all users, deleted ones included, and all groups.
func (s *Server) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := State{Users: []User{}, Groups: []Group{}}
	for _, a := range s.state.users {
		shown.Users = append(shown.Users, s.seen(a))
	}
	for _, g := range s.state.groups {
		seen := Group{ID: g.id, Name: g.name, Members: []string{}}
		for _, a := range g.members {
			seen.Members = append(seen.Members, a.name())
		}
		slices.Sort(seen.Members)
		shown.Groups = append(shown.Groups, seen)
	}
	slices.SortFunc(shown.Users, func(a, b User) int { return strings.Compare(a.UserName, b.UserName) })
	slices.SortFunc(shown.Groups, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	return shown
}

func (s *Server) seen(a *account) User {
	seen := User{
		ID: a.id, UserName: a.name(), DisplayName: text(a.profile["displayName"]), Email: a.email,
		Active: a.active, Deleted: a.deleted, AccountID: a.linked,
	}
	for _, g := range s.state.groups {
		if g.has(a) {
			seen.Groups = append(seen.Groups, g.name)
		}
	}
	return seen
}
