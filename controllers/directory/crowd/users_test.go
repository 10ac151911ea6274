package crowd_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

var newAda = directory.NewUser{Name: "ada", DisplayName: "Ada King Lovelace", Email: "ada@example.com"}

const (
	ada        = `{"name":"ada","first-name":"Ada","last-name":"King","display-name":"Ada","email":"ada@example.com","active":true,"key":"1:{1}"}`
	noUser     = `{"reason":"USER_NOT_FOUND","message":"User <ada> does not exist"}`
	noGroup    = `{"reason":"GROUP_NOT_FOUND","message":"Group <devs> does not exist"}`
	refused    = `{"reason":"INVALID_USER","message":"That will not do"}`
	notAllowed = `{"reason":"APPLICATION_PERMISSION_DENIED","message":"No."}`
	failed     = `{"reason":"OPERATION_FAILED","message":"User bob already exists."}`
	router404  = `{"status-code":404,"message":"null for uri: http://localhost/rest/usermanagement/1/user"}`
)

func TestCreateUserSendsAPasswordThatFitsPoliciesAndBothNames(t *testing.T) {
	g := NewWithT(t)
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		g.Expect(r.Header.Get("Content-Type")).To(Equal("application/json"))
		g.Expect(r.Header.Get("Accept")).To(Equal("application/json"))
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(ada))
	}))
	defer server.Close()
	client := connect(t, directory.Config{URL: server.URL, Username: "app", Password: "p", AllowInsecureHTTP: true})
	for range 2 {
		_, err := client.CreateUser(t.Context(), newAda)
		g.Expect(err).NotTo(HaveOccurred())
	}
	g.Expect(bodies[0]).To(And(
		ContainSubstring(`"first-name":"Ada King","last-name":"Lovelace","display-name":"Ada King Lovelace"`),
		ContainSubstring(`"active":true`), Not(ContainSubstring(`"key"`)),
		MatchRegexp(`"password":\{"value":"[A-Z0-9]{20,}aA1!"\}`),
	))
	g.Expect(bodies[0]).NotTo(Equal(bodies[1]), "each account has a password of its own")
}

func TestCreateUser(t *testing.T) {
	cases := map[string]struct {
		script  answers
		id      string
		kind    directory.Kind
		message string
	}{
		"refused, and nobody has the name": {
			answers{"POST user": {400, refused}, "GET user": {404, noUser}},
			"", directory.KindInvalid, "INVALID_USER: That will not do"},
		"refused, and somebody has the name": {
			answers{"POST user": {400, refused}, "GET user": {200, ada}},
			"1:{1}", directory.KindAlreadyExists, "That will not do"},
		"refused, and Crowd does not say who has the name": {
			answers{"POST user": {400, refused}, "GET user": {500, ""}},
			"", directory.KindUnavailable, "Internal Server Error"},
		"refused, and the look meets a wrong address": {
			answers{"POST user": {400, refused}, "GET user": {404, router404}},
			"", directory.KindUnavailable, "no user management API is at this address"},
		"the password policy refuses": {
			answers{"POST user": {400, `{"reason":"INVALID_CREDENTIAL","message":"Too weak"}`}, "GET user": {404, noUser}},
			"", directory.KindInvalid, "Too weak"},
		"not permitted": {
			answers{"POST user": {403, notAllowed}},
			"", directory.KindForbidden, "No; Crowd answers an application only at the addresses on its list"},
		"no licence, as the product words it": {
			answers{"POST user": {402, `{"message":"The licence is full"}`}},
			"", directory.KindLicenceExceeded, "The licence is full"},
		"created, and the answer is not complete": {
			answers{"POST user": {201, `{"name":"ada"}`}, "GET user?username=ada": {200, ada}},
			"1:{1}", 0, ""},
		"created, and the account cannot be read": {
			answers{"POST user": {201, `{"name":"ada"}`}, "GET user": {500, ""}},
			"", directory.KindAmbiguous, "Internal Server Error"},
		"created, and the answer is empty": {
			answers{"POST user": {201, ""}},
			"", directory.KindAmbiguous, "cannot be read"},
		"perhaps created, whatever reason it gives": {
			answers{"POST user": {500, refused}},
			"", directory.KindAmbiguous, "INVALID_USER"},
		"perhaps created": {
			answers{"POST user": {500, failed}},
			"", directory.KindAmbiguous, "OPERATION_FAILED"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			user, err := connect(t, script(t, c.script)).CreateUser(t.Context(), newAda)
			g.Expect(user.ID).To(Equal(c.id))
			if c.kind == 0 {
				g.Expect(err).NotTo(HaveOccurred())
				return
			}
			g.Expect(directory.KindOf(err)).To(Equal(c.kind), "%v", err)
			g.Expect(err).To(MatchError(ContainSubstring(c.message)))
		})
	}
}

