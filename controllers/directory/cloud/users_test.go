package cloud_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

func adaUser() directory.User {
	return directory.User{Name: "ada", DisplayName: "Ada", Email: "ada@example.com", Active: true}
}

func TestWhatCreatingAUserCosts(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	d := connect(t, sim.config())
	wanted := directory.NewUser{Name: "ada", DisplayName: "Ada", Email: "ada@example.com"}

	_, err := d.CreateUser(t.Context(), wanted)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.Requests()).To(HaveLen(1))

	sim.ClearRequests()
	_, err = d.CreateUser(t.Context(), wanted)
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindAlreadyExists))
	g.Expect(sim.Requests()).To(HaveLen(2), "one look at what is there")
}

func TestNobodyIsDeleted(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	ada := sim.SeedUser(adaUser())
	err := connect(t, sim.config()).DeleteUser(t.Context(), ada.ID)
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnsupported))
	g.Expect(err).To(MatchError(ContainSubstring("it can be made inactive")))
	g.Expect(sim.Requests()).To(BeEmpty())
}

func TestALinkedAccountKeepsItsOtherAttributes(t *testing.T) {
	g := NewWithT(t)
	options := simOptions()
	options.ManagedAccounts = map[string]string{"Ada@Example.com": "712020:ada"}
	sim := startSimulator(t, options)
	d := connect(t, sim.config())
	created, err := d.CreateUser(t.Context(), directory.NewUser{Name: "ada", Email: "ada@example.com"})
	g.Expect(err).NotTo(HaveOccurred())
	path := "Users/" + created.ID
	sim.raw(http.MethodPatch, path, `{"Operations":[{"op":"replace","path":"title","value":"Countess"}]}`)
	_, err = d.UpdateUser(t.Context(), created.ID, directory.UserChange{DisplayName: new("Ada King"), Email: new("king@example.com")})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.raw(http.MethodGet, path, "")).To(And(
		ContainSubstring(`"title":"Countess"`), ContainSubstring(`"atlassianAccountId":"712020:ada"`),
		ContainSubstring(`"displayName":"Ada King"`), ContainSubstring(`"value":"king@example.com"`),
	))
}

// raw is a request of somebody else's client.
func (s *simulated) raw(method, path, body string) string {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/scim/directory/the-directory/"+path, strings.NewReader(body))
	s.must(err)
	request.Header.Set("Authorization", "Bearer right-key")
	if body != "" {
		request.Header.Set("Content-Type", mediaType)
	}
	answer, err := http.DefaultClient.Do(request)
	s.must(err)
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(answer.Body)
	s.must(err)
	NewWithT(s.t).Expect(answer.StatusCode).To(BeNumerically("<", 300), string(content))
	return string(content)
}

func TestAnInactiveUserKeepsIDAndGroups(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	d := connect(t, sim.config())
	ada := sim.SeedUser(adaUser())
	sim.SeedGroup("devs")
	sim.SeedMember("devs", "ada")
	for _, active := range []bool{false, true} {
		ada.Active = active
		g.Expect(d.UpdateUser(t.Context(), ada.ID, directory.UserChange{Active: &active})).To(Equal(ada))
		g.Expect(d.FindUser(t.Context(), "ada")).To(Equal(ada))
		g.Expect(sim.State().Groups).To(HaveKeyWithValue("devs", []string{"ada"}))
	}
}

