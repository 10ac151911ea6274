package bitbucket_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var newAda = directory.NewUser{Name: "ada", DisplayName: "Ada", Email: "ada@example.com"}

func TestCreateUserIsOneRequestWithARandomPassword(t *testing.T) {
	g := NewWithT(t)
	var queries []url.Values
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.Query())
		g.Expect(r.ContentLength).To(BeZero(), "values in a body count for nothing")
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	client := connect(t, directory.Config{URL: server.URL, Username: "admin", Password: "admin", AllowInsecureHTTP: true})
	for range 2 {
		created, err := client.CreateUser(t.Context(), newAda)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(created).To(Equal(directory.User{
			ID: "ada", Name: "ada", DisplayName: "Ada", Email: "ada@example.com", Active: true,
		}))
	}
	g.Expect(queries).To(HaveLen(2))
	g.Expect(queries[0]["password"]).NotTo(Equal(queries[1]["password"]))
	g.Expect(len(queries[0].Get("password"))).To(BeNumerically(">", 26))
	queries[0].Del("password")
	g.Expect(queries[0]).To(Equal(url.Values{
		"name": {"ada"}, "displayName": {"Ada"}, "emailAddress": {"ada@example.com"},
		"addToDefaultGroup": {"false"}, "notify": {"false"},
	}))
}

func TestCreateUser(t *testing.T) {
	const licence = `{"maximumNumberOfUsers":10,"status":{"currentNumberOfUsers":10}}`
	cases := map[string]struct {
		script  answers
		id      string
		kind    directory.Kind
		message string
	}{
		"refused": {
			answers{"POST admin/users": {400, `{"errors":[{"context":"name","message":"Bad."},{"message":"Sad."}]}`}},
			"", directory.KindInvalid, "name: Bad.; Sad."},
		"taken": {
			answers{"POST admin/users": {409, failure("Taken.")}, "GET admin/users?filter=ada&limit=1000&start=0": last(adalbert, ada)},
			"ada", directory.KindAlreadyExists, "Taken."},
		"taken by somebody who is not listed": {
			answers{"POST admin/users": {409, failure("Taken.")}, "GET admin/users": last(adalbert)},
			"", directory.KindInvalid, "Taken. But Bitbucket lists nobody who has the name"},
		"taken, and it is not known by whom": {
			answers{"POST admin/users": {409, failure("Taken.")}, "GET admin/users": {500, failure("Oops.")}},
			"", directory.KindUnavailable, "Oops."},
		"no licence": {
			answers{"POST admin/users": {403, failure("No.")}, "GET admin/license": {200, licence}},
			"", directory.KindLicenceExceeded, "No. 10 of 10 licensed users are taken"},
		"forbidden, and there are licences": {
			answers{"POST admin/users": {403, failure("No.")}, "GET admin/license": {200, `{"unlimitedNumberOfUsers":true}`}},
			"", directory.KindForbidden, "No."},
		"forbidden, and one licence is left": {
			answers{"POST admin/users": {403, failure("No.")}, "GET admin/license": {200, `{"maximumNumberOfUsers":11,"status":{"currentNumberOfUsers":10}}`}},
			"", directory.KindForbidden, "No."},
		"forbidden, and the licence is not told": {
			answers{"POST admin/users": {403, failure("No.")}, "GET admin/license": {404, failure("No license.")}},
			"", directory.KindForbidden, "No."},
		"no permission": {
			answers{"POST admin/users": {401, failure("You are not permitted.")}, "GET users": last()},
			"", directory.KindForbidden, "You are not permitted. Bitbucket accepts the password"},
		"a password that has changed": {
			answers{"POST admin/users": {401, failure("Wrong.")}, "GET users": {401, failure("Wrong.")}},
			"", directory.KindUnauthorized, "Wrong."},
		"401, and why is not known": {
			answers{"POST admin/users": {401, failure("Wrong.")}, "GET users": {500, failure("Oops.")}},
			"", directory.KindUnavailable, "Oops."},
		"perhaps created": {
			answers{"POST admin/users": {500, failure("Oops.")}},
			"", directory.KindAmbiguous, "Oops."},
		"a page instead of an answer": {
			answers{"POST admin/users": {200, loginPage}},
			"", directory.KindAmbiguous, "login page"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			user, err := connect(t, script(t, c.script)).CreateUser(t.Context(), newAda)
			NewWithT(t).Expect(user.ID).To(Equal(c.id))
			expectKind(t, err, c.kind)
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring(c.message)))
		})
	}
}

func TestNoMessageShowsThePasswordOfANewAccount(t *testing.T) {
	var password string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		password = r.URL.Query().Get("password")
		w.WriteHeader(http.StatusInternalServerError)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": []any{
			map[string]string{"message": "Cannot do " + r.URL.RawQuery + " or " + password},
		}})
	}))
	defer server.Close()
	client := connect(t, directory.Config{URL: server.URL, Username: "admin", Password: "admin", AllowInsecureHTTP: true})
	_, err := client.CreateUser(t.Context(), newAda)
	g := NewWithT(t)
	g.Expect(password).NotTo(BeEmpty())
	g.Expect(err).To(MatchError(And(ContainSubstring("Cannot do"), Not(ContainSubstring(password)))))
}

