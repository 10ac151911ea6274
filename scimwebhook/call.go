package scimwebhook

import (
	"context"
	"net/http"
	"net/netip"

	"github.com/go-logr/logr"
	"github.com/google/uuid"

	"github.com/atlassync/atlassync/scimwebhook/store"
)

// requestIDHeader carries the id that our log knows a request by.
const requestIDHeader = "X-Request-Id"

// call is what becomes known about a request while it is served, for the
// audit line, metrics and messages. Only the goroutine that serves it uses it.
type call struct {
	// log is the server's.
	log logr.Logger
	// id is ours, never the client's, so that it is safe to log.
	id string
	// address is where the request comes from.
	address netip.Addr
	// scope is the SyncConfig; empty until the token proved right.
	scope store.Scope
	// token is the Secret key that holds the token, never the token.
	token string
	// strict refuses what the RFCs do not allow.
	strict bool
	// limits bound what the request may hold.
	limits Limits
	// rejected is the limit that the request was beyond, if it was.
	rejected rejection
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// syncConfig names the SyncConfig for metrics; empty until the token proved right.
func (c *call) syncConfig() string {
	if c.scope.SyncConfig == "" {
		return ""
	}
	return c.scope.Namespace + "/" + c.scope.SyncConfig
}

// names are what a log says of every request. A logger that carries them
// would have to be made for each request, whether it writes anything or not.
func (c *call) names() []any {
	names := []any{"requestID", c.id}
	if c.scope.SyncConfig != "" {
		names = append(names, "namespace", c.scope.Namespace, "syncConfig", c.scope.SyncConfig)
	}
	return names
}

// logger is a log that says them, for what is written rarely.
func (c *call) logger() logr.Logger { return c.log.WithValues(c.names()...) }

// identify gives the request an id.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{log: s.options.Log, id: uuid.NewString(), address: clientAddress(r, s.options.TrustedProxies), limits: s.options.Limits}
		w.Header().Set(requestIDHeader, c.id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
	})
}
