package bitbucket_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

// fixed is a status and a body.
type fixed struct {
	status int
	body   string
}

// answers are by "METHOD resource?query", or without the query where it does
// not matter.
type answers map[string]fixed

// script serves fixed answers, for what a right Bitbucket does not do. A
// request that is not in the script fails the test.
func script(t *testing.T, script answers) directory.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/rest/api/latest/")
		answer, ok := script[request+"?"+r.URL.RawQuery]
		if !ok {
			answer, ok = script[request]
		}
		if !ok {
			t.Errorf("unexpected request: %s?%s", request, r.URL.RawQuery)
			answer.status = http.StatusTeapot
		}
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		w.WriteHeader(answer.status)
		_, _ = w.Write([]byte(answer.body))
	}))
	t.Cleanup(server.Close)
	return directory.Config{
		URL: server.URL, Username: "admin", Password: "right-password", AllowInsecureHTTP: true, RequestsPerSecond: 10000,
	}
}

// failure is a body as Bitbucket explains a refusal.
func failure(message string) string {
	return `{"errors":[{"context":null,"message":"` + message + `","exceptionName":"com.atlassian.bitbucket.SomeException"}]}`
}

const (
	ada       = `{"name":"ada","displayName":"Ada","emailAddress":"ada@example.com","active":true,"directoryName":"Internal"}`
	adalbert  = `{"name":"adalbert","displayName":"Adalbert","emailAddress":"ada@example.org","active":true}`
	loginPage = "<html>Log in</html>"
)

// last is the last page of a list, with these entries.
func last(entries ...string) fixed {
	return fixed{200, `{"isLastPage":true,"nextPageStart":null,"values":[` + strings.Join(entries, ",") + `]}`}
}

// expectKind expects an error of the kind, or none if it is 0.
func expectKind(t *testing.T, err error, kind directory.Kind) {
	t.Helper()
	g := NewWithT(t)
	if kind == 0 {
		g.Expect(err).NotTo(HaveOccurred())
		return
	}
	g.Expect(err).To(HaveOccurred())
	g.Expect(directory.KindOf(err)).To(Equal(kind), "%v", err)
}
