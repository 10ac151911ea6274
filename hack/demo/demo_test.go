package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/hack/simulator/jira"
)

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"sideways"}, {"up", "down"}} {
		NewWithT(t).Expect(run(t.Context(), args)).To(MatchError(ContainSubstring("usage")))
	}
}

func TestSettingsCanBeSourcedAndReadBack(t *testing.T) {
	g := NewWithT(t)
	want := &settings{
		kubeconfig: "/a b/kubeconfig", scimBaseURL: "http://127.0.0.1:1/scim/v2/identity/okta", scimToken: `it's $a "token"`,
		metricsURL: "http://127.0.0.1:2/metrics", jiraURL: "http://127.0.0.1:3", jiraUser: "admin", jiraPassword: "admin",
	}
	path := filepath.Join(t.TempDir(), "env")
	g.Expect(want.write(path)).To(Succeed())

	got, err := readSettings(path)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(got).To(Equal(want))

	shell := exec.Command("/bin/sh", "-c", `. "$1"; printf '%s|%s|%s' "$KUBECONFIG" "$SCIM_TOKEN" "$SIM_JIRA_URL"`, "sh", path)
	printed, err := shell.Output()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(string(printed)).To(Equal(`/a b/kubeconfig|it's $a "token"|http://127.0.0.1:3`))
}

func TestOnlyOneHoldsTheRunFolder(t *testing.T) {
	g := NewWithT(t)
	dir := runDir(filepath.Join(t.TempDir(), ".run"))
	g.Expect(os.MkdirAll(dir.file("etcd"), 0o700)).To(Succeed())

	lock, err := dir.claim()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(dir.file("etcd")).NotTo(BeADirectory(), "the rest of an earlier run is gone")
	_, err = dir.claim()
	g.Expect(err).To(MatchError(errRunning))
	g.Expect(lock.Close()).To(Succeed())
	lock, err = dir.claim()
	g.Expect(err).NotTo(HaveOccurred(), "a dead supervisor does not keep the lock")
	g.Expect(lock.Close()).To(Succeed())
}

// TestDownEndsWhatHoldsTheLock has a shell in the supervisor's place: file 3
// is the lock, as launch gives it.
func TestDownEndsWhatHoldsTheLock(t *testing.T) {
	g := NewWithT(t)
	checkout := t.TempDir()
	g.Expect(os.WriteFile(filepath.Join(checkout, "go.mod"), []byte("module github.com/atlassync/atlassync\n"), 0o600)).To(Succeed())
	t.Chdir(checkout)
	dir, err := findRunDir()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(down(t.Context())).To(Succeed(), "nothing is up")

	lock, err := dir.claim()
	g.Expect(err).NotTo(HaveOccurred())
	supervisor := exec.CommandContext(t.Context(), "/bin/sh", "-c", `trap 'exit 0' TERM; echo $$ >.run/pid; while :; do sleep 0.05; done`)
	supervisor.ExtraFiles = []*os.File{lock}
	g.Expect(supervisor.Start()).To(Succeed())
	g.Expect(lock.Close()).To(Succeed())
	g.Eventually(dir.supervisor).ShouldNot(BeNil())
	ended := make(chan error, 1)
	go func() { ended <- supervisor.Wait() }()

	g.Expect(up(t.Context())).To(Succeed(), "up says that it is up already")
	g.Expect(down(t.Context())).To(Succeed())
	g.Eventually(ended).Should(Receive(BeNil()), "the supervisor ended by SIGTERM")
	g.Expect(string(dir)).NotTo(BeADirectory())
}

func TestLeftoversOfAKilledSupervisorAreEnded(t *testing.T) {
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("this system does not show the arguments of processes in /proc")
	}
	g := NewWithT(t)
	dir := runDir(t.TempDir())
	start := func(argument string) <-chan error {
		cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", "while :; do sleep 0.05; done", "sh", argument)
		g.Expect(cmd.Start()).To(Succeed())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		return ended
	}
	ours := start("--data-dir=" + dir.file("etcd"))
	reader := start(dir.file("manager.log"))

	g.Expect(dir.endLeftovers(t.Context())).To(Succeed())
	g.Eventually(ours).Should(Receive(MatchError(ContainSubstring("killed"))))
	g.Expect(reader).NotTo(Receive(), "whoever reads a log is left alone")
}

func TestTableHasNamespaceAndNoWideColumns(t *testing.T) {
	g := NewWithT(t)
	var table metav1.Table
	g.Expect(json.Unmarshal([]byte(`{
		"columnDefinitions":[{"name":"Name"},{"name":"Users"},{"name":"Directories","priority":1},{"name":"Ready"}],
		"rows":[{"cells":["okta",3,"jira",null],"object":{"metadata":{"namespace":"identity"}}}]}`), &table)).To(Succeed())
	rows, err := rowsOf(table)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(rows).To(Equal([][]string{{"NAMESPACE", "NAME", "USERS", "READY"}, {"identity", "okta", "3", ""}}))
}

func TestJiraViewTellsWhatIsLacking(t *testing.T) {
	g := NewWithT(t)
	simulator := jira.New(jira.Options{})
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)
	view := jiraView{server.URL, "admin", "admin"}

	view.post(t.Context(), g, "user", `{"name":"alan.turing","displayName":"Alan Mathison Turing","emailAddress":"alan.turing@example.com"}`)
	view.post(t.Context(), g, "user", `{"name":"grace.murray","displayName":"Grace Murray","emailAddress":"grace.murray@example.com"}`)
	view.post(t.Context(), g, "user", `{"name":"ada.lovelace","displayName":"Ada Lovelace","emailAddress":"ada.lovelace@example.com"}`)
	view.post(t.Context(), g, "group", `{"name":"developers"}`)
	view.post(t.Context(), g, "group/user?groupname=developers", `{"name":"alan.turing"}`)

	lacking, err := view.lacks(t.Context(), holdings{
		"alan.turing":  accountText(true, "Alan Mathison Turing", "developers"),
		"grace.murray": accountText(true, "Grace Murray", "developers"),
		"ada.lovelace": accountText(false, "Ada Lovelace"),
		"nobody":       "",
	})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(lacking).To(ConsistOf(
		`ada.lovelace should be "inactive, Ada Lovelace" and is "active, Ada Lovelace"`,
		`grace.murray should be "active, Grace Murray, developers" and is "active, Grace Murray"`,
	))
}

func (j jiraView) post(ctx context.Context, g *WithT, resource, body string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, j.url+"/rest/api/2/"+resource, strings.NewReader(body))
	g.Expect(err).NotTo(HaveOccurred())
	request.SetBasicAuth(j.user, j.password)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(response.Body.Close()).To(Succeed())
	g.Expect(response.StatusCode).To(Equal(http.StatusCreated), body)
}
