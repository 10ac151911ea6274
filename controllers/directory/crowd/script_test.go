package crowd_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/atlassync/atlassync/controllers/directory"
)

// reply is an answer of a script.
type reply struct {
	status int
	body   string
}

// answers are replies by "METHOD resource?query", or without the query where
// it does not matter.
type answers map[string]reply

// script serves fixed answers, for what a right Crowd does not do. A request
// that is not in the script fails the test.
func script(t *testing.T, script answers) directory.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + strings.TrimPrefix(strings.TrimPrefix(r.URL.EscapedPath(), "/rest/usermanagement/1/"), "/rest/")
		answer, ok := script[request+"?"+r.URL.RawQuery]
		if !ok {
			answer, ok = script[request]
		}
		if !ok {
			t.Errorf("unexpected request: %s?%s", request, r.URL.RawQuery)
		}
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		if strings.HasPrefix(answer.body, "<?xml") {
			w.Header().Set("Content-Type", "application/xml")
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write([]byte(answer.body))
	}))
	t.Cleanup(server.Close)
	return directory.Config{URL: server.URL, Username: "atlassync", Password: "secret", AllowInsecureHTTP: true, RequestsPerSecond: 10000}
}
