package e2e

import (
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

const (
	inConfluence = v1alpha1.ProductConfluence
	inBitbucket  = v1alpha1.ProductBitbucket
)

var _ = Describe("Five directories", func() {
	It("follow the life of a user and a pushed group", func(ctx SpecContext) {
		e := newEstate(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.Adoption = v1alpha1.AdoptNever })
		l := &commonLife{estate: e, idp: e.okta(okta.Template, replicas[0])}
		for _, chapter := range []func(SpecContext){
			l.assign, l.push, l.deactivate, l.reactivate, l.changeMembers, l.renameGroup, l.rename, l.remove,
		} {
			chapter(ctx)
		}
		for _, p := range e.places {
			Expect(p.made()).To(Equal(2), "%s", p.Name)
		}
	})
})

// commonLife is everything that Okta does with two users and a group, and what
// each product ends up with.
type commonLife struct {
	*estate
	idp                       *okta.Client
	ada, grace                person
	adaUser, graceUser, group okta.Resource
}

func (l *commonLife) assign(ctx SpecContext) {
	By("assigning two people, one with capital letters")
	l.ada, l.grace = newPerson("Ada.Lovelace", "Ada", "Lovelace"), newPerson("grace", "Grace", "Hopper")
	var err error
	l.adaUser, err = l.idp.AssignUser(ctx, l.ada.Profile)
	Expect(err).NotTo(HaveOccurred())
	l.graceUser, err = l.idp.AssignUser(ctx, l.grace.Profile)
	Expect(err).NotTo(HaveOccurred())
	l.expectHeld(l.places, l.ada, l.grace)
	l.expectUser(ctx, l.adaUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, "; confluence: Active as ada.lovelace"))

	By("changing a profile")
	l.ada.GivenName, l.ada.Email = "Augusta Ada", "ada@countess.example.com"
	l.update(ctx, l.adaUser, l.ada)
	l.expectHeld(l.places, l.ada, l.grace)
}

func (l *commonLife) update(ctx SpecContext, user okta.Resource, who person) {
	GinkgoHelper()
	_, err := l.idp.UpdateUser(ctx, user.ID(), who.Profile)
	Expect(err).NotTo(HaveOccurred())
}

func (l *commonLife) push(ctx SpecContext) {
	By("pushing a group")
	var err error
	l.group, err = l.idp.PushGroup(ctx, "Developers", okta.MemberOf(l.adaUser), okta.MemberOf(l.graceUser))
	Expect(err).NotTo(HaveOccurred())
	l.expectMembers(l.places, "Developers", l.ada, l.grace)
	l.expectGroupReady(ctx, l.group.ID())
}

func (l *commonLife) deactivate(ctx SpecContext) {
	By("deactivating a user, who was put into another group of Bitbucket by hand")
	Expect(l.products.Bitbucket.Simulator.AddGroup(userbase.Group{Name: "guests", Members: []string{l.ada.username}})).To(Succeed())
	Expect(l.idp.Deactivate(ctx, l.adaUser.ID())).To(Succeed())
	l.ada.active = false
	l.expectHeld(l.places, l.ada, l.grace)
	Eventually(func() []string { return l.at(inBitbucket).groupsOf(l.ada.username) }).Should(BeEmpty(), "which takes the access away")
	l.expectMembers(l.but(inBitbucket), "Developers", l.ada, l.grace)
	l.expectUser(ctx, l.adaUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated,
		"bitbucket: Inactive as Ada.Lovelace; out of all groups, since the product cannot deactivate accounts"))
	l.expectStates(ctx, l.adaUser.ID(), v1alpha1.UserInactive)
	l.expectGroupReady(ctx, l.group.ID())
}

