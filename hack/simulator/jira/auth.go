package jira

import (
	"crypto/subtle"
	"html"
	"io"
	"net/http"
	"strings"
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
	case needs == administers && !belongs(caller, AdminGroup):
		return refuse(http.StatusForbidden, "You do not have the permission to administer users and groups.")
	}
	c.caller = caller
	return nil
}

// authenticate finds the account whose credentials r carries: nil if it
// carries none, not ok if they are wrong. Inactive users cannot sign in.
func (s *Server) authenticate(r *http.Request) (u *account, ok bool) {
	if name, password, given := r.BasicAuth(); given {
		u = s.state.user(name)
		ok = u != nil && u.password != "" && subtle.ConstantTimeCompare([]byte(u.password), []byte(password)) == 1
		return u, ok && u.active
	}
	token, given := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !given || !s.atLeast(8, 14) {
		return nil, true
	}
	u = s.state.user(s.options.Tokens[token])
	return u, u != nil && u.active
}

// servePage answers outside /rest, where Jira shows pages to people.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	status := http.StatusNotFound
	if _, ok := s.authenticate(r); !ok {
		status = http.StatusUnauthorized
	}
	writePage(w, status)
}

// writePage sends an HTML page as a login screen or a proxy would.
func writePage(w http.ResponseWriter, status int) {
	title := html.EscapeString(http.StatusText(status))
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!DOCTYPE html>\n<html><head><title>"+title+" - Jira</title></head>"+
		"<body><h1>"+title+"</h1></body></html>\n")
}
