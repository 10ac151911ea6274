package manager

import (
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// countingMapper knows one kind, once it is installed.
type countingMapper struct {
	meta.RESTMapper

	installed bool
	asked     int
}

func (m *countingMapper) RESTMapping(kind schema.GroupKind, versions ...string) (*meta.RESTMapping, error) {
	m.asked++
	if !m.installed {
		return nil, &meta.NoKindMatchError{GroupKind: kind, SearchedVersions: versions}
	}
	return &meta.RESTMapping{GroupVersionKind: kind.WithVersion(versions[0])}, nil
}

func TestMappingsAreRememberedOnceTheyAreKnown(t *testing.T) {
	g := NewWithT(t)
	upstream := &countingMapper{}
	mapper := &rememberingMapper{RESTMapper: upstream}
	kind := schema.GroupKind{Group: "atlassync.dev", Kind: "ProvisionedUser"}
	_, err := mapper.RESTMapping(kind, "v1alpha1")
	g.Expect(meta.IsNoMatchError(err)).To(BeTrue())

	upstream.installed = true
	for range 3 {
		mapping, err := mapper.RESTMapping(kind, "v1alpha1")
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(mapping.GroupVersionKind).To(Equal(kind.WithVersion("v1alpha1")))
	}
	g.Expect(upstream.asked).To(Equal(2))
	_, err = mapper.RESTMapping(kind, "v1", "v2")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(upstream.asked).To(Equal(3))
}
