package localenv

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/simulator/jira"
)

func TestCheckoutIsFoundFromBelow(t *testing.T) {
	g := NewWithT(t)
	checkout, err := Checkout()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(filepath.Join(checkout, "hack", "localenv", "localenv_test.go")).To(BeAnExistingFile())
	t.Chdir(os.TempDir())
	_, err = Checkout()
	g.Expect(err).To(MatchError(ContainSubstring("not inside a checkout")))
}

func TestNamespacesComeFirstAndAreCompleted(t *testing.T) {
	ordered := namespacesFirst([]*unstructured.Unstructured{
		object("Secret", "b", "s"), object("Namespace", "", "a"), object("Secret", "a", "s"), object("ClusterRole", "", "r"),
	})
	name := func(o *unstructured.Unstructured) string { return o.GetKind() + " " + o.GetName() }
	NewWithT(t).Expect(ordered).To(HaveExactElements(
		WithTransform(name, Equal("Namespace a")),
		WithTransform(name, Equal("Namespace b")),
		WithTransform(name, Equal("Secret s")),
		WithTransform(name, Equal("Secret s")),
		WithTransform(name, Equal("ClusterRole r")),
	))
}

func TestSamplesArePointedAtTheSimulator(t *testing.T) {
	g := NewWithT(t)
	config := object("SyncConfig", "identity", "okta")
	g.Expect(unstructured.SetNestedSlice(config.Object, []any{
		map[string]any{"name": "jira", "product": "Jira", "url": "https://jira.example.com", "credentialsSecretName": "jira-admin"},
		map[string]any{"name": "other", "product": "Other", "url": "https://other.example.com", "credentialsSecretName": "other"},
	}, "spec", "directories")).To(Succeed())
	admin, other := object("Secret", "identity", "jira-admin"), object("Secret", "identity", "other")
	e := &Environment{Jira: &Jira{URL: "http://127.0.0.1:1", User: "root", Password: "pw"}}

	key, err := e.pointAtSimulator([]*unstructured.Unstructured{admin, other, config})

	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(key).To(Equal(client.ObjectKey{Namespace: "identity", Name: "okta"}))
	directories, _, _ := unstructured.NestedSlice(config.Object, "spec", "directories")
	g.Expect(directories).To(ConsistOf(
		And(HaveKeyWithValue("url", "http://127.0.0.1:1"), HaveKeyWithValue("allowInsecureHTTP", true)),
		And(HaveKeyWithValue("url", "https://other.example.com"), Not(HaveKey("allowInsecureHTTP"))),
	))
	g.Expect(admin.Object["stringData"]).To(Equal(map[string]any{"username": "root", "password": "pw"}))
	g.Expect(other.Object).NotTo(HaveKey("stringData"))
}

func object(kind, namespace, name string) *unstructured.Unstructured {
	o := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": kind}}
	o.SetNamespace(namespace)
	o.SetName(name)
	return o
}

func TestJiraStartsAndStops(t *testing.T) {
	g := NewWithT(t)
	j, err := StartJira(jira.Options{ContextPath: "/jira"})
	g.Expect(err).NotTo(HaveOccurred())
	ask := func() error {
		info, err := http.NewRequestWithContext(t.Context(), http.MethodGet, j.URL+"/rest/api/2/serverInfo", nil)
		g.Expect(err).NotTo(HaveOccurred())
		response, err := http.DefaultClient.Do(info)
		if err != nil {
			return err
		}
		g.Expect(response.StatusCode).To(Equal(http.StatusOK))
		return response.Body.Close()
	}
	g.Expect(ask()).To(Succeed())
	g.Expect(j.Stop()).To(Succeed())
	g.Expect(ask()).To(MatchError(ContainSubstring("connection refused")))
}

func TestProcessesEnd(t *testing.T) {
	const ready = "echo ready; "
	for name, tt := range map[string]struct {
		script string
		want   OmegaMatcher
	}{
		"by SIGTERM":          {`trap 'exit 0' TERM; ` + ready + `while :; do sleep 0.05; done`, Succeed()},
		"by SIGTERM, failing": {`trap 'exit 3' TERM; ` + ready + `while :; do sleep 0.05; done`, MatchError("exit status 3")},
		"killed when stuck":   {`trap '' TERM; ` + ready + `while :; do sleep 0.05; done`, MatchError(ContainSubstring("was killed"))},
	} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			log := filepath.Join(t.TempDir(), "log")
			p, err := startProcess(log, "/bin/sh", "-c", tt.script)
			g.Expect(err).NotTo(HaveOccurred())
			g.Eventually(p.logTail).Should(Equal("ready"))
			g.Expect(p.stop(500 * time.Millisecond)).To(tt.want)
			g.Expect(p.exited).To(BeClosed())
			g.Expect(p.stop(time.Minute)).To(Succeed(), "stopping twice is harmless")
		})
	}
}

