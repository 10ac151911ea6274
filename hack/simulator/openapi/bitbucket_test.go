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

const bitbucketRoot = "/bitbucket/rest/api/latest"

// bitbucketExchange is a request, and a right answer to it unless violation
// says what is wrong.
type bitbucketExchange struct {
	request, body string
	status        int
	answer        string
	violation     string
}

func (e bitbucketExchange) violations(checker *Checker) []any {
	found := &reported{}
	product := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if e.answer != "" {
			w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		}
		w.WriteHeader(e.status)
		_, _ = w.Write([]byte(e.answer))
	})
	method, url, _ := strings.Cut(e.request, " ")
	r := httptest.NewRequest(method, bitbucketRoot+url, strings.NewReader(e.body))
	if e.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	checker.Wrap(found, product).ServeHTTP(httptest.NewRecorder(), r)
	return found.args
}

func loadBitbucket(t *testing.T, defects []defect) *Checker {
	t.Helper()
	checker, err := load(bitbucketDocument, "/api/latest/", defects)
	if errors.Is(err, ErrNoSpecs) {
		t.Skip(err)
	}
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return checker
}

// pageWith is a last page.
func pageWith(values string) string {
	return `{"size":1,"limit":25,"start":0,"isLastPage":true,"nextPageStart":null,"values":[` + values + `]}`
}

const (
	bitbucketUser  = `{"name":"ada","id":101,"active":true,"directoryName":"Bitbucket Internal Directory"}`
	bitbucketGroup = `{"name":"engineers","deletable":true}`
)

// TestBitbucketDefectsAreStillThere holds each entry of the table against the
// document as it is: an entry that mends nothing has to go.
func TestBitbucketDefectsAreStillThere(t *testing.T) {
	failure := `{"errors":[{"context":null,"message":"No.","exceptionName":"x"}]}`
	exchanges := []bitbucketExchange{
		{request: "GET /admin/users", status: 401, answer: failure},
		{request: "GET /admin/users", status: 200, answer: pageWith(bitbucketUser)},
		{request: "GET /admin/groups", status: 200, answer: pageWith(bitbucketGroup)},
		{request: "GET /admin/groups/more-members?context=engineers", status: 200, answer: pageWith(bitbucketUser)},
		{request: "GET /admin/users/more-members?context=ada", status: 200, answer: pageWith(bitbucketGroup)},
		{request: "POST /admin/groups/add-users", body: `{"group":"engineers","users":["ada"]}`, status: 200},
		{request: "POST /admin/groups/remove-user", body: `{"context":"engineers","itemName":"ada"}`, status: 200},
		{request: "POST /admin/users/remove-group", body: `{"context":"ada","itemName":"engineers"}`, status: 200},
		{request: "GET /application-properties", status: 401, answer: `{"errors":[]}`},
	}
	asItIs, mended := loadBitbucket(t, nil), loadBitbucket(t, bitbucketDefects)
	g := NewWithT(t)
	for _, exchange := range exchanges {
		g.Expect(exchange.violations(asItIs)).NotTo(BeEmpty(), exchange.request)
		g.Expect(exchange.violations(mended)).To(BeEmpty(), exchange.request)
	}
	wrong := []bitbucketExchange{ // one instead of a list passes the document as it is
		{request: "GET /users", status: 200, answer: bitbucketUser},
		{request: "GET /admin/user-directories", status: 200, answer: `{"name":"Internal","active":true}`},
	}
	for _, exchange := range wrong {
		g.Expect(exchange.violations(asItIs)).To(BeEmpty(), exchange.request)
		g.Expect(exchange.violations(mended)).NotTo(BeEmpty(), exchange.request)
	}
	g.Expect(len(exchanges)+len(wrong)).To(Equal(len(bitbucketDefects)), "each entry has its exchange")
}

func TestBitbucketCheckerFindsWhatIsWrong(t *testing.T) {
	checker, err := Bitbucket()
	if errors.Is(err, ErrNoSpecs) {
		t.Skip(err)
	}
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	cases := map[string]bitbucketExchange{
		"an account made in a body":       {"POST /admin/users", `{"name":"ada"}`, 204, "", `"name" in query`},
		"an account made in the query":    {"POST /admin/users?name=ada&displayName=Ada&emailAddress=a%40b.c&password=x&addToDefaultGroup=false", "", 204, "", ""},
		"an account without an address":   {"POST /admin/users?name=ada&displayName=Ada", "", 204, "", `"emailAddress" in query`},
		"details under a wrong name":      {"PUT /admin/users", `{"name":"ada","emailAddress":"a@b.c"}`, 200, bitbucketUser, `"emailAddress" is unsupported`},
		"deactivation":                    {"PUT /admin/users", `{"name":"ada","active":false}`, 200, bitbucketUser, `"active" is unsupported`},
		"a page without its values":       {"GET /admin/users", "", 200, `{"isLastPage":true}`, `"values" is missing`},
		"a page of wrong types":           {"GET /admin/users", "", 200, pageWith(`{"name":1}`), "must be a string"},
		"a group made with 201":           {"POST /admin/groups?name=engineers", "", 201, bitbucketGroup, "status is not supported"},
		"the resource that is only named": {"POST /users/remove-groups", `{"user":"ada"}`, 200, "", "no such operation"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.violation == "" {
				NewWithT(t).Expect(c.violations(checker)).To(BeEmpty())
				return
			}
			NewWithT(t).Expect(c.violations(checker)).To(ContainElement(MatchError(ContainSubstring(c.violation))))
		})
	}
}

func TestBitbucketTableIsHeldAgainstTheDocument(t *testing.T) {
	err := mend(&openapi3.T{Paths: openapi3.NewPaths()}, bitbucketDefects)
	NewWithT(t).Expect(err).To(MatchError(ContainSubstring("in the table of defects")))
}
