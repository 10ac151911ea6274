package crowd_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/crowd"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestConnectRefusesCredentialsThatCrowdDoesNotTake(t *testing.T) {
	for message, change := range map[string]func(*directory.Config){
		"Crowd takes no access token":        func(c *directory.Config) { c.Token = "token" },
		"there are no credentials":           func(c *directory.Config) { c.Password = "" },
		"one of them is missing":             func(c *directory.Config) { c.AdminUsername = "admin" },
		"an administrator's credentials are": func(c *directory.Config) { c.AdminPassword = "hidden" },
	} {
		g := NewWithT(t)
		config := directory.Config{URL: "https://crowd.example.com/crowd", Username: "app", Password: "hidden"}
		change(&config)
		_, err := crowd.Connect(config)
		g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid))
		g.Expect(err).To(MatchError(ContainSubstring(message)))
		g.Expect(err.Error()).NotTo(ContainSubstring("hidden"))
	}
}

func TestProbe(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{ContextPath: "/crowd"})
	info, err := connect(t, sim.config()).Probe(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info.Version).To(Equal("unknown"), "an application may not read it")
	g.Expect(info.Self).To(Equal("atlassync"))
	g.Expect(info.SelfGroups).To(BeEmpty(), "an application is no account")
	g.Expect(info.Directory.Verified).To(BeFalse())
	g.Expect(sim.Requests()).To(HaveLen(2), "a probe is cheap")
}

func TestVersion(t *testing.T) {
	for answer, want := range map[string]string{
		`{"version":"6.0.1","buildNumber":1}`: "6.0.1", `{"version":"something new"}`: "something new",
		`{}`: "unknown", `<html>Log in</html>`: "unknown", `{"version":7}`: "unknown",
	} {
		g := NewWithT(t)
		info, err := connect(t, script(t, answers{
			"GET search": {200, `{"users":[]}`}, "GET admin/latest/server-info": {200, answer},
		})).Probe(t.Context())
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(info.Version).To(Equal(want))
	}
}

func TestProbeOfWhatIsNotReady(t *testing.T) {
	cases := map[string]struct {
		options simulator.Options
		change  func(*directory.Config)
		want    directory.Kind
		message string
	}{
		"a wrong password": {simulator.Options{}, func(c *directory.Config) { c.Password = "wrong" },
			directory.KindUnauthorized, "must be the name and the password of an application of Crowd, not those of a user"},
		"an administrator instead of an application": {simulator.Options{}, func(c *directory.Config) { c.Username, c.Password = "admin", "admin" },
			directory.KindUnauthorized, "not those of a user"},
		"an address that is not on the list": {simulator.Options{RemoteAddresses: []string{"192.0.2.1"}}, func(*directory.Config) {},
			directory.KindForbidden, "at the addresses on its list (Remote addresses)"},
		"an address that is not on the list, told as text": {simulator.Options{
			RemoteAddresses: []string{"192.0.2.1"}, Unconfirmed: simulator.Unconfirmed{PlainForbidden: true}},
			func(*directory.Config) {}, directory.KindForbidden, "(Remote addresses)"},
		"a wrong context path": {simulator.Options{ContextPath: "/crowd"}, func(c *directory.Config) { c.URL += "/console" },
			directory.KindUnavailable, "with its context path"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startUnchecked(t, c.options)
			config := sim.config()
			c.change(&config)
			_, err := connect(t, config).Probe(t.Context())
			g.Expect(directory.KindOf(err)).To(Equal(c.want), "%v", err)
			g.Expect(err).To(MatchError(ContainSubstring(c.message)))
			g.Expect(err.Error()).NotTo(ContainSubstring("wrong"))
		})
	}
}

func TestProbeOfSomethingElse(t *testing.T) {
	for name, answer := range map[string]reply{
		"a login page": {200, "<html>Log in</html>"}, "other JSON": {200, `{"hello":"world"}`},
		"a router": {404, router404}, "nothing": {200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, script(t, answers{"GET search": answer})).Probe(t.Context())
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
		})
	}
}

