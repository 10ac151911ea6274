package okta

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

// endpoint answers with fixed bodies and keeps what it was asked.
type endpoint struct {
	asked   []string
	bodies  []map[string]any
	headers http.Header
	answers map[string]string
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.asked = append(e.asked, r.Method+" "+r.URL.RequestURI())
	e.headers = r.Header
	var body map[string]any
	if raw, _ := io.ReadAll(r.Body); len(raw) > 0 && json.Unmarshal(raw, &body) == nil {
		e.bodies = append(e.bodies, body)
	}
	answer := e.answers[r.Method+" "+r.URL.Path]
	if answer == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	_, _ = io.WriteString(w, answer)
}

func start(t *testing.T, app App, answers map[string]string) (*endpoint, *Client) {
	t.Helper()
	e := &endpoint{answers: answers}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return e, New(server.URL+"/", "secret", app)
}

var ada = Profile{ID: "00u1", Login: "ada@example.com", Email: "ada@example.com", GivenName: "Ada", FamilyName: "Lovelace"}

func TestHeadersAreThoseOfOkta(t *testing.T) {
	g := NewWithT(t)
	e, client := start(t, Template, map[string]string{"POST /Users": `{"id":"1"}`})
	_, err := client.CreateUser(t.Context(), ada)
	g.Expect(err).NotTo(HaveOccurred())
	for name, want := range map[string]string{
		"Accept":          "application/scim+json",
		"Accept-Charset":  "utf-8",
		"Accept-Encoding": "gzip,deflate",
		"Authorization":   "Bearer secret",
		"Content-Type":    "application/scim+json; charset=utf-8",
		"User-Agent":      "Okta SCIM Client 1.0.0",
	} {
		g.Expect(e.headers.Get(name)).To(Equal(want), name)
	}
}

func TestCreateSendsWhatOktaSends(t *testing.T) {
	g := NewWithT(t)
	e, client := start(t, Template, map[string]string{"POST /Users": `{"id":"1"}`})
	_, err := client.CreateUser(t.Context(), ada)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(e.bodies[0]).To(And(
		HaveKeyWithValue("password", Not(BeEmpty())),
		HaveKeyWithValue("groups", BeEmpty()),
		HaveKeyWithValue("active", true),
		HaveKeyWithValue("externalId", "00u1"),
	))
}

func TestCreateWithoutAnswerIsAnError(t *testing.T) {
	_, client := start(t, Template, nil)
	_, err := client.CreateUser(t.Context(), ada)
	NewWithT(t).Expect(err).To(MatchError(ContainSubstring("returned empty user")))
}

func TestFilterIsPercentEncoded(t *testing.T) {
	g := NewWithT(t)
	e, client := start(t, Template, map[string]string{"GET /Users": `{"totalResults":0,"Resources":[]}`})
	_, err := client.FindUser(t.Context(), `o"b & c+d@example.com`)
	g.Expect(err).To(MatchError(ErrNoMatch))
	g.Expect(e.asked).To(ConsistOf(
		`GET /Users?filter=userName%20eq%20%22o%5C%22b%20%26%20c%2Bd%40example.com%22&startIndex=1&count=100`))
}

func TestUpdateReturnsWhatTheServerKnows(t *testing.T) {
	g := NewWithT(t)
	e, client := start(t, Template, map[string]string{
		"GET /Users/1": `{"id":"1","userName":"old","title":"Countess","meta":{"version":"x"}}`,
		"PUT /Users/1": `{"id":"1"}`,
	})
	_, err := client.UpdateUser(t.Context(), "1", ada)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(e.bodies[0]).To(And(
		HaveKeyWithValue("userName", "ada@example.com"),
		HaveKeyWithValue("title", "Countess"),
		HaveKey("meta"),
	))
}

