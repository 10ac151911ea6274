package e2e

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

var _ = Describe("Taking away", func() {
	ada, grace := newPerson("ada", "Ada", "Lovelace"), newPerson("grace", "Grace", "Hopper")

	It("the SyncConfig removes nobody, and putting it back restores everything", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		adaUser, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		graceUser, err := idp.CreateUser(ctx, grace.Profile)
		Expect(err).NotTo(HaveOccurred())
		group, err := idp.PushGroup(ctx, "staff", okta.MemberOf(adaUser), okta.MemberOf(graceUser))
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, adaUser.ID(), ada)
		t.expectPerson(ctx, idp, graceUser.ID(), grace)
		t.expectGroup(ctx, idp, group.ID(), "staff", adaUser, graceUser)
		before := t.jira.Simulator.State()

		config, err := t.read(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(kube.Delete(ctx, config)).To(Succeed())
		Eventually(func() error { _, err := t.read(ctx); return err }).Should(Satisfy(apierrors.IsNotFound))
		Eventually(func() error { _, err := idp.GetUser(ctx, adaUser.ID()); return err }).Should(HaveField("Status", http.StatusUnauthorized))

		By("deleting objects while it is gone")
		for _, object := range []client.Object{mustUser(ctx, t, graceUser.ID()), mustGroup(ctx, t, group.ID())} {
			Expect(kube.Delete(ctx, object)).To(Succeed())
			Eventually(func() error { return kube.Get(ctx, client.ObjectKeyFromObject(object), object) }).
				Should(Satisfy(apierrors.IsNotFound), "its finalizer is released")
		}
		Consistently(t.jira.Simulator.State).Should(Equal(before), "nobody was removed")

		By("applying it again")
		Expect(kube.Create(ctx, t.config())).To(Succeed())
		t.waitReady(ctx)
		t.expectPerson(ctx, idp, adaUser.ID(), ada) // with the token of before
		Expect(t.jira.Simulator.State()).To(Equal(before))
	})

	It("a user by DELETE disables the account", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), ada)

		Expect(t.send(ctx, http.MethodDelete, "/Users/"+user.ID(), "").Status).To(Equal(http.StatusNoContent))
		Expect(t.send(ctx, http.MethodGet, "/Users/"+user.ID(), "")).To(beSCIMError(http.StatusNotFound, "", user.ID()))
		Eventually(func() any { return t.users(ctx) }).Should(BeEmpty())
		account, found := t.jira.Simulator.User("ada")
		Expect(found).To(BeTrue())
		Expect(account.Active).To(BeFalse())

		By("creating the person anew")
		again, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		Expect(again.ID()).NotTo(Equal(user.ID()), "an id is never used twice")
		t.expectPerson(ctx, idp, again.ID(), ada)
	})

	It("the permission to write, by mode Paused, loses nothing", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		graceUser, err := idp.CreateUser(ctx, grace.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, graceUser.ID(), grace)

		t.edit(ctx, paused)
		t.expectConfig(ctx, And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonPaused, ""),
			haveCondition(v1alpha1.ConditionPaused, metav1.ConditionTrue, v1alpha1.ReasonPaused, "no directory is written to"),
		))
		before := len(writes(t.jira))
		adaUser, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		Expect(idp.Deactivate(ctx, graceUser.ID())).To(Succeed())
		group, err := idp.PushGroup(ctx, "staff", okta.MemberOf(adaUser))
		Expect(err).NotTo(HaveOccurred())
		t.expectUser(ctx, graceUser.ID(), beReady(metav1.ConditionFalse, v1alpha1.ReasonPaused, "changes wait"))
		Consistently(func() any { return writes(t.jira) }).Should(HaveLen(before), "Jira is not written to")

		t.edit(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModeEnforce })
		grace := grace
		grace.active = false
		t.expectPerson(ctx, idp, adaUser.ID(), ada)
		t.expectPerson(ctx, idp, graceUser.ID(), grace)
		t.expectGroup(ctx, idp, group.ID(), "staff", adaUser)
	})
})

func mustUser(ctx SpecContext, t *tenant, id string) client.Object {
	GinkgoHelper()
	user, err := t.user(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	return user
}

func mustGroup(ctx SpecContext, t *tenant, id string) client.Object {
	GinkgoHelper()
	group, err := t.group(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	return group
}