func TestVerificationOfTheDirectory(t *testing.T) {
	staff := []userbase.Options{{Name: "Staff"}}
	both := []userbase.Options{{Name: "Staff"}, {Name: "Partners"}}
	mappings := func(form simulator.MappingForm) simulator.Unconfirmed { return simulator.Unconfirmed{Mappings: form} }
	admin := func(c *directory.Config) { c.AdminUsername, c.AdminPassword = "admin", "admin" }
	cases := map[string]struct {
		options  simulator.Options
		change   func(*directory.Config)
		verified bool
		kind     directory.Kind
		message  string
	}{
		"the only directory":               {simulator.Options{Directories: staff}, admin, true, 0, "mapped to this directory alone"},
		"the only directory, in a page":    {simulator.Options{Directories: staff, Unconfirmed: mappings(simulator.MappingPage)}, admin, true, 0, "alone"},
		"the only directory, nested":       {simulator.Options{Directories: staff, Unconfirmed: mappings(simulator.MappingNested)}, admin, true, 0, "alone"},
		"the only directory, by its id":    {simulator.Options{Directories: staff, Unconfirmed: mappings(simulator.MappingIDs)}, admin, true, 0, "alone"},
		"a form that nobody knows":         {simulator.Options{Directories: staff, Unconfirmed: mappings(simulator.MappingOther)}, admin, false, 0, "without name and id"},
		"another directory":                {simulator.Options{}, admin, false, directory.KindWrongDirectory, `is mapped to directory "Crowd Internal Directory"; in Crowd, under Applications, map it to directory "Staff"`},
		"several directories":              {simulator.Options{Directories: both}, admin, false, directory.KindWrongDirectory, `is mapped to directory "Staff", "Partners"; in Crowd`},
		"several directories, by their id": {simulator.Options{Directories: both, Unconfirmed: mappings(simulator.MappingIDs)}, admin, false, directory.KindWrongDirectory, `"Staff", "Partners"`},
		"no administrator is given":        {simulator.Options{Directories: staff}, func(*directory.Config) {}, false, 0, `see for yourself that it is mapped to directory "Staff" alone`},
		"the administrator is not accepted": {simulator.Options{Directories: staff}, func(c *directory.Config) {
			c.AdminUsername, c.AdminPassword = "admin", "hidden"
		}, false, 0, "cannot be read"},
		"there is no admin REST":   {simulator.Options{Directories: staff, WithoutAdmin: true}, admin, false, 0, "cannot be read"},
		"no name is configured":    {simulator.Options{Directories: both}, func(c *directory.Config) { admin(c); c.DirectoryName = "" }, false, 0, "no directory name is configured"},
		"an application of Jira's": {simulator.Options{Directories: staff, WithoutAdmin: true}, func(*directory.Config) {}, false, 0, "see for yourself"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, c.options)
			config := sim.config()
			config.DirectoryName = "Staff"
			c.change(&config)
			client := connect(t, config)
			g.Expect(client.Capabilities().VerifiesDirectory).To(Equal(config.AdminUsername != ""))
			info, err := client.Probe(t.Context())
			if c.kind != 0 {
				g.Expect(directory.KindOf(err)).To(Equal(c.kind))
				g.Expect(err).To(MatchError(ContainSubstring(c.message)))
				return
			}
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(info.Directory.Verified).To(Equal(c.verified))
			g.Expect(info.Directory.Detail).To(And(ContainSubstring(c.message), Not(ContainSubstring("hidden"))))
			if config.AdminPassword == "admin" && !c.options.WithoutAdmin {
				g.Expect(info.Version).To(Equal("6.0.1"))
			}
		})
	}
}

// TestVerificationIsNotFooled: what is not understood is never a confirmation.
func TestVerificationIsNotFooled(t *testing.T) {
	const applications = `{"values":[{"id":7,"name":"atlassync-old"},{"id":8,"name":"atlassync"}],"isLastPage":true}`
	for name, answer := range map[string]reply{
		"an empty object":     {200, `{}`},
		"not the last page":   {200, `{"values":[{"directoryName":"Staff"}],"isLastPage":false}`},
		"null":                {200, `null`},
		"a text":              {200, `"Staff"`},
		"a page made by hand": {200, `<html>Staff</html>`},
		"an error":            {500, ``},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			config := script(t, answers{
				"GET search": {200, `{"users":[]}`}, "GET admin/latest/server-info": {200, `{}`},
				"GET admin/1.0/application": {200, applications}, "GET admin/1.0/application/8/directory-mapping": answer,
			})
			config.DirectoryName, config.AdminUsername, config.AdminPassword = "Staff", "admin", "admin"
			info, err := connect(t, config).Probe(t.Context())
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(info.Directory.Verified).To(BeFalse())
			g.Expect(info.Directory.Detail).NotTo(BeEmpty())
		})
	}
}
