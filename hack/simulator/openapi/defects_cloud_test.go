package openapi

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	. "github.com/onsi/gomega"
)

// A vendor that mends its document makes the table wrong, and must be noticed.
func TestADefectThatIsNotThereIsAnError(t *testing.T) {
	folder, err := specsFolder()
	if errors.Is(err, ErrNoSpecs) {
		t.Skip(err)
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder, cloudDocument))
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	for _, d := range cloudSchemaDefects {
		g := NewWithT(t)
		g.Expect(mendSchemas(doc, []schemaDefect{d})).To(Succeed())
		g.Expect(mendSchemas(doc, []schemaDefect{d})).To(MatchError(ContainSubstring(d.reason)))
	}
	absent := schemaDefect{schema: "Nothing", reason: "it is gone"}
	NewWithT(t).Expect(mendSchemas(doc, []schemaDefect{absent})).To(MatchError(ContainSubstring("it is gone")))
}
