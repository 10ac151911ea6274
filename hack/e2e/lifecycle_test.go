package e2e

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/jira"
)

var _ = Describe("The life of a user and a pushed group", func() {
	for name, app := range map[string]okta.App{"a template app": okta.Template, "a wizard app": okta.Wizard} {
		It("is followed when it comes from "+name, func(ctx SpecContext) {
			t := newTenant(ctx)
			idp := t.okta(app, replicas[0])
			live(ctx, t, idp)
			t.expectNothingTakenOver(ctx)
		})
	}

	It("is imported page by page", func(ctx SpecContext) {
		t := createTenant(ctx, paused)
		idp := t.okta(okta.Template, replicas[0])
		want := []string{}
		for n := range 205 {
			user, err := idp.CreateUser(ctx, newPerson(fmt.Sprintf("user%d", n), "User", fmt.Sprint(n)).Profile)
			Expect(err).NotTo(HaveOccurred())
			want = append(want, user.ID())
		}
		_, err := idp.PushGroup(ctx, "staff")
		Expect(err).NotTo(HaveOccurred())
		Eventually(func(g Gomega) {
			users, groups, err := idp.Import(ctx)
			g.Expect(err).NotTo(HaveOccurred())
			ids := []string{}
			for _, user := range users {
				ids = append(ids, user.ID())
			}
			g.Expect(ids).To(HaveLen(len(want)))
			g.Expect(ids).To(ConsistOf(want))
			g.Expect(groups).To(ConsistOf(HaveKeyWithValue("displayName", "staff")))
		}).Should(Succeed())
	})
})

// expectNothingTakenOver: what atlassync made itself it never takes for
// somebody else's, however fast one change follows the other.
func (t *tenant) expectNothingTakenOver(ctx SpecContext) {
	GinkgoHelper()
	reasons := map[string]int{}
	events := &eventsv1.EventList{}
	Eventually(func(g Gomega) {
		g.Expect(kube.List(ctx, events, client.InNamespace(t.key.Namespace))).To(Succeed())
		for _, event := range events.Items {
			reasons[event.Reason]++
		}
		g.Expect(reasons).To(And(HaveKey(v1alpha1.EventUserCreated), HaveKey(v1alpha1.EventGroupRenamed)), "the last event has arrived")
	}).Should(Succeed())
	Expect(reasons).NotTo(Or(HaveKey(v1alpha1.EventUserAdopted), HaveKey(v1alpha1.EventGroupAdopted)))
}

// live goes through everything that Okta does with a user and a group, and
// looks at all three places after each step.
func live(ctx SpecContext, t *tenant, idp *okta.Client) {
	Expect(t.jira.Simulator.AddGroup(jira.Group{Name: "untouched", Members: []string{t.jira.User}})).To(Succeed())

	By("testing the API credentials")
	Expect(idp.TestCredentials(ctx)).To(Succeed())

	By("assigning two people")
	ada, grace := newPerson("ada.lovelace", "Ada", "Lovelace"), newPerson("grace.hopper", "Grace", "Hopper")
	_, err := idp.FindUser(ctx, ada.Login)
	Expect(err).To(MatchError(okta.ErrNoMatch))
	adaUser, err := idp.AssignUser(ctx, ada.Profile)
	Expect(err).NotTo(HaveOccurred())
	graceUser, err := idp.AssignUser(ctx, grace.Profile)
	Expect(err).NotTo(HaveOccurred())
	t.expectPerson(ctx, idp, adaUser.ID(), ada)
	t.expectPerson(ctx, idp, graceUser.ID(), grace)
	found, err := idp.FindUser(ctx, "ADA.Lovelace@Example.com")
	Expect(err).NotTo(HaveOccurred())
	Expect(found.ID()).To(Equal(adaUser.ID()))

	By("changing a profile")
	ada.GivenName = "Augusta Ada"
	_, err = idp.UpdateUser(ctx, adaUser.ID(), ada.Profile)
	Expect(err).NotTo(HaveOccurred())
	t.expectPerson(ctx, idp, adaUser.ID(), ada)

	By("pushing a group")
	group, err := idp.PushGroup(ctx, "developers", okta.MemberOf(adaUser), okta.MemberOf(graceUser))
	Expect(err).NotTo(HaveOccurred())
	t.expectGroup(ctx, idp, group.ID(), "developers", adaUser, graceUser)

	By("renaming a user, who stays in the group")
	key := accountKey(t, "ada.lovelace")
	ada.Login, ada.username = "ada.byron@example.com", "ada.byron"
	_, err = idp.UpdateUser(ctx, adaUser.ID(), ada.Profile)
	Expect(err).NotTo(HaveOccurred())
	t.expectPerson(ctx, idp, adaUser.ID(), ada)
	Expect(accountKey(t, "ada.byron")).To(Equal(key), "it is the same account")
	Expect(people(t.jira)).To(ConsistOf("ada.byron", "grace.hopper"))
	t.expectGroup(ctx, idp, group.ID(), "developers", adaUser, graceUser)

	By("deactivating and reactivating her")
	Expect(idp.Deactivate(ctx, adaUser.ID())).To(Succeed())
	ada.active = false
	t.expectPerson(ctx, idp, adaUser.ID(), ada)
	Expect(idp.Reactivate(ctx, adaUser.ID())).To(Succeed())
	ada.active = true
	t.expectPerson(ctx, idp, adaUser.ID(), ada)

	By("changing the members")
	alan := newPerson("alan.turing", "Alan", "Turing")
	alanUser, err := idp.AssignUser(ctx, alan.Profile)
	Expect(err).NotTo(HaveOccurred())
	t.expectPerson(ctx, idp, alanUser.ID(), alan)
	Expect(idp.ChangeMembers(ctx, group, []okta.Member{okta.MemberOf(alanUser)}, []okta.Member{okta.MemberOf(graceUser)})).To(Succeed())
	t.expectGroup(ctx, idp, group.ID(), "developers", adaUser, alanUser)
	Expect(idp.ReplaceMembers(ctx, group, okta.MemberOf(graceUser))).To(Succeed())
	t.expectGroup(ctx, idp, group.ID(), "developers", graceUser)

	By("renaming the group")
	Expect(idp.RenameGroup(ctx, group, "engineers")).To(Succeed())
	t.expectGroup(ctx, idp, group.ID(), "engineers", graceUser)
	Expect(t.jira.Simulator.Members("developers")).To(BeEmpty(), "Jira cannot rename groups: the members move")

	By("deleting the group")
	Expect(idp.DeleteGroup(ctx, group.ID())).To(Succeed())
	_, err = idp.GetGroup(ctx, group.ID())
	Expect(err).To(HaveField("Status", 404))
	Eventually(func() any { return t.groups(ctx) }).Should(BeEmpty())
	Expect(t.jira.Simulator.Members("engineers")).To(ConsistOf("grace.hopper"), "onRemoval is Keep")

	By("leaving everything else alone")
	Expect(people(t.jira)).To(ConsistOf("ada.byron", "grace.hopper", "alan.turing"))
	Expect(t.jira.Simulator.Members("untouched")).To(ConsistOf(t.jira.User))
	Expect(t.jira.Simulator.Members(jira.AdminGroup)).To(ConsistOf(t.jira.User))
}

func accountKey(t *tenant, username string) string {
	GinkgoHelper()
	account, found := t.jira.Simulator.User(username)
	Expect(found).To(BeTrue(), username)
	return account.Key
}