func TestVerbsOfTheTwoKindsOfApp(t *testing.T) {
	answers := map[string]string{
		"GET /Users/1":  `{"id":"1","active":true}`,
		"PUT /Users/1":  `{"id":"1","active":false}`,
		"GET /Groups":   `{"totalResults":0}`,
		"POST /Groups":  `{"id":"g","displayName":"Staff"}`,
		"GET /Groups/g": `{"id":"g","displayName":"Staff","members":[{"value":"1"},{"value":"2"}]}`,
	}
	lookup := "GET /Groups?filter=displayName%20eq%20%22Staff%22&startIndex=1&count=100"
	for app, want := range map[App][]string{
		Template: {
			"PATCH /Users/1",
			lookup, "POST /Groups", "PATCH /Groups/g", "PATCH /Groups/g",
			"PATCH /Groups/g", "PATCH /Groups/g",
			"PATCH /Groups/g",
			"DELETE /Groups/g",
		},
		Wizard: {
			"GET /Users/1", "PUT /Users/1",
			lookup, "POST /Groups",
			"GET /Groups/g", "PUT /Groups/g",
			"GET /Groups/g", "PUT /Groups/g",
			"DELETE /Groups/g",
		},
	} {
		t.Run(fmt.Sprint(app), func(t *testing.T) {
			g := NewWithT(t)
			e, client := start(t, app, answers)
			g.Expect(client.Deactivate(t.Context(), "1")).To(Succeed())
			group, err := client.PushGroup(t.Context(), "Staff", Member{ID: "1"})
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(client.ChangeMembers(t.Context(), group, []Member{{ID: "3"}}, []Member{{ID: "1"}})).To(Succeed())
			g.Expect(client.RenameGroup(t.Context(), group, "Crew")).To(Succeed())
			g.Expect(client.DeleteGroup(t.Context(), "g")).To(Succeed())
			g.Expect(e.asked).To(Equal(want))
		})
	}
}

func TestWizardSendsTheWholeGroup(t *testing.T) {
	g := NewWithT(t)
	e, client := start(t, Wizard, map[string]string{
		"GET /Groups/g": `{"id":"g","displayName":"Staff","members":[{"value":"1"},{"value":"2"}]}`,
	})
	g.Expect(client.ChangeMembers(t.Context(), Resource{"id": "g"}, []Member{{ID: "3"}}, []Member{{ID: "1"}})).To(Succeed())
	g.Expect(Resource(e.bodies[0]).MemberIDs()).To(Equal([]string{"2", "3"}))
	g.Expect(client.ChangeMembers(t.Context(), Resource{"id": "g"}, nil, []Member{{ID: "1"}, {ID: "2"}})).To(Succeed())
	g.Expect(e.bodies[1]).To(HaveKeyWithValue("members", BeEmpty()), "an empty group is [] and not null")
}

func TestImportAdvancesByItsOwnPageSize(t *testing.T) {
	g := NewWithT(t)
	page := `{"totalResults":201,"Resources":[` + strings.TrimSuffix(strings.Repeat(`{"id":"x"},`, 100), ",") + `]}`
	e, client := start(t, Template, map[string]string{"GET /Users": page, "GET /Groups": `{"totalResults":0}`})
	users, groups, err := client.Import(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(users).To(HaveLen(300))
	g.Expect(groups).To(BeEmpty())
	g.Expect(e.asked).To(Equal([]string{
		"GET /Users?startIndex=1&count=100", "GET /Users?startIndex=101&count=100", "GET /Users?startIndex=201&count=100",
		"GET /Groups?startIndex=1&count=100",
	}))
}

func TestErrorsCarryTheDetail(t *testing.T) {
	for body, want := range map[string]*Error{
		`{"status":"409","scimType":"uniqueness","detail":"taken"}`: {SCIMType: "uniqueness", Detail: "taken"},
		`<html>`: {Detail: "invalid JSON: invalid character '<' looking for beginning of value"},
	} {
		g := NewWithT(t)
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusConflict)
			_, _ = io.WriteString(w, body)
		}))
		err := New(server.URL, "secret", Template).TestCredentials(t.Context())
		server.Close()
		want.Method, want.Path, want.Status, want.RetryAfter = "GET", "/Users?startIndex=1&count=2", 409, "7"
		g.Expect(err).To(Equal(want))
	}
}
