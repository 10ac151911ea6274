package plan

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// entries are directories of Jira at these addresses, named a, b, c.
func entries(urls ...string) []v1alpha1.DirectorySpec {
	var entries []v1alpha1.DirectorySpec
	for i, url := range urls {
		entries = append(entries, v1alpha1.DirectorySpec{Name: string(rune('a' + i)), Product: v1alpha1.ProductJira, URL: url})
	}
	return entries
}

// TestCompileRefused has a row for each thing that only shows when compiled.
func TestCompileRefused(t *testing.T) {
	two := func(change func(*v1alpha1.DirectorySpec)) v1alpha1.SyncConfigSpec {
		directories := entries("https://a.example.com", "https://b.example.com")
		change(&directories[1])
		return v1alpha1.SyncConfigSpec{Directories: directories}
	}
	tests := []struct {
		name  string
		spec  v1alpha1.SyncConfigSpec
		field string
	}{
		{"address", v1alpha1.SyncConfigSpec{Directories: entries("https://jira.example.com", "https://%zz")}, "spec.directories[1].url"},
		{"credentials in an address", v1alpha1.SyncConfigSpec{Directories: entries("https://a:b@jira.example.com")}, "spec.directories[0].url"},
		{"one directory twice", v1alpha1.SyncConfigSpec{Directories: entries("https://jira.example.com/x", "https://JIRA.example.com/x/")}, "spec.directories[1].url"},
		{"regex", v1alpha1.SyncConfigSpec{Username: v1alpha1.UsernameSpec{Regex: "("}}, "spec.username.regex"},
		{"replacement", v1alpha1.SyncConfigSpec{Username: v1alpha1.UsernameSpec{Regex: "a", Replacement: "$1"}}, "spec.username.replacement"},
		{"regex of a directory", two(func(d *v1alpha1.DirectorySpec) { d.Username.Regex = new("(") }), "spec.directories[1].username.regex"},
		{"replacement of a directory", two(func(d *v1alpha1.DirectorySpec) { d.Username.Regex, d.Username.Replacement = new("a"), "$1" }), "spec.directories[1].username.replacement"},
		{"protected user", v1alpha1.SyncConfigSpec{Protected: v1alpha1.ProtectedSpec{Users: []string{"ok", "("}}}, "spec.protected.users[1]"},
		{"protected group", v1alpha1.SyncConfigSpec{Protected: v1alpha1.ProtectedSpec{Groups: []string{"["}}}, "spec.protected.groups[0]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compile(&test.spec)
			NewWithT(t).Expect(err).To(MatchError(HavePrefix(test.field + ": ")))
		})
	}
}

func TestDirectoriesThatDiffer(t *testing.T) {
	twin := func(change func(*v1alpha1.DirectorySpec)) []v1alpha1.DirectorySpec {
		directories := entries("https://example.com", "https://example.com")
		change(&directories[0])
		change(&directories[1])
		return directories
	}
	cloud := func(d *v1alpha1.DirectorySpec) { d.Product, d.DirectoryID = v1alpha1.ProductCloud, "id-of-"+d.Name }
	named := func(product v1alpha1.Product) func(*v1alpha1.DirectorySpec) {
		return func(d *v1alpha1.DirectorySpec) { d.Product, d.DirectoryName = product, "directory "+d.Name }
	}
	tests := []struct {
		name        string
		directories []v1alpha1.DirectorySpec
		same        bool
	}{
		{"two on one host", entries("https://example.com/jira", "https://example.com/other"), false},
		{"two products at one address", twin(func(d *v1alpha1.DirectorySpec) {
			if d.Name == "b" {
				d.Product = v1alpha1.ProductCrowd
			}
		}), false},
		{"two directories of Cloud", twin(cloud), false},
		{"one directory of Cloud twice", twin(func(d *v1alpha1.DirectorySpec) { cloud(d); d.DirectoryID = "one" }), true},
		{"two directories of one Crowd, each with its application", twin(named(v1alpha1.ProductCrowd)), false},
		{"a product that writes to one directory, whatever it is called", twin(named(v1alpha1.ProductJira)), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compile(&v1alpha1.SyncConfigSpec{Directories: test.directories})
			if !test.same {
				NewWithT(t).Expect(err).NotTo(HaveOccurred())
				return
			}
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring("a and b are the same directory")))
		})
	}
}

