package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// ran is how a command ended.
type ran struct {
	Code     int
	Out, Err string
}

// atlassync runs the binary as an administrator does.
func atlassync(ctx context.Context, args ...string) ran {
	GinkgoHelper()
	return atlassyncAs(ctx, env.AdminKubeconfig, args...)
}

// atlassyncAs runs the binary with a kubeconfig.
func atlassyncAs(ctx context.Context, kubeconfig string, args ...string) ran {
	GinkgoHelper()
	var out, errs bytes.Buffer
	command := exec.CommandContext(ctx, filepath.Join(env.Dir, "atlassync"), args...)
	command.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig)
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return ran{ended.ExitCode(), out.String(), errs.String()}
	}
	Expect(err).NotTo(HaveOccurred())
	return ran{0, out.String(), errs.String()}
}

// manifest writes the SyncConfig, changed, to a file as it would be in Git.
func (t *tenant) manifest(changes ...func(*v1alpha1.SyncConfigSpec)) string {
	GinkgoHelper()
	config := t.config(changes...)
	config.TypeMeta = metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "SyncConfig"}
	content, err := json.Marshal(map[string]any{
		"apiVersion": config.APIVersion, "kind": config.Kind, "spec": config.Spec,
		"metadata": map[string]string{"namespace": config.Namespace, "name": config.Name},
	})
	Expect(err).NotTo(HaveOccurred())
	file := filepath.Join(GinkgoT().TempDir(), "okta.yaml")
	Expect(os.WriteFile(file, content, 0o600)).To(Succeed())
	return file
}

var _ = Describe("The binary", func() {
	It("plans what a change would do, with an exit code for the pipeline", func(ctx SpecContext) {
		t := newTenant(ctx)
		user, err := t.okta(okta.Template, replicas[0]).AssignUser(ctx, newPerson("ada.lovelace", "Ada", "Lovelace").Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectUser(ctx, user.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
		before := len(writes(t.jira))

		Expect(atlassync(ctx, "plan", "-f", t.manifest())).To(And(
			HaveField("Code", 0), HaveField("Out", ContainSubstring("0 to create, 0 to update, 0 to disable, 0 held"))))
		upper := func(spec *v1alpha1.SyncConfigSpec) {
			spec.Username = v1alpha1.UsernameSpec{Regex: "(.*)@.*", Replacement: "x-$1"}
		}
		Expect(atlassync(ctx, "plan", "-f", t.manifest(upper))).To(And(
			HaveField("Code", 2), HaveField("Err", ""),
			HaveField("Out", And(ContainSubstring("rename"), ContainSubstring("0 to create, 1 to update, 0 to disable, 0 held")))))
		shown := atlassync(ctx, "plan", "-o", "json", "-f", filepath.Dir(t.manifest(upper)))
		Expect(shown.Code).To(Equal(2))
		var previews []map[string]any
		Expect(json.Unmarshal([]byte(shown.Out), &previews)).To(Succeed())
		Expect(previews).To(ConsistOf(HaveKeyWithValue("planned", ConsistOf(And(
			HaveKeyWithValue("name", "ada.lovelace@example.com"), HaveKeyWithValue("action", "rename"))))))

		By("refusing what the API server refuses")
		Expect(atlassync(ctx, "plan", "-f", t.manifest(func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = "Soon" }))).To(And(
			HaveField("Code", 1), HaveField("Err", ContainSubstring("spec.mode"))))
		Expect(atlassync(ctx, "plan", "-f", "nowhere.yaml").Code).To(Equal(1))

		By("planning for a SyncConfig that is not there yet")
		later := &tenant{key: t.key, jira: t.jira}
		later.key.Name = "later"
		Expect(atlassync(ctx, "plan", "-f", later.manifest())).To(HaveField("Code", 0))
		Expect(writes(t.jira)).To(HaveLen(before), "a plan writes nothing")
	})

	It("shows what a regex makes of usernames", func(ctx SpecContext) {
		Expect(atlassync(ctx, "username", "--regex", "(.*)@.*", "--replacement", "$1", "ada@example.com")).To(And(
			HaveField("Code", 0), HaveField("Out", MatchRegexp(`(?m)^ada@example.com +ada +$`))))
		Expect(atlassync(ctx, "username", "--regex", "(?=x)", "ada")).To(And(HaveField("Code", 1), HaveField("Err", ContainSubstring("look-around"))))
		Expect(atlassync(ctx, "nonsense")).To(And(HaveField("Code", 1), HaveField("Err", ContainSubstring("orphans, plan, token, username"))))
		Expect(atlassync(ctx, "plan", "-help")).To(And(HaveField("Code", 0), HaveField("Out", HavePrefix("usage: atlassync plan"))))
	})

	It("rotates a token without an outage", func(ctx SpecContext) {
		t := newTenant(ctx)
		key := t.key.String()
		reach := func(token string) func() int {
			with := &tenant{key: t.key, jira: t.jira, token: token}
			return func() int { return with.send(ctx, http.MethodGet, "/Users", "").Status }
		}
		Expect(atlassync(ctx, "token", key)).To(And(HaveField("Code", 1), HaveField("Err", ContainSubstring("use --rotate"))))
		Expect(atlassync(ctx, "token", "--finish", key).Code).To(Equal(1))
		made := atlassync(ctx, "token", "--rotate", key)
		Expect(made.Code).To(Equal(0))
		next := strings.TrimSpace(made.Out)
		config, err := t.read(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(config.Status.SCIM.BaseURL).NotTo(BeEmpty())
		Expect(made.Err).To(And(ContainSubstring(config.Status.SCIM.BaseURL), Not(ContainSubstring(next))))
		secrets.add("a SCIM token", next)
		Expect(atlassync(ctx, "token", "--rotate", key)).To(HaveField("Code", 1), "two are enough")
		Eventually(reach(next)).Should(Equal(http.StatusOK))
		Expect(reach(t.token)()).To(Equal(http.StatusOK))
		Expect(atlassync(ctx, "token", "--finish", key)).To(HaveField("Code", 0))
		Eventually(reach(t.token)).Should(Equal(http.StatusUnauthorized))
		Expect(reach(next)()).To(Equal(http.StatusOK))
	})

	It("looks at everything when the SyncConfig is annotated", func(ctx SpecContext) {
		t := newTenant(ctx)
		user, err := t.okta(okta.Template, replicas[0]).AssignUser(ctx, newPerson("ada.lovelace", "Ada", "Lovelace").Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectUser(ctx, user.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
		Expect(t.jira.Simulator.ChangeUser("ada.lovelace", func(u *userbase.User) { u.DisplayName = "Meddled" })).To(Succeed())
		config, err := t.read(ctx)
		Expect(err).NotTo(HaveOccurred())
		patch := client.RawPatch(types.MergePatchType, []byte(`{"metadata":{"annotations":{"atlassync.dev/requested-at":"2026-01-01T00:00:00Z"}}}`))
		Expect(kube.Patch(ctx, config, patch)).To(Succeed())
		Eventually(func() string {
			account, _ := t.jira.Simulator.User("ada.lovelace")
			return account.DisplayName
		}).Should(Equal("Ada Lovelace"))
		Eventually(func() (string, error) {
			config, err := t.read(ctx)
			return config.Status.LastRequestedAt, err
		}).Should(Equal("2026-01-01T00:00:00Z"))
	})
})
