package manager

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/client-go/rest"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers"
)

const manifest = `apiVersion: v1
kind: Secret
metadata: {name: jira-admin}
---
apiVersion: atlassync.dev/v1alpha1
kind: SyncConfig
metadata: {name: okta, namespace: identity}
spec:
  directories:
  - {name: jira, product: Jira, url: https://jira.example.com, credentialsSecretName: jira-admin}
`

func TestReadSyncConfigs(t *testing.T) {
	for _, row := range []struct {
		name  string
		files map[string]string
		want  []string
		err   string
	}{
		{"other kinds are left out", map[string]string{"a.yaml": manifest}, []string{"okta"}, ""},
		{"all files of a folder", map[string]string{"b.yml": strings.ReplaceAll(manifest, "okta", "entra"), "a.yaml": manifest, "README.md": "no"}, []string{"okta", "entra"}, ""},
		{"an unknown field", map[string]string{"a.yaml": manifest + "  modus: DryRun\n"}, nil, `unknown field "spec.modus"`},
		{"a field twice", map[string]string{"a.yaml": manifest + "  mode: DryRun\n  mode: Paused\n"}, nil, `already set`},
		{"no namespace", map[string]string{"a.yaml": strings.ReplaceAll(manifest, ", namespace: identity", "")}, nil, "no metadata.namespace"},
		{"the same twice", map[string]string{"a.yaml": manifest, "b.yaml": manifest}, nil, "SyncConfig identity/okta is there twice"},
		{"none", map[string]string{"a.yaml": "kind: Secret\n"}, nil, "there is no SyncConfig"},
		{"no YAML", map[string]string{"a.yaml": "a: b: c"}, nil, "a.yaml: read a document"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := NewWithT(t)
			folder := t.TempDir()
			for name, content := range row.files {
				g.Expect(os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600)).To(Succeed())
			}
			configs, err := readSyncConfigs(folder, nil)
			if row.err != "" {
				g.Expect(err).To(MatchError(ContainSubstring(row.err)))
				return
			}
			g.Expect(err).NotTo(HaveOccurred())
			var names []string
			for _, config := range configs {
				names = append(names, config.Name)
			}
			g.Expect(names).To(Equal(row.want))
		})
	}
}

func TestReadSyncConfigsElsewhere(t *testing.T) {
	g := NewWithT(t)
	g.Expect(readSyncConfigs("-", strings.NewReader(manifest))).To(HaveLen(1))
	_, err := readSyncConfigs("nowhere.yaml", nil)
	g.Expect(err).To(MatchError(os.ErrNotExist))
}

func TestPlanUsage(t *testing.T) {
	nowhere := func() (*rest.Config, error) { return nil, errors.New("no kubeconfig") }
	file := filepath.Join(t.TempDir(), "okta.yaml")
	NewWithT(t).Expect(os.WriteFile(file, []byte(manifest), 0o600)).To(Succeed())
	for _, args := range [][]string{nil, {"-f", file, "more"}, {"-f", file, "-o", "xml"}, {"-x"}} {
		err := Plan(t.Context(), Streams{&bytes.Buffer{}, &bytes.Buffer{}}, nowhere, args)
		NewWithT(t).Expect(err).To(MatchError(Or(ContainSubstring("usage: atlassync plan"), ContainSubstring("see atlassync plan"))), "%v", args)
	}
	err := Plan(t.Context(), Streams{&bytes.Buffer{}, &bytes.Buffer{}}, nowhere, []string{"-f", file})
	NewWithT(t).Expect(err).To(MatchError("find the Kubernetes API server: no kubeconfig"))
}

func TestTokenUsage(t *testing.T) {
	nowhere := func() (*rest.Config, error) { return nil, errors.New("no kubeconfig") }
	for _, args := range [][]string{nil, {"okta"}, {"identity/"}, {"--rotate", "--finish", "identity/okta"}, {"identity/okta", "more"}} {
		NewWithT(t).Expect(Token(t.Context(), Streams{&bytes.Buffer{}, &bytes.Buffer{}}, nowhere, args)).To(MatchError(ContainSubstring("usage: atlassync token")), "%v", args)
	}
}

func TestPrintPreviews(t *testing.T) {
	for _, row := range []struct {
		name    string
		preview controllers.ConfigPreview
		want    string
	}{
		{"changes", controllers.ConfigPreview{
			Namespace: "identity", Name: "okta", Mode: v1alpha1.ModeEnforce,
			Planned: []controllers.Planned{
				{Directory: "jira", Kind: "user", Name: "ada@example.com", Action: "create", Reason: "Planned", Detail: "Active as ada"},
				{Directory: "jira", Kind: "user", Name: "bob", Reason: "DuplicateUsername", Detail: "taken"},
			},
			Counts: v1alpha1.PlannedCounts{Users: v1alpha1.PlannedActions{Create: 1}},
		}, `SyncConfig identity/okta
DIRECTORY   KIND   NAME              ACTION   DETAIL
jira        user   ada@example.com   create   Active as ada
jira        user   bob               none     DuplicateUsername: taken
1 to create, 0 to update, 0 to disable, 0 held
`},
		{"paused", controllers.ConfigPreview{Namespace: "identity", Name: "okta", Mode: v1alpha1.ModePaused},
			"SyncConfig identity/okta\nmode is Paused: nothing is written to any directory\n"},
		{"a dry run", controllers.ConfigPreview{Namespace: "identity", Name: "okta", Mode: v1alpha1.ModeDryRun},
			"SyncConfig identity/okta\nmode is DryRun: this is what Enforce would do\n0 to create, 0 to update, 0 to disable, 0 held\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := NewWithT(t)
			var out bytes.Buffer
			g.Expect(printPreviews(&out, []controllers.ConfigPreview{row.preview})).To(Succeed())
			g.Expect(out.String()).To(Equal(row.want))
		})
	}
}