func TestFindUser(t *testing.T) {
	cases := map[string]struct {
		status int
		body   string
		want   directory.Kind
	}{
		"absent":                       {404, noUser, directory.KindNotFound},
		"absent, told in XML":          {404, `<?xml version="1.0"?><error><reason>USER_NOT_FOUND</reason><message>x</message></error>`, directory.KindNotFound},
		"wrong context path":           {404, router404, directory.KindUnavailable},
		"another thing is absent":      {404, `{"reason":"APPLICATION_NOT_FOUND","message":"x"}`, directory.KindUnavailable},
		"a proxy's page":               {404, "<html>Not found</html>", directory.KindUnavailable},
		"a login page":                 {200, "<html>Log in</html>", directory.KindUnavailable},
		"no user":                      {200, `{}`, directory.KindUnavailable},
		"an answer without active":     {200, `{"name":"ada","key":"1:{1}"}`, directory.KindUnavailable},
		"an active that is no boolean": {200, `{"name":"ada","key":"1:{1}","active":"perhaps"}`, directory.KindUnavailable},
		"an answer that breaks off":    {200, ada[:40], directory.KindUnavailable},
		"an answer of another shape":   {200, `[]`, directory.KindUnavailable},
		"wrong credentials":            {401, "Application failed to authenticate", directory.KindUnauthorized},
		"an address that may not":      {403, "Forbidden", directory.KindForbidden},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			client := connect(t, script(t, answers{"GET user": {c.status, c.body}}))
			_, byName := client.FindUser(t.Context(), "ada")
			_, byID := client.FindUserByID(t.Context(), "1:{1}")
			g.Expect(directory.KindOf(byName)).To(Equal(c.want), "%v", byName)
			g.Expect(directory.KindOf(byID)).To(Equal(c.want), "%v", byID)
		})
	}
}

func TestActiveMayComeAsAString(t *testing.T) {
	for text, want := range map[string]bool{`true`: true, `"true"`: true, `false`: false, `"false"`: false} {
		g := NewWithT(t)
		client := connect(t, script(t, answers{"GET user": {200, `{"name":"ada","active":` + text + `}`}}))
		found, err := client.FindUser(t.Context(), "ada")
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(found.Active).To(Equal(want), text)
	}
}

func TestAnIDIsNeverTakenForSomebodyElse(t *testing.T) {
	cases := map[string]struct {
		script answers
		want   directory.Kind
	}{
		"the id is another's name":             {answers{"GET user?key=x": {404, noUser}, "GET user?username=x": {200, ada}}, directory.KindNotFound},
		"a server that answers somebody":       {answers{"GET user?key=x": {200, ada}}, directory.KindUnavailable},
		"a server without keys knows the name": {answers{"GET user?key=x": {400, `{"reason":"ILLEGAL_ARGUMENT"}`}, "GET user?username=x": {200, `{"name":"x","active":true}`}}, 0},
		"a server without keys knows nobody":   {answers{"GET user?key=x": {400, `{"reason":"ILLEGAL_ARGUMENT"}`}, "GET user?username=x": {404, noUser}}, directory.KindNotFound},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, script(t, c.script)).FindUserByID(t.Context(), "x")
			if c.want == 0 {
				NewWithT(t).Expect(err).NotTo(HaveOccurred())
				return
			}
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(c.want), "%v", err)
		})
	}
}

// TestARefusalToLookForAKeyIsNotAnAbsence: a server that gives keys and does
// not look for them must not make everybody seem to be gone.
func TestARefusalToLookForAKeyIsNotAnAbsence(t *testing.T) {
	g := NewWithT(t)
	client := connect(t, script(t, answers{
		"GET search?entity-type=user&expand=user&max-results=1&restriction=&start-index=0": {200, `{"users":[` + ada + `]}`},
		"GET admin/latest/server-info":  {401, ""},
		"GET user?key=1%3A%7B1%7D":      {400, `{"reason":"ILLEGAL_ARGUMENT","message":"username must not be null"}`},
		"GET user?username=1%3A%7B1%7D": {404, noUser},
	}))
	_, err := client.Probe(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	for _, err := range []error{
		func() error { _, err := client.FindUserByID(t.Context(), "1:{1}"); return err }(),
		client.DeleteUser(t.Context(), "1:{1}"),
	} {
		expectKind(t, err, directory.KindInvalid)
	}
}

// TestCrowdWithoutKeys: ids are names there, and change with them.
