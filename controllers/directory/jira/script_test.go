package jira_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/atlassync/atlassync/controllers/directory"
)

// answers are status and body by "METHOD resource?query", or without the
// query where it does not matter. Bodies that are a page begin with "<".
type answers map[string]struct {
	status int
	body   string
}

// script serves fixed answers, for what a right Jira does not do. A request
// that is not in the script fails the test.
func script(t *testing.T, script answers) directory.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/rest/api/2/")
		answer, ok := script[request+"?"+r.URL.RawQuery]
		if !ok {
			answer, ok = script[request]
		}
		if !ok {
			t.Errorf("unexpected request: %s?%s", request, r.URL.RawQuery)
			answer.status = http.StatusNotImplemented
		}
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		w.WriteHeader(answer.status)
		_, _ = w.Write([]byte(answer.body))
	}))
	t.Cleanup(server.Close)
	return directory.Config{URL: server.URL, Token: "token", AllowInsecureHTTP: true, RequestsPerSecond: 10000}
}
