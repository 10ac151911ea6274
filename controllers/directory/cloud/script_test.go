package cloud_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/atlassync/atlassync/controllers/directory"
)

const mediaType = "application/scim+json"

// answers are status and body by "METHOD resource?query", or without the
// query where it does not matter.
type answers map[string]struct {
	status int
	body   string
}

// received are requests with their bodies, in order.
type received struct {
	requests []string
	header   http.Header
}

// script serves fixed answers, for what a right directory does not do, and
// keeps what was asked. A request that is not in the script fails the test.
func script(t *testing.T, script answers) (directory.Directory, *received) {
	t.Helper()
	log := &received{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/scim/directory/the-directory/")
		answer, ok := script[request+"?"+r.URL.RawQuery]
		if !ok {
			answer, ok = script[request]
		}
		if !ok {
			t.Errorf("unexpected request: %s?%s", request, r.URL.RawQuery)
		}
		body, _ := io.ReadAll(r.Body)
		log.requests = append(log.requests, strings.TrimSpace(request+" "+string(body)))
		log.header = r.Header
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(answer.status)
		_, _ = w.Write([]byte(answer.body))
	}))
	t.Cleanup(server.Close)
	return connect(t, directory.Config{
		URL: server.URL, DirectoryID: "the-directory", Token: "token", AllowInsecureHTTP: true, RequestsPerSecond: 10000,
	}), log
}

const (
	ada   = `{"id":"A","userName":"ada","displayName":"Ada","emails":[{"value":"ada@example.com","primary":true}],"active":true}`
	grace = `{"id":"G","userName":"grace","active":false}`

	noUsers  = `{"totalResults":0,"Resources":[]}`
	notFound = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404"}`
	// firstUser is the request that shows whether the directory is there.
	firstUser = "GET Users?count=1&startIndex=1"
)
