package scimwebhook

import (
	"context"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// Okta closes the connection after 60 s, so an answer must be on its way
// before that, be it an error.
const (
	handlerBudget     = 55 * time.Second
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 50 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 32 << 10

	// DefaultMaxBodyBytes holds a group of 50,000 members twice over.
	DefaultMaxBodyBytes = 8 << 20
	// maxDepth is how deep JSON may nest; SCIM needs about six.
	maxDepth = 20
	// defaultCount and maxCount are the sizes of a page. Okta steps by 100
	// whatever it gets, so no page may be smaller than that.
	defaultCount = 100
	maxCount     = 500
)

// limit bounds what one request may take in bytes and time.
func (s *Server) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), handlerBudget)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, s.options.MaxBodyBytes)
		next.ServeHTTP(w, r)
	})
}

func tooLarge(limit int64) *failure {
	return failf(http.StatusRequestEntityTooLarge, "", "the request is larger than %d bytes: send fewer members or attributes at a time", limit)
}

func malformed(format string, args ...any) *failure {
	return failf(http.StatusBadRequest, schema.InvalidSyntax, format, args...)
}
