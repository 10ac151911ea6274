package bitbucket_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
)

const (
	notPermitted = `"exceptionName":"com.atlassian.bitbucket.AuthorisationException"`
	wrongSecret  = `"exceptionName":"com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException"`
)

func TestMissingPermissionsAndWrongCredentialsAreBoth401(t *testing.T) {
	i := start(t, bitbucket.Options{Tokens: map[string]string{"secret": "admin"}})
	i.seed("ada", "visitor")
	i.group(bitbucket.UserGroup, "ada")
	callers := map[string]struct {
		caller              *instance
		anyone, user, admin string // what the answer has; empty for success
	}{
		"nobody":               {i.withAuthorization(""), notPermitted, notPermitted, notPermitted},
		"a wrong password":     {i.as("admin", "wrong"), wrongSecret, wrongSecret, wrongSecret},
		"an unknown user":      {i.as("eve", "eve"), wrongSecret, wrongSecret, wrongSecret},
		"a wrong token":        {i.withAuthorization("Bearer wrong"), wrongSecret, wrongSecret, wrongSecret},
		"a visitor":            {i.as("visitor", "visitor"), "", notPermitted, notPermitted},
		"a user":               {i.as("ada", "ada"), "", "", notPermitted},
		"an admin's token":     {i.withAuthorization("Bearer secret"), "", "", notPermitted},
		"an administrator":     {i, "", "", ""},
		"letter case does not": {i.as("ADMIN", "admin"), "", "", ""},
	}
	for name, c := range callers {
		for resource, refusal := range map[string]string{
			"GET users": c.anyone, "GET admin/users": c.user, "GET admin/user-directories": c.admin,
		} {
			status := 200
			if refusal != "" {
				status = 401
			}
			t.Log(name)
			c.caller.expect(resource, "", status, refusal)
		}
	}
}

func TestTokensMayAdministerOneDay(t *testing.T) {
	i := start(t, bitbucket.Options{
		Tokens: map[string]string{"secret": "admin"}, Unconfirmed: bitbucket.Unconfirmed{TokensAdminister: true},
	})
	i.withAuthorization("Bearer secret").expect("GET admin/user-directories", "", 200, "Internal")
}

func TestEveryAnswerNamesTheCaller(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{})
	answer := i.as("ADMIN", "admin").call("GET application-properties", "")
	g.Expect(answer.header.Get("X-AUSERNAME")).To(Equal("admin"))
	g.Expect(answer.header.Get("X-AREQUESTID")).NotTo(BeEmpty())
	g.Expect(i.withAuthorization("").call("GET application-properties", "").header).NotTo(HaveKey("X-Ausername"))
}

func TestPublicResourcesAndWrongCredentials(t *testing.T) {
	for open, status := range map[bool]int{false: 401, true: 200} {
		i := start(t, bitbucket.Options{Unconfirmed: bitbucket.Unconfirmed{OpenToWrongCredentials: open}})
		i.as("admin", "wrong").expect("GET application-properties", "", status, "")
		i.withAuthorization("").expect("GET application-properties", "", 200, `"version":"9.4.0"`)
	}
}

func TestPagesOutsideREST(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{ContextPath: "/bitbucket", Tokens: map[string]string{"secret": "admin"}})
	i.expect("GET /plugins/servlet/applinks/whoami", "", 200, "admin")
	g.Expect(i.withAuthorization("").call("GET /plugins/servlet/applinks/whoami", "").body).To(BeEmpty())
	i.expect("GET /admin/users", "", 404, "<html>")

	byToken := i.withAuthorization("Bearer secret").call("GET /plugins/servlet/applinks/whoami", "")
	g.Expect(byToken.status).To(Equal(302), "tokens count below /rest only")
	g.Expect(byToken.header.Get("Location")).To(ContainSubstring("/login"))
}

func TestWhatIsNotThere(t *testing.T) {
	i := startUnchecked(t, bitbucket.Options{WithoutUserDirectories: true, WithoutRemoveGroup: true})
	for _, resource := range []string{"GET admin/user-directories", "POST admin/users/remove-group", "POST users/remove-groups"} {
		i.expect(resource, "", 404, "null for uri")
	}
	i.expect("PATCH admin/users", "", 405, "Method Not Allowed")
}
