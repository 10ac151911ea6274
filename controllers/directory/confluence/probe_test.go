package confluence_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestProbeTellsVersionAccountAndItsGroups(t *testing.T) {
	for version, requests := range map[string]int{"10.0.3": 4, "9.0.3": 5} {
		g := NewWithT(t)
		sim := startUnchecked(t, simulator.Options{Version: version, ContextPath: "/wiki"})
		info, err := connect(t, sim.config()).Probe(t.Context())
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(info).To(Equal(directory.Info{
			Version: version, Self: "admin", SelfGroups: []string{simulator.AdminGroup, simulator.UsersGroup},
			Directory: info.Directory,
		}))
		g.Expect(sim.Requests()).To(HaveLen(requests), "a probe is cheap")
	}
}

func TestProbeAdmitsThatTheDirectoryIsNotKnown(t *testing.T) {
	sim := startSimulator(t, simulator.Options{})
	for configured, named := range map[string]string{"": "the intended one", "Staff": `"Staff"`} {
		g := NewWithT(t)
		config := sim.config()
		config.DirectoryName = configured
		info, err := connect(t, config).Probe(t.Context())
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(info.Directory.Verified).To(BeFalse())
		g.Expect(info.Directory.Detail).To(And(ContainSubstring("does not tell"), HaveSuffix("check there that this is "+named)))
	}
	NewWithT(t).Expect(connect(t, sim.config()).Capabilities().VerifiesDirectory).To(BeFalse())
}

func TestProbeChecksTheVersion(t *testing.T) {
	const tooOld = "Confluence 8.4 or later is needed, because earlier ones cannot create users over REST"
	cases := map[string]struct {
		version string
		kind    directory.Kind
		message string
	}{
		"too old":         {"8.3.4", directory.KindUnsupported, "this is Confluence 8.3.4; " + tooOld},
		"much too old":    {"7.19.30", directory.KindUnsupported, tooOld},
		"not a version":   {"Cloud", directory.KindUnavailable, "no version"},
		"no version":      {"", directory.KindUnavailable, "no version"},
		"half a version":  {"10", directory.KindUnavailable, "no version"},
		"the oldest":      {"8.4.0", 0, ""},
		"of a new decade": {"11.0", 0, ""},
		"not yet final":   {"10.1.0-m01", 0, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, script(t, answers{
				"GET server-information":          {200, `{"version":"` + c.version + `"}`},
				"GET user/current":                {200, ada},
				"GET user/memberof":               {200, `{"results":[{"name":"a/b"},{"name":"admins"}],"_links":{}}`},
				"GET group/admins/member?limit=1": {200, `{"results":[],"_links":{}}`},
			})).Probe(t.Context())
			if c.kind == 0 {
				NewWithT(t).Expect(err).NotTo(HaveOccurred())
				return
			}
			expectError(t, err, c.kind, c.message)
		})
	}
}

func TestProbeOfAVersionThatHasNoUsers(t *testing.T) {
	sim := startUnchecked(t, simulator.Options{Version: "8.3.4"})
	_, err := connect(t, sim.config()).Probe(t.Context())
	expectError(t, err, directory.KindUnsupported, "this is Confluence 8.3.4")
	NewWithT(t).Expect(directory.IsDown(err)).To(BeFalse())
}

func TestProbeChecksCredentialsAndRights(t *testing.T) {
	cases := map[string]struct {
		change  func(*directory.Config)
		want    directory.Kind
		message string
	}{
		"right token":    {func(*directory.Config) {}, 0, ""},
		"right password": {func(c *directory.Config) { c.Token, c.Username, c.Password = "", "admin", "admin" }, 0, ""},
		"wrong token": {func(c *directory.Config) { c.Token = "wrong-token" },
			directory.KindUnauthorized, "Basic authentication failure or invalid token."},
		"wrong password": {func(c *directory.Config) { c.Token, c.Username, c.Password = "", "admin", "wrong" },
			directory.KindUnauthorized, "Basic authentication failure"},
		"no administrator": {func(c *directory.Config) { c.Token, c.Username, c.Password = "", "ada", "ada-password" },
			directory.KindForbidden, "ada does not have permission to administer users and groups."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simulator.Options{})
			_, err := sim.AddUser(userbase.User{Name: "ada", Password: "ada-password", Active: true})
			g.Expect(err).NotTo(HaveOccurred())
			sim.SeedMember(simulator.UsersGroup, "ada")
			config := sim.config()
			c.change(&config)
			_, err = connect(t, config).Probe(t.Context())
			if c.want == 0 {
				g.Expect(err).NotTo(HaveOccurred())
				return
			}
			expectError(t, err, c.want, c.message)
			g.Expect(err.Error()).NotTo(Or(ContainSubstring("wrong-token"), ContainSubstring("ada-password")))
		})
	}
}

func TestProbeOfSomethingElse(t *testing.T) {
	const version = `{"version":"10.0.3"}`
	cases := map[string]struct {
		script  answers
		want    directory.Kind
		message string
	}{
		"a login page": {answers{"GET server-information": {200, loginPage}}, directory.KindUnavailable, "a login page or a proxy answered"},
		"other JSON":   {answers{"GET server-information": {200, `{"hello":"world"}`}}, directory.KindUnavailable, "check that the URL is Confluence's"},
		"a wrong context path": {answers{"GET server-information": {404, noSuch}, "GET /rest/applinks/1.0/manifest": {404, noSuch}},
			directory.KindUnavailable, "check the URL, its context path"},
		"nobody": {answers{"GET server-information": {200, version}, "GET user/current": {200, `{}`}},
			directory.KindUnavailable, "no userKey or username"},
		"credentials that are ignored": {
			answers{"GET server-information": {200, version}, "GET user/current": {200, `{"type":"anonymous","displayName":"Anonymous"}`}},
			directory.KindUnauthorized, "takes atlassync for an anonymous visitor"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, script(t, c.script)).Probe(t.Context())
			expectError(t, err, c.want, c.message)
		})
	}
}

func TestProbeOfConfluenceThatIsStarting(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.fail(rig.Rule{Kind: rig.KindHTML, Status: http.StatusServiceUnavailable})
	_, err := connect(t, sim.config()).Probe(t.Context())
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
	g.Expect(directory.IsDown(err)).To(BeTrue())
}
