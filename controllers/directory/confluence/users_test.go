package confluence_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

var newAda = directory.NewUser{Name: "ada", DisplayName: "Ada", Email: "ada@example.com"}

func TestCreateUserSendsARandomPasswordAndAsksForNoMail(t *testing.T) {
	g := NewWithT(t)
	var passwords []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var sent map[string]any
		g.Expect(json.Unmarshal(body, &sent)).To(Succeed())
		passwords = append(passwords, sent["password"].(string))
		delete(sent, "password")
		g.Expect(sent).To(Equal(map[string]any{
			"userName": "ada", "fullName": "Ada", "email": "ada@example.com", "notifyViaEmail": false,
		}))
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"statusCode":400,"message":"` + passwords[len(passwords)-1] + ` is no good"}`))
	}))
	defer server.Close()
	client := connect(t, directory.Config{URL: server.URL, Token: "token", AllowInsecureHTTP: true})
	for range 2 {
		_, err := client.CreateUser(t.Context(), newAda)
		expectError(t, err, directory.KindInvalid, "[redacted] is no good")
	}
	g.Expect(passwords[0]).NotTo(Equal(passwords[1]))
	for _, kinds := range []string{"[A-Z]", "[a-z]", "[0-9]", "[^A-Za-z0-9]", ".{20}"} {
		g.Expect(passwords[0]).To(MatchRegexp(kinds))
	}
}

func TestCreateUser(t *testing.T) {
	cases := map[string]struct {
		script  answers
		id      string
		kind    directory.Kind
		message string
	}{
		"created": {answers{"POST admin/user": {201, `{"userKey":"8a80"}`}}, "8a80", 0, ""},
		"somebody has the name": {
			answers{"POST admin/user": {409, refused}, "GET user?expand=status&username=ada": {200, ada}},
			"8a80", directory.KindAlreadyExists, "Nein.; Warum."},
		"somebody has the name and cannot be seen": {
			answers{"POST admin/user": {409, refused}, "GET user": {404, notFound}},
			"", directory.KindAlreadyExists, "Nein.; Warum."},
		"somebody has the name, and Confluence does not say who": {
			answers{"POST admin/user": {409, refused}, "GET user": {500, ""}},
			"", directory.KindUnavailable, "Internal Server Error"},
		"values that are refused": {answers{"POST admin/user": {400, refused}}, "", directory.KindInvalid, "Nein.; Warum."},
		"no licence":              {answers{"POST admin/user": {402, refused}}, "", directory.KindLicenceExceeded, "Nein."},
		"no right":                {answers{"POST admin/user": {403, refused}}, "", directory.KindForbidden, "Nein."},
		"created, and the answer lacks the key": {
			answers{"POST admin/user": {201, `{}`}, "GET user": {200, ada}}, "8a80", 0, ""},
		"created, and the account cannot be read": {
			answers{"POST admin/user": {201, `{}`}, "GET user": {500, ""}}, "", directory.KindAmbiguous, "Internal Server Error"},
		"perhaps created": {answers{"POST admin/user": {500, refused}}, "", directory.KindAmbiguous, "Nein."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			user, err := connect(t, script(t, c.script)).CreateUser(t.Context(), newAda)
			NewWithT(t).Expect(user.ID).To(Equal(c.id))
			if c.kind == 0 {
				NewWithT(t).Expect(err).NotTo(HaveOccurred())
				return
			}
			expectError(t, err, c.kind, c.message)
		})
	}
}

func TestNamesThatConfluenceForbidsCostNoRequest(t *testing.T) {
	client := connect(t, script(t, answers{}))
	for _, name := range []string{"", "..", "a/b", `a\b`, "a b", "a+b", "o'hara", "a\tb"} {
		_, err := client.CreateUser(t.Context(), directory.NewUser{Name: name, DisplayName: "Ada", Email: "a@x.org"})
		expectError(t, err, directory.KindInvalid, "name")
	}
}

func TestFindUser(t *testing.T) {
	cases := map[string]struct {
		status int
		body   string
		want   directory.Kind
	}{
		"absent":                     {404, notFound, directory.KindNotFound},
		"only remembered":            {200, `{"type":"unknown","userKey":"8a80"}`, directory.KindNotFound},
		"wrong context path":         {404, noSuch, directory.KindUnavailable},
		"a proxy's page":             {404, loginPage, directory.KindUnavailable},
		"a login page":               {200, loginPage, directory.KindUnavailable},
		"no user":                    {200, `{}`, directory.KindUnavailable},
		"nothing":                    {200, `null`, directory.KindUnavailable},
		"an anonymous visitor":       {200, `{"type":"anonymous","displayName":"Anonymous"}`, directory.KindUnavailable},
		"another user":               {200, `{"type":"known","username":"eve","userKey":"8a81"}`, directory.KindUnavailable},
		"an answer without a key":    {200, `{"type":"known","username":"ada"}`, directory.KindUnavailable},
		"an answer that breaks off":  {200, ada[:40], directory.KindUnavailable},
		"no right to see users":      {403, refused, directory.KindForbidden},
		"an expired token":           {401, "", directory.KindUnauthorized},
		"an answer of another shape": {200, `[]`, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := connect(t, script(t, answers{"GET user": {c.status, c.body}}))
			_, err := client.FindUser(t.Context(), "ada")
			expectSame(t, err, kind(c.want))
			_, err = client.FindUserByID(t.Context(), "8a80")
			expectSame(t, err, kind(c.want))
		})
	}
}

func TestEveryWordForInactiveIsUnderstood(t *testing.T) {
	cases := map[string]bool{
		`"current"`: true, `"ACTIVE"`: true, `""`: true, `null`: true, `{"idProperties":{},"expanded":false}`: true,
		`"deactivated"`: false, `"DEACTIVATED"`: false, `"disabled"`: false, `"Disabled"`: false, `"inactive"`: false,
		`"USER_INACTIVE"`: false, `{"name":"deactivated"}`: false, `{"status":{"key":"disabled"}}`: false,
	}
	for status, active := range cases {
		t.Run(status, func(t *testing.T) {
			body := `{"type":"known","username":"ada","userKey":"8a80","status":` + status + `}`
			found, err := connect(t, script(t, answers{"GET user": {200, body}})).FindUser(t.Context(), "ada")
			g := NewWithT(t)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(found.Active).To(Equal(active))
		})
	}
}
