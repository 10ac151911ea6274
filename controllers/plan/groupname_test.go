package plan

import (
	"errors"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

func mapped(from, to string) v1alpha1.GroupMapping {
	return v1alpha1.GroupMapping{From: from, To: to}
}

func TestGroupName(t *testing.T) {
	spec := v1alpha1.GroupsSpec{
		Mappings: []v1alpha1.GroupMapping{mapped("IdP_users", "jira-software-users"), mapped("okta-Staff", "jira-software-users"), mapped("okta-ops", "operators")},
		Regex:    "^okta-(.*)$", Replacement: "$1_x",
	}
	tests := []struct {
		name, displayName, want string
		mapped                  bool
	}{
		{"a mapping", "IdP_users", "jira-software-users", true},
		{"a mapping, in any letter case", "IDP_USERS", "jira-software-users", true},
		{"a mapping goes before the regex", "okta-ops", "operators", true},
		{"the regex, read as Java reads it", "okta-team", "team_x", false},
		{"no match of the regex", "team", "team", false},
		{"nothing of a mapped name is matched in part", "IdP_users2", "IdP_users2", false},
	}
	names, err := CompileGroupName("groups", spec)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			name, mapped := names.Apply(test.displayName)
			g.Expect(name).To(Equal(test.want))
			g.Expect(mapped).To(Equal(test.mapped), "mapped")
		})
	}
	t.Run("the sources of a name", func(t *testing.T) {
		g := NewWithT(t)
		g.Expect(names.Sources("JIRA-software-users")).To(ConsistOf("IdP_users", "okta-Staff"))
		g.Expect(names.Sources("team_x")).To(BeEmpty())
	})
}

func TestGroupFilter(t *testing.T) {
	all, some := []string(nil), []string{"okta-.*", "Staff"}
	tests := []struct {
		name             string
		include, exclude []string
		group            string
		says             string
	}{
		{"neither", all, nil, "team", ""},
		{"in include", some, nil, "okta-team", ""},
		{"in include, in another letter case", some, nil, "OKTA-Team", ""},
		{"not in include", some, nil, "team", "include"},
		{"matched in part only", some, nil, "my okta-team", "include"},
		{"in exclude", all, []string{"okta-.*"}, "okta-team", "exclude"},
		{"in both", some, []string{".*-team"}, "okta-team", "exclude"},
		{"not in exclude", all, []string{"okta"}, "okta-team", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			filter, err := compileGroupFilter("groups", v1alpha1.GroupsSpec{Include: test.include, Exclude: test.exclude})
			g.Expect(err).NotTo(HaveOccurred())
			if test.says == "" {
				g.Expect(filter.Excludes(test.group)).To(BeEmpty())
				return
			}
			g.Expect(filter.Excludes(test.group)).To(ContainSubstring(test.says))
		})
	}
}

