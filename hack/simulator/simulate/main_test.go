package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
)

// TestRunPrintsTheAddressAndServesUntilTheEnd asks each product something that
// only the right credentials are answered.
func TestRunPrintsTheAddressAndServesUntilTheEnd(t *testing.T) {
	for product, tt := range map[string]struct {
		settings settings
		path     string
	}{
		"jira":       {settings{contextPath: "/jira", user: "root", password: "pw"}, "/rest/api/2/applicationrole"},
		"confluence": {settings{contextPath: "/confluence", user: "root", password: "pw"}, "/rest/api/group"},
		"bitbucket":  {settings{contextPath: "/bitbucket", user: "root", password: "pw"}, "/rest/api/latest/admin/users"},
		"crowd":      {settings{contextPath: "/crowd", user: "app", password: "pw"}, "/rest/usermanagement/1/search?entity-type=user"},
		"cloud":      {settings{token: "key", directoryID: "an-id"}, "/scim/directory/an-id/Users"},
	} {
		t.Run(product, func(t *testing.T) {
			g := NewWithT(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			output, out := io.Pipe()
			ended := make(chan error, 1)
			go func() { ended <- run(ctx, out, product, "127.0.0.1:0", tt.settings) }()

			line, err := bufio.NewReader(output).ReadString('\n')
			g.Expect(err).NotTo(HaveOccurred())
			url := strings.TrimSpace(line)
			g.Expect(url).To(HaveSuffix(tt.settings.contextPath))
			g.Expect(ask(t, url+tt.path, settings{user: "nobody", password: "pw", token: tt.settings.token + "?"})).NotTo(Equal(http.StatusOK))
			g.Expect(ask(t, url+tt.path, tt.settings)).To(Equal(http.StatusOK))

			cancel()
			g.Eventually(ended).Should(Receive(BeNil()))
		})
	}
	NewWithT(t).Expect(products).To(HaveLen(5))
}

// ask gives the status of a GET request; with the token if there is no user.
func ask(t *testing.T, url string, credentials settings) int {
	t.Helper()
	g := NewWithT(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	g.Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Accept", "application/json")
	if credentials.user == "" {
		request.Header.Set("Authorization", "Bearer "+credentials.token)
	} else {
		request.SetBasicAuth(credentials.user, credentials.password)
	}
	answer, err := http.DefaultClient.Do(request)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(answer.Body.Close()).To(Succeed())
	return answer.StatusCode
}

func TestRunRefusals(t *testing.T) {
	g := NewWithT(t)
	g.Expect(run(t.Context(), io.Discard, "trello", "127.0.0.1:0", settings{})).
		To(MatchError(ContainSubstring(`"trello" cannot be simulated; choose one of`)))
	g.Expect(run(t.Context(), io.Discard, "jira", "127.0.0.1:-1", settings{})).
		To(MatchError(ContainSubstring("listening on 127.0.0.1:-1")))
}
