package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

var _ = Describe("The policy for groups", func() {
	It("names them, leaves some out, joins some, and gives default groups", func(ctx SpecContext) {
		t := newTenant(ctx, func(spec *v1alpha1.SyncConfigSpec) {
			spec.Groups = v1alpha1.GroupsSpec{
				Mappings: []v1alpha1.GroupMapping{{From: "IdP_developers", To: "developers"}, {From: "okta-testers", To: "developers"}},
				Regex:    "^okta-(.*)$", Replacement: "$1",
				Include: []string{"okta-.*", "idp_.*"}, Exclude: []string{".*-secret"},
				DefaultGroups: []string{"jira-software-users"}, OnRemoval: v1alpha1.RemoveGroupDelete,
			}
		})
		idp := t.okta(okta.Wizard, replicas[0])
		members := func(name string) func() []string {
			return func() []string { return t.jira.Simulator.MemberNames(name) }
		}
		push := func(name string, people ...okta.Resource) okta.Resource {
			GinkgoHelper()
			var of []okta.Member
			for _, person := range people {
				of = append(of, okta.MemberOf(person))
			}
			group, err := idp.PushGroup(ctx, name, of...)
			Expect(err).NotTo(HaveOccurred())
			return group
		}
		assign := func(name string) okta.Resource {
			GinkgoHelper()
			user, err := idp.AssignUser(ctx, newPerson(name, name, "Example").Profile)
			Expect(err).NotTo(HaveOccurred())
			return user
		}

		By("giving new users the default group")
		ada, bob := assign("ada"), assign("bob")
		Eventually(members("jira-software-users")).Should(ConsistOf("ada", "bob"))

		By("naming groups by mapping and regex, and leaving some out")
		developers, testers := push("IdP_developers", ada), push("okta-testers", ada, bob)
		push("okta-team", bob)
		push("okta-secret", ada)
		push("other", ada)
		Eventually(members("team")).Should(ConsistOf("bob"))
		Eventually(members("developers")).Should(ConsistOf("ada", "bob"))
		Eventually(func() int { return len(t.groups(ctx)) }).Should(Equal(5))
		for _, name := range []string{"okta-secret", "secret", "other", "IdP_developers", "testers"} {
			Expect(t.jira.Simulator.HasGroup(name)).To(BeFalse(), name)
		}

		By("keeping the members that the other group still sends")
		Expect(idp.ReplaceMembers(ctx, developers)).To(Succeed())
		Expect(idp.ReplaceMembers(ctx, testers, okta.MemberOf(ada))).To(Succeed())
		Eventually(members("developers")).Should(ConsistOf("ada"))
		Expect(idp.DeleteGroup(ctx, developers.ID())).To(Succeed())
		Eventually(func() int { return len(t.groups(ctx)) }).Should(Equal(4))
		Consistently(members("developers")).Should(ConsistOf("ada"))

		By("keeping default members while the source sends the group without them")
		push("okta-jira-software-users", ada)
		Eventually(func() int { return len(t.groups(ctx)) }).Should(Equal(5))
		Consistently(members("jira-software-users")).Should(ConsistOf("ada", "bob"))
	})
})
