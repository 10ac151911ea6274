package crowd_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
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

func TestAnUpdateLeavesWhatItDoesNotName(t *testing.T) {
	for name, change := range map[string]directory.UserChange{
		"deactivation": {Active: new(false)}, "another address": {Email: new("new@example.com")},
		"another display name": {DisplayName: new("Countess")}, "a rename": {Name: new("countess")},
		"a rename and more": {Name: new("countess"), Email: new("new@example.com")},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simulator.Options{})
			before, err := sim.AddUser(userbase.User{
				Name: "Ada", DisplayName: "Ada L.", Email: "ada@example.com", Active: true,
				Attributes: map[string][]string{simulator.FirstName: {"Augusta Ada"}, simulator.LastName: {"King"}},
			})
			g.Expect(err).NotTo(HaveOccurred())
			updated, err := connect(t, sim.config()).UpdateUser(t.Context(), before.Key, change)
			g.Expect(err).NotTo(HaveOccurred())

			want := before
			apply(change, &want)
			after := sim.Users()[0]
			g.Expect(after).To(Equal(want))
			g.Expect(updated).To(Equal(sim.seen(want)))
		})
	}
}

func apply(change directory.UserChange, user *userbase.User) {
	if change.Name != nil {
		user.Name = *change.Name
	}
	if change.DisplayName != nil {
		user.DisplayName = *change.DisplayName
	}
	if change.Email != nil {
		user.Email = *change.Email
	}
	if change.Active != nil {
		user.Active = *change.Active
	}
}

func TestRenameThatIsRefused(t *testing.T) {
	rename := directory.UserChange{Name: new("bob"), Email: new("new@example.com")}
	bob := `{"name":"bob","active":true,"key":"1:{2}"}`
	self := `{"name":"bob","active":true,"key":"1:{1}"}`
	cases := map[string]struct {
		rename, holder reply
		want           directory.Kind
	}{
		"the name is another's":               {reply{400, refused}, reply{200, bob}, directory.KindAlreadyExists},
		"the name is another's, as of old":    {reply{500, failed}, reply{200, bob}, directory.KindAlreadyExists},
		"the name is nobody's":                {reply{400, refused}, reply{404, noUser}, directory.KindInvalid},
		"the name is nobody's, as of old":     {reply{500, failed}, reply{404, noUser}, directory.KindAmbiguous},
		"who has it is not known":             {reply{400, refused}, reply{500, ""}, directory.KindUnavailable},
		"the name is the user's own":          {reply{400, refused}, reply{200, self}, directory.KindInvalid},
		"it failed and took effect all along": {reply{500, failed}, reply{200, self}, directory.KindAmbiguous},
		"the application may not":             {reply{403, notAllowed}, reply{}, directory.KindForbidden},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			client := connect(t, script(t, answers{
				"GET user?key=1%3A%7B1%7D": {200, ada}, "POST user/rename?username=ada": c.rename, "GET user?username=bob": c.holder,
			}))
			_, err := client.UpdateUser(t.Context(), "1:{1}", rename)
			g.Expect(directory.KindOf(err)).To(Equal(c.want), "%v", err)
		})
	}
}

func TestLetterCaseOfANameCanChange(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	seeded := sim.SeedUser(directory.User{Name: "ada", DisplayName: "Ada", Active: true})
	updated, err := connect(t, sim.config()).UpdateUser(t.Context(), seeded.ID, directory.UserChange{Name: new("Ada")})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(updated.Name).To(Equal("Ada"))
	g.Expect(updated.ID).To(Equal(seeded.ID))
}

// TestCrowdWithoutKeys: ids are names there, and change with them.
func TestCrowdWithoutKeys(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{WithoutKeys: true})
	client := connect(t, sim.config())
	created, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(created.ID).To(Equal("ada"))
	g.Expect(client.FindUserByID(t.Context(), "ADA")).To(Equal(created))

	renamed, err := client.UpdateUser(t.Context(), created.ID, directory.UserChange{Name: new("countess"), Active: new(false)})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(renamed.ID).To(Equal("countess"))
	g.Expect(renamed.Active).To(BeFalse())

	g.Expect(client.DeleteUser(t.Context(), "ada")).To(Succeed(), "nobody has that id any more")
	g.Expect(sim.Users()).To(HaveLen(1))
	g.Expect(client.DeleteUser(t.Context(), "countess")).To(Succeed())
	g.Expect(sim.Users()).To(BeEmpty())
}

func TestNamesInLowerCaseAreStillTheSame(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{LowerCaseOutput: true})
	seeded := sim.SeedUser(directory.User{Name: "Ada", DisplayName: "Ada", Active: true})
	client := connect(t, sim.config())
	_, err := client.UpdateUser(t.Context(), seeded.ID, directory.UserChange{DisplayName: new("Countess")})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.Users()[0].DisplayName).To(Equal("Countess"))
	g.Expect(sim.Users()[0].Name).To(Equal("Ada"), "the name stays as it was written")
}

func TestRequestsOfUsers(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	client := connect(t, sim.config())
	count := func(act func()) int {
		sim.ClearRequests()
		act()
		return len(sim.Requests())
	}
	var created directory.User
	g.Expect(count(func() { created, _ = client.CreateUser(t.Context(), newAda) })).To(Equal(1))
	g.Expect(count(func() { _, _ = client.CreateUser(t.Context(), newAda) })).To(Equal(2), "a look when it is refused")
	update := func(change directory.UserChange) func() {
		return func() { _, _ = client.UpdateUser(t.Context(), created.ID, change) }
	}
	g.Expect(count(update(directory.UserChange{Active: new(false)}))).To(Equal(3), "read, replace, read")
	g.Expect(count(update(directory.UserChange{Active: new(false)}))).To(Equal(1), "it is so already")
	g.Expect(count(update(directory.UserChange{Name: new("countess")}))).To(Equal(3), "read, rename, read")
	g.Expect(count(func() { _ = client.DeleteUser(t.Context(), created.ID) })).To(Equal(2))
	g.Expect(sim.Users()).To(BeEmpty())
}

func TestWhatIsDoneByHandInCrowd(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	client := connect(t, sim.config())
	created, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())

	sim.must(sim.ChangeUser("ada", func(u *userbase.User) { u.Name, u.Email = "countess", "by.hand@example.com" }))
	sim.SeedUser(directory.User{Name: "ada", Email: "another@example.com", Active: true})
	updated, err := client.UpdateUser(t.Context(), created.ID, directory.UserChange{Active: new(false)})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(updated.Name).To(Equal("countess"), "the account is known by its key")
	g.Expect(updated.Email).To(Equal("by.hand@example.com"))
	another, _ := sim.User("ada")
	g.Expect(another.Active).To(BeTrue(), "whoever has the old name is somebody else")

	sim.must(sim.RemoveUser("countess"))
	_, err = client.UpdateUser(t.Context(), created.ID, directory.UserChange{Active: new(true)})
	expectKind(t, err, directory.KindNotFound)
	g.Expect(client.DeleteUser(t.Context(), created.ID)).To(Succeed())
	g.Expect(sim.Users()).To(HaveLen(1))
}
