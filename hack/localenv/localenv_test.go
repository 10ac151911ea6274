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

func TestSamplesArePointedAtTheSimulators(t *testing.T) {
	g := NewWithT(t)
	config := object("SyncConfig", "identity", "okta")
	g.Expect(unstructured.SetNestedSlice(config.Object, []any{
		map[string]any{"name": "jira", "product": "Jira", "url": "https://jira.example.com", "credentialsSecretName": "jira-admin"},
		map[string]any{"name": "other", "product": "Crowd", "url": "https://crowd.example.com", "credentialsSecretName": "other"},
		map[string]any{"name": "cloud", "product": "Cloud", "directoryID": "an-id", "credentialsSecretName": "key"},
	}, "spec", "directories")).To(Succeed())
	admin, other, key := object("Secret", "identity", "jira-admin"), object("Secret", "identity", "other"), object("Secret", "identity", "key")
	e := &Environment{Products: Products{
		Jira:  &Jira{Product: Product{Name: v1alpha1.ProductJira, URL: "http://127.0.0.1:1", User: "root", Password: "pw"}},
		Cloud: &Cloud{Product: Product{Name: v1alpha1.ProductCloud, URL: "http://127.0.0.1:2", Token: "t", DirectoryID: "of-the-simulator"}},
	}}

	name, err := e.pointAtSimulators([]*unstructured.Unstructured{admin, other, key, config})

	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(name).To(Equal(client.ObjectKey{Namespace: "identity", Name: "okta"}))
	directories, _, _ := unstructured.NestedSlice(config.Object, "spec", "directories")
	g.Expect(directories).To(HaveExactElements(
		And(HaveKeyWithValue("url", "http://127.0.0.1:1"), HaveKeyWithValue("allowInsecureHTTP", true), Not(HaveKey("directoryID"))),
		And(HaveKeyWithValue("url", "http://127.0.0.1:2"), HaveKeyWithValue("directoryID", "of-the-simulator")),
	), "what does not run is left out")
	g.Expect(admin.Object["stringData"]).To(Equal(map[string]any{"username": "root", "password": "pw"}))
	g.Expect(key.Object["stringData"]).To(Equal(map[string]any{"token": "t"}))
	g.Expect(other.Object).NotTo(HaveKey("stringData"))
}

func object(kind, namespace, name string) *unstructured.Unstructured {
	o := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": kind}}
	o.SetNamespace(namespace)
	o.SetName(name)
	return o
}

// TestProductsStartAndStop asks each product something that needs credentials.
func TestProductsStartAndStop(t *testing.T) {
	g := NewWithT(t)
	products, err := StartProducts(ProductOptions{Jira: jira.Options{ContextPath: "/jira"}})
	g.Expect(err).NotTo(HaveOccurred())
	ask := map[v1alpha1.Product]string{
		v1alpha1.ProductJira:       "/rest/api/2/applicationrole",
		v1alpha1.ProductConfluence: "/rest/api/group",
		v1alpha1.ProductBitbucket:  "/rest/api/latest/admin/users",
		v1alpha1.ProductCrowd:      "/rest/usermanagement/1/search?entity-type=user",
		v1alpha1.ProductCloud:      "/scim/directory/" + products.Cloud.DirectoryID + "/Users",
	}
	g.Expect(products.All()).To(HaveLen(len(ask)))
	for _, product := range products.All() {
		g.Expect(products.Named(product.Name)).To(BeIdenticalTo(product))
		g.Expect(status(t, product, ask[product.Name])).To(Equal(http.StatusOK), "%s", product.Name)
	}
	g.Expect(products.Crowd.Secret()).To(Equal(map[string]string{
		"username": "atlassync", "password": "secret", "adminUsername": "admin", "adminPassword": "admin",
	}))
	g.Expect(products.Stop()).To(Succeed())
	for _, product := range products.All() {
		_, err := status(t, product, ask[product.Name])
		g.Expect(err).To(MatchError(ContainSubstring("connection refused")))
	}
}

// status makes a GET request with the credentials of product.
func status(t *testing.T, product *Product, path string) (int, error) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, product.URL+path, nil)
	if err != nil {
		return 0, err
	}
	request.SetBasicAuth(product.User, product.Password)
	if product.Token != "" {
		request.Header.Set("Authorization", "Bearer "+product.Token)
	}
	request.Header.Set("Accept", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
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
	e := &Environment{ControlPlane: plane, checkout: checkout, Products: Products{
		Jira: &Jira{Product: Product{Name: v1alpha1.ProductJira, URL: "http://127.0.0.1:1", User: "root", Password: "pw"}},
	}}
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
