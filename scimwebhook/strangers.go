package scimwebhook

import (
	"net/http"
	"strconv"
	"time"

	"github.com/atlassync/atlassync/scimwebhook/store"
)

// mayFail fails itself when the address of a request has failed to present a
// valid token too often. It is asked only about tokens that are not known, so
// nobody with a valid one is slowed down by a stranger behind the same proxy.
func (s *Server) mayFail(r *http.Request) error {
	ok, after := s.failures.take(neighbourhood(callOf(r.Context()).address), time.Now())
	if ok {
		return nil
	}
	s.metrics.authFailures.Inc()
	return tooManyRequests(after, "too many requests without a valid token came from this address: wait, and check the token in the settings of the identity provider").
		because(rejectedFailures)
}

// maxPathLogged is how much of a stranger's path the log is burdened with.
const maxPathLogged = 128

// refuse is the answer to a token that is wrong, after it is counted and
// written down.
func (s *Server) refuse(r *http.Request, scope store.Scope) error {
	s.metrics.authFailures.Inc()
	named := shorten(scope.Namespace+"/"+scope.SyncConfig, maxPathLogged)
	callOf(r.Context()).logger().WithName("audit").Info("SCIM authentication failed",
		"syncConfigInPath", strconv.QuoteToASCII(named), "remoteAddress", callOf(r.Context()).address.String(),
		"result", http.StatusText(http.StatusUnauthorized))
	return failf(http.StatusUnauthorized, "", "the token is missing or wrong, or there is nothing at this base URL: "+
		"check both in the settings of the identity provider against the SyncConfig's status and its token Secret")
}