// TestGroupByPolicy are the rows of the table of groups that depend on names.
func TestGroupByPolicy(t *testing.T) {
	team := &directory.Group{Name: "team"}
	ours := GroupLink{Managed: true, Name: "team"}
	deleting := func(p *Policy) { p.OnGroupRemoval = v1alpha1.RemoveGroupDelete }
	tests := []struct {
		name   string
		want   WantedGroup
		link   GroupLink
		found  *directory.Group
		policy func(*Policy)

		plan   GroupPlan
		reason string
	}{
		{name: "excluded", want: WantedGroup{Name: "team", Excluded: "groups.exclude leaves it out"}, reason: v1alpha1.ReasonExcluded},
		{name: "excluded from now on: it stays ours, and as it is", want: WantedGroup{Name: "team", Excluded: "groups.exclude leaves it out"}, link: ours,
			plan: GroupPlan{Link: ours}, reason: v1alpha1.ReasonExcluded},
		{name: "excluded and deleted, onRemoval Delete", want: WantedGroup{Name: "team", Excluded: "groups.exclude leaves it out", Deleted: true}, link: ours,
			policy: deleting, plan: GroupPlan{Link: ours}, reason: v1alpha1.ReasonExcluded},
		{name: "excluded goes before protected", want: WantedGroup{Name: "team", Excluded: "groups.exclude leaves it out"}, policy: protectGroup(t, "team"),
			reason: v1alpha1.ReasonExcluded},
		{name: "an empty name", want: WantedGroup{Name: " "}, link: ours, plan: GroupPlan{Link: ours}, reason: v1alpha1.ReasonInvalidGroupName},
		{name: "renamed, and others are mapped to the earlier name", want: WantedGroup{Name: "crew", SharedBy: "Staff"}, link: ours,
			plan: GroupPlan{Create: true, SyncMembers: true, Link: GroupLink{Managed: true, Name: "crew"}}, reason: v1alpha1.ReasonProvisioned},
		{name: "deleted, others are mapped to the same name", want: WantedGroup{Name: "team", Deleted: true, SharedBy: "Staff"}, link: ours, found: team,
			policy: deleting, plan: GroupPlan{Link: ours}, reason: v1alpha1.ReasonRemoved},
		{name: "deleted, a default group", want: WantedGroup{Name: "team", Deleted: true}, link: ours, found: team,
			policy: func(p *Policy) { deleting(p); p.DefaultGroups.Names = []string{"TEAM"} }, plan: GroupPlan{Link: ours}, reason: v1alpha1.ReasonRemoved},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			policy := everything()
			if test.policy != nil {
				test.policy(&policy)
			}
			plan := Group(test.want, test.link, test.found, directory.Capabilities{}, policy)
			g.Expect(plan.Reason).To(Equal(test.reason))
			g.Expect(plan.Message).NotTo(BeEmpty())
			plan.Reason, plan.Message, plan.State = "", "", ""
			g.Expect(plan).To(Equal(test.plan))
		})
	}
}

func TestGroupPolicyIsRefused(t *testing.T) {
	tests := []struct {
		name          string
		change        func(*v1alpha1.SyncConfigSpec)
		field, reason string
	}{
		{"regex", func(s *v1alpha1.SyncConfigSpec) { s.Groups.Regex = "(" }, "groups.regex", v1alpha1.ReasonInvalidRegex},
		{"unknown group in the replacement", func(s *v1alpha1.SyncConfigSpec) { s.Groups.Regex, s.Groups.Replacement = "a", "$1" }, "groups.replacement", v1alpha1.ReasonInvalidRegex},
		{"include", func(s *v1alpha1.SyncConfigSpec) { s.Groups.Include = []string{"a", "(?=b)"} }, "groups.include[1]", v1alpha1.ReasonInvalidRegex},
		{"exclude that only compiles within parentheses", func(s *v1alpha1.SyncConfigSpec) { s.Groups.Exclude = []string{"a)|(b"} }, "groups.exclude[0]", v1alpha1.ReasonInvalidRegex},
		{"exclude", func(s *v1alpha1.SyncConfigSpec) { s.Groups.Exclude = []string{"("} }, "groups.exclude[0]", v1alpha1.ReasonInvalidRegex},
		{"one group mapped twice", func(s *v1alpha1.SyncConfigSpec) {
			s.Groups.Mappings = []v1alpha1.GroupMapping{mapped("a", "x"), mapped("A", "y")}
		}, "groups.mappings[1].from", v1alpha1.ReasonPolicyConflict},
		{"a protected default group", func(s *v1alpha1.SyncConfigSpec) {
			s.Groups.DefaultGroups, s.Protected.Groups = []string{"users", "jira-Administrators"}, []string{".*-administrators"}
		}, "groups.defaultGroups[1]", v1alpha1.ReasonPolicyConflict},
		{"an override", func(s *v1alpha1.SyncConfigSpec) { s.Directories[1].Groups.Exclude = []string{"("} }, "directories[1].groups.exclude[0]", v1alpha1.ReasonInvalidRegex},
		{"an override of the replacement", func(s *v1alpha1.SyncConfigSpec) {
			s.Directories[1].Groups.Regex, s.Directories[1].Groups.Replacement = new("a"), "$2"
		}, "directories[1].groups.replacement", v1alpha1.ReasonInvalidRegex},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			spec := v1alpha1.SyncConfigSpec{Directories: entries("https://a.example.com", "https://b.example.com")}
			test.change(&spec)
			_, err := Compile(&spec)
			invalid, ok := errors.AsType[*InvalidError](err)
			g.Expect(ok).To(BeTrue(), "%v", err)
			g.Expect(invalid.Field).To(Equal(test.field))
			g.Expect(invalid.Reason).To(Equal(test.reason))
			g.Expect(invalid.Detail).NotTo(BeEmpty())
		})
	}
}

