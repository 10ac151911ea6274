package e2e

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var _ = Describe("One of five directories", func() {
	It("that is down leaves the others correct, and is put right afterwards", func(ctx SpecContext) {
		const down = v1alpha1.ProductCrowd
		e := newEstate(ctx)
		idp := e.okta(okta.Template, replicas[0])
		ada, alan := newPerson("ada", "Ada", "Lovelace"), newPerson("alan", "Alan", "Turing")
		adaUser, err := idp.AssignUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		alanUser, err := idp.AssignUser(ctx, alan.Profile)
		Expect(err).NotTo(HaveOccurred())
		group, err := idp.PushGroup(ctx, "staff", okta.MemberOf(adaUser), okta.MemberOf(alanUser))
		Expect(err).NotTo(HaveOccurred())
		e.expectMembers(e.places, "staff", ada, alan)
		e.expectGroupReady(ctx, group.ID())
		e.expectUser(ctx, alanUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
		untouched := mustUser(ctx, e.tenant, alanUser.ID())

		By("changing everything while it is down")
		e.at(down).spoil(rig.Rule{Kind: rig.KindReset})
		ada.GivenName = "Augusta"
		_, err = idp.UpdateUser(ctx, adaUser.ID(), ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		grace := newPerson("grace", "Grace", "Hopper")
		graceUser, err := idp.AssignUser(ctx, grace.Profile)
		Expect(err).NotTo(HaveOccurred())
		Expect(idp.AddMembers(ctx, group, okta.MemberOf(graceUser))).To(Succeed())
		e.expectHeld(e.but(down), ada, alan, grace)
		e.expectMembers(e.but(down), "staff", ada, alan, grace)
		waits := beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned, "crowd: ")
		e.expectUser(ctx, adaUser.ID(), waits)
		e.expectUser(ctx, graceUser.ID(), And(waits, haveCondition(v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonProgressingWithRetry, "")))
		e.expectUser(ctx, alanUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
		e.expectEntry(ctx, graceUser.ID(), down, v1alpha1.ReasonDirectoryUnavailable)
		e.expectEntry(ctx, graceUser.ID(), v1alpha1.ProductJira, v1alpha1.ReasonProvisioned)
		e.expectConfig(ctx, And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonProbeFailed, "crowd: "),
			haveCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionFalse, v1alpha1.ReasonProbeFailed, e.at(down).URL),
		))

		By("changing by hand meanwhile what nobody changes at the source")
		crowd := e.products.Crowd.Simulator
		Expect(crowd.ChangeUser("alan", func(u *userbase.User) { u.DisplayName, u.Active = "Al", false })).To(Succeed())
		Expect(crowd.AddUser(userbase.User{Name: "intruder", Active: true})).Error().NotTo(HaveOccurred())
		Expect(crowd.AddMember("staff", "intruder")).To(Succeed())

		By("bringing it back")
		e.at(down).spoil()
		Eventually(func() []holding { return e.at(down).accounts() }).Should(ContainElements(
			e.at(down).holdingOf(ada), e.at(down).holdingOf(alan), e.at(down).holdingOf(grace),
		))
		e.expectMembers(e.places, "staff", ada, alan, grace)
		e.expectGroupReady(ctx, group.ID())
		for _, user := range []okta.Resource{adaUser, alanUser, graceUser} {
			e.expectUser(ctx, user.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))
		}
		e.expectConfig(ctx, beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "3 of 3 users and 1 of 1 groups in sync"))
		Expect(e.at(down).usernames()).To(ContainElement("intruder"), "an account that nobody provisions is left alone")
		Expect(e.at(down).Count(http.MethodDelete, "user")).To(BeZero())
		Expect(mustUser(ctx, e.tenant, alanUser.ID())).To(And(
			HaveField("Generation", untouched.GetGeneration()), HaveField("Annotations", untouched.GetAnnotations())))
	})
})

// expectEntry waits until the status gives this reason for a directory.
func (e *estate) expectEntry(ctx SpecContext, id string, product v1alpha1.Product, reason string) {
	GinkgoHelper()
	Eventually(func() ([]v1alpha1.UserDirectoryStatus, error) {
		user, err := e.user(ctx, id)
		if err != nil {
			return nil, err
		}
		return user.Status.Directories, nil
	}).Should(ContainElement(And(HaveField("Name", e.at(product).directory()), HaveField("Reason", reason))))
}
