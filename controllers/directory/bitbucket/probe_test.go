package bitbucket_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestProbeTellsVersionAccountGroupsAndDirectory(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{Version: "8.19.12"})
	info, err := connect(t, sim.config()).Probe(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info).To(Equal(directory.Info{
		Version: "8.19.12", Self: "admin", SelfGroups: []string{simulator.AdminGroup},
		Directory: directory.Verification{
			Verified: true, Detail: `"Bitbucket Internal Directory" is Bitbucket's only active user directory`,
		},
	}))
	g.Expect(sim.Requests()).To(HaveLen(3), "a probe is cheap")
}

func TestProbeVerifiesTheDirectory(t *testing.T) {
	one := []userbase.Options{{Name: "Internal"}}
	two := []userbase.Options{{Name: "LDAP", ReadOnly: true}, {Name: "Internal"}}
	cases := map[string]struct {
		configured string
		options    simulator.Options
		kind       directory.Kind
		verified   bool
		message    string
	}{
		"the only one":                    {"Internal", simulator.Options{Directories: one}, 0, true, `"Internal" is Bitbucket's only`},
		"the only one, in other letters":  {"INTERNAL", simulator.Options{Directories: one}, 0, true, "only"},
		"the only active one":             {"Internal", simulator.Options{Directories: one, InactiveDirectories: []string{"Old"}}, 0, true, "only"},
		"the only one, none configured":   {"", simulator.Options{Directories: one}, 0, true, `"Internal" is Bitbucket's only`},
		"one of several":                  {"Internal", simulator.Options{Directories: two}, 0, false, `several active user directories ("LDAP", "Internal") and does not tell`},
		"several, none configured":        {"", simulator.Options{Directories: two}, 0, false, "each account tells its own"},
		"none of them":                    {"Intern", simulator.Options{Directories: two}, directory.KindWrongDirectory, false, `user directory "Intern" does not exist in Bitbucket; active are: "LDAP", "Internal"; correct directoryName`},
		"one that is switched off":        {"Old", simulator.Options{Directories: one, InactiveDirectories: []string{"Old"}}, directory.KindWrongDirectory, false, `user directory "Old" is not active in Bitbucket; active are: "Internal"`},
		"a version that does not tell":    {"Internal", simulator.Options{WithoutUserDirectories: true}, 0, false, "this version of Bitbucket does not tell"},
		"properties as they are document": {"Old", simulator.Options{InactiveDirectories: []string{"Old"}, Unconfirmed: simulator.Unconfirmed{DocumentedDirectories: true}}, directory.KindWrongDirectory, false, "not active"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startUnchecked(t, c.options)
			config := sim.config()
			config.DirectoryName = c.configured
			info, err := connect(t, config).Probe(t.Context())
			expectKind(t, err, c.kind)
			if c.kind != 0 {
				g.Expect(err).To(MatchError(ContainSubstring(c.message)))
				return
			}
			g.Expect(info.Directory.Verified).To(Equal(c.verified))
			g.Expect(info.Directory.Detail).To(ContainSubstring(c.message))
		})
	}
}

func TestProbeReadsWhateverTheListOfDirectoriesIs(t *testing.T) {
	cases := map[string]struct {
		list string
		kind directory.Kind
	}{
		"a list":                   {`[{"name":"Internal","active":true}]`, 0},
		"one directory":            {`{"name":"Internal","active":true}`, 0},
		"a page":                   {`{"isLastPage":true,"values":[{"name":"Internal"}]}`, 0},
		"nothing":                  {`[]`, directory.KindUnavailable},
		"no list":                  {`{}`, directory.KindUnavailable},
		"a directory with no name": {`[{"active":true}]`, directory.KindUnavailable},
		"something else":           {`"Internal"`, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := script(t, answers{
				"GET application-properties": {200, `{"version":"9.4.0"}`}, "GET admin/user-directories": {200, c.list},
				"GET admin/users/more-members": last(`{"name":"administrators"}`),
			})
			config.DirectoryName = "Internal"
			_, err := connect(t, config).Probe(t.Context())
			expectKind(t, err, c.kind)
		})
	}
}

