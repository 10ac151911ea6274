package scimwebhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/atlassync/atlassync/scimwebhook/store"
)

// bearer is the authentication scheme (RFC 6750 section 2.1).
const bearer = "bearer "

// authenticate lets a request through only if it carries a token of the
// SyncConfig that its path names. It stands before every route, so that
// whatever is added behind it is closed to strangers too. A wrong token and an
// unknown SyncConfig get the same answer, so that nobody can find out names.
func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scope := scopeOf(r.URL.Path)
		access, key, err := s.check(r, scope)
		if err != nil {
			fail(w, r, err)
			return
		}
		c := callOf(r.Context())
		c.scope, c.token, c.strict = scope, key, access.Strict
		s.metrics.tokenUsed.WithLabelValues(c.syncConfig(), key).SetToCurrentTime()
		s.heard.note(scope)
		next.ServeHTTP(w, r)
	})
}

// check gives the access to a SyncConfig, and the key of the token that a
// request carries for it. A token that is not known may have been added a
// moment ago, so the Secret is read again before it is called wrong, as often
// as one address may fail.
func (s *Server) check(r *http.Request, scope store.Scope) (access store.Access, key string, err error) {
	access, err = s.options.Store.Tokens.Of(r.Context(), scope)
	if err != nil {
		return store.Access{}, "", err
	}
	if key, ok := match(access.Tokens, presented(r)); ok {
		return access, key, nil
	}
	if err := s.mayFail(r); err != nil {
		return store.Access{}, "", err
	}
	access, err = s.options.Store.Tokens.Fresh(r.Context(), scope)
	if err != nil {
		return store.Access{}, "", err
	}
	if key, ok := match(access.Tokens, presented(r)); ok {
		return access, key, nil
	}
	return store.Access{}, "", s.refuse(r, scope)
}

// presented is the token of a request: a bearer token, or the bare value
// that Okta's "Header Auth" sends.
func presented(r *http.Request) string {
	value := r.Header.Get("Authorization")
	if len(value) >= len(bearer) && strings.EqualFold(value[:len(bearer)], bearer) {
		value = value[len(bearer):]
	}
	return strings.TrimSpace(value)
}

// match finds the valid token that was presented. It takes the same time
// whichever token it is, and if it is none.
func match(tokens []store.Token, presented string) (key string, ok bool) {
	digest := sha256.Sum256([]byte(presented))
	for _, token := range tokens {
		if subtle.ConstantTimeCompare(digest[:], token.Digest[:]) == 1 {
			key, ok = token.Key, true
		}
	}
	return key, ok && presented != ""
}

// scopeOf reads the SyncConfig out of /scim/v2/{namespace}/{syncconfig}/….
func scopeOf(path string) store.Scope {
	rest, ok := strings.CutPrefix(path, basePath)
	if !ok {
		return store.Scope{}
	}
	parts := strings.SplitN(rest, "/", 3)
	if len(parts) < 2 {
		return store.Scope{}
	}
	return store.Scope{Namespace: parts[0], SyncConfig: parts[1]}
}
