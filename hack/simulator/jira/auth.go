package jira

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// right is what a resource asks of its caller.
type right int

const (
	anybody right = iota
	signedIn
	administers
)

// admit says who calls and refuses who may not.
//
// Credentials that are wrong are refused even where none are needed.
func (s *Server) admit(c *call, needs right) error {
	caller, ok := s.authenticate(c.Request)
	switch {
	case !ok:
		return refuse(http.StatusUnauthorized, "The username or password or token is not correct.")
	case caller == nil && needs != anybody:
		return refuse(http.StatusUnauthorized,
			"You are not authenticated. Authentication required to perform this operation.")
	case needs == administers && !caller.Belongs(AdminGroup):
		return refuse(http.StatusForbidden, "You do not have the permission to administer users and groups.")
	}
	c.caller = caller
	return nil
}

// authenticate finds the account whose credentials r carries: nil if it
// carries none, not ok if they are wrong. Inactive users cannot sign in.
func (s *Server) authenticate(r *http.Request) (u *userbase.Account, ok bool) {
	if name, password, given := r.BasicAuth(); given {
		u = s.Account(name)
		ok = u != nil && u.Password != "" && subtle.ConstantTimeCompare([]byte(u.Password), []byte(password)) == 1
		return u, ok && u.Active
	}
	token, given := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !given || !s.atLeast(8, 14) {
		return nil, true
	}
	u = s.Account(s.options.Tokens[token])
	return u, u != nil && u.Active
}

// servePage answers outside /rest, where Jira shows pages to people.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	status := http.StatusNotFound
	if _, ok := s.authenticate(r); !ok {
		status = http.StatusUnauthorized
	}
	rig.WritePage(w, status, "Jira")
}

// callerName is who is signed in; empty for nobody.
func (s *Server) callerName(r *http.Request) string {
	s.Lock()
	defer s.Unlock()
	if u, ok := s.authenticate(r); ok && u != nil {
		return userbase.Fold(u.Name)
	}
	return ""
}
