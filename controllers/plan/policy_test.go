package plan

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

func TestCompile(t *testing.T) {
	directories := func(urls ...string) v1alpha1.SyncConfigSpec {
		var spec v1alpha1.SyncConfigSpec
		for _, url := range urls {
			spec.Directories = append(spec.Directories, v1alpha1.DirectorySpec{Name: url, Product: v1alpha1.ProductJira, URL: url})
		}
		return spec
	}
	tests := []struct {
		name  string
		spec  v1alpha1.SyncConfigSpec
		field string
	}{
		{"address", directories("https://jira.example.com", "https://%zz"), "spec.directories[1].url"},
		{"credentials in an address", directories("https://a:b@jira.example.com"), "spec.directories[0].url"},
		{"one directory twice", directories("https://jira.example.com/x", "https://JIRA.example.com/x/"), "spec.directories[1].url"},
		{"regex", v1alpha1.SyncConfigSpec{Username: v1alpha1.UsernameSpec{Regex: "("}}, "spec.username"},
		{"replacement", v1alpha1.SyncConfigSpec{Username: v1alpha1.UsernameSpec{Regex: "a", Replacement: "$1"}}, "spec.username"},
		{"protected user", v1alpha1.SyncConfigSpec{Protected: v1alpha1.ProtectedSpec{Users: []string{"ok", "("}}}, "spec.protected.users[1]"},
		{"protected group", v1alpha1.SyncConfigSpec{Protected: v1alpha1.ProtectedSpec{Groups: []string{"["}}}, "spec.protected.groups[0]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compile(&test.spec)
			NewWithT(t).Expect(err).To(MatchError(HavePrefix(test.field + ": ")))
		})
	}
	t.Run("two directories on one host", func(t *testing.T) {
		spec := directories("https://example.com/jira", "https://example.com/other")
		_, err := Compile(&spec)
		NewWithT(t).Expect(err).NotTo(HaveOccurred())
	})
	t.Run("the switches are on unless turned off", func(t *testing.T) {
		g := NewWithT(t)
		policy, err := Compile(&v1alpha1.SyncConfigSpec{Provisioning: v1alpha1.ProvisioningSpec{DisableUsers: new(false)}})
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect([]bool{policy.ImportUsers, policy.UpdateUsers, policy.EnableUsers, policy.DisableUsers, policy.SyncGroups, policy.CreateGroups}).
			To(Equal([]bool{true, true, true, false, true, true}))
	})
	t.Run("the account that signs in, and its groups, are protected", func(t *testing.T) {
		g := NewWithT(t)
		policy := everything().Protect(directory.Info{Self: "Robot", SelfGroups: []string{"jira-administrators"}})
		g.Expect(policy.ProtectedUsers.Contain("robot")).To(BeTrue())
		g.Expect(policy.ProtectedUsers.Contain("ada")).To(BeFalse())
		g.Expect(policy.ProtectedGroups.Contain("JIRA-administrators")).To(BeTrue())
	})
	t.Run("a protected name is matched whole", func(t *testing.T) {
		policy := everything()
		protect(t, "admin")(&policy)
		NewWithT(t).Expect(policy.ProtectedUsers.Contain("administrator")).To(BeFalse())
	})
}
