package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// mappedTo has groups of the source be one group of the directory.
func mappedTo(name string, sources ...string) func(*v1alpha1.SyncConfig) {
	return groupPolicy(func(g *v1alpha1.GroupsSpec) {
		for _, source := range sources {
			g.Mappings = append(g.Mappings, v1alpha1.GroupMapping{From: source, To: name})
		}
	})
}

var _ = Describe("Groups that are mapped to one", func() {
	// prepared are groups team (ada, bob) and crew (bob, eve), which are all in group staff.
	prepared := func(ctx context.Context, adjust ...func(*v1alpha1.SyncConfig)) *stage {
		GinkgoHelper()
		s := newStage(ctx, append(adjust, mappedTo("staff", "TEAM", "crew"))...).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		s.newGroup(ctx, "team", "ada", "bob")
		s.newGroup(ctx, "crew", "bob", "eve")
		s.group(ctx, "team")
		s.group(ctx, "crew")
		woken(s.groups.waiting.inbox)
		return s
	}

	It("have the members of both, and both are provisioned", func(ctx context.Context) {
		s := prepared(ctx)
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"staff": {"ada", "bob", "eve"}}))
		for _, name := range []string{"team", "crew"} {
			group := s.group(ctx, name)
			Expect(group.Status.Conditions).To(And(
				beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, "jira: Group staff with 3 members"),
				beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionTrue, v1alpha1.ReasonSynced)), name)
			Expect(group.Status.Directories[0].HeldMembers).To(BeEmpty(), "members of the other are nobody's surprise")
			Expect(group.Status.MemberCount).To(Equal(int32(2)))
		}
		s.jira.ResetCalls()
		s.group(ctx, "team")
		Expect(s.jira.Writes()).To(BeZero())
		Expect(woken(s.groups.waiting.inbox)).To(BeEmpty(), "they do not keep each other awake")
	})

	It("lose who is a member of none of them, and the other is told", func(ctx context.Context) {
		s := prepared(ctx)
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = nil })
		Expect(s.members("staff")).To(Equal([]string{"bob", "eve"}), "bob is still wanted by the other")
		Expect(woken(s.groups.waiting.inbox)).To(Equal([]string{"crew"}))
		Expect(s.group(ctx, "crew").Status.Directories[0].Members).To(Equal(int32(2)))
	})

	It("keep the members of the other when one is deleted, also when onRemoval is Delete", func(ctx context.Context) {
		s := prepared(ctx, deletingGroups)
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Expect(s.members("staff")).To(Equal([]string{"ada", "bob", "eve"}))
		_, _, err := s.tryGroup(ctx, "team") // as the watch has it when an object is gone
		Expect(err).NotTo(HaveOccurred())
		Expect(woken(s.groups.waiting.inbox)).To(Equal([]string{"crew"}))
		s.group(ctx, "crew")
		Expect(s.members("staff")).To(Equal([]string{"bob", "eve"}))
		Expect(s.deleteGroup(ctx, "crew")).To(BeNil())
		Expect(s.jira.State().Groups).To(BeEmpty(), "the last one takes it away")
	})

	It("go when all of them are deleted at once", func(ctx context.Context) {
		s := prepared(ctx, deletingGroups)
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Expect(s.deleteGroup(ctx, "crew")).To(BeNil())
		Expect(s.jira.State().Groups).To(BeEmpty())
	})

	It("keep the members of the other when one is renamed", func(ctx context.Context) {
		s := prepared(ctx, deletingGroups)
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName = "squad" })
		Expect(s.jira.State().Groups).To(HaveKeyWithValue("squad", []string{"ada", "bob"}))
		Expect(s.members("staff")).To(ContainElements("bob", "eve"))
		Expect(woken(s.groups.waiting.inbox)).To(Equal([]string{"crew"}))
		s.group(ctx, "crew")
		Expect(s.members("staff")).To(Equal([]string{"bob", "eve"}))
	})

	It("remove nobody before the source has sent all members of each", func(ctx context.Context) {
		s := prepared(ctx)
		s.editGroup(ctx, "crew", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members, g.Pages.Replacing = nil, "a-replacement" })
		group := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("bob") })
		Expect(s.members("staff")).To(Equal([]string{"ada", "bob", "eve"}))
		Expect(group.Status.Conditions).To(beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonPending))
		s.editGroup(ctx, "crew", func(g *v1alpha1.ProvisionedGroupSpec) { g.Pages.Replacing = "" })
		Expect(s.members("staff")).To(Equal([]string{"bob"}))
		Expect(woken(s.groups.waiting.inbox)).To(ContainElement("team"))
		Expect(s.group(ctx, "team").Status.Conditions).To(beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionTrue, v1alpha1.ReasonSynced))
	})

	It("hold who was in the group before them, each of them", func(ctx context.Context) {
		s := newStage(ctx, mappedTo("staff", "team", "crew")).open(ctx).provisioned(ctx, "ada")
		s.jira.SeedUser(directory.User{Name: "mallory", Active: true})
		s.jira.SeedGroup("staff")
		s.jira.SeedMember("staff", "mallory")
		s.newGroup(ctx, "team", "ada")
		s.newGroup(ctx, "crew")
		for _, name := range []string{"team", "crew", "team"} {
			Expect(s.group(ctx, name).Status.Directories[0].HeldMembers).To(Equal([]string{"mallory"}), name)
		}
		Expect(s.members("staff")).To(Equal([]string{"ada", "mallory"}))
	})
})

