package scimwebhook

import (
	"net/http"
	"time"
)

// tokenKey names a token: the SyncConfig, and the key of its Secret.
type tokenKey struct {
	namespace, syncConfig, key string
}

// throttle slows down the client of a token that sends more than its share,
// so that it cannot take the server away from the others. It stands behind
// authenticate.
func (s *Server) throttle(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r.Context())
		ok, after := s.tokenRates.take(tokenKey{c.scope.Namespace, c.scope.SyncConfig, c.token}, time.Now())
		if !ok {
			fail(w, r, tooManyRequests(after, "this token sends too many requests: wait and send fewer at a time").because(rejectedTokenRate))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// tooManyRequests asks a client to come back after some seconds.
func tooManyRequests(after int, detail string) *failure {
	f := failf(http.StatusTooManyRequests, "", "%s", detail)
	f.retryAfter = after
	return f
}
