package scimwebhook

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"path"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

const (
	// basePath comes before the namespace and name of a SyncConfig.
	basePath     = "/scim/v2/"
	scopePattern = basePath + "{namespace}/{syncconfig}"
)

// handler answers a request, or says why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

// methods are the handlers of one route by method.
type methods map[string]handler

func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h, ok := m[r.Method]
	if !ok {
		allowed := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
		w.Header().Set("Allow", allowed)
		fail(w, r, failf(http.StatusMethodNotAllowed, "", "%s is not possible here, only %s", r.Method, allowed))
		return
	}
	if err := h(w, r); err != nil {
		fail(w, r, err)
	}
}

// Handler is the whole server as an http.Handler.
func (s *Server) Handler() http.Handler {
	h := s.authenticate(s.throttle(s.routes()))
	return s.limit(s.identify(s.observe(recovered(h))))
}

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	users := endpoint[*v1alpha1.ProvisionedUser]{
		server: s, resource: schema.User, backend: users{s.options.Store},
	}
	// Entra ID wants 204 to a PATCH of a group, and nobody needs its members back.
	groups := endpoint[*v1alpha1.ProvisionedGroup]{
		server: s, resource: schema.Group, backend: groups{s.options.Store}, quietPatch: true,
	}
	users.register(mux)
	groups.register(mux)
	s.anywhere(mux, users.searchable(), groups.searchable())
	s.bulk(mux)
	s.discovery(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fail(w, r, noRoute()) })
	return cleaned(mux)
}

func noRoute() *failure {
	return failf(http.StatusNotFound, "", "there is nothing at this path: the base URL ends with the name of the SyncConfig, "+
		"and below it are Users, Groups, .search, Bulk, ServiceProviderConfig, ResourceTypes and Schemas")
}

// cleaned brings the URL into the form that the routes expect. Slashes too
// many go, because the mux would redirect, which SCIM clients do not follow
// with their body. A query that cannot be read is refused, because net/http
// would leave out the part that is wrong: a search would become a list of
// everybody. Semicolons separate nothing in SCIM.
func cleaned(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		target := *r.URL
		target.Path, target.RawPath = path.Clean("/"+r.URL.Path), ""
		target.RawQuery = strings.ReplaceAll(r.URL.RawQuery, ";", "%3B")
		clean := r.WithContext(r.Context()) // a copy that shares the headers
		clean.URL = &target
		if _, err := url.ParseQuery(target.RawQuery); err != nil {
			fail(w, r, failf(http.StatusBadRequest, schema.InvalidValue, "the query in the URL cannot be read: %v", err))
			return
		}
		next.ServeHTTP(w, clean)
	})
}

// recovered turns a panic into an answer, so that it costs one request only.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer rescue(w, r)
		next.ServeHTTP(w, r)
	})
}

func rescue(w http.ResponseWriter, r *http.Request) {
	reason := recover()
	if reason == nil {
		return
	}
	if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(reason)
	}
	callOf(r.Context()).logger().Error(nil, "SCIM handler panicked", "reason", reason, "stack", string(debug.Stack()))
	fail(w, r, failf(http.StatusInternalServerError, "", "%s", ownFault))
}
