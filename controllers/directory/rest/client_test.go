package rest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

const (
	token    = "NDc0OTk2-secret-token"
	password = "hunter2-secret-password"
)

// said is how the product of these tests explains a failure: {"said":"…"}.
func said(body []byte) string {
	var failure struct{ Said string }
	if json.Unmarshal(body, &failure) != nil {
		return ""
	}
	return failure.Said
}

func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

func config(server *httptest.Server) directory.Config {
	return directory.Config{URL: server.URL + "/context", Token: token, AllowInsecureHTTP: true, RequestsPerSecond: 10000}
}

func connect(t *testing.T, config directory.Config) *rest.Client {
	t.Helper()
	client, err := rest.New(config, said)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return client
}

func read() rest.Request {
	return rest.Request{Op: directory.OpFindUser, Method: http.MethodGet, Path: "/rest/user",
		Query: url.Values{"username": {"ada lovelace"}}}
}

func write() rest.Request {
	return rest.Request{Op: directory.OpCreateUser, Method: http.MethodPost, Path: "/rest/user",
		Query: url.Values{"username": {"ada lovelace"}}, Body: map[string]string{"name": "ada"}}
}

func do(t *testing.T, client *rest.Client, request rest.Request) error {
	t.Helper()
	var answer struct{ Name string }
	return client.Do(t.Context(), request, &answer)
}

// failure expects a *directory.Error that shows neither credentials nor query.
func failure(t *testing.T, err error) *directory.Error {
	t.Helper()
	g := NewWithT(t)
	g.Expect(err).To(BeAssignableToTypeOf(&directory.Error{}))
	g.Expect(err.Error()).NotTo(Or(
		ContainSubstring("secret"), ContainSubstring("lovelace"), ContainSubstring("?")))
	got, _ := errors.AsType[*directory.Error](err)
	return got
}

func TestRequestCarriesEverything(t *testing.T) {
	g := NewWithT(t)
	var got *http.Request
	var body []byte
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		_, _ = w.Write([]byte(`{"name":"ada"}`))
	})
	settings := config(server)
	settings.UserAgent = "atlassync/1.2.3"
	var answer struct{ Name string }
	g.Expect(connect(t, settings).Do(t.Context(), write(), &answer)).To(Succeed())

	g.Expect(answer.Name).To(Equal("ada"))
	g.Expect(got.Method).To(Equal(http.MethodPost))
	g.Expect(got.URL.Path).To(Equal("/context/rest/user"))
	g.Expect(got.URL.Query()).To(Equal(url.Values{"username": {"ada lovelace"}}))
	g.Expect(body).To(MatchJSON(`{"name":"ada"}`))
	g.Expect(got.Header).To(And(
		HaveKeyWithValue("Authorization", []string{"Bearer " + token}),
		HaveKeyWithValue("X-Atlassian-Token", []string{"no-check"}),
		HaveKeyWithValue("User-Agent", []string{"atlassync/1.2.3"}),
		HaveKeyWithValue("Accept", []string{"application/json"}),
		HaveKeyWithValue("Content-Type", []string{"application/json"}),
	))
}

func TestCredentials(t *testing.T) {
	cases := map[string]struct {
		config directory.Config
		want   string
	}{
		"token":                     {directory.Config{Token: "abc"}, "Bearer abc"},
		"token with a line end":     {directory.Config{Token: "abc\n"}, "Bearer abc"},
		"basic":                     {directory.Config{Username: "ada", Password: "s3:cret"}, "Basic YWRhOnMzOmNyZXQ="},
		"basic with line ends":      {directory.Config{Username: "ada\n", Password: "s3:cret\r\n"}, "Basic YWRhOnMzOmNyZXQ="},
		"token comes before others": {directory.Config{Token: "abc", Username: "ada", Password: "x"}, "Bearer abc"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got string
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Get("Authorization")
				_, _ = w.Write([]byte(`{}`))
			})
			c.config.URL, c.config.AllowInsecureHTTP = server.URL, true
			g := NewWithT(t)
			g.Expect(do(t, connect(t, c.config), read())).To(Succeed())
			g.Expect(got).To(Equal(c.want))
		})
	}
}

func TestConfigThatCannotWork(t *testing.T) {
	right := directory.Config{URL: "https://jira.example.com/jira", Token: token}
	cases := map[string]struct {
		spoil func(*directory.Config)
		want  string
	}{
		"no URL":            {func(c *directory.Config) { c.URL = "" }, "https://host/path"},
		"no host":           {func(c *directory.Config) { c.URL = "jira.example.com" }, "https://host/path"},
		"unreadable URL":    {func(c *directory.Config) { c.URL = "https://ada:" + password + "@exa mple" }, "https://host/path"},
		"credentials in it": {func(c *directory.Config) { c.URL = "https://ada:" + password + "@example.com" }, "credentials Secret"},
		"a query":           {func(c *directory.Config) { c.URL += "?x=y" }, "a query"},
		"http":              {func(c *directory.Config) { c.URL = "http://jira.example.com" }, "allowInsecureHTTP"},
		"another scheme":    {func(c *directory.Config) { c.URL = "ftp://jira.example.com" }, "https://"},
		"no credentials":    {func(c *directory.Config) { c.Token = " \n" }, "no credentials"},
		"no password":       {func(c *directory.Config) { c.Token, c.Username = "", "ada" }, "no credentials"},
		"no certificate":    {func(c *directory.Config) { c.CABundle = "not PEM" }, "CA bundle"},
	}
	_, err := rest.New(right, said)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			wrong := right
			c.spoil(&wrong)
			_, err := rest.New(wrong, said)
			g := NewWithT(t)
			g.Expect(err).To(MatchError(ContainSubstring(c.want)))
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindInvalid))
			g.Expect(err.Error()).NotTo(ContainSubstring("secret"))
		})
	}
}
