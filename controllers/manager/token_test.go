package manager

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/apitest"
)

func TestTokenIsMadeAndRotated(t *testing.T) {
	g := NewWithT(t)
	env, err := apitest.Start(filepath.Join("..", "..", "config", "crd", "bases"))
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { g.Expect(env.Stop()).To(Succeed()) })
	namespace, err := env.Namespace(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	config := &v1alpha1.SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "okta"},
		Spec: v1alpha1.SyncConfigSpec{Directories: []v1alpha1.DirectorySpec{{
			Name: "jira", Product: v1alpha1.ProductJira, URL: "https://jira.example.com", CredentialsSecretName: "jira-admin",
		}}},
	}
	g.Expect(env.Client.Create(t.Context(), config)).To(Succeed())

	// token runs the command and gives what it printed; notes is what it told
	// besides.
	var notes bytes.Buffer
	token := func(args ...string) (string, error) {
		var out bytes.Buffer
		notes.Reset()
		err := Token(t.Context(), Streams{&out, &notes}, func() (*rest.Config, error) { return env.Config(), nil }, append(args, namespace+"/okta"))
		return out.String(), err
	}
	// stored is what the Secret holds.
	stored := func() map[string]string {
		secret := &corev1.Secret{}
		g.Expect(env.Client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: config.TokenSecretName()}, secret)).To(Succeed())
		data := map[string]string{}
		for key, value := range secret.Data {
			data[key] = string(value)
		}
		return data
	}

	for _, early := range []string{"--rotate", "--finish"} {
		out, err := token(early)
		g.Expect(err).To(HaveOccurred(), "there is none yet")
		g.Expect(out).To(BeEmpty())
	}
	first, err := token()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(first).To(MatchRegexp(`^[A-Z2-7]{52}\n$`), "the token alone, so that it can be piped")
	first = strings.TrimSpace(first)
	g.Expect(notes.String()).To(And(
		ContainSubstring("SyncConfig "+namespace+"/okta"), ContainSubstring("status.scim.baseURL"), ContainSubstring("Authorization: Bearer"),
		Not(ContainSubstring(first)), Not(ContainSubstring("--finish"))))
	g.Expect(stored()).To(Equal(map[string]string{"token": first}))

	g.Expect(env.Client.Get(t.Context(), client.ObjectKeyFromObject(config), config)).To(Succeed())
	config.Status.SCIM.BaseURL = "https://scim.example.com/scim/v2/" + namespace + "/okta"
	g.Expect(env.Client.Status().Update(t.Context(), config)).To(Succeed())

	out, err := token()
	g.Expect(notes.String()).To(BeEmpty())
	g.Expect(err).To(MatchError(And(ContainSubstring("use --rotate"), Not(ContainSubstring(first)))))
	g.Expect(out).To(BeEmpty(), "a token is printed once")

	second, err := token("--rotate")
	g.Expect(err).NotTo(HaveOccurred())
	second = strings.TrimSpace(second)
	g.Expect(second).NotTo(Equal(first))
	g.Expect(notes.String()).To(And(
		ContainSubstring(config.Status.SCIM.BaseURL), ContainSubstring("atlassync token --finish "+namespace+"/okta"),
		Not(ContainSubstring(first)), Not(ContainSubstring(second))))
	g.Expect(stored()).To(Equal(map[string]string{"token": first, "token-next": second}), "both are taken")
	out, err = token("--rotate")
	g.Expect(err).To(MatchError(And(ContainSubstring("use --finish"), Not(ContainSubstring(second)))))
	g.Expect(out).To(BeEmpty())

	out, err = token("--finish")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(out).NotTo(Or(ContainSubstring(first), ContainSubstring(second)))
	g.Expect(stored()).To(Equal(map[string]string{"token": second}))
	_, err = token("--finish")
	g.Expect(err).To(MatchError(ContainSubstring("begin with --rotate")))
}
