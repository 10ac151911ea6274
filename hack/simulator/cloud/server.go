// Package cloud simulates a user provisioning directory of Atlassian Cloud, as
// its vendor's OpenAPI document of 29 August 2022 and public pages describe
// it, with the traps that a client meets: filters that know "eq" only, pages of
// 100 by position, a deletion that deactivates, group names that stay,
// conflicts about e-mail addresses, and refusals that are no SCIM errors.
//
// It keeps its state in memory and knows nothing of any client.
package cloud

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/atlassync/atlassync/hack/simulator/rig"
)

const (
	// basePath is where directories are.
	basePath  = "/scim/directory/"
	mediaType = "application/scim+json"
	// maxBody is the most that a request may carry, in bytes.
	maxBody = 16 << 20
)

// Server is one directory. It is safe for concurrent use.
type Server struct {
	*rig.Rig

	options Options
	routes  map[string]map[string]operation

	mu       sync.Mutex // guards what is below
	state    *state
	requests int
}

// operation serves a call: a status and a body to send as JSON, nil for none,
// or an error that is a *refusal.
type operation func(*call) (status int, body any, err error)

// call is a request with its body; id is that of the resource, if it has one.
type call struct {
	*http.Request

	id   string
	body []byte
}

// New gives an empty directory.
func New(options Options) *Server {
	s := &Server{options: options.withDefaults()}
	s.routes = s.operations()
	var product http.Handler = http.HandlerFunc(s.serveProduct)
	if s.options.Middleware != nil {
		product = s.options.Middleware(product)
	}
	s.Rig = rig.New(rig.Config{
		Name: "Atlassian", Product: product,
		Route: func(r *http.Request) string {
			_, route, _ := target(r.URL.Path)
			return route
		},
		Caller: s.caller,
		Fail: func(w http.ResponseWriter, status int, message string) {
			s.send(w, &refusal{status: status, detail: message})
		},
		Steer: s.steering(),
		Clock: s.options.Clock,
	})
	s.Reset()
	return s
}

// Reset makes the directory an empty one: no requests, no faults.
func (s *Server) Reset() {
	s.Clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = newState()
}

// target takes a path apart: the directory, the route, such as Users/{id},
// and the id in it.
func target(path string) (directoryID, route, id string) {
	rest, ok := strings.CutPrefix(path, basePath)
	if !ok {
		return "", "", ""
	}
	directoryID, route, _ = strings.Cut(rest, "/")
	collection, id, hasID := strings.Cut(route, "/")
	if hasID && (collection == "Users" || collection == "Groups") {
		return directoryID, collection + "/{id}", id
	}
	return directoryID, route, ""
}

// serveProduct answers as Atlassian does when nothing disturbs it.
func (s *Server) serveProduct(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "reading the request: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	status, answer, err := s.dispatch(r, body)
	if err != nil {
		s.sendLocked(w, asRefusal(err))
		return
	}
	w.Header().Set("Content-Type", mediaType)
	rig.WriteJSON(w, status, answer)
}

// dispatch lets the caller in and finds what it asks for.
func (s *Server) dispatch(r *http.Request, body []byte) (status int, answer any, err error) {
	directoryID, route, id := target(r.URL.Path)
	if err := s.admit(r, directoryID); err != nil {
		return 0, nil, err
	}
	methods, ok := s.routes[route]
	if !ok {
		return 0, nil, refuse(http.StatusNotFound, "", "There is no such resource.")
	}
	serve, ok := methods[r.Method]
	if !ok {
		return 0, nil, refuse(http.StatusMethodNotAllowed, "", "The method is not allowed.")
	}
	return serve(&call{Request: r, id: id, body: body})
}

// operations lists what can be asked, by route and method.
func (s *Server) operations() map[string]map[string]operation {
	routes := map[string]map[string]operation{
		"Users":       {"GET": s.listUsers, "POST": s.createUser},
		"Users/{id}":  {"GET": s.getUser, "PUT": s.putUser, "PATCH": s.patchUser, "DELETE": s.deleteUser},
		"Groups":      {"GET": s.listGroups, "POST": s.createGroup},
		"Groups/{id}": {"GET": s.getGroup, "PUT": s.putGroup, "PATCH": s.patchGroup, "DELETE": s.deleteGroup},
	}
	for route, body := range metadata() {
		routes[route] = map[string]operation{"GET": func(*call) (int, any, error) { return http.StatusOK, body, nil }}
	}
	return routes
}

// admit refuses whoever does not have the directory's key.
func (s *Server) admit(r *http.Request, directoryID string) error {
	switch {
	case r.Header.Get("Authorization") == "":
		return &refusal{status: http.StatusUnauthorized, detail: "Missing authorization header."}
	case s.caller(r) == "":
		return &refusal{status: s.options.Unconfirmed.WrongKeyStatus, detail: "You are not authorized to call the API."}
	case directoryID != s.options.DirectoryID:
		return refuse(s.options.Unconfirmed.OtherDirectoryStatus, "", "Directory [%s] does not exist.", directoryID)
	}
	return nil
}

// caller is who is signed in; empty for nobody.
func (s *Server) caller(r *http.Request) string {
	key, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	given, right := sha256.Sum256([]byte(key)), sha256.Sum256([]byte(s.options.APIKey))
	if subtle.ConstantTimeCompare(given[:], right[:]) == 1 {
		return "directory"
	}
	return ""
}

// decode reads the request's JSON body.
func (c *call) decode(into any) error {
	media, _, _ := strings.Cut(c.Header.Get("Content-Type"), ";")
	if media = strings.TrimSpace(media); media != mediaType && media != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "", "The content type must be %s.", mediaType)
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		return refuse(http.StatusBadRequest, "invalidSyntax", "The body cannot be read: %s", err)
	}
	return nil
}

func (s *Server) location(collection, id string) string {
	return "https://api.atlassian.com" + basePath + s.options.DirectoryID + "/" + collection + "/" + id
}