// An administrator, or another client, may delete a user. What is then to be
// seen is documented in two ways.
func TestAUserThatSomebodyElseDeleted(t *testing.T) {
	wanted := directory.NewUser{Name: "ada", DisplayName: "Ada", Email: "ada@example.com"}
	start := func(t *testing.T, unconfirmed simulator.Unconfirmed) (*simulated, directory.Directory, directory.User) {
		t.Helper()
		options := simOptions()
		options.Unconfirmed = unconfirmed
		sim := startSimulator(t, options)
		ada := sim.SeedUser(adaUser())
		sim.raw(http.MethodDelete, "Users/"+ada.ID, "")
		return sim, connect(t, sim.config()), ada
	}
	t.Run("its id is not found", func(t *testing.T) {
		for _, erased := range []bool{false, true} {
			_, d, ada := start(t, simulator.Unconfirmed{DeletionErases: erased})
			_, err := d.FindUserByID(t.Context(), ada.ID)
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(directory.KindNotFound))
			_, err = d.UpdateUser(t.Context(), ada.ID, directory.UserChange{DisplayName: new("Ada King")})
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(directory.KindNotFound))
		}
	})
	t.Run("it can be found by name, and activated under its id", func(t *testing.T) {
		g := NewWithT(t)
		_, d, ada := start(t, simulator.Unconfirmed{ListsDeleted: true})
		found, err := d.FindUser(t.Context(), "ada")
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(found.ID).To(Equal(ada.ID))
		g.Expect(found.Active).To(BeFalse())
		g.Expect(d.UpdateUser(t.Context(), found.ID, directory.UserChange{Active: new(true)})).To(Equal(ada))
	})
	t.Run("its name is still taken", func(t *testing.T) {
		g := NewWithT(t)
		sim, d, _ := start(t, simulator.Unconfirmed{})
		before := sim.State()
		found, err := d.CreateUser(t.Context(), wanted)
		g.Expect(found).To(Equal(directory.User{}))
		g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid), "nobody is there to be taken over")
		g.Expect(err).To(MatchError(And(
			ContainSubstring("with userName[ada] already exists; no account with that user name is in the directory"),
			ContainSubstring("if it is about the user name, a user that was deleted here still holds it"),
		)))
		g.Expect(sim.State()).To(Equal(before))
	})
	t.Run("creating it brings it back", func(t *testing.T) {
		_, d, ada := start(t, simulator.Unconfirmed{CreateRevives: true})
		NewWithT(t).Expect(d.CreateUser(t.Context(), wanted)).To(Equal(ada))
	})
	t.Run("creating it makes a new one", func(t *testing.T) {
		g := NewWithT(t)
		_, d, ada := start(t, simulator.Unconfirmed{DeletionErases: true})
		created, err := d.CreateUser(t.Context(), wanted)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(created.ID).NotTo(Equal(ada.ID))
	})
}

func TestExactNamesMakeNoSecondAccount(t *testing.T) {
	g := NewWithT(t)
	options := simOptions()
	options.Unconfirmed.ExactNames = true
	sim := startSimulator(t, options)
	sim.SeedUser(directory.User{Name: "Ada", Email: "ada@example.com", Active: true})
	before := sim.State()
	_, err := connect(t, sim.config()).CreateUser(t.Context(), directory.NewUser{Name: "ada", Email: "ada@example.com"})
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid), "the address is taken: %v", err)
	g.Expect(sim.State()).To(Equal(before))
}

func TestWhyAUserIsRefused(t *testing.T) {
	create := func(t *testing.T, d directory.Directory) error {
		_, err := d.CreateUser(t.Context(), directory.NewUser{Name: "new", DisplayName: "New", Email: "new@example.com"})
		return err
	}
	change := func(name, email string) func(*testing.T, directory.Directory) error {
		return func(t *testing.T, d directory.Directory) error {
			ada, err := d.FindUser(t.Context(), "ada")
			NewWithT(t).Expect(err).NotTo(HaveOccurred())
			_, err = d.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: &name, Email: &email})
			return err
		}
	}
	cases := map[string]struct {
		options simulator.Options
		call    func(*testing.T, directory.Directory) error
		kind    directory.Kind
		want    string
	}{
		"a domain that is not verified": {simulator.Options{VerifiedDomains: []string{"example.org"}}, create, directory.KindInvalid,
			"Domain [example.com] is not verified for this organization."},
		"an address of another Atlassian account": {simulator.Options{ForeignEmails: []string{"New@example.com"}}, create, directory.KindInvalid,
			"with email[new@example.com] already exists; no account with that user name is in the directory; if it is about the e-mail address, another Atlassian account has it"},
		"an address of another user": {simulator.Options{}, change("king", "grace@example.com"), directory.KindInvalid,
			"with email[grace@example.com] already exists; no account with that user name"},
		"an address of an account that is foreign": {simulator.Options{ForeignEmails: []string{"x@example.com"}}, change("king", "x@example.com"), directory.KindInvalid,
			"(see Directory > Managed accounts at admin.atlassian.com)"},
		"an address, and not the own name in capitals": {simulator.Options{}, change("ADA", "grace@example.com"), directory.KindInvalid,
			"with email[grace@example.com] already exists"},
		"a full directory": {simulator.Options{MaxUsers: 2}, create, directory.KindInvalid,
			"The directory has reached its limit of 2 users."},
		"a full directory, in another way": {simulator.Options{MaxUsers: 2, Unconfirmed: simulator.Unconfirmed{LimitStatus: http.StatusConflict}}, create, directory.KindInvalid,
			"The directory has reached its limit of 2 users;"},
		"no reason": {simulator.Options{VerifiedDomains: []string{"example.org"}, Unconfirmed: simulator.Unconfirmed{Terse: true}}, create, directory.KindInvalid,
			"invalidValue"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, c.options)
			sim.SeedUser(adaUser())
			sim.SeedUser(directory.User{Name: "grace", Email: "grace@example.com", Active: true})
			before := sim.State()
			err := c.call(t, connect(t, sim.config()))
			g.Expect(err).To(MatchError(ContainSubstring(c.want)))
			g.Expect(directory.KindOf(err)).To(Equal(c.kind))
			g.Expect(sim.State()).To(Equal(before))
		})
	}
}

