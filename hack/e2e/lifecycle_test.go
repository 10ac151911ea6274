package e2e

import (
	"fmt"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var _ = Describe("The life of a user and a pushed group", func() {
	for name, app := range map[string]okta.App{"a template app": okta.Template, "a wizard app": okta.Wizard} {
		It("is followed when it comes from "+name, func(ctx SpecContext) {
			t := newTenant(ctx)
			Expect(t.jira.Simulator.AddGroup(userbase.Group{Name: "untouched", Members: []string{t.jira.User}})).To(Succeed())
			l := &life{tenant: t, idp: t.okta(app, replicas[0])}
			for _, chapter := range []func(SpecContext){l.assign, l.push, l.rename, l.deactivate, l.changeMembers, l.endGroup} {
				chapter(ctx)
			}
			Expect(people(t.jira)).To(ConsistOf("ada.byron", "grace.hopper", "alan.turing"))
			Expect(t.jira.Simulator.MemberNames("untouched")).To(ConsistOf(t.jira.User))
			Expect(t.jira.Simulator.MemberNames(jira.AdminGroup)).To(ConsistOf(t.jira.User))
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

// life is everything that Okta does with users and a group; all three places
// are looked at after each step.
type life struct {
	*tenant
	idp                       *okta.Client
	ada, grace                person
	adaUser, graceUser, group okta.Resource
}

func (l *life) assign(ctx SpecContext) {
	By("testing the API credentials")
	Expect(l.idp.TestCredentials(ctx)).To(Succeed())

	By("assigning two people")
	l.ada, l.grace = newPerson("ada.lovelace", "Ada", "Lovelace"), newPerson("grace.hopper", "Grace", "Hopper")
	_, err := l.idp.FindUser(ctx, l.ada.Login)
	Expect(err).To(MatchError(okta.ErrNoMatch))
	l.adaUser, err = l.idp.AssignUser(ctx, l.ada.Profile)
	Expect(err).NotTo(HaveOccurred())
	l.graceUser, err = l.idp.AssignUser(ctx, l.grace.Profile)
	Expect(err).NotTo(HaveOccurred())
	l.expectPerson(ctx, l.idp, l.adaUser.ID(), l.ada)
	l.expectPerson(ctx, l.idp, l.graceUser.ID(), l.grace)
	found, err := l.idp.FindUser(ctx, "ADA.Lovelace@Example.com")
	Expect(err).NotTo(HaveOccurred())
	Expect(found.ID()).To(Equal(l.adaUser.ID()))

	By("changing a profile")
	l.ada.GivenName = "Augusta Ada"
	l.update(ctx)
}

// update sends what Okta now knows of Ada.
func (l *life) update(ctx SpecContext) {
	GinkgoHelper()
	_, err := l.idp.UpdateUser(ctx, l.adaUser.ID(), l.ada.Profile)
	Expect(err).NotTo(HaveOccurred())
	l.expectPerson(ctx, l.idp, l.adaUser.ID(), l.ada)
}

func (l *life) push(ctx SpecContext) {
	By("pushing a group")
	var err error
	l.group, err = l.idp.PushGroup(ctx, "developers", okta.MemberOf(l.adaUser), okta.MemberOf(l.graceUser))
	Expect(err).NotTo(HaveOccurred())
	l.expectGroup(ctx, l.idp, l.group.ID(), "developers", l.adaUser, l.graceUser)
}

func (l *life) rename(ctx SpecContext) {
	By("renaming a user, who stays in the group")
	key := accountKey(l.tenant, "ada.lovelace")
	l.ada.Login, l.ada.username = "ada.byron@example.com", "ada.byron"
	l.update(ctx)
	Expect(accountKey(l.tenant, "ada.byron")).To(Equal(key), "it is the same account")
	Expect(people(l.jira)).To(ConsistOf("ada.byron", "grace.hopper"))
	l.expectGroup(ctx, l.idp, l.group.ID(), "developers", l.adaUser, l.graceUser)
}

func (l *life) deactivate(ctx SpecContext) {
	By("deactivating and reactivating her")
	Expect(l.idp.Deactivate(ctx, l.adaUser.ID())).To(Succeed())
	l.ada.active = false
	l.expectPerson(ctx, l.idp, l.adaUser.ID(), l.ada)
	Expect(l.idp.Reactivate(ctx, l.adaUser.ID())).To(Succeed())
	l.ada.active = true
	l.expectPerson(ctx, l.idp, l.adaUser.ID(), l.ada)
}

func (l *life) changeMembers(ctx SpecContext) {
	By("changing the members")
	alan := newPerson("alan.turing", "Alan", "Turing")
	alanUser, err := l.idp.AssignUser(ctx, alan.Profile)
	Expect(err).NotTo(HaveOccurred())
	l.expectPerson(ctx, l.idp, alanUser.ID(), alan)
	Expect(l.idp.ChangeMembers(ctx, l.group, []okta.Member{okta.MemberOf(alanUser)}, []okta.Member{okta.MemberOf(l.graceUser)})).To(Succeed())
	l.expectGroup(ctx, l.idp, l.group.ID(), "developers", l.adaUser, alanUser)
	Expect(l.idp.ReplaceMembers(ctx, l.group, okta.MemberOf(l.graceUser))).To(Succeed())
	l.expectGroup(ctx, l.idp, l.group.ID(), "developers", l.graceUser)
}

func (l *life) endGroup(ctx SpecContext) {
	By("renaming the group")
	Expect(l.idp.RenameGroup(ctx, l.group, "engineers")).To(Succeed())
	l.expectGroup(ctx, l.idp, l.group.ID(), "engineers", l.graceUser)
	Expect(l.jira.Simulator.MemberNames("developers")).To(BeEmpty(), "Jira cannot rename groups: the members move")

	By("deleting the group")
	Expect(l.idp.DeleteGroup(ctx, l.group.ID())).To(Succeed())
	_, err := l.idp.GetGroup(ctx, l.group.ID())
	Expect(err).To(HaveField("Status", http.StatusNotFound))
	Eventually(func() any { return l.groups(ctx) }).Should(BeEmpty())
	Expect(l.jira.Simulator.MemberNames("engineers")).To(ConsistOf("grace.hopper"), "onRemoval is Keep")
}

func accountKey(t *tenant, username string) string {
	GinkgoHelper()
	account, found := t.jira.Simulator.User(username)
	Expect(found).To(BeTrue(), username)
	return account.Key
}

var _ = Describe("A group of more members than fit on one page", func() {
	It("is pushed, changed and followed", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Wizard, replicas[0])
		ada := newPerson("ada.lovelace", "Ada", "Lovelace")
		adaUser, err := idp.AssignUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		// The others are not assigned to the app: they are kept, and wait.
		Expect(t.send(ctx, http.MethodPost, "/Groups", `{"displayName":"everybody","members":[`+manyMembers(1001)+`]}`).Status).To(Equal(http.StatusCreated))
		group, err := idp.FindGroup(ctx, "everybody")
		Expect(err).NotTo(HaveOccurred())

		members := []okta.Member{okta.MemberOf(adaUser)}
		for n := range 1500 {
			members = append(members, okta.Member{ID: fmt.Sprintf("member-%d", n)})
		}
		Expect(idp.ReplaceMembers(ctx, group, members...)).To(Succeed())
		Eventually(func() []string { return t.jira.Simulator.MemberNames("everybody") }).Should(ConsistOf("ada.lovelace"))
		shown, err := idp.GetGroup(ctx, group.ID())
		Expect(err).NotTo(HaveOccurred())
		Expect(shown["members"]).To(HaveLen(1501))
	})
})
