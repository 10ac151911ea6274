package rest_test

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestMessagesRepeatNoSecrets(t *testing.T) {
	const (
		strange = `hunter2"&secret password`
		fresh   = "new-password+secret"
	)
	basic := base64.StdEncoding.EncodeToString([]byte("ada:" + strange))
	withToken := directory.Config{Token: token + "\n"}
	withPassword := directory.Config{Username: "ada", Password: strange + "\r\n"}
	cases := map[string]struct {
		config directory.Config
		secret string
	}{
		"a token":                 {withToken, token},
		"a password":              {withPassword, strange},
		"a password in a query":   {withPassword, url.QueryEscape(strange)},
		"a password in a page":    {withPassword, html.EscapeString(strange)},
		"a password in a header":  {withPassword, basic},
		"a new password":          {withToken, fresh},
		"a new one, in the query": {withToken, url.QueryEscape(fresh)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, before := range []string{"You sent ", strings.Repeat("x", 490)} {
				g := NewWithT(t)
				said, err := json.Marshal(map[string]string{"said": before + c.secret + "."})
				g.Expect(err).NotTo(HaveOccurred())
				server := serve(t, answering(http.StatusBadRequest, "application/json", string(said), "X-Request-Id", before[max(0, len(before)-90):]+c.secret))
				c.config.URL, c.config.AllowInsecureHTTP = server.URL, true
				request := write()
				request.Secret = fresh
				message := do(t, connect(t, c.config), request).Error()
				g.Expect(message).NotTo(ContainSubstring(c.secret[:8]), "not even where the message is cut")
				g.Expect(message).To(ContainSubstring("[redacted]"))
			}
		})
	}
}

func TestMessagesRepeatNoAuthorization(t *testing.T) {
	for name, settings := range map[string]directory.Config{
		"token": {Token: token}, "password": {Username: "ada", Password: password},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sent := ""
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				sent = r.Header.Get("Authorization")
				answering(http.StatusForbidden, "application/json", `{"said":"Not with `+sent+`."}`)(w, r)
			})
			settings.URL, settings.AllowInsecureHTTP = server.URL, true
			got := failure(t, do(t, connect(t, settings), read()))
			scheme, credentials, _ := strings.Cut(sent, " ")
			g.Expect(credentials).NotTo(BeEmpty())
			g.Expect(got.Error()).NotTo(ContainSubstring(credentials))
			g.Expect(got.Message).To(Equal("Not with " + scheme + " [redacted]."))
		})
	}
}

func TestWordsThatAreNoSecretsAreShown(t *testing.T) {
	server := serve(t, answering(http.StatusBadRequest, "application/json", `{"said":"All is lost."}`))
	settings := config(server)
	settings.Token = "is"
	got := failure(t, do(t, connect(t, settings), read()))
	NewWithT(t).Expect(got.Message).To(Equal("All is lost."))
}

func TestFailuresTellTheRequestsID(t *testing.T) {
	cases := map[string]struct {
		headers []string
		want    string
	}{
		"Data Center":        {[]string{"X-AREQUESTID", "612x7x1", "X-Request-Id", "proxy"}, "612x7x1"},
		"Cloud":              {[]string{"atl-traceid", "3b1f"}, "3b1f"},
		"a proxy":            {[]string{"X-Request-ID", "9c2e"}, "9c2e"},
		"a tracing one":      {[]string{"X-Trace-Id", "77aa"}, "77aa"},
		"none":               {nil, ""},
		"one without an end": {[]string{"X-Request-Id", strings.Repeat("x", 5000)}, strings.Repeat("x", 100) + "…"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for status, contentType := range map[int]string{
				200: "text/html", 201: "application/json", 302: "text/html", 400: "application/json", 500: "text/html",
			} {
				g := NewWithT(t)
				server := serve(t, answering(status, contentType, "<", c.headers...))
				got := failure(t, do(t, connect(t, config(server)), read()))
				g.Expect(got.RequestID).To(Equal(c.want), "%d", status)
				if c.want != "" && !directory.IsDown(got) {
					g.Expect(got.Error()).To(ContainSubstring(", request " + c.want))
				}
			}
		})
	}
}
