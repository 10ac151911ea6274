package e2e

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/okta"
)

// tenant is a SyncConfig in a namespace of its own, with a Jira of its own.
type tenant struct {
	key  client.ObjectKey
	jira *localenv.Jira
	// token is a bearer token that its SCIM endpoint takes.
	token string
}

const credentialsName = "jira-admin"

// newTenant makes a SyncConfig, changed as the test needs it, and waits until
// it is ready.
func newTenant(ctx context.Context, changes ...func(*v1alpha1.SyncConfigSpec)) *tenant {
	GinkgoHelper()
	t := createTenant(ctx, changes...)
	t.waitReady(ctx)
	return t
}

// createTenant makes a SyncConfig and waits until its SCIM endpoint has a token.
func createTenant(ctx context.Context, changes ...func(*v1alpha1.SyncConfigSpec)) *tenant {
	GinkgoHelper()
	t := prepareTenant(ctx)
	Expect(kube.Create(ctx, t.config(changes...))).To(Succeed())
	t.learnToken(ctx)
	return t
}

// prepareTenant makes everything but the SyncConfig itself.
func prepareTenant(ctx context.Context) *tenant {
	GinkgoHelper()
	t := &tenant{key: newKey(ctx), jira: startJira()}
	Expect(kube.Create(ctx, t.credentials(t.jira.Password))).To(Succeed())
	return t
}

// newKey is the key of a SyncConfig in a namespace of its own.
func newKey(ctx context.Context) client.ObjectKey {
	GinkgoHelper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "e2e-"}}
	Expect(kube.Create(ctx, namespace)).To(Succeed())
	return client.ObjectKey{Namespace: namespace.Name, Name: "okta"}
}

// config is the SyncConfig, not yet written.
func (t *tenant) config(changes ...func(*v1alpha1.SyncConfigSpec)) *v1alpha1.SyncConfig {
	config := &v1alpha1.SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: t.key.Namespace, Name: t.key.Name},
		Spec: v1alpha1.SyncConfigSpec{
			Provider: v1alpha1.ProviderOkta,
			Directories: []v1alpha1.DirectorySpec{{
				Name: "jira", Product: v1alpha1.ProductJira, URL: t.jira.URL, AllowInsecureHTTP: true,
				CredentialsSecretName: credentialsName, RequestsPerSecond: 1000,
			}},
			Username: v1alpha1.UsernameSpec{Regex: "(.*)@.*", Replacement: "$1"},
		},
	}
	for _, change := range changes {
		change(&config.Spec)
	}
	return config
}

func (t *tenant) credentials(password string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: t.key.Namespace, Name: credentialsName},
		StringData: map[string]string{"username": t.jira.User, "password": password},
	}
}

func (t *tenant) waitReady(ctx context.Context) {
	GinkgoHelper()
	_, err := env.WaitForSyncConfig(ctx, t.key)
	Expect(err).NotTo(HaveOccurred())
}

func (t *tenant) learnToken(ctx context.Context) {
	GinkgoHelper()
	Eventually(func() error {
		config, err := t.read(ctx)
		if err != nil {
			return err
		}
		t.token, err = env.SCIMToken(ctx, config)
		return err
	}).Should(Succeed())
	secrets.add("a SCIM token", t.token)
}

// okta is an Okta app that provisions to this SyncConfig by way of a replica.
func (t *tenant) okta(app okta.App, replica *localenv.Manager) *okta.Client {
	return okta.New(t.baseURL(replica), t.token, app)
}

func (t *tenant) baseURL(replica *localenv.Manager) string {
	return replica.SCIMURL + "/scim/v2/" + t.key.Namespace + "/" + t.key.Name
}

// read reads the SyncConfig.
func (t *tenant) read(ctx context.Context) (*v1alpha1.SyncConfig, error) {
	config := &v1alpha1.SyncConfig{}
	err := kube.Get(ctx, t.key, config)
	return config, err
}

// edit changes the spec of the SyncConfig, as an administrator does.
func (t *tenant) edit(ctx context.Context, change func(*v1alpha1.SyncConfigSpec)) {
	GinkgoHelper()
	Eventually(func() error {
		config, err := t.read(ctx)
		if err != nil {
			return err
		}
		change(&config.Spec)
		return kube.Update(ctx, config)
	}).Should(Succeed())
}

// users and groups are the custom resources of this SyncConfig.
func (t *tenant) users(ctx context.Context) []v1alpha1.ProvisionedUser {
	GinkgoHelper()
	var list v1alpha1.ProvisionedUserList
	Expect(kube.List(ctx, &list, client.InNamespace(t.key.Namespace))).To(Succeed())
	return list.Items
}

func (t *tenant) groups(ctx context.Context) []v1alpha1.ProvisionedGroup {
	GinkgoHelper()
	var list v1alpha1.ProvisionedGroupList
	Expect(kube.List(ctx, &list, client.InNamespace(t.key.Namespace))).To(Succeed())
	return list.Items
}

// user and group are the custom resource with a SCIM id.
func (t *tenant) user(ctx context.Context, id string) (*v1alpha1.ProvisionedUser, error) {
	var list v1alpha1.ProvisionedUserList
	if err := t.withID(ctx, &list, id); err != nil || len(list.Items) != 1 {
		return nil, notOne(id, len(list.Items), err)
	}
	return &list.Items[0], nil
}

func (t *tenant) group(ctx context.Context, id string) (*v1alpha1.ProvisionedGroup, error) {
	var list v1alpha1.ProvisionedGroupList
	if err := t.withID(ctx, &list, id); err != nil || len(list.Items) != 1 {
		return nil, notOne(id, len(list.Items), err)
	}
	return &list.Items[0], nil
}

func (t *tenant) withID(ctx context.Context, list client.ObjectList, id string) error {
	return kube.List(ctx, list, client.InNamespace(t.key.Namespace), client.MatchingLabels{v1alpha1.LabelID: id})
}

// paused is a change of a SyncConfig: SCIM is answered, directories rest.
func paused(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModePaused }
