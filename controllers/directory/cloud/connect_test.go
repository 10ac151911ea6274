package cloud_test

import (
	"errors"
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/cloud"
	simulator "github.com/atlassync/atlassync/hack/simulator/cloud"
)

func simOptions() simulator.Options { return simulator.Options{Page: pageSize} }

func TestConnectSaysWhatIsWrong(t *testing.T) {
	right := directory.Config{URL: "https://api.atlassian.com", DirectoryID: "6f1c", Token: "secret"}
	cases := map[string]struct {
		change func(*directory.Config)
		want   string
	}{
		"no directory":      {func(c *directory.Config) { c.DirectoryID = " " }, "there is no directoryID; admin.atlassian.com shows it once"},
		"a URL as id":       {func(c *directory.Config) { c.DirectoryID = "https://api.atlassian.com/scim/directory/6f1c" }, "directoryID is more than an id"},
		"the SCIM base URL": {func(c *directory.Config) { c.URL += "/scim/directory/6f1c" }, "write https://api.atlassian.com as url"},
		"a password":        {func(c *directory.Config) { c.Token, c.Username, c.Password = "", "ada", "secret" }, "there is no token; Atlassian Cloud takes the API key"},
		"no credentials":    {func(c *directory.Config) { c.Token = "\n" }, "there is no token"},
		"no URL":            {func(c *directory.Config) { c.URL = "" }, "the URL is not one"},
		"http":              {func(c *directory.Config) { c.URL = "http://api.atlassian.com" }, "use https://"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			config := right
			c.change(&config)
			_, err := cloud.Connect(config)
			g.Expect(err).To(MatchError(ContainSubstring(c.want)))
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid))
			g.Expect(err.Error()).NotTo(ContainSubstring("secret"))
		})
	}
	_, err := cloud.Connect(right)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
}

func TestProbe(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	g.Expect(connect(t, sim.config()).Probe(t.Context())).To(Equal(directory.Info{
		Version: "cloud", Self: "directory the-directory",
		Directory: directory.Verification{Verified: true, Detail: "the URL names directory the-directory"},
	}))
	g.Expect(sim.Requests()).To(HaveLen(1))
}

func TestCredentialsThatAreNotTheDirectorys(t *testing.T) {
	cases := map[int]directory.Kind{
		http.StatusUnauthorized: directory.KindUnauthorized,
		http.StatusForbidden:    directory.KindForbidden,
	}
	for status, kind := range cases {
		t.Run(kind.String(), func(t *testing.T) {
			options := simOptions()
			options.Unconfirmed.WrongKeyStatus = status
			sim := startSimulator(t, options)
			sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
			config := sim.config()
			config.Token = "expired-key"
			expectEverythingFails(t, sim, connect(t, config), kind,
				"You are not authorized to call the API",
				"check that the token is the API key of directory the-directory, not one of the organisation or of another directory")
			_, first := connect(t, config).Probe(t.Context())
			_, second := connect(t, config).Probe(t.Context())
			g := NewWithT(t)
			g.Expect(first.Error()).NotTo(ContainSubstring("expired-key"))
			g.Expect(failureOf(first).RequestID).NotTo(Equal(failureOf(second).RequestID))
			g.Expect(failureOf(first).Message).To(Equal(failureOf(second).Message), "a status that says it does not change by itself")
		})
	}
}

func failureOf(err error) *directory.Error {
	failure, _ := errors.AsType[*directory.Error](err)
	return failure
}

func TestTheIDOfARefusedRequest(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":"no","traceId":"4711"}`:               "4711",
		`{"error":"no"}`:                                "",
		`{"traceId":"4711"}`:                            "",
		`{"schemas":["x"],"status":"401","detail":"x"}`: "",
	} {
		d, _ := script(t, answers{firstUser: {401, body}})
		_, err := d.Probe(t.Context())
		NewWithT(t).Expect(failureOf(err).RequestID).To(Equal(want), body)
		NewWithT(t).Expect(failureOf(err).Message).NotTo(ContainSubstring("4711"))
	}
}

func TestADirectoryThatIsNotThereIsNoDirectoryWithoutUsers(t *testing.T) {
	sim := startSimulator(t, simOptions())
	sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
	config := sim.config()
	config.DirectoryID = "another"
	d := connect(t, config)
	expectEverythingFails(t, sim, d, directory.KindWrongDirectory,
		"there is no directory another at this URL", "compare directoryID with the SCIM base URL at admin.atlassian.com")
	_, err := d.Probe(t.Context())
	NewWithT(t).Expect(directory.IsDown(err)).To(BeTrue(), "nobody needs to try object by object")
}

// expectEverythingFails uses every verb and expects it to change nothing.
func expectEverythingFails(t *testing.T, sim *simulated, d directory.Directory, kind directory.Kind, words ...string) {
	t.Helper()
	g := NewWithT(t)
	sim.SeedGroup("devs")
	before := sim.State()
	user, devs := directory.User{ID: before.Users[0].ID, Name: "ada"}, directory.Group{ID: "devs", Name: "devs"}
	failures := map[string]error{}
	note := func(op string, err error) { failures[op] = err }

	_, err := d.Probe(t.Context())
	note("probe", err)
	_, err = d.FindUser(t.Context(), "ada")
	note("find", err)
	_, err = d.FindUserByID(t.Context(), user.ID)
	note("find by id", err)
	_, err = d.CreateUser(t.Context(), directory.NewUser{Name: "new", Email: "new@example.com"})
	note("create", err)
	_, err = d.UpdateUser(t.Context(), user.ID, directory.UserChange{Active: new(false)})
	note("update", err)
	_, err = names(d.EachUser(t.Context()))
	note("list", err)
	_, err = d.FindGroup(t.Context(), "devs")
	note("find group", err)
	_, err = d.CreateGroup(t.Context(), "new")
	note("create group", err)
	note("delete group", d.DeleteGroup(t.Context(), devs))
	_, err = d.GroupsOf(t.Context(), user)
	note("groups", err)
	_, err = names(d.EachMember(t.Context(), devs))
	note("members", err)
	note("add", d.AddMembers(t.Context(), devs, []directory.User{user}))
	note("remove", d.RemoveMembers(t.Context(), devs, []directory.User{user}))

	for op, err := range failures {
		g.Expect(directory.KindOf(err)).To(Equal(kind), "%s: %v", op, err)
		for _, word := range words {
			g.Expect(err.Error()).To(ContainSubstring(word), op)
		}
	}
	g.Expect(sim.State()).To(Equal(before))
}
