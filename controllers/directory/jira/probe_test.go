package jira_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/jira"
	simulator "github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestProbeTellsVersionAccountAndItsGroups(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{Version: "9.12.8"})
	info, err := connect(t, sim.config()).Probe(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info).To(Equal(directory.Info{
		Version: "9.12.8", Self: "admin", SelfGroups: []string{simulator.AdminGroup}, Directory: info.Directory,
	}))
	g.Expect(sim.Requests()).To(HaveLen(4), "a probe is cheap")
}

func TestProbeChecksTheVersion(t *testing.T) {
	cases := map[string]struct {
		version string
		kind    directory.Kind
		message string
	}{
		"too old":         {"8.13.27", directory.KindUnsupported, "this is Jira 8.13.27; Jira 8.14 or later is needed"},
		"much too old":    {"7.99", directory.KindUnsupported, "8.14"},
		"not a version":   {"Cloud", directory.KindUnavailable, "no version"},
		"no version":      {"", directory.KindUnavailable, "no version"},
		"half a version":  {"10", directory.KindUnavailable, "no version"},
		"the oldest":      {"8.14.0", 0, ""},
		"of a new decade": {"11.0", 0, ""},
		"not yet final":   {"10.4.0-m0001", 0, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			client := connect(t, script(t, answers{
				"GET serverInfo":            {200, `{"version":"` + c.version + `"}`},
				"GET myself":                {200, `{"name":"admin","groups":{"size":0,"items":[]}}`},
				"GET applicationrole":       {200, `[]`},
				"GET user/duplicated/count": {200, `{"count":0}`},
			}))
			_, err := client.Probe(t.Context())
			if c.kind == 0 {
				g.Expect(err).NotTo(HaveOccurred())
				return
			}
			g.Expect(directory.KindOf(err)).To(Equal(c.kind))
			g.Expect(err).To(MatchError(ContainSubstring(c.message)))
		})
	}
}

func TestProbeChecksCredentialsAndRights(t *testing.T) {
	cases := map[string]struct {
		change func(*directory.Config)
		want   directory.Kind
	}{
		"right token":    {func(*directory.Config) {}, 0},
		"wrong token":    {func(c *directory.Config) { c.Token = "wrong-token" }, directory.KindUnauthorized},
		"right password": {func(c *directory.Config) { c.Token, c.Username, c.Password = "", "admin", "admin" }, 0},
		"wrong password": {func(c *directory.Config) { c.Token, c.Username, c.Password = "", "admin", "wrong" }, directory.KindUnauthorized},
		"no administrator": {func(c *directory.Config) { c.Token, c.Username, c.Password = "", "ada", "ada-password" },
			directory.KindForbidden},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simulator.Options{})
			_, err := sim.AddUser(userbase.User{Name: "ada", Password: "ada-password", Active: true})
			g.Expect(err).NotTo(HaveOccurred())
			config := sim.config()
			c.change(&config)
			_, err = connect(t, config).Probe(t.Context())
			if c.want == 0 {
				g.Expect(err).NotTo(HaveOccurred())
				return
			}
			g.Expect(directory.KindOf(err)).To(Equal(c.want), "%v", err)
			g.Expect(err.Error()).NotTo(Or(ContainSubstring("wrong-token"), ContainSubstring("ada-password")))
		})
	}
}

func TestProbeOfSomethingElse(t *testing.T) {
	for name, config := range map[string]directory.Config{
		"a login page": script(t, answers{"GET serverInfo": {200, "<html>Log in</html>"}}),
		"other JSON":   script(t, answers{"GET serverInfo": {200, `{"hello":"world"}`}}),
		"no account": script(t, answers{
			"GET serverInfo": {200, `{"version":"10.3.24"}`}, "GET myself": {200, `{}`},
		}),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, config).Probe(t.Context())
			g := NewWithT(t)
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
			g.Expect(err).To(MatchError(ContainSubstring("check")))
		})
	}
}

func TestProbeWhereTheRightsAreHidden(t *testing.T) {
	for status, want := range map[int]error{404: nil, 405: nil, 403: kind(directory.KindForbidden), 502: kind(directory.KindUnavailable)} {
		_, err := connect(t, script(t, answers{
			"GET serverInfo":            {200, `{"version":"10.3.24"}`},
			"GET myself":                {200, `{"name":"admin","groups":{"size":0,"items":[]}}`},
			"GET applicationrole":       {status, ""},
			"GET user/duplicated/count": {200, `{"count":0}`},
		})).Probe(t.Context())
		expectSame(t, err, want)
	}
}

func TestProbeThatFailsHalfWay(t *testing.T) {
	_, err := connect(t, script(t, answers{
		"GET serverInfo": {200, `{"version":"10.3.24"}`}, "GET myself": {403, `{"errorMessages":["Nein."]}`},
	})).Probe(t.Context())
	expectSame(t, err, kind(directory.KindForbidden))
}

func TestConfigThatCannotWork(t *testing.T) {
	_, err := jira.Connect(directory.Config{URL: "https://jira.example.com"})
	expectSame(t, err, kind(directory.KindInvalid))
}

func TestProbeOfJiraThatIsStarting(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.fail(rig.Rule{Kind: rig.KindHTML, Status: http.StatusServiceUnavailable})
	_, err := connect(t, sim.config()).Probe(t.Context())
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
	g.Expect(directory.IsDown(err)).To(BeTrue())
}
