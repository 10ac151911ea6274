package e2e

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

// What else is tried to lose accounts is listed in controllers/attack_test.go.
var _ = Describe("An attempt to lose an account", func() {
	ada := newPerson("ada", "Ada", "Lovelace")

	It("by a second SyncConfig for the same directory is told, and does nothing", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), ada)
		before := t.jira.Simulator.State()

		second := t.config(func(spec *v1alpha1.SyncConfigSpec) {
			spec.Provisioning.Adoption, spec.Provisioning.OnRemoval = v1alpha1.AdoptMatchUsername, v1alpha1.RemoveUserDelete
		})
		second.Name = "entra"
		Expect(kube.Create(ctx, second)).To(Succeed())
		other := &v1alpha1.ProvisionedUser{
			ObjectMeta: metav1.ObjectMeta{Namespace: t.key.Namespace, Name: "somebody"},
			Spec:       v1alpha1.ProvisionedUserSpec{SyncConfigName: "entra", UserName: "ADA@other.example", Active: new(false)},
		}
		Expect(kube.Create(ctx, other)).To(Succeed())
		Eventually(func(g Gomega) {
			g.Expect(kube.Get(ctx, client.ObjectKeyFromObject(other), other)).To(Succeed())
			ready := meta.FindStatusCondition(other.Status.Conditions, v1alpha1.ConditionReady)
			g.Expect(ready).To(HaveValue(And(HaveField("Reason", v1alpha1.ReasonDuplicateUsername), HaveField("Message", ContainSubstring("okta")))))
		}).Should(Succeed())
		Expect(kube.Delete(ctx, other)).To(Succeed())
		Eventually(func() error { return kube.Get(ctx, client.ObjectKeyFromObject(other), other) }).ShouldNot(Succeed())
		Expect(t.jira.Simulator.State()).To(Equal(before))
	})

	It("by a mistyped address while somebody leaves keeps her in sight until it is right", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), ada)

		move := func(url string, ready metav1.ConditionStatus) {
			GinkgoHelper()
			config, err := t.read(ctx)
			Expect(err).NotTo(HaveOccurred())
			before := config.DeepCopy()
			config.Spec.Directories[0].URL = url
			Expect(kube.Patch(ctx, config, client.MergeFrom(before))).To(Succeed())
			Eventually(func() (*v1alpha1.SyncConfig, error) { return t.read(ctx) }).Should(HaveField("Status.Conditions", ContainElement(And(
				HaveField("Type", v1alpha1.ConditionReady), HaveField("Status", ready), HaveField("ObservedGeneration", config.Generation)))))
		}
		move("http://127.0.0.1:1", metav1.ConditionFalse)
		Expect(t.send(ctx, http.MethodDelete, "/Users/"+user.ID(), "").Status).To(Equal(http.StatusNoContent))
		Eventually(func() any { return t.users(ctx) }).Should(ConsistOf(HaveField("Status.Conditions",
			ContainElement(And(HaveField("Type", v1alpha1.ConditionReady), HaveField("Reason", v1alpha1.ReasonDirectoryNotReady),
				HaveField("Message", ContainSubstring("account ada")))))))

		move(t.jira.URL, metav1.ConditionTrue)
		Eventually(func() any { return t.users(ctx) }).Should(BeEmpty())
		account, found := t.jira.Simulator.User("ada")
		Expect(found).To(BeTrue())
		Expect(account.Active).To(BeFalse())
	})
})
