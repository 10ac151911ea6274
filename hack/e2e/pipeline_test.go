package e2e

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

// pipeline makes the ServiceAccount that docs/commands.md shows, with its
// rights, for the tenant, and gives the path of its kubeconfig.
func (t *tenant) pipeline(ctx context.Context) string {
	GinkgoHelper()
	page, err := os.ReadFile("../../docs/commands.md")
	Expect(err).NotTo(HaveOccurred())
	_, example, found := strings.Cut(string(page), "```yaml\n")
	Expect(found).To(BeTrue())
	example, _, _ = strings.Cut(example, "```")
	example = strings.NewReplacer("namespace: identity", "namespace: "+t.key.Namespace, "jira-admin", credentialsName).Replace(example)
	var objects []*unstructured.Unstructured
	for documents := yaml.NewYAMLOrJSONDecoder(strings.NewReader(example), 1024); ; {
		object := &unstructured.Unstructured{}
		err := documents.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			break
		}
		Expect(err).NotTo(HaveOccurred())
		objects = append(objects, object)
	}
	Expect(env.ControlPlane.Apply(ctx, objects)).To(Succeed())
	content, err := env.ControlPlane.ServiceAccountKubeconfig(ctx, client.ObjectKey{Namespace: t.key.Namespace, Name: "pipeline"})
	Expect(err).NotTo(HaveOccurred())
	file := filepath.Join(GinkgoT().TempDir(), "pipeline.kubeconfig")
	Expect(os.WriteFile(file, content, 0o600)).To(Succeed())
	return file
}

// may reports what the user of a kubeconfig may do, as "verb resource" or
// "verb resource/name", of what is asked.
func (t *tenant) may(ctx context.Context, kubeconfig string, asked ...string) []string {
	GinkgoHelper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	Expect(err).NotTo(HaveOccurred())
	user, err := client.New(config, client.Options{Scheme: kube.Scheme()})
	Expect(err).NotTo(HaveOccurred())
	var allowed []string
	for _, what := range asked {
		verb, resource, _ := strings.Cut(what, " ")
		resource, name, _ := strings.Cut(resource, "/")
		group := v1alpha1.GroupVersion.Group
		if resource == "secrets" {
			group = ""
		}
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: t.key.Namespace, Verb: verb, Group: group, Resource: resource, Name: name},
		}}
		Expect(user.Create(ctx, review)).To(Succeed())
		if review.Status.Allowed {
			allowed = append(allowed, what)
		}
	}
	return allowed
}

var _ = Describe("A pipeline with the rights of docs/commands.md", func() {
	It("plans, and may write nothing", func(ctx SpecContext) {
		t := newTenant(ctx)
		user, err := t.okta(okta.Template, replicas[0]).AssignUser(ctx, newPerson("ada.lovelace", "Ada", "Lovelace").Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectUser(ctx, user.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
		before, pipeline := len(writes(t.jira)), t.pipeline(ctx)
		rename := func(spec *v1alpha1.SyncConfigSpec) {
			spec.Username = v1alpha1.UsernameSpec{Regex: "(.*)@.*", Replacement: "x-$1"}
		}

		By("planning as an administrator does, but for the check")
		unchecked := HavePrefix("SyncConfig " + t.key.String() + ": the API server has not checked it")
		Eventually(func() ran { return atlassyncAs(ctx, pipeline, "plan", "-f", t.manifest()) }).
			Should(And(HaveField("Code", 0), HaveField("Err", unchecked)))
		for _, change := range []func(*v1alpha1.SyncConfigSpec){func(*v1alpha1.SyncConfigSpec) {}, rename} {
			file := t.manifest(change)
			admin, pipe := atlassync(ctx, "plan", "-f", file), atlassyncAs(ctx, pipeline, "plan", "-f", file)
			Expect(admin.Err).To(BeEmpty())
			Expect(pipe).To(And(HaveField("Code", admin.Code), HaveField("Out", admin.Out), HaveField("Err", unchecked)))
		}
		Expect(atlassyncAs(ctx, pipeline, "plan", "-f", t.manifest(rename)).Code).To(Equal(2))
		later := &tenant{key: t.key, jira: t.jira}
		later.key.Name = "later"
		Expect(atlassyncAs(ctx, pipeline, "plan", "-f", later.manifest())).To(HaveField("Code", 0))

		By("failing where it cannot tell")
		Expect(atlassyncAs(ctx, pipeline, "plan", "-f", t.manifest(func(spec *v1alpha1.SyncConfigSpec) {
			spec.Directories[0].CredentialsSecretName = t.key.Name + "-scim-token"
		}))).To(And(HaveField("Code", 1), HaveField("Err", ContainSubstring("cannot get resource"))))
		Expect(atlassyncAs(ctx, pipeline, "plan", "-f", t.manifest(func(spec *v1alpha1.SyncConfigSpec) {
			spec.Username = v1alpha1.UsernameSpec{Regex: "(?=x)"}
		}))).To(And(HaveField("Code", 1), HaveField("Err", ContainSubstring("look-around"))))

		By("having no right to write, and to no other Secret")
		Expect(writes(t.jira)).To(HaveLen(before))
		asked := []string{"get syncconfigs", "list syncconfigs", "get secrets/" + credentialsName}
		needed := len(asked)
		for _, resource := range []string{
			"syncconfigs", "syncconfigs/status", "provisionedusers", "provisionedgroups", "membershipslices", "secrets", "secrets/" + credentialsName,
		} {
			for _, verb := range []string{"create", "update", "patch", "delete", "deletecollection"} {
				asked = append(asked, verb+" "+resource)
			}
		}
		asked = append(asked, "list secrets", "get secrets", "get secrets/"+t.key.Name+"-scim-token")
		Expect(t.may(ctx, pipeline, asked...)).To(Equal(asked[:needed]))
		Expect(t.may(ctx, env.AdminKubeconfig, asked...)).To(Equal(asked), "the question is put rightly")
	})
})
