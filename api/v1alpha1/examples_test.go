package v1alpha1_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	. "github.com/atlassync/atlassync/api/v1alpha1"
)

// documentedExamples: everything in YAML that the pages show can be applied, a
// part of a SyncConfig in one that has nothing else.
func documentedExamples(t *testing.T, c client.Client) {
	found := 0
	for _, page := range pages(t) {
		text := read(t, page)
		for i, example := range yamlBlocks(text) {
			for j, document := range strings.Split(example, "\n---\n") {
				found++
				t.Run(filepath.Base(page)+" "+strconv.Itoa(i+1)+"."+strconv.Itoa(j+1), func(t *testing.T) {
					g := NewWithT(t)
					object := objectOf(t, document)
					if object.GetKind() == "Kustomization" || object.Object["args"] != nil {
						return // for kustomize, and a part of a Deployment
					}
					object.SetNamespace("")
					g.Expect(c.Create(t.Context(), object, client.DryRunAll, client.FieldValidation("Strict"))).To(Succeed(), document)
				})
			}
		}
	}
	NewWithT(t).Expect(found).To(BeNumerically(">", 15), "there are more examples than that")
}

// objectOf is the object that an example shows or is a part of.
func objectOf(t *testing.T, document string) *unstructured.Unstructured {
	t.Helper()
	g := NewWithT(t)
	object := &unstructured.Unstructured{}
	g.Expect(yaml.UnmarshalStrict([]byte(document), &object.Object)).To(Succeed(), document)
	if object.GetKind() == "" && object.Object["args"] == nil {
		g.Expect(object.Object).To(And(HaveLen(1), HaveKey("spec")), "an example is an object, or the spec of a SyncConfig:\n%s", document)
		object.SetAPIVersion(GroupVersion.String())
		object.SetKind("SyncConfig")
		object.SetName("example")
	}
	if object.GetKind() != "SyncConfig" {
		return object
	}
	if _, has, _ := unstructured.NestedSlice(object.Object, "spec", "directories"); !has {
		jira := map[string]any{"name": "jira", "product": "Jira", "url": "https://jira.example.com", "credentialsSecretName": "jira-admin"}
		g.Expect(unstructured.SetNestedSlice(object.Object, []any{jira}, "spec", "directories")).To(Succeed())
	}
	return object
}

// yamlBlocks are the YAML examples of a page.
func yamlBlocks(page string) []string {
	var blocks []string
	for i, part := range strings.Split(page, "```yaml\n") {
		if i > 0 {
			block, _, _ := strings.Cut(part, "```")
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// pages are the pages for users.
func pages(t *testing.T) []string {
	t.Helper()
	found := []string{filepath.Join("..", "..", "README.md")}
	NewWithT(t).Expect(filepath.WalkDir(filepath.Join("..", "..", "docs"), func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".md") {
			found = append(found, path)
		}
		return err
	})).To(Succeed())
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return string(content)
}

// TestReasonsAreExplained: whatever condition, reason or event somebody sees,
// the page about troubleshooting has it.
func TestReasonsAreExplained(t *testing.T) {
	page := read(t, filepath.Join("..", "..", "docs", "troubleshooting.md"))
	words := map[string]bool{}
	for _, word := range strings.FieldsFunc(page, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		words[word] = true
	}
	for name, value := range constants(t, "conditions.go") {
		if !words[value] {
			t.Errorf("docs/troubleshooting.md does not say what %s (%s) means and what to do", value, name)
		}
	}
}

// constants are the string constants of a file by their names.
func constants(t *testing.T, file string) map[string]string {
	t.Helper()
	g := NewWithT(t)
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	g.Expect(err).NotTo(HaveOccurred())
	found := map[string]string{}
	ast.Inspect(tree, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, value := range spec.Values {
			if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, err := strconv.Unquote(literal.Value)
				g.Expect(err).NotTo(HaveOccurred())
				found[spec.Names[i].Name] = text
			}
		}
		return true
	})
	g.Expect(len(found)).To(BeNumerically(">", 50))
	return found
}
