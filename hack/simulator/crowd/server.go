// Package crowd simulates Crowd's user management API, usermanagement/1, and
// as much of its admin REST as tells which directories an application has. It
// answers as public pages, trackers and independent clients describe Crowd,
// with the traps that a client meets: applications that sign in instead of
// users, XML unless JSON is asked for, an update that replaces everything,
// reasons that do not tell what happened, statuses that differ from one
// resource to the next, pages that end early, and several directories of
// which one is written.
//
// It keeps its state in memory and knows nothing of any client.
package crowd

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// maxBody is the most that a request may carry, in bytes.
const maxBody = 1 << 20

// Where the two APIs begin, below the context path.
const (
	userManagement = "/rest/usermanagement/"
	administration = "/rest/admin/"
)

// Server is one Crowd instance with one application. It is safe for
// concurrent use.
type Server struct {
	*rig.Rig
	*userbase.Base

	options   Options
	resources map[string]map[string]operation
	// What follows is guarded by the Base's lock.
	descriptions map[string]string // of groups, by folded name
	feed         feed
}

// operation answers a method of a resource.
type operation func(*call) (answer, error)

// call is a request with its body.
type call struct {
	*http.Request
	query url.Values
	body  []byte
}

// answer is a status and a body to send; nil for none.
type answer struct {
	status int
	body   any
}

// New gives a fresh instance without users and groups.
func New(options Options) *Server {
	s := &Server{options: options.withDefaults(), descriptions: map[string]string{}}
	s.Base = userbase.New(s.options.Directories, 1, newKey)
	s.feed.start(s.Base)
	s.resources = s.routes()
	product := http.Handler(http.HandlerFunc(s.serveProduct))
	if s.options.Middleware != nil {
		product = s.options.Middleware(product)
	}
	s.Rig = rig.New(rig.Config{
		Name: "Crowd", Product: product, Route: s.route, Caller: callerName, Clock: s.options.Clock,
		Fail: func(w http.ResponseWriter, status int, message string) {
			rig.WriteJSON(w, status, &apiError{status: status, Reason: "OPERATION_FAILED", Message: message})
		},
		Steer: s.Steering(),
	})
	return s
}

// callerName is whom the rate limit is for.
func callerName(r *http.Request) string {
	name, _, _ := r.BasicAuth()
	return name
}

// route names the resource of a request for the log.
func (s *Server) route(r *http.Request) string {
	name, _ := s.resourceName(userManagement, r.URL.Path)
	return name
}

// resourceName is the part of path that names a resource of an API, such as
// group/user/direct, and whether there is one.
func (s *Server) resourceName(api, path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, s.options.ContextPath+api)
	if !ok {
		return "", false
	}
	version, name, _ := strings.Cut(rest, "/")
	return name, version == "1" || version == "1.0" || version == "latest"
}

// serveProduct answers as Crowd does when nothing disturbs it.
func (s *Server) serveProduct(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.Lock()
	defer s.Unlock()
	c := &call{Request: r, query: r.URL.Query(), body: body}
	if name, ok := s.resourceName(userManagement, r.URL.Path); ok {
		s.serveApplication(w, c, name)
		return
	}
	if name, ok := s.resourceName(administration, r.URL.Path); ok && !s.options.WithoutAdmin {
		s.serveAdministrator(w, c, name)
		return
	}
	rig.WritePage(w, http.StatusNotFound, "Crowd")
}

// serveApplication answers in the user management API.
func (s *Server) serveApplication(w http.ResponseWriter, c *call, name string) {
	if !s.isApplication(c.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="Crowd REST Service"`)
		writeText(w, http.StatusUnauthorized, "Application failed to authenticate")
		return
	}
	if err := s.checkAddress(c.Request); err != nil {
		if s.options.Unconfirmed.PlainForbidden {
			writeText(w, err.status, err.Message)
			return
		}
		c.write(w, failed(err))
		return
	}
	reply, err := s.dispatch(c, name)
	if err != nil {
		reply = failed(err)
	}
	c.write(w, reply)
}

// dispatch finds the operation and runs it.
func (s *Server) dispatch(c *call, name string) (answer, error) {
	if token, ok := strings.CutPrefix(name, "event/"); ok && s.resources["event"] != nil {
		return s.eventsSince(token)
	}
	methods := s.resources[name]
	if methods == nil {
		return answer{http.StatusNotFound, withoutReason(http.StatusNotFound)}, nil
	}
	serve, ok := methods[c.Method]
	if !ok {
		return answer{http.StatusMethodNotAllowed, withoutReason(http.StatusMethodNotAllowed)}, nil
	}
	return serve(c)
}

// decode reads the request's JSON body.
func (c *call) decode(into any) error {
	if media, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type")); media != "application/json" {
		return &apiError{status: http.StatusUnsupportedMediaType, Message: "The content type must be application/json."}
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return &apiError{status: http.StatusBadRequest, Message: "Unexpected content: " + err.Error()}
	}
	return nil
}

func failed(err error) answer {
	if refusal, ok := errors.AsType[*apiError](err); ok {
		return answer{refusal.status, refusal}
	}
	return answer{http.StatusInternalServerError, withoutReason(http.StatusInternalServerError)}
}
