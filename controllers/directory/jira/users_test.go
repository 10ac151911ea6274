package jira_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var newAda = directory.NewUser{Name: "ada", DisplayName: "Ada", Email: "ada@example.com"}

const (
	ada       = `{"key":"JIRAUSER10100","name":"ada","displayName":"Ada","emailAddress":"ada@example.com","active":true}`
	notFound  = `{"errorMessages":["The user named 'ada' does not exist"],"errors":{}}`
	refused   = `{"errorMessages":["Nein."],"errors":{"username":"Vergeben.","email":"Falsch."}}`
	loginPage = "<html>Log in</html>"
)

func TestCreateUserSendsNoPasswordAndAsksForNoMail(t *testing.T) {
	g := NewWithT(t)
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(ada))
	}))
	defer server.Close()
	client := connect(t, directory.Config{URL: server.URL, Token: "token", AllowInsecureHTTP: true})
	created, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(created.ID).To(Equal("JIRAUSER10100"))
	g.Expect(body).To(MatchJSON(`{"name":"ada","displayName":"Ada","emailAddress":"ada@example.com"}`))
}

func TestCreateUser(t *testing.T) {
	cases := map[string]struct {
		script  answers
		id      string
		kind    directory.Kind
		message string
	}{
		"refused, and nobody has the name": {
			answers{"POST user": {400, refused}, "GET user": {404, notFound}, "GET applicationrole": {200, `[]`}},
			"", directory.KindInvalid, "Nein.; email: Falsch.; username: Vergeben."},
		"refused with 409, and nobody has the name": {
			answers{"POST user": {409, refused}, "GET user": {404, notFound}, "GET applicationrole": {200, `[]`}},
			"", directory.KindInvalid, "username: Vergeben."},
		"refused, and somebody has the name": {
			answers{"POST user": {400, refused}, "GET user": {200, ada}},
			"JIRAUSER10100", directory.KindAlreadyExists, "username: Vergeben."},
		"refused with 409, and somebody has the name": {
			answers{"POST user": {409, refused}, "GET user": {200, ada}},
			"JIRAUSER10100", directory.KindAlreadyExists, "username: Vergeben."},
		"refused, and Jira does not say who has the name": {
			answers{"POST user": {400, refused}, "GET user": {502, ""}},
			"", directory.KindUnavailable, "Bad Gateway"},
		"no licence": {
			answers{"POST user": {402, refused}},
			"", directory.KindLicenceExceeded, "Nein."},
		"created, and the answer lacks the key": {
			answers{"POST user": {201, `{"name":"ada"}`}, "GET user?username=ada": {200, ada}},
			"JIRAUSER10100", 0, ""},
		"created, and the account cannot be read": {
			answers{"POST user": {201, `{"name":"ada"}`}, "GET user": {502, ""}},
			"", directory.KindAmbiguous, "Bad Gateway"},
		"perhaps created": {
			answers{"POST user": {500, `{"errorMessages":["Oops."]}`}},
			"", directory.KindAmbiguous, "Oops."},
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
		"absent":                     {404, notFound, directory.KindNotFound},
		"deleted":                    {200, `{"key":"K","name":"ada","active":false,"deleted":true}`, directory.KindNotFound},
		"wrong context path":         {404, `{"status-code":404,"message":"HTTP 404 Not Found"}`, directory.KindUnavailable},
		"a proxy's page":             {404, loginPage, directory.KindUnavailable},
		"a login page":               {200, loginPage, directory.KindUnavailable},
		"no user":                    {200, `{}`, directory.KindUnavailable},
		"an answer without active":   {200, `{"key":"K","name":"ada"}`, directory.KindUnavailable},
		"an answer without a key":    {200, `{"name":"ada","active":true}`, directory.KindUnavailable},
		"an answer that breaks off":  {200, ada[:40], directory.KindUnavailable},
		"no right to see users":      {403, `{"errorMessages":["No."]}`, directory.KindForbidden},
		"an expired token":           {401, "", directory.KindUnauthorized},
		"an answer of another shape": {200, `[]`, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			client := connect(t, script(t, answers{"GET user": {c.status, c.body}}))
			_, byName := client.FindUser(t.Context(), "ada")
			_, byID := client.FindUserByID(t.Context(), "JIRAUSER10100")
			g.Expect(directory.KindOf(byName)).To(Equal(c.want), "%v", byName)
			g.Expect(directory.KindOf(byID)).To(Equal(c.want), "%v", byID)
		})
	}
}

func TestUpdateUserThatIsRefused(t *testing.T) {
	rename := directory.UserChange{Name: new("ada")}
	cases := map[string]struct {
		change directory.UserChange
		holder answers
		want   directory.Kind
	}{
		"the name is another's":      {rename, answers{"GET user": {200, ada}}, directory.KindAlreadyExists},
		"the name is nobody's":       {rename, answers{"GET user": {404, notFound}}, directory.KindInvalid},
		"who has it is not known":    {rename, answers{"GET user": {503, ""}}, directory.KindUnavailable},
		"it was no rename":           {directory.UserChange{Email: new("x")}, answers{}, directory.KindInvalid},
		"the name is the user's own": {rename, answers{"GET user": {200, `{"key":"ID","name":"ada","active":true}`}}, directory.KindInvalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.holder["PUT user?key=ID"] = struct {
				status int
				body   string
			}{400, refused}
			_, err := connect(t, script(t, c.holder)).UpdateUser(t.Context(), "ID", c.change)
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(c.want), "%v", err)
		})
	}
}

func TestDeactivatingAProjectLeadShowsJirasReason(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	lead, err := sim.AddUser(userbase.User{Name: "ada", Email: "ada@example.com", Active: true, Attributes: map[string][]string{simulator.LeadsAttribute: {"ENGINE"}}})
	g.Expect(err).NotTo(HaveOccurred())
	_, err = connect(t, sim.config()).UpdateUser(t.Context(), lead.Key, directory.UserChange{Active: new(false)})
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid))
	g.Expect(err).To(MatchError(ContainSubstring("ENGINE")))
}

func TestReadOnlyDirectoryShowsJirasReason(t *testing.T) {
	for status, want := range map[int]directory.Kind{400: directory.KindInvalid, 403: directory.KindForbidden} {
		g := NewWithT(t)
		sim := startSimulator(t, simulator.Options{
			Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}},
			Unconfirmed: simulator.Unconfirmed{ReadOnlyStatus: status},
		})
		_, err := connect(t, sim.config()).CreateUser(t.Context(), newAda)
		g.Expect(directory.KindOf(err)).To(Equal(want))
		g.Expect(err).To(MatchError(ContainSubstring("read only")))
	}
}

func TestDeletingFromAWrongAddressIsNoSuccess(t *testing.T) {
	for _, body := range []string{loginPage, "default backend - 404", ""} {
		g := NewWithT(t)
		client := connect(t, script(t, answers{
			"DELETE user": {404, body}, "DELETE group": {404, body}, "DELETE group/user": {404, body},
		}))
		for _, err := range []error{
			client.DeleteUser(t.Context(), "JIRAUSER10100"),
			client.DeleteGroup(t.Context(), directory.Group{Name: "engineers"}),
			client.RemoveMembers(t.Context(), directory.Group{Name: "engineers"}, []directory.User{{Name: "ada"}}),
		} {
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
		}
	}
}

func TestWritesOfUsersCostFewRequests(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	client := connect(t, sim.config())
	created, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.Requests()).To(HaveLen(1))

	sim.ClearRequests()
	_, err = client.UpdateUser(t.Context(), created.ID, directory.UserChange{Active: new(false)})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.Requests()).To(HaveLen(2))
}
