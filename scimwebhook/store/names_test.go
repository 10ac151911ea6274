package store

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/util/validation"
)

func TestObjectName(t *testing.T) {
	long := strings.Repeat("a", 253)
	for _, tt := range []struct {
		name, syncConfig, userName string
		n                          int
		want                       string
	}{
		{"readable", "okta", "Test.User@Okta.local", 1, `^test-user-okta-local-[0-9a-f]{16}$`},
		{"suffix", "okta", "alice", 3, `^alice-[0-9a-f]{16}-3$`},
		{"cut before a hyphen", "okta", strings.Repeat("a", 39) + ".b", 1, `^a{39}-[0-9a-f]{16}$`},
		{"nothing readable", "okta", "李小龍", 1, `^[0-9a-f]{16}$`},
		{"long", long, long, 20, `^a{40}-[0-9a-f]{16}-20$`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := NewWithT(t)
			got := objectName(Scope{SyncConfig: tt.syncConfig}, tt.userName, tt.n)
			g.Expect(got).To(MatchRegexp(tt.want))
			g.Expect(validation.IsDNS1123Label(got)).To(BeEmpty())
		})
	}
}

func TestObjectNameDependsOnSyncConfigAndFoldedName(t *testing.T) {
	g := NewWithT(t)
	okta, entra := Scope{SyncConfig: "okta"}, Scope{SyncConfig: "entra"}
	g.Expect(objectName(okta, "Alice", 1)).To(Equal(objectName(okta, "aLICE", 1)))
	g.Expect(objectName(okta, "alice", 1)).NotTo(Equal(objectName(entra, "alice", 1)))
	g.Expect(objectName(okta, "a.b", 1)).NotTo(Equal(objectName(okta, "a-b", 1)))
}

func TestLabelsAreValidForAnySyncConfigName(t *testing.T) {
	g := NewWithT(t)
	for _, name := range []string{"okta", "a.b-c", strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("b", 253)} {
		g.Expect(validation.IsValidLabelValue(labelValue(name))).To(BeEmpty(), name)
	}
	g.Expect(labelValue(strings.Repeat("a", 64))).NotTo(Equal(labelValue(strings.Repeat("a", 65))))
}