func TestWritesWhoseAnswerDoesNotTell(t *testing.T) {
	g := NewWithT(t)
	wanted := directory.NewUser{Name: "ada", DisplayName: "Ada", Email: "ada@example.com"}
	found := `{"totalResults":1,"Resources":[` + ada + `]}`
	for name, body := range map[string]string{"nothing": "", "something else": `{}`, "another account": grace} {
		d, _ := script(t, answers{"PATCH Users/A": {200, body}, "GET Users/A": {200, ada}})
		updated, err := d.UpdateUser(t.Context(), "A", directory.UserChange{Active: new(true)})
		g.Expect(err).NotTo(HaveOccurred(), name)
		g.Expect(updated.ID).To(Equal("A"), name)
	}
	d, received := script(t, answers{"POST Users": {201, ""}, "GET Users": {200, found}})
	created, err := d.CreateUser(t.Context(), wanted)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(created.ID).To(Equal("A"))
	g.Expect(received.requests).To(HaveLen(2), "it is created once")

	d, _ = script(t, answers{"POST Users": {201, ""}, "GET Users": {200, noUsers}})
	_, err = d.CreateUser(t.Context(), wanted)
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindAmbiguous), "it may show up later: %v", err)
}

func TestARefusalThatCannotBeUnderstoodIsTriedAgain(t *testing.T) {
	const conflict = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409"}`
	g := NewWithT(t)
	d, _ := script(t, answers{
		"POST Users": {409, conflict}, "PATCH Users/A": {409, conflict}, "POST Groups": {409, conflict},
		"GET Users": {500, ``}, "GET Groups": {500, ``},
	})
	_, created := d.CreateUser(t.Context(), directory.NewUser{Name: "ada"})
	_, updated := d.UpdateUser(t.Context(), "A", directory.UserChange{Name: new("king")})
	_, grouped := d.CreateGroup(t.Context(), "devs")
	for _, err := range []error{created, updated, grouped} {
		g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
	}
}

func TestHalfOfAnAnswerToACreationIsLookedUp(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	sim.fail(rig.Rule{Method: http.MethodPost, Kind: rig.KindTruncated})
	created, err := connect(t, sim.config()).CreateUser(t.Context(), directory.NewUser{Name: "ada", DisplayName: "Ada", Email: "ada@example.com"})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sim.State().Users).To(Equal([]directory.User{created}))
	g.Expect(sim.Count("POST", "Users")).To(Equal(1))
}

func TestSpoiltWritesAreNotRepeated(t *testing.T) {
	cases := map[string]struct {
		rule    rig.Rule
		kind    directory.Kind
		want    string
		applied int
	}{
		"a lost answer":            {rig.Rule{Kind: rig.KindLostAnswer}, directory.KindAmbiguous, "", 1},
		"an internal error":        {rig.Rule{Kind: rig.KindError}, directory.KindAmbiguous, "The simulator was told to fail.", 0},
		"out of service":           {rig.Rule{Kind: rig.KindError, Status: 503}, directory.KindAmbiguous, "The simulator was told to fail.", 0},
		"out of service for a bit": {rig.Rule{Kind: rig.KindError, Status: 503, RetryAfterSeconds: 3}, directory.KindRateLimited, "The simulator was told to fail.", 0},
		"too many requests":        {rig.Rule{Kind: rig.KindError, Status: 429, RetryAfterSeconds: 3}, directory.KindRateLimited, "The simulator was told to fail.", 0},
		"a login page":             {rig.Rule{Kind: rig.KindHTML, Status: 200}, directory.KindAmbiguous, "a login page or a proxy answered", 0},
		"a redirect":               {rig.Rule{Kind: rig.KindLogin}, directory.KindUnavailable, "redirected to http://login.invalid", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simOptions())
			c.rule.Method = http.MethodPost
			sim.fail(c.rule)
			_, err := connect(t, sim.config()).CreateUser(t.Context(), directory.NewUser{Name: "ada", Email: "ada@example.com"})
			g.Expect(directory.KindOf(err)).To(Equal(c.kind), "%v", err)
			g.Expect(err).To(MatchError(ContainSubstring(c.want)))
			g.Expect(sim.Count("POST", "Users")).To(Equal(1))
			g.Expect(sim.State().Users).To(HaveLen(c.applied))
			if c.kind == directory.KindRateLimited {
				g.Expect(failureOf(err).RetryAfter).To(Equal(3 * time.Second))
			}
		})
	}
}
