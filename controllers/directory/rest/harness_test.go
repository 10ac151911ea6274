package rest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atlassync/atlassync/controllers/directory"
)

// impatient makes a client that notes the longest waits between attempts and
// does not wait.
func impatient(t *testing.T, handler http.Handler) (client *Client, waits *[]time.Duration) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client, err := New(directory.Config{
		URL: server.URL, Token: "token", AllowInsecureHTTP: true, RequestsPerSecond: 10000,
	}, func(body []byte) string { return string(body) })
	if err != nil {
		t.Fatal(err)
	}
	waits = &[]time.Duration{}
	client.jitter = func(most time.Duration) time.Duration {
		*waits = append(*waits, most)
		return 0
	}
	return client, waits
}

func send(ctx context.Context, client *Client, method string) error {
	var answer struct{ Name string }
	return client.Do(ctx, Request{Op: "test", Method: method, Path: "/user", Body: "x"}, &answer)
}

// failing fails so many times and then succeeds.
type failing struct {
	times    int32
	fail     http.HandlerFunc
	requests atomic.Int32
}

func (f *failing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.requests.Add(1) <= f.times {
		f.fail(w, r)
		return
	}
	_, _ = io.WriteString(w, `{"name":"ada"}`)
}

func status(status int, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "{")
	}
}

func breakOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, `{"name":`)
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
