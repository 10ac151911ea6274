package openapi

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	. "github.com/onsi/gomega"
)

func TestCrowdCheckerKnowsWhatTheDocumentLeavesOut(t *testing.T) {
	checker, err := Crowd()
	if errors.Is(err, ErrNoSpecs) {
		t.Skip(err)
	}
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	const root = "/crowd/rest/usermanagement/1"
	cases := map[string]struct {
		request, body, answer string
		status                int
		violation             string
	}{
		"everybody":              {"GET /search?entity-type=user&restriction=&start-index=0", "", `{"users":[]}`, 200, ""},
		"no kind of entity":      {"GET /search?restriction=", "", `{"users":[]}`, 200, `"entity-type" in query`},
		"members":                {"GET /group/user/direct?groupname=devs", "", `{"users":[{"name":"ada"}]}`, 200, ""},
		"members under singular": {"GET /group/user/direct?groupname=devs", "", `{"user":[]}`, 200, `doesn't match any schema`},
		"one member":             {"GET /group/user/direct?groupname=devs&username=ada", "", `{"name":"ada"}`, 200, ""},
		"an event token":         {"GET /event/1%3A2", "", `{"newEventToken":"1:3","incrementalSynchronisationAvailable":true}`, 200, ""},
		"a user":                 {"POST /user", `{"name":"ada","display-name":"Ada"}`, `{"name":"ada"}`, 201, ""},
		"a property misspelt":    {"POST /user", `{"name":"ada","displayName":"Ada"}`, `{"name":"ada"}`, 201, `"displayName" is unsupported`},
		"an undocumented status": {"POST /user", `{"name":"ada"}`, `{}`, 409, "status is not supported"},
		"active as a string":     {"PUT /user?username=ada", `{"name":"ada","active":"true"}`, "", 204, "must be a boolean"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			found := &reported{}
			product := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.answer))
			})
			method, url, _ := strings.Cut(c.request, " ")
			r := httptest.NewRequest(method, root+url, strings.NewReader(c.body))
			if c.body != "" {
				r.Header.Set("Content-Type", "application/json")
			}
			checker.Wrap(found, product).ServeHTTP(httptest.NewRecorder(), r)
			if c.violation == "" {
				NewWithT(t).Expect(found.args).To(BeEmpty())
				return
			}
			NewWithT(t).Expect(found.args).To(ContainElement(MatchError(ContainSubstring(c.violation))))
		})
	}
}

// reported takes what the checker reports.
type reported struct{ args []any }

func (*reported) Helper() {}

func (r *reported) Errorf(_ string, args ...any) { r.args = append(r.args, args...) }

func TestTablesThatNoLongerMatchTheDocumentAreRefused(t *testing.T) {
	doc := func() *openapi3.T {
		op := openapi3.NewOperation()
		op.AddResponse(http.StatusNotFound, openapi3.NewResponse())
		withQuery("name")(nil, op)
		return &openapi3.T{Paths: openapi3.NewPaths(openapi3.WithPath("/a", &openapi3.PathItem{Get: op}))}
	}
	g := NewWithT(t)
	for want, err := range map[string]error{
		"GET /b is in the table of omissions but not": supplement(doc(), []omission{{"GET", "/b", nil, nil}}),
		"status 404":     supplement(doc(), []omission{{"GET", "/a", []int{404}, nil}}),
		"parameter name": supplement(doc(), []omission{{"GET", "/a", nil, []string{"name"}}}),
		"table of gaps":  fill(doc(), []gap{{"GET", "/a", "", operation(eventList)}}),
	} {
		g.Expect(err).To(MatchError(ContainSubstring(want)))
	}
}