func TestProbeChecksCredentialsAndPermissions(t *testing.T) {
	cases := map[string]struct {
		change  func(*directory.Config)
		options simulator.Unconfirmed
		kind    directory.Kind
		message string
	}{
		"the right password": {func(*directory.Config) {}, simulator.Unconfirmed{}, 0, ""},
		"a wrong password": {func(c *directory.Config) { c.Password = "wrong-password" }, simulator.Unconfirmed{},
			directory.KindUnauthorized, "Please check your credentials"},
		"a wrong password, noticed late": {func(c *directory.Config) { c.Password = "wrong-password" },
			simulator.Unconfirmed{OpenToWrongCredentials: true}, directory.KindUnauthorized, "Please check your credentials"},
		"a wrong or expired token": {func(c *directory.Config) { c.Token = "wrong-password" }, simulator.Unconfirmed{},
			directory.KindUnauthorized, "Please check your credentials"},
		"no administrator": {func(c *directory.Config) { c.Username, c.Password = "ada", "ada-password" }, simulator.Unconfirmed{},
			directory.KindForbidden, `accepts the password of "ada", but the account lacks a permission that this needs; give it the global permission Bitbucket admin`},
		"no user of Bitbucket": {func(c *directory.Config) { c.Username, c.Password = "visitor", "visitor-password" }, simulator.Unconfirmed{},
			directory.KindForbidden, "global permission Bitbucket admin"},
		"an administrator's token": {func(c *directory.Config) { c.Token = "right-token" }, simulator.Unconfirmed{},
			directory.KindForbidden, "no HTTP access token administer users and groups; configure the username and password"},
		"a token that may administer": {func(c *directory.Config) { c.Token = "right-token" },
			simulator.Unconfirmed{TokensAdminister: true}, directory.KindUnsupported, "does not tell whose access token this is"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simulator.Options{Unconfirmed: c.options})
			for _, name := range []string{"ada", "visitor"} {
				sim.add(userbase.User{Name: name, Password: name + "-password", Active: true})
			}
			sim.SeedMember(simulator.UserGroup, "ada")
			config := sim.config()
			c.change(&config)
			_, err := connect(t, config).Probe(t.Context())
			expectKind(t, err, c.kind)
			if c.kind != 0 {
				g.Expect(err).To(MatchError(ContainSubstring(c.message)))
				g.Expect(err.Error()).NotTo(Or(ContainSubstring("wrong-password"), ContainSubstring("right-token")))
			}
		})
	}
}

func TestProbeWithATokenWhoseOwnerIsTold(t *testing.T) {
	g := NewWithT(t)
	config := script(t, answers{
		"GET application-properties":                                    {200, `{"version":"9.4.0"}`},
		"GET admin/user-directories":                                    {200, `[{"name":"Internal"}]`},
		"GET /plugins/servlet/applinks/whoami":                          {200, "robot\n"},
		"GET admin/users/more-members?context=robot&limit=1000&start=0": last(`{"name":"robots"}`),
	})
	config.Token = "token"
	info, err := connect(t, config).Probe(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info.Self).To(Equal("robot"))
	g.Expect(info.SelfGroups).To(ConsistOf("robots"))
}

func TestProbeOfSomethingElse(t *testing.T) {
	version := func(body string) answers { return answers{"GET application-properties": {200, body}} }
	cases := map[string]struct {
		script  answers
		kind    directory.Kind
		message string
	}{
		"a login page":      {version(loginPage), directory.KindUnavailable, "check the URL"},
		"other JSON":        {version(`{"hello":"world"}`), directory.KindUnavailable, `no version ("")`},
		"a strange version": {version(`{"version":"Cloud"}`), directory.KindUnavailable, `no version ("Cloud")`},
		"truncated JSON":    {version(`{"version":"9.`), directory.KindUnavailable, "cannot be read"},
		"a wrong address":   {answers{"GET application-properties": {404, loginPage}}, directory.KindUnavailable, "check the URL"},
		"a wrong context":   {answers{"GET application-properties": {404, `{"status-code":404,"message":"null for uri: /rest"}`}}, directory.KindUnavailable, "check the URL"},
		"a framework's 404": {answers{"GET application-properties": {404, `{"errors":[{"message":"HTTP 404","exceptionName":"javax.ws.rs.NotFoundException"}]}`}}, directory.KindUnavailable, "check the URL"},
		"an account that is not listed": {answers{
			"GET application-properties": {200, `{"version":"9.4.0"}`}, "GET admin/user-directories": {200, `[{"name":"Internal"}]`},
			"GET admin/users/more-members": last(), "GET admin/users": last(adalbert),
		}, directory.KindInvalid, `Bitbucket lists no user "admin". Configure the username as`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, script(t, c.script)).Probe(t.Context())
			expectKind(t, err, c.kind)
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring(c.message)))
		})
	}
}

func TestProbeOfABitbucketInTrouble(t *testing.T) {
	cases := map[string]struct {
		rule    rig.Rule
		kind    directory.Kind
		message string
	}{
		"it starts":             {rig.Rule{Kind: rig.KindHTML, Status: http.StatusServiceUnavailable}, directory.KindUnavailable, "Service Unavailable"},
		"it redirects to login": {rig.Rule{Kind: rig.KindLogin}, directory.KindUnavailable, "redirected to http://login.invalid, which was not followed"},
		"it breaks off":         {rig.Rule{Kind: rig.KindTruncated}, directory.KindUnavailable, "cannot be read"},
		"it is too busy":        {rig.Rule{Kind: rig.KindError, Status: http.StatusTooManyRequests, RetryAfterSeconds: 60}, directory.KindRateLimited, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			sim := startSimulator(t, simulator.Options{})
			sim.fail(c.rule)
			_, err := connect(t, sim.config()).Probe(t.Context())
			expectKind(t, err, c.kind)
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring(c.message)))
		})
	}
}