func TestGroupOverrides(t *testing.T) {
	base := v1alpha1.GroupsSpec{
		Mappings: []v1alpha1.GroupMapping{mapped("staff", "everyone")}, Regex: "^okta-", Replacement: "x-",
		Include: []string{"okta-.*"}, Exclude: []string{"okta-secret"}, DefaultGroups: []string{"users"}, DefaultGroupsFor: v1alpha1.DefaultGroupsForNewUsers,
	}
	tests := []struct {
		name     string
		override v1alpha1.GroupsOverride
		changes  func(*v1alpha1.GroupsSpec)
	}{
		{"nothing", v1alpha1.GroupsOverride{}, func(*v1alpha1.GroupsSpec) {}},
		{"mappings", v1alpha1.GroupsOverride{Mappings: []v1alpha1.GroupMapping{mapped("a", "b")}}, func(s *v1alpha1.GroupsSpec) { s.Mappings = []v1alpha1.GroupMapping{mapped("a", "b")} }},
		{"no mappings", v1alpha1.GroupsOverride{Mappings: []v1alpha1.GroupMapping{}}, func(s *v1alpha1.GroupsSpec) { s.Mappings = nil }},
		{"a regex brings its replacement", v1alpha1.GroupsOverride{Regex: new("^o")}, func(s *v1alpha1.GroupsSpec) { s.Regex, s.Replacement = "^o", "" }},
		{"no regex", v1alpha1.GroupsOverride{Regex: new("")}, func(s *v1alpha1.GroupsSpec) { s.Regex, s.Replacement = "", "" }},
		{"include everything", v1alpha1.GroupsOverride{Include: []string{}}, func(s *v1alpha1.GroupsSpec) { s.Include = nil }},
		{"exclude others", v1alpha1.GroupsOverride{Exclude: []string{"x"}}, func(s *v1alpha1.GroupsSpec) { s.Exclude = []string{"x"} }},
		{"no default groups", v1alpha1.GroupsOverride{DefaultGroups: []string{}}, func(s *v1alpha1.GroupsSpec) { s.DefaultGroups = nil }},
		{"default groups for all", v1alpha1.GroupsOverride{DefaultGroupsFor: v1alpha1.DefaultGroupsForAllUsers},
			func(s *v1alpha1.GroupsSpec) { s.DefaultGroupsFor = v1alpha1.DefaultGroupsForAllUsers }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			spec := v1alpha1.SyncConfigSpec{Groups: base, Directories: entries("https://a.example.com", "https://b.example.com")}
			spec.Directories[1].Groups = test.override
			policies, err := Compile(&spec)
			g.Expect(err).NotTo(HaveOccurred())
			want := base
			test.changes(&want)
			for name, groups := range map[string]v1alpha1.GroupsSpec{"a": base, "b": want} {
				policy, err := Policy{}.withGroups("groups", groups)
				g.Expect(err).NotTo(HaveOccurred())
				got := policies.For(name)
				g.Expect(Policy{GroupName: got.GroupName, GroupFilter: got.GroupFilter, DefaultGroups: got.DefaultGroups}).To(Equal(policy), name)
			}
		})
	}
}
