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

func TestRunPrintsTheAddressAndServesUntilTheEnd(t *testing.T) {
	g := NewWithT(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	output, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, out, "jira", "127.0.0.1:0", settings{contextPath: "/jira"})
	}()

	line, err := bufio.NewReader(output).ReadString('\n')
	g.Expect(err).NotTo(HaveOccurred())
	url := strings.TrimSpace(line)
	g.Expect(url).To(HaveSuffix("/jira"))
	answer, err := http.Get(url + "/rest/api/2/serverInfo")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(answer.Body.Close()).To(Succeed())
	g.Expect(answer.StatusCode).To(Equal(http.StatusOK))

	cancel()
	g.Eventually(ended).Should(Receive(BeNil()))
}

func TestRunRefusals(t *testing.T) {
	g := NewWithT(t)
	g.Expect(run(t.Context(), io.Discard, "trello", "127.0.0.1:0", settings{})).
		To(MatchError(ContainSubstring(`"trello" cannot be simulated; choose one of`)))
	g.Expect(run(t.Context(), io.Discard, "jira", "127.0.0.1:-1", settings{})).
		To(MatchError(ContainSubstring("listening on 127.0.0.1:-1")))
}
