package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
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
		metricsURL: "http://127.0.0.1:2/metrics",
		products: []*localenv.Product{
			{Name: v1alpha1.ProductJira, URL: "http://127.0.0.1:3", User: "admin", Password: "admin"},
			{Name: v1alpha1.ProductConfluence, URL: "http://127.0.0.1:4", User: "admin", Password: "admin"},
			{Name: v1alpha1.ProductBitbucket, URL: "http://127.0.0.1:5", User: "admin", Password: "admin"},
			{Name: v1alpha1.ProductCrowd, URL: "http://127.0.0.1:6", User: "application", Password: "secret"},
			{Name: v1alpha1.ProductCloud, URL: "http://127.0.0.1:7", Token: "key", DirectoryID: "an-id"},
		},
	}
	path := filepath.Join(t.TempDir(), "env")
	g.Expect(want.write(path)).To(Succeed())

	got, err := readSettings(path)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(got).To(Equal(want))

	shell := exec.Command("/bin/sh", "-c", `. "$1"; printf '%s|%s|%s|%s' "$KUBECONFIG" "$SCIM_TOKEN" "$SIM_CROWD_USER" "$SIM_CLOUD_DIRECTORY_ID"; set`, "sh", path)
	printed, err := shell.Output()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(string(printed)).To(HavePrefix(`/a b/kubeconfig|it's $a "token"|application|an-id`))
	g.Expect(string(printed)).NotTo(ContainSubstring("SIM_CLOUD_USER"), "what a product does not have has no variable")
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

// fill puts what the story wants into a product by its back door.
type fill func(g *WithT, users []userbase.User, group userbase.Group)

func TestReadersTellWhatIsLacking(t *testing.T) {
	g := NewWithT(t)
	products, err := localenv.StartProducts(localenv.ProductOptions{})
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { g.Expect(products.Stop()).To(Succeed()) })
	fills := map[v1alpha1.Product]fill{
		v1alpha1.ProductJira:       fillBase(products.Jira.Simulator),
		v1alpha1.ProductConfluence: fillBase(products.Confluence.Simulator),
		v1alpha1.ProductBitbucket:  fillBase(products.Bitbucket.Simulator),
		v1alpha1.ProductCrowd:      fillBase(products.Crowd.Simulator),
		v1alpha1.ProductCloud:      fillCloud(products.Cloud.Simulator),
	}
	lacking := map[v1alpha1.Product][]string{
		v1alpha1.ProductBitbucket: {`alan.turing in Bitbucket should be "active, Alan Turing" and is "inactive, Alan Turing"`},
		v1alpha1.ProductCloud:     {`nobody@example.com in Cloud should be "active, Nobody" and is "absent"`},
	}
	for _, d := range directories(products.All()) {
		want := []holding{member("ada.lovelace", "Ada Lovelace"), inactive("alan.turing", "Alan Turing"), absent("carl.gauss")}
		g.Expect(d.lacks(t.Context(), want)).To(HaveLen(2), "%s is empty", d.Name)
		domain := ""
		if d.Name == v1alpha1.ProductCloud {
			domain = "@example.com"
			want = append(want, active("nobody", "Nobody"))
		}
		fills[d.Name](g, []userbase.User{
			{Name: "ada.lovelace" + domain, DisplayName: "Ada Lovelace", Email: "ada.lovelace@example.com", Active: true},
			{Name: "alan.turing" + domain, DisplayName: "Alan Turing", Email: "alan.turing@example.com"},
		}, userbase.Group{Name: groupName, Members: []string{"ada.lovelace" + domain}})
		g.Expect(d.lacks(t.Context(), want)).To(Equal(lacking[d.Name]), "%s", d.Name)
	}
}

// backDoor is what the products have that stand on userbase.
type backDoor interface {
	AddUser(user userbase.User) (userbase.User, error)
	AddGroup(group userbase.Group) error
}

func fillBase(base backDoor) fill {
	return func(g *WithT, users []userbase.User, group userbase.Group) {
		for _, user := range users {
			_, err := base.AddUser(user)
			g.Expect(err).NotTo(HaveOccurred())
		}
		g.Expect(base.AddGroup(group)).To(Succeed())
	}
}

func fillCloud(server *cloud.Server) fill {
	return func(g *WithT, users []userbase.User, group userbase.Group) {
		for _, user := range users {
			_, err := server.AddUser(cloud.User{UserName: user.Name, DisplayName: user.DisplayName, Email: user.Email, Active: user.Active})
			g.Expect(err).NotTo(HaveOccurred())
		}
		g.Expect(server.AddGroup(cloud.Group{Name: group.Name, Members: group.Members})).To(Succeed())
	}
}
