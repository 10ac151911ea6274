package openapi_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/openapi"
)

func TestCloudChecker(t *testing.T) {
	const (
		user     = `{"id":"A","userName":"ada","active":true,"meta":{"resourceType":"User"}}`
		patch    = `{"schemas":["x"],"Operations":[{"op":"add","path":"members","value":[{"value":"A"}]}]}`
		conflict = `{"schemas":["x"],"status":"409","scimType":"uniqueness"}`
	)
	tests := map[string]struct {
		request, body string
		status        int
		answer        string
		violation     string // empty for none
	}{
		"a user":                         {"GET /scim/directory/1/Users/A", "", 200, user, ""},
		"a user without active as such":  {"GET /scim/directory/1/Users/A", "", 200, `{"active":"true"}`, "must be a boolean"},
		"a filter":                       {"GET /scim/directory/1/Users?filter=x&startIndex=1&count=2", "", 200, `{"totalResults":0}`, ""},
		"a parameter of another API":     {"GET /scim/directory/1/Groups?excludedAttributes=members", "", 200, `{}`, "undocumented query parameters"},
		"a position that is no number":   {"GET /scim/directory/1/Users?startIndex=x", "", 200, `{}`, `"startIndex" in query`},
		"a created user":                 {"POST /scim/directory/1/Users", `{"schemas":["x"],"userName":"ada"}`, 201, user, ""},
		"an unknown attribute":           {"POST /scim/directory/1/Users", `{"username":"ada"}`, 201, user, `"username" is unsupported`},
		"a read-only attribute":          {"POST /scim/directory/1/Users", `{"userName":"ada","id":"A"}`, 201, user, "readOnly"},
		"operations of the example":      {"PATCH /scim/directory/1/Groups/G", patch, 200, `{"id":"G"}`, ""},
		"operations in small letters":    {"PATCH /scim/directory/1/Groups/G", strings.ToLower(patch), 200, `{"id":"G"}`, "Operations"},
		"a conflict about an address":    {"PATCH /scim/directory/1/Users/A", patch, 409, conflict, ""},
		"a reason that SCIM has not":     {"PATCH /scim/directory/1/Users/A", patch, 400, `{"scimType":"domain"}`, "not one of the allowed values"},
		"a status that is not there":     {"GET /scim/directory/1/Users/A", "", 409, conflict, "status is not supported"},
		"a deletion":                     {"DELETE /scim/directory/1/Users/A", "", 204, "", ""},
		"what the service can":           {"GET /scim/directory/1/ServiceProviderConfig", "", 200, `{"patch":{}}`, ""},
		"another version of the address": {"GET /scim/directory/1/v2/Users", "", 200, `{}`, "no such operation"},
		"an address outside":             {"GET /admin/v1/orgs", "", 200, `{}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			checker, err := openapi.Cloud()
			if errors.Is(err, openapi.ErrNoSpecs) {
				t.Skip(err)
			}
			g.Expect(err).NotTo(HaveOccurred())
			var found violations
			product := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/scim+json")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.answer)
			})
			method, url, _ := strings.Cut(test.request, " ")
			r := httptest.NewRequest(method, url, strings.NewReader(test.body))
			if test.body != "" {
				r.Header.Set("Content-Type", "application/scim+json")
			}
			checker.Wrap(&found, product).ServeHTTP(httptest.NewRecorder(), r)
			if test.violation == "" {
				g.Expect(found).To(BeEmpty())
			} else {
				g.Expect(found).To(ContainElement(ContainSubstring(test.violation)))
			}
		})
	}
}
