package manager

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/apitest"
)

// full has everything that has defaults inside, and some of its own.
const full = manifest + `  - {name: second, product: Crowd, url: https://crowd.example.com, credentialsSecretName: crowd, requestsPerSecond: 3,
     username: {regex: x}, provisioning: {disableUsers: false}, groups: {membership: Additive}}
  mode: DryRun
  username: {regex: "(.*)@.*", replacement: $1}
  provisioning: {updateUsers: false}
  removalLimit: {users: {maxPercent: 0}, window: 2h}
  resync: {interval: 30m}
`

func parse(t *testing.T, text string) *v1alpha1.SyncConfig {
	configs, err := readSyncConfigs(stdinPath, strings.NewReader(text))
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	NewWithT(t).Expect(configs).To(HaveLen(1))
	return configs[0]
}

// TestAdmitWithoutTheRightToWrite compares what admit makes for somebody who
// may only read with what the API server makes for an administrator.
func TestAdmitWithoutTheRightToWrite(t *testing.T) {
	g, ctx := NewWithT(t), t.Context()
	env, err := apitest.Start(filepath.Join("..", "..", "config", "crd", "bases"))
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { g.Expect(env.Stop()).To(Succeed()) })
	g.Expect(env.Client.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "identity"}})).To(Succeed())
	role := &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: "reader"},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{"atlassync.dev"}, Resources: []string{"syncconfigs"}, Verbs: []string{"get"}}},
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: role.ObjectMeta,
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: "reader"}},
	}
	g.Expect(env.Client.Create(ctx, role)).To(Succeed())
	g.Expect(env.Client.Create(ctx, binding)).To(Succeed())
	as := env.Config()
	as.Impersonate = rest.ImpersonationConfig{UserName: "reader", Groups: []string{"system:authenticated"}}
	reader, err := client.New(as, client.Options{Scheme: env.Client.Scheme()})
	g.Expect(err).NotTo(HaveOccurred())

	// same admits a text for both and compares them.
	same := func(text, verb string) *v1alpha1.SyncConfig {
		var silence, notes bytes.Buffer
		checked, err := admit(ctx, env.Client, &silence, parse(t, text))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(silence.String()).To(BeEmpty())
		var unchecked *v1alpha1.SyncConfig
		g.Eventually(func() error { // the authorizer learns of a role by a watch
			notes.Reset()
			unchecked, err = admit(ctx, reader, &notes, parse(t, text))
			return err
		}).Should(Succeed())
		g.Expect(notes.String()).To(And(HavePrefix("SyncConfig identity/okta: "), ContainSubstring("the right to "+verb+" syncconfigs")))
		g.Expect(unchecked.Spec).To(Equal(checked.Spec))
		g.Expect(unchecked.Status).To(Equal(checked.Status))
		g.Expect(unchecked.Generation).To(Equal(checked.Generation))
		g.Expect(unchecked.Labels).To(Equal(checked.Labels))
		g.Expect(unchecked.Annotations).To(Equal(checked.Annotations))
		g.Expect(unchecked.UID).NotTo(BeEmpty())
		g.Expect(unchecked.CreationTimestamp.IsZero()).To(BeFalse())
		return unchecked
	}
	same(manifest, "create")
	g.Expect(same(full, "create").Spec.Directories[1].RequestsPerSecond).To(Equal(int32(3)), "what is given stays")

	present := parse(t, full)
	present.Labels, present.Annotations = map[string]string{"shard": "a", "team": "b"}, map[string]string{"by": "hand"}
	g.Expect(env.Client.Create(ctx, present)).To(Succeed())
	present.Status.ObservedGeneration, present.Status.LastRequestedAt = 1, "now"
	g.Expect(env.Client.Status().Update(ctx, present)).To(Succeed())
	labelled := strings.Replace(full, "metadata: {name: okta,", "metadata: {labels: {team: c}, name: okta,", 1)
	unchanged := same(labelled, "update")
	g.Expect(unchanged.UID).To(Equal(present.UID))
	g.Expect(unchanged.Generation).To(Equal(int64(1)))
	g.Expect(unchanged.Status.LastRequestedAt).To(Equal("now"))
	g.Expect(unchanged.Labels).To(Equal(map[string]string{"shard": "a", "team": "c"}))
	g.Expect(unchanged.Annotations).To(Equal(map[string]string{"by": "hand"}), "as kubectl apply leaves it")
	g.Expect(same(manifest, "update").Generation).To(Equal(int64(2)))

	// A webhook answers Forbidden as well, to somebody who may write.
	refuse := interceptor.NewClient(watching(t, env), interceptor.Funcs{
		Update: func(context.Context, client.WithWatch, client.Object, ...client.UpdateOption) error {
			return apierrors.NewForbidden(v1alpha1.GroupVersion.WithResource("syncconfigs").GroupResource(), "okta", errors.New("a policy denied it"))
		},
	})
	_, err = admit(ctx, refuse, &bytes.Buffer{}, parse(t, manifest))
	g.Expect(err).To(MatchError(And(ContainSubstring("have the API server check it"), ContainSubstring("a policy denied it"))))

	nobody := env.Config()
	nobody.Impersonate = rest.ImpersonationConfig{UserName: "nobody"}
	stranger, err := client.New(nobody, client.Options{Scheme: env.Client.Scheme()})
	g.Expect(err).NotTo(HaveOccurred())
	_, err = admit(ctx, stranger, &bytes.Buffer{}, parse(t, manifest))
	g.Expect(err).To(MatchError(ContainSubstring("read what is there now")), "who may not read cannot plan")
}

func watching(t *testing.T, env *apitest.Env) client.WithWatch {
	c, err := client.NewWithWatch(env.Config(), client.Options{Scheme: env.Client.Scheme()})
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return c
}
