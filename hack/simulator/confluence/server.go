// Package confluence simulates the user and group resources of Confluence
// Data Center's REST API, as its vendor's OpenAPI document and public pages
// describe them, with the traps that a client meets: lower-case usernames,
// accounts without e-mail addresses, deletions that go on in the background,
// no renaming, names that cannot be part of an address, several directories
// of which one is written and none is shown.
//
// It keeps its state in memory and knows nothing of any client.
package confluence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// maxBody is the most that a request may carry, in bytes.
const maxBody = 1 << 20

// Server is one Confluence instance. It is safe for concurrent use.
type Server struct {
	*rig.Rig
	*userbase.Base

	options   Options
	resources *http.ServeMux

	// The Base's lock guards what is below.
	tasks   map[string]*task
	deleted map[string]string // the former names of deleted accounts, by key
}

// call is a request with its body, on behalf of caller (nil if anonymous).
type call struct {
	*http.Request
	body   []byte
	caller *userbase.Account
}

// answer is a status and a body to send as JSON; nil for none.
type answer struct {
	status int
	body   any
}

// New gives a fresh instance with its administrator.
func New(options Options) *Server {
	s := &Server{options: options.withDefaults(), tasks: map[string]*task{}, deleted: map[string]string{}}
	s.Base = userbase.New(s.options.Directories, 1, newKey)
	s.populate()
	s.resources = s.routes()
	product := http.Handler(http.HandlerFunc(s.serveProduct))
	if s.options.Middleware != nil {
		product = s.options.Middleware(product)
	}
	s.Rig = rig.New(rig.Config{
		Name: "Confluence", Product: product, Route: s.route, Caller: s.callerName, Clock: s.options.Clock,
		Fail: func(w http.ResponseWriter, status int, message string) {
			rig.WriteJSON(w, status, refuse(status, "%s", message))
		},
		Steer: s.Steering(),
	})
	return s
}

// route names the resource of a request for the log, such as
// admin/user/{username}.
func (s *Server) route(r *http.Request) string {
	_, pattern := s.resources.Handler(r)
	_, name, _ := strings.Cut(pattern, "/rest/api/")
	return name
}

// serveProduct answers as Confluence does when nothing disturbs it.
func (s *Server) serveProduct(w http.ResponseWriter, r *http.Request) {
	handler, pattern := s.resources.Handler(r)
	switch {
	case breaksTomcat(r):
		rig.WritePage(w, http.StatusBadRequest, "Apache Tomcat")
	case !strings.HasPrefix(r.URL.Path, s.options.ContextPath+"/rest/"):
		rig.WritePage(w, http.StatusNotFound, "Confluence")
	case pattern == "":
		absent := httptest.NewRecorder() // 404, or 405 if there are other methods
		handler.ServeHTTP(absent, r)
		rig.WriteJSON(w, absent.Code, statusBody(absent.Code))
	default:
		s.resources.ServeHTTP(w, r)
	}
}

// breaksTomcat reports whether the path has a slash or backslash inside a
// segment, which Confluence's web server refuses as it is delivered.
//
// https://jira.atlassian.com/browse/CONFSERVER-54066
func breaksTomcat(r *http.Request) bool {
	path := strings.ToLower(r.URL.EscapedPath())
	return strings.Contains(path, "%2f") || strings.Contains(path, "%5c") || strings.Contains(path, `\`)
}

// operation is what a resource does for one method: who may call it, and how
// it is served.
type operation struct {
	server *Server
	needs  right
	serve  func(*call) (answer, error)
}

// ServeHTTP checks the caller's rights and serves.
func (o operation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	o.server.Lock()
	defer o.server.Unlock()
	c := &call{Request: r, body: body}
	if err = o.server.admit(c, o.needs); err == nil {
		var reply answer
		if reply, err = o.serve(c); err == nil {
			rig.WriteJSON(w, reply.status, reply.body)
			return
		}
	}
	refusal, ok := errors.AsType[*restError](err)
	if !ok {
		refusal = refuse(http.StatusInternalServerError, "%v", err)
	}
	rig.WriteJSON(w, refusal.StatusCode, refusal)
}

// decode reads the request's JSON body.
func (c *call) decode(into any) error {
	if media, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";"); strings.TrimSpace(media) != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "The content type must be application/json.")
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return refuse(http.StatusBadRequest, "Could not parse the request: %s", err)
	}
	return nil
}

// statusBody is what answers when no resource is there to do it.
func statusBody(status int) any {
	return map[string]any{"status-code": status, "message": fmt.Sprintf("HTTP %d %s", status, http.StatusText(status))}
}