var _ = Describe("A group's name in the directory", func() {
	It("belongs to the older of two groups that a regex gives it to", func(ctx context.Context) {
		s := newStage(ctx, groupPolicy(func(g *v1alpha1.GroupsSpec) { g.Regex, g.Replacement = "^(okta|entra)-(.*)$", "$2" })).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "okta-team", "ada")
		s.group(ctx, "okta-team")
		s.newGroup(ctx, "entra-team", "bob")
		Expect(s.group(ctx, "entra-team").Status.Conditions).To(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonNameConflict, ContainSubstring("the name team belongs to group okta-team already")))
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"team": {"ada"}}))
		Expect(s.deleteGroup(ctx, "okta-team")).To(BeNil())
		_, _, err := s.tryGroup(ctx, "okta-team")
		Expect(err).NotTo(HaveOccurred())
		Expect(woken(s.groups.waiting.inbox)).To(Equal([]string{"entra-team"}))
	})

	It("is not shared by one that is mapped to it and one that merely has it", func(ctx context.Context) {
		s := newStage(ctx, mappedTo("staff", "team")).open(ctx)
		s.newGroup(ctx, "staff")
		s.newGroup(ctx, "team")
		s.group(ctx, "staff")
		Expect(s.group(ctx, "team").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonNameConflict))
	})

	It("is protected as the directory has it", func(ctx context.Context) {
		s := newStage(ctx, mappedTo("jira-administrators", "team"), func(c *v1alpha1.SyncConfig) {
			c.Spec.Protected.Groups = []string{"jira-administrators"}
		}).open(ctx).provisioned(ctx, "ada")
		s.jira.SeedGroup("jira-administrators")
		s.newGroup(ctx, "team", "ada")
		Expect(s.group(ctx, "team").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProtected))
		Expect(s.members("jira-administrators")).To(BeEmpty())
	})

	It("that is empty after the regex is refused, and nothing is asked of the directory", func(ctx context.Context) {
		s := newStage(ctx, groupPolicy(func(g *v1alpha1.GroupsSpec) { g.Regex = ".*" })).open(ctx)
		s.newGroup(ctx, "team")
		s.newGroup(ctx, "crew")
		for _, name := range []string{"team", "crew"} {
			Expect(s.group(ctx, name).Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonInvalidGroupName, ContainSubstring("empty after the regex")))
		}
		Expect(s.jira.Count(directory.OpFindGroup)).To(BeZero())
	})

	It("is another one where a directory has rules of its own", func(ctx context.Context) {
		s := newStage(ctx, andConfluence(), groupPolicy(func(g *v1alpha1.GroupsSpec) { g.Exclude = []string{"team"} }), func(c *v1alpha1.SyncConfig) {
			c.Spec.Directories[1].Groups.Exclude = []string{}
			c.Spec.Directories[1].Groups.Mappings = []v1alpha1.GroupMapping{{From: "team", To: "wiki-team"}}
		}).open(ctx)
		s.newGroup(ctx, "team")
		s.group(ctx, "team")
		Expect(s.jira.State().Groups).To(BeEmpty())
		Expect(s.confluence.State().Groups).To(HaveKey("wiki-team"))
	})
})

var _ = Describe("A group that is left out", func() {
	It("is neither made nor looked for", func(ctx context.Context) {
		s := newStage(ctx, groupPolicy(func(g *v1alpha1.GroupsSpec) { g.Include, g.Exclude = []string{"okta-.*"}, []string{".*-secret"} })).open(ctx)
		for name, status := range map[string]string{"team": v1alpha1.ReasonExcluded, "okta-secret": v1alpha1.ReasonExcluded, "okta-team": v1alpha1.ReasonProvisioned} {
			s.newGroup(ctx, name)
			Expect(s.group(ctx, name).Status.Conditions).To(beReady(metav1.ConditionTrue, status), name)
		}
		Expect(s.jira.Count(directory.OpFindGroup)).To(Equal(1))
	})

	It("from now on stays with its members, also once it is deleted", func(ctx context.Context) {
		s := newStage(ctx, deletingGroups).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Groups.Exclude = []string{"TEAM"} })
		group := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = nil })
		Expect(group.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonExcluded))
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
	})

	It("leaves its name to others", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newGroup(ctx, "team")
		s.group(ctx, "team")
		s.change(ctx, func(c *v1alpha1.SyncConfigSpec) {
			c.Groups.Exclude, c.Groups.Regex = []string{"team"}, "^okta-"
		})
		s.newGroup(ctx, "okta-team")
		Expect(s.group(ctx, "okta-team").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})
})
