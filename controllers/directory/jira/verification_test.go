package jira_test

import (
	"testing"

	. "github.com/onsi/gomega"

	simulator "github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestNoProbeVerifiesTheDirectory(t *testing.T) {
	for version, want := range map[string]struct{ requests, duplicates int }{
		"8.18.2":  {3, 0},
		"8.19.0":  {4, 1},
		"10.3.24": {4, 1},
	} {
		t.Run(version, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simulator.Options{Version: version, Directories: []userbase.Options{{Name: "Staff"}, {Name: "Old"}}})
			for _, in := range []string{"Staff", "Old"} {
				_, err := sim.AddUser(userbase.User{Name: "ada", Email: "ada@example.com", Active: true, Directory: in})
				g.Expect(err).NotTo(HaveOccurred())
			}
			config := sim.config()
			config.DirectoryName = "Staff"
			client := connect(t, config)
			g.Expect(client.Capabilities().VerifiesDirectory).To(BeFalse())

			info, err := client.Probe(t.Context())
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(info.Directory.Verified).To(BeFalse())
			g.Expect(info.Directory.Detail).To(ContainSubstring(`see in Jira's administration that this is "Staff"`))
			g.Expect(sim.Requests()).To(HaveLen(want.requests))
			if want.duplicates > 0 {
				g.Expect(info.Directory.Detail).To(ContainSubstring("active in several directories: 1;"))
			} else {
				g.Expect(info.Directory.Detail).NotTo(ContainSubstring("several"))
			}
		})
	}
}

func TestDuplicatesNeverFailAProbe(t *testing.T) {
	cases := map[string]struct {
		status     int
		body, want string
	}{
		"none":            {200, `{"count":0}`, "no username is active in several directories"},
		"some":            {200, `{"count":7}`, "usernames that are active in several directories: 7; changes reach only the account in the first"},
		"not said":        {200, `{}`, "is not known: Jira does not say"},
		"another shape":   {200, `[]`, "is not known: probe: unavailable"},
		"not there":       {404, ``, "is not known: probe: unavailable (HTTP 404"},
		"not allowed":     {403, `{"errorMessages":["Admins only."]}`, "is not known: probe: forbidden"},
		"a failure":       {500, ``, "is not known: probe: unavailable (HTTP 500"},
		"a pause, please": {429, ``, "is not known: probe: rate limited"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			info, err := connect(t, script(t, answers{
				"GET serverInfo":            {200, `{"version":"10.3.24"}`},
				"GET myself":                {200, `{"name":"admin","groups":{"size":0,"items":[]}}`},
				"GET applicationrole":       {200, `[]`},
				"GET user/duplicated/count": {c.status, c.body},
			})).Probe(t.Context())
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(info.Directory).To(And(
				HaveField("Verified", BeFalse()), HaveField("Detail", ContainSubstring(c.want)),
			))
		})
	}
}