// TestOverrides changes one field for one directory: that alone is different
// there, and nothing is for the other.
func TestOverrides(t *testing.T) {
	tests := []struct {
		name     string
		override func(*v1alpha1.DirectorySpec)
		changes  func(*Policy)
	}{
		{"nothing", func(*v1alpha1.DirectorySpec) {}, func(*Policy) {}},
		{"username.regex with its replacement", func(d *v1alpha1.DirectorySpec) {
			d.Username = v1alpha1.UsernameOverride{Regex: new("@.*"), Replacement: "-x"}
		}, func(p *Policy) { p.Username = username(t, "@.*", "-x", false) }},
		{"username.regex, empty", func(d *v1alpha1.DirectorySpec) { d.Username.Regex = new("") },
			func(p *Policy) { p.Username = Username{} }},
		{"username.case", func(d *v1alpha1.DirectorySpec) { d.Username.Case = v1alpha1.CaseLower },
			func(p *Policy) { p.Username.lower = true }},
		{"importUsers", func(d *v1alpha1.DirectorySpec) { d.Provisioning.ImportUsers = new(false) }, func(p *Policy) { p.ImportUsers = false }},
		{"updateUsers", func(d *v1alpha1.DirectorySpec) { d.Provisioning.UpdateUsers = new(false) }, func(p *Policy) { p.UpdateUsers = false }},
		{"enableUsers", func(d *v1alpha1.DirectorySpec) { d.Provisioning.EnableUsers = new(false) }, func(p *Policy) { p.EnableUsers = false }},
		{"disableUsers, on", func(d *v1alpha1.DirectorySpec) { d.Provisioning.DisableUsers = new(true) }, func(p *Policy) { p.DisableUsers = true }},
		{"adoption", func(d *v1alpha1.DirectorySpec) { d.Provisioning.Adoption = v1alpha1.AdoptNever }, func(p *Policy) { p.Adoption = v1alpha1.AdoptNever }},
		{"provisioning.onRemoval", func(d *v1alpha1.DirectorySpec) { d.Provisioning.OnRemoval = v1alpha1.RemoveUserKeep },
			func(p *Policy) { p.OnRemoval = v1alpha1.RemoveUserKeep }},
		{"sync", func(d *v1alpha1.DirectorySpec) { d.Groups.Sync = new(false) }, func(p *Policy) { p.SyncGroups = false }},
		{"createGroups", func(d *v1alpha1.DirectorySpec) { d.Groups.CreateGroups = new(false) }, func(p *Policy) { p.CreateGroups = false }},
		{"membership", func(d *v1alpha1.DirectorySpec) { d.Groups.Membership = v1alpha1.MembershipAdditive },
			func(p *Policy) { p.Membership = v1alpha1.MembershipAdditive }},
		{"groups.onRemoval", func(d *v1alpha1.DirectorySpec) { d.Groups.OnRemoval = v1alpha1.RemoveGroupDelete },
			func(p *Policy) { p.OnGroupRemoval = v1alpha1.RemoveGroupDelete }},
		{"directoryName, which is the directory's alone", func(d *v1alpha1.DirectorySpec) { d.DirectoryName = "LDAP" },
			func(p *Policy) { p.DirectoryName = "LDAP" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			want := everything()
			want.Username, want.DisableUsers = username(t, "(.*)@.*", "$1", false), false
			spec := v1alpha1.SyncConfigSpec{
				Directories:  entries("https://a.example.com", "https://b.example.com"),
				Username:     v1alpha1.UsernameSpec{Regex: "(.*)@.*", Replacement: "$1"},
				Provisioning: v1alpha1.ProvisioningSpec{DisableUsers: new(false), Adoption: want.Adoption, OnRemoval: want.OnRemoval},
				Groups:       v1alpha1.GroupsSpec{Membership: want.Membership, OnRemoval: want.OnGroupRemoval},
			}
			test.override(&spec.Directories[1])
			policies, err := Compile(&spec)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(policies.For("a")).To(Equal(want), "as the spec says for all")
			test.changes(&want)
			g.Expect(policies.For("b")).To(Equal(want))
		})
	}
}

func username(t *testing.T, regex, replacement string, lower bool) Username {
	username, err := CompileUsername(regex, replacement, lower)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return username
}

func TestPolicy(t *testing.T) {
	t.Run("the switches are on unless turned off", func(t *testing.T) {
		g := NewWithT(t)
		policies, err := Compile(&v1alpha1.SyncConfigSpec{
			Directories:  entries("https://a.example.com"),
			Provisioning: v1alpha1.ProvisioningSpec{DisableUsers: new(false)},
		})
		g.Expect(err).NotTo(HaveOccurred())
		policy := policies.For("a")
		g.Expect([]bool{policy.ImportUsers, policy.UpdateUsers, policy.EnableUsers, policy.DisableUsers, policy.SyncGroups, policy.CreateGroups, policy.CorrectDrift}).
			To(Equal([]bool{true, true, true, false, true, true, true}))
	})
	t.Run("drift is left where the administrator wants it so", func(t *testing.T) {
		policies, err := Compile(&v1alpha1.SyncConfigSpec{
			Directories: entries("https://a.example.com"), Resync: v1alpha1.ResyncSpec{CorrectDrift: new(false)},
		})
		g := NewWithT(t)
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(policies.For("a").CorrectDrift).To(BeFalse())
	})
	t.Run("usernames are lower case, without being asked, where the product has no others", func(t *testing.T) {
		g := NewWithT(t)
		user := &v1alpha1.ProvisionedUser{Spec: v1alpha1.ProvisionedUserSpec{UserName: "Ada"}}
		g.Expect(WantedUser(user, everything().Within(directory.Capabilities{})).Name).To(Equal("Ada"))
		g.Expect(WantedUser(user, everything().Within(directory.Capabilities{LowerCaseNames: true})).Name).To(Equal("ada"))
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
