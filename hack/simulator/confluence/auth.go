package confluence

import (
	"crypto/subtle"
	"net/http"
	"strings"

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
		return refuse(http.StatusUnauthorized, "Basic authentication failure or invalid token.")
	case caller == nil && needs == signedIn && s.options.Anonymous:
	case caller == nil && needs != anybody:
		return refuse(http.StatusUnauthorized, "The calling user is not authenticated.")
	case needs == administers && !caller.Belongs(AdminGroup):
		return refuse(http.StatusForbidden, "%s does not have permission to administer users and groups.", caller.Name)
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
	if !given {
		return nil, true
	}
	u = s.Account(s.options.Tokens[token])
	return u, u != nil && u.Active
}

// callerName is who is signed in; empty for nobody.
func (s *Server) callerName(r *http.Request) string {
	s.Lock()
	defer s.Unlock()
	if u, ok := s.authenticate(r); ok && u != nil {
		return u.Name
	}
	return ""
}
