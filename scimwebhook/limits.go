package scimwebhook

import (
	"context"
	"net/http"
	"time"

	"github.com/atlassync/atlassync/scimwebhook/filter"
	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 120 * time.Second
	// answerTime is what is left to write an answer when the time to find it is up.
	answerTime = 5 * time.Second

	// defaultCount and maxCount are the sizes of a page. Okta steps by 100
	// whatever it gets, so no page may be smaller than that.
	defaultCount = 100
	maxCount     = 500
)

// Limits bound what clients may cost. Begin with DefaultLimits: zero allows
// nothing.
type Limits struct {
	// HeaderBytes is the size of the request line and headers together. What
	// is larger gets a 431 in plain text, and no SCIM error: net/http answers
	// before it has a request that a handler could see.
	HeaderBytes int
	// BodyBytes is the size of the body, before and after inflation.
	BodyBytes int
	// JSONDepth is how deep JSON may nest.
	JSONDepth int
	// StringBytes is the length of one string in a body.
	StringBytes int
	// Operations is how many operations one PATCH may hold.
	Operations int
	// Members is how many members of groups one request may name.
	Members int
	// FilterBytes, FilterTerms and FilterDepth are the length of a filter or
	// path, its comparisons, and how deep its parentheses nest.
	FilterBytes, FilterTerms, FilterDepth int
	// RequestTime is how long the answer to a request may take.
	RequestTime time.Duration
	// TokenRate is how many requests one token may make.
	TokenRate Rate
	// FailureRate is how many requests without a valid token one address may make.
	FailureRate Rate
}

// DefaultLimits are ample for every known client, and for a group of 100,000
// members in one request. Okta closes the connection after 60 seconds, so an
// answer must be on its way before that, be it an error.
func DefaultLimits() Limits {
	return Limits{
		HeaderBytes: 32 << 10,
		BodyBytes:   16 << 20,
		JSONDepth:   20,
		StringBytes: 64 << 10,
		Operations:  patch.DefaultRules.Operations,
		Members:     schema.DefaultRules.Members,
		FilterBytes: filter.DefaultLimits.Bytes,
		FilterTerms: filter.DefaultLimits.Terms,
		FilterDepth: filter.DefaultLimits.Depth,
		RequestTime: 55 * time.Second,
		TokenRate:   Rate{PerSecond: 1000, Burst: 2000},
		FailureRate: Rate{PerSecond: 5, Burst: 150},
	}
}

// limit bounds what one request may take in bytes and time.
func (s *Server) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), s.options.Limits.RequestTime)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, int64(s.options.Limits.BodyBytes))
		next.ServeHTTP(w, r)
	})
}
