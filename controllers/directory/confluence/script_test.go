package confluence_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

// answers are status and body by "METHOD resource?query", or without the
// query where it does not matter. Bodies that are a page begin with "<".
type answers map[string]scripted

type scripted struct {
	status int
	body   string
}

// script serves fixed answers, for what a right Confluence does not do. A
// request that is not in the script fails the test.
func script(t *testing.T, script answers) directory.Config {
	t.Helper()
	return serve(t, func(request string) scripted {
		resource, _, _ := strings.Cut(request, "?")
		for _, name := range []string{request, resource} {
			if answer, ok := script[name]; ok {
				return answer
			}
		}
		t.Errorf("unexpected request: %s", request)
		return scripted{http.StatusTeapot, ""}
	})
}

// serve answers requests by "METHOD resource?query".
func serve(t *testing.T, answer func(request string) scripted) directory.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/rest/api/")
		if r.URL.RawQuery != "" {
			request += "?" + r.URL.RawQuery
		}
		reply := answer(request)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(reply.status)
		_, _ = w.Write([]byte(reply.body))
	}))
	t.Cleanup(server.Close)
	return directory.Config{URL: server.URL, Token: "token", AllowInsecureHTTP: true, RequestsPerSecond: 10000}
}

const (
	ada       = `{"type":"known","username":"ada","userKey":"8a80","displayName":"Ada","status":"current"}`
	notFound  = `{"statusCode":404,"data":{"errors":[]},"message":"No user found with key or username : ada","reason":"Not Found"}`
	refused   = `{"statusCode":400,"data":{"errors":[{"message":{"key":"k","translation":"Warum."}}]},"message":"Nein.","reason":"Bad Request"}`
	noSuch    = `{"message":"HTTP 404 Not Found","status-code":404}`
	loginPage = "<html>Log in</html>"
)

// kind is an error of that kind.
func kind(kind directory.Kind) error { return &directory.Error{Kind: kind} }

// expectSame expects an error of the same kind, or none if there is to be none.
func expectSame(t *testing.T, got, want error) {
	t.Helper()
	g := NewWithT(t)
	g.Expect(got == nil).To(Equal(want == nil), "%v", got)
	g.Expect(directory.KindOf(got)).To(Equal(directory.KindOf(want)), "%v", got)
}

// expectError expects an error of that kind that says so.
func expectError(t *testing.T, err error, kind directory.Kind, message string) {
	t.Helper()
	g := NewWithT(t)
	g.Expect(err).To(MatchError(ContainSubstring(message)))
	g.Expect(directory.KindOf(err)).To(Equal(kind), "%v", err)
}
