package controllers

import (
	"testing"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

func TestPoliciesFollowTheSpec(t *testing.T) {
	g, c := NewWithT(t), newCompiled()
	config := &v1alpha1.SyncConfig{
		ObjectMeta: metav1.ObjectMeta{Namespace: "people", Name: "okta", UID: "1", Generation: 1},
		Spec:       v1alpha1.SyncConfigSpec{Directories: []v1alpha1.DirectorySpec{{Name: "jira", URL: "https://jira.example.com"}}},
	}
	username := func() string {
		policies, err := c.policies(config)
		g.Expect(err).NotTo(HaveOccurred())
		return policies.For("jira").Username.Apply("Ada")
	}
	g.Expect(username()).To(Equal("Ada"))

	config.Spec.Username.Case, config.Generation = v1alpha1.CaseLower, 2
	g.Expect(username()).To(Equal("ada"), "it was changed")
	config.Spec.Username.Case, config.UID = "", "2"
	g.Expect(username()).To(Equal("Ada"), "it was deleted and made anew")

	config.Spec.Directories[0].URL, config.Generation = "nowhere", 3
	for range 2 {
		_, err := c.policies(config)
		g.Expect(err).To(MatchError(ContainSubstring("spec.directories[0].url")), "each time")
	}
	c.forget(client.ObjectKeyFromObject(config))
	g.Expect(c.specs).To(BeEmpty())
}
