// Package jira simulates the user and group resources of Jira Data Center,
// REST version 2, as its vendor's OpenAPI document and public pages describe
// them, with the traps that a client meets: case-insensitive names, keys that
// stay on rename, 400 where one expects 409, subgroup members in member lists,
// inactive members that hide, several directories of which one is written.
//
// It keeps its state in memory and knows nothing of any client.
package jira

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// maxBody is the most that a request may carry, in bytes.
const maxBody = 1 << 20

// Server is one Jira instance. It is safe for concurrent use.
type Server struct {
	*rig.Rig
	*userbase.Base

	options   Options
	resources map[string]map[string]resource
	answered  int // guarded by the Base's lock
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
	s := &Server{options: options.withDefaults()}
	s.Base = userbase.New(s.options.Directories, firstKey, newKey)
	s.populate()
	s.resources = s.routes()
	product := http.Handler(http.HandlerFunc(s.serveProduct))
	if s.options.Middleware != nil {
		product = s.options.Middleware(product)
	}
	s.Rig = rig.New(rig.Config{
		Name: "Jira", Product: product, Route: s.route, Caller: s.callerName, Clock: s.options.Clock,
		Fail: func(w http.ResponseWriter, status int, message string) {
			rig.WriteJSON(w, status, refuse(status, "%s", message))
		},
		Steer: s.Steering(),
	})
	return s
}

// route names the resource of a request for the log.
func (s *Server) route(r *http.Request) string {
	name, _ := resourceName(s.options.ContextPath, r.URL.Path)
	return name
}

// resourceName is the part of path that names a REST resource, such as
// "user/search", and whether there is one.
func resourceName(contextPath, path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, contextPath+"/rest/api/")
	if !ok {
		return "", false
	}
	version, name, _ := strings.Cut(rest, "/")
	return name, version == "2" || version == "latest"
}

// serveProduct answers as Jira does when nothing disturbs it.
func (s *Server) serveProduct(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.Lock()
	defer s.Unlock()
	s.answered++
	w.Header().Set("X-AREQUESTID", fmt.Sprintf("%dx%dx1", s.options.Clock().UTC().Minute(), s.answered))
	if !strings.HasPrefix(r.URL.Path, s.options.ContextPath+"/rest/") {
		s.servePage(w, r)
		return
	}
	reply, err := s.dispatch(&call{Request: r, body: body})
	if err != nil {
		reply = failed(err)
	}
	if reply.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="Jira"`)
	}
	rig.WriteJSON(w, reply.status, reply.body)
}

// dispatch finds the resource, checks the caller's rights and serves.
func (s *Server) dispatch(c *call) (answer, error) {
	name, ok := resourceName(s.options.ContextPath, c.URL.Path)
	methods := s.resources[name]
	if !ok || methods == nil {
		return answer{http.StatusNotFound, statusBody(http.StatusNotFound)}, nil
	}
	operation, ok := methods[c.Method]
	if !ok {
		return answer{http.StatusMethodNotAllowed, statusBody(http.StatusMethodNotAllowed)}, nil
	}
	if s.options.Unconfirmed.NeedsOptIn && experimental[c.Method+" "+name] && c.Header.Get("X-ExperimentalApi") != "true" {
		return answer{http.StatusNotFound, statusBody(http.StatusNotFound)}, nil
	}
	if err := s.admit(c, operation.needs); err != nil {
		return answer{}, err
	}
	return operation.serve(c)
}

// decode reads the request's JSON body.
func (c *call) decode(into any) error {
	if media, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";"); strings.TrimSpace(media) != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "The content type must be application/json.")
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return refuse(http.StatusBadRequest, "Unexpected content: %s", err)
	}
	return nil
}

func failed(err error) answer {
	if refusal, ok := errors.AsType[*apiError](err); ok {
		return answer{refusal.status, refusal}
	}
	return answer{http.StatusInternalServerError, statusBody(http.StatusInternalServerError)}
}

// statusBody is what answers when no resource is there to do it.
func statusBody(status int) any {
	return map[string]any{"status-code": status, "message": fmt.Sprintf("HTTP %d %s", status, http.StatusText(status))}
}
