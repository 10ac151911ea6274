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

func TestConfluenceChecker(t *testing.T) {
	const (
		userPage  = `{"results":[{"type":"known","username":"ada","userKey":"8a80"}],"start":0,"limit":100,"size":1,"_links":{}}`
		groupPage = `{"results":[{"type":"group","name":"devs"}],"start":0,"limit":200,"size":1,"_links":{}}`
		absent    = `{"statusCode":404,"data":{"authorized":true,"valid":true,"errors":[],"successful":true},"message":"None.","reason":"Not Found"}`
	)
	tests := map[string]struct {
		request, body string
		status        int
		answer        string
		violation     string // empty for none
	}{
		"a user":                         {"GET /rest/api/user?key=8a80&expand=status", "", 200, `{"type":"known","userKey":"8a80"}`, ""},
		"below a context path":           {"GET /confluence/rest/api/user?key=8a80", "", 200, `{"type":"known"}`, ""},
		"no user":                        {"GET /rest/api/user?key=8a80", "", 404, absent, ""},
		"a user whose key is no text":    {"GET /rest/api/user?key=8a80", "", 200, `{"type":"known","userKey":1}`, "must be a string"},
		"an undocumented parameter":      {"GET /rest/api/user?name=ada", "", 200, `{"type":"known"}`, "undocumented query parameters: name"},
		"all users":                      {"GET /rest/api/user/list?start=0&limit=100&expand=status", "", 200, userPage, ""},
		"a page without results":         {"GET /rest/api/user/list", "", 200, `{"start":0,"limit":100,"size":0,"_links":{}}`, `"results" is missing`},
		"a group's members":              {"GET /rest/api/group/devs/member?start=0&limit=9&expand=status", "", 200, userPage, ""},
		"a user's groups":                {"GET /rest/api/user/memberof?username=ada", "", 200, groupPage, ""},
		"a user's groups are no persons": {"GET /rest/api/user/memberof?username=ada", "", 200, userPage, `"name" is missing`},
		"a new user": {"POST /rest/api/admin/user",
			`{"userName":"ada","fullName":"Ada","email":"a@x.org","password":"p","notifyViaEmail":false}`, 201, `{"userKey":"8a80"}`, ""},
		"a new user with Jira's words": {"POST /rest/api/admin/user", `{"displayName":"Ada"}`, 201, `{}`, `"displayName" is unsupported`},
		"a changed user":               {"PUT /rest/api/admin/user/ada", `{"email":"a@x.org"}`, 204, "", ""},
		"a user who cannot be renamed": {"PUT /rest/api/admin/user/ada", `{"userName":"eve"}`, 204, "", `"userName" is unsupported`},
		"a disabled user":              {"PUT /rest/api/admin/user/ada/disable", "", 204, "", ""},
		"a deletion":                   {"DELETE /rest/api/admin/user/ada", "", 202, `{"id":"7"}`, ""},
		"a deletion that is immediate": {"DELETE /rest/api/admin/user/ada", "", 204, "", "status is not supported"},
		"a task":                       {"GET /rest/api/longtask/7", "", 200, `{"id":"7","percentageComplete":100,"successful":true}`, ""},
		"an added member":              {"PUT /rest/api/user/ada/group/devs", "", 204, "", ""},
		"an added member of no group":  {"PUT /rest/api/user/ada/group/devs", "", 404, absent, ""},
		"a new group":                  {"POST /rest/api/admin/group", `{"type":"group","name":"devs"}`, 200, `{"type":"group","name":"devs"}`, ""},
		"a group without a name":       {"GET /rest/api/group/devs", "", 200, `{"type":"group"}`, `"name" is missing`},
		"errors that are no list": {"GET /rest/api/user?key=8a80", "", 404, `{"statusCode":404,"data":{"errors":{}}}`,
			"must be an array"},
		"a resource that is not there": {"GET /rest/api/settings/systemInfo", "", 404, "", "no such operation"},
		"another plugin's resource":    {"GET /rest/applinks/1.0/manifest", "", 200, `{}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			checker, err := openapi.Confluence()
			if errors.Is(err, openapi.ErrNoSpecs) {
				t.Skip(err)
			}
			g := NewWithT(t)
			g.Expect(err).NotTo(HaveOccurred())
			product := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.answer)
			})
			method, url, _ := strings.Cut(test.request, " ")
			r := httptest.NewRequest(method, url, strings.NewReader(test.body))
			if test.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			var found violations
			checker.Wrap(&found, product).ServeHTTP(httptest.NewRecorder(), r)
			if test.violation == "" {
				g.Expect(found).To(BeEmpty())
				return
			}
			g.Expect(found).To(ContainElement(ContainSubstring(test.violation)))
		})
	}
}
