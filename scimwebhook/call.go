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

// identify gives the request an id and a logger that carries it.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{id: uuid.NewString(), address: clientAddress(r, s.options.TrustedProxies), limits: s.options.Limits}
		w.Header().Set(requestIDHeader, c.id)
		ctx := context.WithValue(r.Context(), callKey{}, c)
		ctx = logr.NewContext(ctx, s.options.Log.WithValues("requestID", c.id))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
