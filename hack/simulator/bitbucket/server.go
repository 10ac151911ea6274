// Package bitbucket simulates the user and group resources of Bitbucket Data
// Center, as its vendor's OpenAPI document and public pages describe them,
// with the traps that a client meets: 401 for a missing permission, accounts
// that are created in the query and answered without a body, look-ups by
// substring only, pages that do not follow on by counting, access tokens that
// cannot administer, and no way to deactivate anybody.
//
// It keeps its state in memory and knows nothing of any client. Left out: a
// deleted account's permissions, which come back with its name for seven days.
package bitbucket

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

const (
	// maxBody is the most that a request may carry, in bytes.
	maxBody = 1 << 20
	// firstID is the numeric id of the first account.
	firstID = 1
)

// Server is one Bitbucket instance. It is safe for concurrent use.
type Server struct {
	*rig.Rig
	*userbase.Base

	options   Options
	resources map[string]map[string]resource
	requests  int // guarded by the lock of Base
}

// call is a request with its body, on behalf of caller (nil if anonymous).
type call struct {
	*http.Request
	body   []byte
	caller *userbase.Account
	rank   rank
}

// answer is a status and a body to send as JSON; nil for none.
type answer struct {
	status int
	body   any
}

// New gives a fresh instance with its administrator.
func New(options Options) *Server {
	s := &Server{options: options.withDefaults()}
	s.resources = s.routes()
	s.Base = userbase.New(s.options.Directories, firstID, func(number int, _ string) string { return strconv.Itoa(number) })
	home := s.Home()
	admin := &userbase.Account{
		Name: s.options.AdminName, DisplayName: "Administrator", Email: "admin@example.com",
		Active: true, Password: s.options.AdminPassword,
	}
	home.Insert(admin)
	s.Identity(admin.Name)
	home.Group(AdminGroup).Add(admin)
	home.Group(SystemGroup)
	home.Group(UserGroup)

	product := http.Handler(http.HandlerFunc(s.serveProduct))
	if s.options.Middleware != nil {
		product = s.options.Middleware(product)
	}
	s.Rig = rig.New(rig.Config{
		Name:    "Bitbucket",
		Product: product,
		Route: func(r *http.Request) string {
			name, _ := s.resourceName(r.URL.Path)
			return name
		},
		Caller: s.callerName,
		Fail: func(w http.ResponseWriter, status int, message string) {
			rig.WriteJSON(w, status, refuse(status, serverError, "%s", message).body())
		},
		Steer: s.steering(),
		Clock: s.options.Clock,
	})
	return s
}

// resourceName is the part of path that names a REST resource, such as
// admin/users, and whether there is one.
func (s *Server) resourceName(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, s.options.ContextPath+"/rest/api/")
	if !ok {
		return "", false
	}
	version, name, _ := strings.Cut(rest, "/")
	return name, version == "1.0" || version == "latest"
}

// serveProduct answers as Bitbucket does when nothing disturbs it.
func (s *Server) serveProduct(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.Lock()
	defer s.Unlock()
	s.requests++
	w.Header().Set("X-AREQUESTID", fmt.Sprintf("@SIM%dx%dx1", s.options.Clock().UTC().Minute(), s.requests))
	c := &call{Request: r, body: body}
	credentialsErr := s.signIn(c)
	if c.caller != nil {
		w.Header().Set("X-AUSERNAME", c.caller.Name)
	}
	if !strings.HasPrefix(r.URL.Path, s.options.ContextPath+"/rest/") {
		s.servePage(w, c)
		return
	}
	reply, err := s.dispatch(c, credentialsErr)
	if refusal, ok := errors.AsType[*apiError](err); ok {
		reply = answer{refusal.status, refusal.body()}
	}
	rig.WriteJSON(w, reply.status, reply.body)
}

// dispatch finds the resource, checks the caller's permission and serves.
func (s *Server) dispatch(c *call, credentialsErr error) (answer, error) {
	name, ok := s.resourceName(c.URL.Path)
	methods := s.resources[name]
	if !ok || methods == nil {
		// The web framework's own words, not Bitbucket's.
		return answer{http.StatusNotFound, map[string]any{"status-code": http.StatusNotFound, "message": "null for uri: " + c.URL.Path}}, nil
	}
	operation, ok := methods[c.Method]
	switch {
	case !ok:
		return answer{http.StatusMethodNotAllowed, map[string]any{"status-code": http.StatusMethodNotAllowed, "message": "HTTP 405 Method Not Allowed"}}, nil
	case credentialsErr != nil && (operation.needs != anybody || !s.options.Unconfirmed.OpenToWrongCredentials):
		return answer{}, credentialsErr
	case c.rank < operation.needs:
		return answer{}, notPermitted()
	}
	return operation.serve(c)
}

// decode reads the request's JSON body.
func (c *call) decode(into any) error {
	if media, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";"); strings.TrimSpace(media) != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, serverError, "The content type must be application/json.")
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return malformed("", "The request cannot be read: %s", err)
	}
	return nil
}