func TestManagerThatEndsAtOnceShowsItsLog(t *testing.T) {
	g := NewWithT(t)
	m, err := newManager("/bin/sh", "kubeconfig", filepath.Join(t.TempDir(), "log"))
	g.Expect(err).NotTo(HaveOccurred())
	m.args = []string{"-c", "echo no such flag; exit 2"}
	g.Expect(m.Start(t.Context())).To(MatchError(And(ContainSubstring("exit status 2"), ContainSubstring("no such flag"))))
}

// TestShippedConfiguration applies what is shipped to a real API server and
// signs in as the manager does.
func TestShippedConfiguration(t *testing.T) {
	g := NewWithT(t)
	checkout, err := Checkout()
	g.Expect(err).NotTo(HaveOccurred())
	binaries, err := Binaries(t.Context(), checkout)
	g.Expect(err).NotTo(HaveOccurred())
	plane, err := StartControlPlane(binaries, t.TempDir())
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { g.Expect(plane.Stop()).To(Succeed()) })

	shipped, err := Render(filepath.Join(checkout, "config", "default"))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(plane.Apply(t.Context(), shipped)).To(Succeed())
	g.Expect(plane.Apply(t.Context(), shipped)).To(Succeed(), "applying twice is harmless")
	e := &Environment{ControlPlane: plane, checkout: checkout, Jira: &Jira{URL: "http://127.0.0.1:1", User: "root", Password: "pw"}}
	sample, err := e.ApplySamples(t.Context())
	g.Expect(err).NotTo(HaveOccurred())

	manager := signIn(t.Context(), g, plane, ManagerAccount)
	config := &v1alpha1.SyncConfig{}
	g.Expect(manager.Get(t.Context(), sample, config)).To(Succeed())
	g.Expect(config.Spec.Directories[0].URL).To(Equal("http://127.0.0.1:1"))
	secret := &corev1.Secret{}
	credentials := client.ObjectKey{Namespace: sample.Namespace, Name: config.Spec.Directories[0].CredentialsSecretName}
	g.Expect(manager.Get(t.Context(), credentials, secret)).To(Succeed())
	g.Expect(secret.Data).To(Equal(map[string][]byte{"username": []byte("root"), "password": []byte("pw")}))
	g.Expect(manager.List(t.Context(), &corev1.SecretList{})).To(
		MatchError(ContainSubstring("system:serviceaccount:"+ManagerAccount.Namespace+":"+ManagerAccount.Name)),
		"Secrets are read by name only")
}

// TestReplicasComeAndGo runs two real managers, crashes one and starts it again
// at the same address.
func TestReplicasComeAndGo(t *testing.T) {
	g := NewWithT(t)
	env, err := Start(t.Context(), Options{Dir: t.TempDir()})
	g.Expect(err).NotTo(HaveOccurred())
	stopped := false
	t.Cleanup(func() {
		if !stopped {
			g.Expect(env.Stop()).To(Succeed())
		}
	})
	first, err := env.StartManager(t.Context(), "first")
	g.Expect(err).NotTo(HaveOccurred())
	second, err := env.StartManager(t.Context(), "second")
	g.Expect(err).NotTo(HaveOccurred())
	sample, err := env.ApplySamples(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	config, err := env.WaitForSyncConfig(t.Context(), sample)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(config.Status.SCIM.BaseURL).To(HavePrefix(first.SCIMURL), "the first one leads")
	g.Expect(env.SCIMToken(t.Context(), config)).NotTo(BeEmpty())

	address, pid := second.SCIMURL, second.PID()
	second.Kill()
	g.Expect(second.Exited()).To(BeClosed())
	g.Expect(second.Start(t.Context())).To(Succeed())
	g.Expect(second.SCIMURL).To(Equal(address))
	g.Expect(second.PID()).NotTo(Equal(pid))

	stopped = true
	g.Expect(env.Stop()).To(Succeed())
	for _, replica := range []*Manager{first, second} {
		g.Expect(replica.Exited()).To(BeClosed())
		g.Expect(replica.Log).To(BeAnExistingFile())
	}
}

func signIn(ctx context.Context, g *WithT, plane *ControlPlane, account client.ObjectKey) client.Client {
	content, err := plane.ServiceAccountKubeconfig(ctx, account)
	g.Expect(err).NotTo(HaveOccurred())
	config, err := clientcmd.RESTConfigFromKubeConfig(content)
	g.Expect(err).NotTo(HaveOccurred())
	c, err := newClient(config)
	g.Expect(err).NotTo(HaveOccurred())
	return c
}
