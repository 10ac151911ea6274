package openapi_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/openapi"
)

// violations takes what the checker reports.
type violations []string

func (*violations) Helper() {}

func (v *violations) Errorf(format string, args ...any) {
	*v = append(*v, fmt.Sprintf(format, args...))
}

func checker(t *testing.T) *openapi.Checker {
	t.Helper()
	c, err := openapi.Jira()
	if errors.Is(err, openapi.ErrNoSpecs) {
		t.Skip(err)
	}
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return c
}

const (
	page  = `{"startAt":0,"maxResults":50,"total":1,"isLast":true,"values":[{"name":"bob","active":true}]}`
	group = `{"name":"devs","self":"http://localhost/group"}`
)

func TestChecker(t *testing.T) {
	tests := map[string]struct {
		request, body string
		status        int
		answer        string
		violation     string // empty for none
	}{
		"a right request and answer":           {"POST /rest/api/2/group", `{"name":"devs"}`, 201, group, ""},
		"below a context path":                 {"POST /jira/rest/api/2/group", `{"name":"devs"}`, 201, group, ""},
		"an operation that is not there":       {"GET /rest/api/2/group?groupname=devs", "", 200, group, "no such operation"},
		"a resource that is not there":         {"GET /rest/api/2/directories", "", 404, "", "no such operation"},
		"a required parameter that is missing": {"POST /rest/api/2/group/user", `{"name":"bob"}`, 201, group, `"groupname" in query`},
		"an undocumented parameter":            {"GET /rest/api/2/user?userName=bob", "", 200, `{}`, "undocumented query parameters: userName"},
		"a parameter of another type":          {"GET /rest/api/2/user/list?cursor=abc", "", 200, `{"isLast":true,"values":[]}`, `"cursor" in query`},
		"a property of another type":           {"PUT /rest/api/2/user?username=bob", `{"active":"false"}`, 200, `{}`, "must be a boolean"},
		"a property that is unknown":           {"POST /rest/api/2/user", `{"username":"bob"}`, 201, `{}`, `"username" is unsupported`},
		"a body that is missing":               {"POST /rest/api/2/user", "", 201, `{}`, "value is required"},
		"a body where none belongs":            {"DELETE /rest/api/2/user?username=bob", `{"name":"bob"}`, 204, "", "request body not allowed"},
		"an undocumented status":               {"POST /rest/api/2/group", `{"name":"devs"}`, 409, "", "status is not supported"},
		"an answer of another type":            {"GET /rest/api/2/user?username=bob", "", 200, `{"active":"yes"}`, "must be a boolean"},
		"an answer that is not JSON":           {"GET /rest/api/2/user?username=bob", "", 200, `<html>`, "failed to decode"},
		"a page of members":                    {"GET /rest/api/2/group/member?groupname=devs&includeInactiveUsers=true", "", 200, page, ""},
		"a page without its values":            {"GET /rest/api/2/group/member?groupname=devs", "", 200, `{"isLast":true}`, `"values" is missing`},
		"members without a group":              {"GET /rest/api/2/group/member", "", 200, page, `"groupname" in query`},
		"a search answers a list":              {"GET /rest/api/2/user/search?username=bob", "", 200, `[{"name":"bob"}]`, ""},
		"a search does not answer a user":      {"GET /rest/api/2/user/search?username=bob", "", 200, `{"name":"bob"}`, "must be an array"},
		"wrong types inside a list":            {"GET /rest/api/2/user/list", "", 200, `{"isLast":true,"values":[{"name":1}]}`, "must be a string"},
		"an address outside the document":      {"GET /login.jsp?x=y", "", 200, `<html>`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			var found violations
			var received string
			product := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				received = string(body)
				w.Header().Set("Content-Type", "application/json;charset=UTF-8")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.answer)
			})
			method, url, _ := strings.Cut(test.request, " ")
			r := httptest.NewRequest(method, url, strings.NewReader(test.body))
			if test.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			answer := httptest.NewRecorder()

			checker(t).Wrap(&found, product).ServeHTTP(answer, r)

			if test.violation == "" {
				g.Expect(found).To(BeEmpty())
			} else {
				g.Expect(found).To(ContainElement(ContainSubstring(test.violation)))
			}
			g.Expect(received).To(Equal(test.body), "the product gets what was sent")
			g.Expect(answer.Code).To(Equal(test.status), "the caller gets what was answered")
			g.Expect(answer.Body.String()).To(Equal(test.answer))
		})
	}
}