func (l *commonLife) reactivate(ctx SpecContext) {
	By("reactivating her")
	Expect(l.idp.Reactivate(ctx, l.adaUser.ID())).To(Succeed())
	l.ada.active = true
	l.expectHeld(l.places, l.ada, l.grace)
	l.expectMembers(l.places, "Developers", l.ada, l.grace)
	l.expectUser(ctx, l.adaUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
	l.expectStates(ctx, l.adaUser.ID(), v1alpha1.UserActive)
	Expect(l.at(inBitbucket).members("guests")).To(BeEmpty(), "the source does not give it")
}

func (l *commonLife) changeMembers(ctx SpecContext) {
	By("changing the members")
	Expect(l.idp.RemoveMembers(ctx, l.group, okta.MemberOf(l.graceUser))).To(Succeed())
	l.expectMembers(l.places, "Developers", l.ada)
	Expect(l.idp.AddMembers(ctx, l.group, okta.MemberOf(l.graceUser))).To(Succeed())
	l.expectMembers(l.places, "Developers", l.ada, l.grace)
}

func (l *commonLife) renameGroup(ctx SpecContext) {
	By("renaming the group, which no product can: the members move")
	Expect(l.idp.RenameGroup(ctx, l.group, "Engineers")).To(Succeed())
	l.expectMembers(l.places, "Engineers", l.ada, l.grace)
	l.expectMembers(l.places, "Developers")
	l.expectGroupReady(ctx, l.group.ID())
}

func (l *commonLife) rename(ctx SpecContext) {
	By("renaming a user, which Confluence cannot")
	before := l.at(inConfluence).accounts()
	l.ada.Login, l.ada.username = "ada.byron@example.com", "ada.byron"
	l.update(ctx, l.adaUser, l.ada)
	l.expectHeld(l.but(inConfluence), l.ada, l.grace)
	l.expectMembers(l.but(inConfluence), "Engineers", l.ada, l.grace)
	l.expectUser(ctx, l.adaUser.ID(), And(
		beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned,
			"confluence: the product cannot rename ada.lovelace to ada.byron: rename the account by hand, or change the name back at the source"),
		haveCondition(v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonPartiallyProvisioned, ""),
	))
	Expect(l.at(inConfluence).accounts()).To(Equal(before))
	l.expectConfig(ctx, beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "1 of 2 users and 1 of 1 groups in sync, 1 need attention"))

	By("changing the name back")
	l.ada.Login, l.ada.username = "Ada.Lovelace@example.com", "Ada.Lovelace"
	l.update(ctx, l.adaUser, l.ada)
	l.expectHeld(l.places, l.ada, l.grace)
	l.expectUser(ctx, l.adaUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
}

func (l *commonLife) remove(ctx SpecContext) {
	By("deleting a user and the group")
	Expect(l.send(ctx, http.MethodDelete, "/Users/"+l.adaUser.ID(), "").Status).To(Equal(http.StatusNoContent))
	Expect(l.idp.DeleteGroup(ctx, l.group.ID())).To(Succeed())
	Eventually(func() any { return l.users(ctx) }).Should(HaveLen(1))
	Eventually(func() any { return l.groups(ctx) }).Should(BeEmpty())
	l.ada.active = false
	l.expectHeld(l.places, l.ada, l.grace)
	Expect(l.at(inBitbucket).groupsOf(l.ada.username)).To(BeEmpty())
	for _, p := range l.places {
		Expect(p.members("Engineers")).To(ContainElement(l.grace.username), "%s: groups.onRemoval is Keep", p.Name)
	}
}

// expectHeld waits until the places hold exactly these people. They are
// compared in order, which is much faster for hundreds.
func (e *estate) expectHeld(places []*place, people ...person) {
	GinkgoHelper()
	for _, p := range places {
		want := make([]holding, 0, len(people))
		for _, who := range people {
			want = append(want, p.holdingOf(who))
		}
		Eventually(func() []holding { return inOrder(p.accounts()) }).Should(Equal(inOrder(want)), "%s", p.Name)
	}
}

// inOrder sorts by name and takes e-mail addresses without letter case.
func inOrder(held []holding) []holding {
	for i := range held {
		held[i].Email = strings.ToLower(held[i].Email)
	}
	slices.SortFunc(held, func(a, b holding) int { return strings.Compare(a.Name, b.Name) })
	return held
}

// expectMembers waits until a group of the places has exactly these members.
func (e *estate) expectMembers(places []*place, group string, people ...person) {
	GinkgoHelper()
	for _, p := range places {
		want := []string{}
		for _, who := range people {
			want = append(want, p.username(who.username))
		}
		Eventually(func() []string { return p.members(group) }).Should(And(Not(BeNil()), ConsistOf(want)), "%s", p.Name)
	}
}

// expectGroupReady waits until a group is as wanted everywhere.
func (e *estate) expectGroupReady(ctx SpecContext, id string) {
	GinkgoHelper()
	Eventually(func() ([]metav1.Condition, error) {
		group, err := e.group(ctx, id)
		if err != nil {
			return nil, err
		}
		return current(group.Status.Conditions, group.Status.ObservedGeneration, group.Generation)
	}).Should(And(
		beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""),
		haveCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionTrue, v1alpha1.ReasonSynced, ""),
	))
}

// expectStates checks what the status says of a user in each directory.
func (e *estate) expectStates(ctx SpecContext, id string, want v1alpha1.UserState) {
	GinkgoHelper()
	user, err := e.user(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	Expect(user.Status.Directories).To(HaveLen(len(e.places)))
	for _, entry := range user.Status.Directories {
		Expect(entry.State).To(Equal(want), "%s", entry.Name)
	}
}
