package bitbucket

import (
	"crypto/subtle"
	"io"
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// rank is how far somebody's global permissions reach.
type rank int

const (
	anybody rank = iota
	signedIn
	licensed
	administers
	administersSystem
)

// rankOf is the highest rank that an account's groups give it.
func rankOf(u *userbase.Account) rank {
	switch {
	case u.Belongs(SystemGroup):
		return administersSystem
	case u.Belongs(AdminGroup):
		return administers
	case u.Belongs(UserGroup):
		return licensed
	}
	return signedIn
}

// groupRank is the rank that a group gives its members.
func groupRank(name string) rank {
	switch userbase.Fold(name) {
	case SystemGroup:
		return administersSystem
	case AdminGroup:
		return administers
	case UserGroup:
		return licensed
	}
	return signedIn
}

// signIn says who calls. An HTTP access token never administers.
func (s *Server) signIn(c *call) error {
	if c.Header.Get("Authorization") == "" {
		return nil
	}
	caller, token := s.authenticate(c.Request)
	if caller == nil {
		return refuse(http.StatusUnauthorized, wrongPassword, "Authentication failed. Please check your credentials and try again.")
	}
	c.caller, c.rank = caller, rankOf(caller)
	if token && !s.options.Unconfirmed.TokensAdminister {
		c.rank = min(c.rank, licensed)
	}
	return nil
}

// authenticate finds the account whose credentials r carries, nil if they are
// wrong, and whether they are a token. Inactive users cannot sign in.
func (s *Server) authenticate(r *http.Request) (u *userbase.Account, token bool) {
	if name, password, given := r.BasicAuth(); given {
		u = s.Account(name)
		if u == nil || !u.Active || u.Password == "" || subtle.ConstantTimeCompare([]byte(u.Password), []byte(password)) != 1 {
			return nil, false
		}
		return u, false
	}
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	u = s.Account(s.options.Tokens[secret])
	if u == nil || !u.Active {
		return nil, true
	}
	return u, true
}

// callerName is who is signed in, for the rate limit.
func (s *Server) callerName(r *http.Request) string {
	s.Lock()
	defer s.Unlock()
	if u, _ := s.authenticate(r); u != nil {
		return u.Name
	}
	return ""
}

// servePage answers outside /rest, where tokens count for nothing: they are
// sent to log in. The one page that programs use tells who they are.
func (s *Server) servePage(w http.ResponseWriter, c *call) {
	base := s.options.ContextPath
	switch {
	case strings.HasPrefix(c.Header.Get("Authorization"), "Bearer "):
		http.Redirect(w, c.Request, base+"/login?next="+c.URL.EscapedPath(), http.StatusFound)
	case c.URL.Path != base+"/plugins/servlet/applinks/whoami":
		rig.WritePage(w, http.StatusNotFound, "Bitbucket")
	default:
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
		if c.caller != nil {
			_, _ = io.WriteString(w, c.caller.Name)
		}
	}
}