func TestCreatedUsersAreInNoGroup(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{Seats: 1})
	created, err := connect(t, sim.config()).CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred(), "and take no licence")
	g.Expect(sim.MemberNames(simulator.UserGroup)).To(BeEmpty())
	g.Expect(created.Directory).To(BeEmpty(), "nothing has told yet")
	g.Expect(sim.Requests()).To(HaveLen(1))
}

func TestCreatingATakenNameCostsOneMoreRequest(t *testing.T) {
	sim := startSimulator(t, simulator.Options{})
	_, err := connect(t, sim.config()).CreateUser(t.Context(), directory.NewUser{Name: "ADMIN", DisplayName: "x", Email: "x"})
	expectKind(t, err, directory.KindAlreadyExists)
	NewWithT(t).Expect(sim.Requests()).To(HaveLen(2))
}

func TestTheDirectoryOfNewUsersIsToldByTheLastProbe(t *testing.T) {
	g := NewWithT(t)
	directories := fixed{200, `[{"name":"Internal"}]`}
	config := script(t, answers{"GET application-properties": {200, `{"version":"9.4.0"}`}, "POST admin/users": {204, ""},
		"GET admin/users/more-members": last(`{"name":"administrators"}`), "GET admin/user-directories": directories})
	client := connect(t, config)
	_, err := client.Probe(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	created, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(created.Directory).To(Equal("Internal"))
}

func TestDeleteUser(t *testing.T) {
	sim := startSimulator(t, simulator.Options{})
	sim.add(userbase.User{Name: "root", Active: true})
	sim.SeedMember(simulator.SystemGroup, "root")
	cases := map[string]struct {
		kind    directory.Kind
		message string
	}{
		"nobody": {0, ""},
		"admin":  {directory.KindForbidden, "You cannot delete your own account."},
		"root":   {directory.KindForbidden, "higher permission level"},
	}
	client := connect(t, sim.config())
	for name, c := range cases {
		err := client.DeleteUser(t.Context(), name)
		expectKind(t, err, c.kind)
		if c.kind != 0 {
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring(c.message)))
			NewWithT(t).Expect(directory.IsDown(err)).To(BeFalse())
		}
	}
	NewWithT(t).Expect(sim.Users()).To(HaveLen(2))
}

func TestDeletingFromAWrongAddressIsNoSuccess(t *testing.T) {
	for _, body := range []string{loginPage, "default backend - 404", "", `{"status-code":404,"message":"null for uri: /x"}`} {
		client := connect(t, script(t, answers{
			"DELETE admin/users": {404, body}, "DELETE admin/groups": {404, body},
			"POST admin/users/remove-group": {404, body}, "POST admin/groups/remove-user": {404, body},
		}))
		group := directory.Group{ID: "engineers", Name: "engineers"}
		for _, err := range []error{
			client.DeleteUser(t.Context(), "ada"),
			client.DeleteGroup(t.Context(), group),
			client.RemoveMembers(t.Context(), group, []directory.User{{ID: "ada", Name: "ada"}}),
		} {
			expectKind(t, err, directory.KindUnavailable)
		}
	}
}

func TestFaultsOnTheWayToBitbucket(t *testing.T) {
	cases := map[string]struct {
		rule         rig.Rule
		read, create directory.Kind
		created      bool
	}{
		"a login page":             {rig.Rule{Kind: rig.KindHTML, Status: 200}, directory.KindUnavailable, directory.KindAmbiguous, false},
		"a redirect to log in":     {rig.Rule{Kind: rig.KindLogin}, directory.KindUnavailable, directory.KindUnavailable, false},
		"an internal error":        {rig.Rule{Kind: rig.KindError}, directory.KindUnavailable, directory.KindAmbiguous, false},
		"an answer that is lost":   {rig.Rule{Kind: rig.KindLostAnswer}, directory.KindUnavailable, directory.KindAmbiguous, true},
		"a connection that breaks": {rig.Rule{Kind: rig.KindReset}, directory.KindUnavailable, directory.KindAmbiguous, false},
		"too many requests": {rig.Rule{Kind: rig.KindError, Status: http.StatusTooManyRequests, RetryAfterSeconds: 60},
			directory.KindRateLimited, directory.KindRateLimited, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			sim := startSimulator(t, simulator.Options{})
			client := connect(t, sim.config())
			sim.fail(c.rule)
			_, err := client.FindUser(t.Context(), "admin")
			expectKind(t, err, c.read)
			_, err = client.CreateUser(t.Context(), newAda)
			expectKind(t, err, c.create)
			_, created := sim.User("ada")
			NewWithT(t).Expect(created).To(Equal(c.created))
		})
	}
}
