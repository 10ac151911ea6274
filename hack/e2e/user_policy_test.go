package e2e

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var _ = Describe("The policy for users", func() {
	It("takes over whom it may, keeps people apart, and removes as it is told", func(ctx SpecContext) {
		t := createTenant(ctx, paused, func(spec *v1alpha1.SyncConfigSpec) {
			spec.Provisioning.Adoption = v1alpha1.AdoptMatchUsernameAndEmail
			spec.Provisioning.OnRemoval = v1alpha1.RemoveUserDelete
			spec.Protected.Users = []string{"root.*"}
		})
		people := map[string]userbase.User{}
		for _, user := range []userbase.User{
			{Name: "grace", DisplayName: "G. Hopper", Email: "grace@example.com", Active: true},
			{Name: "linus", DisplayName: "Another Linus", Email: "linus@example.org", Active: true},
			{Name: "root2", DisplayName: "Root", Email: "root2@example.com", Active: true},
		} {
			made, err := t.jira.Simulator.AddUser(user)
			Expect(err).NotTo(HaveOccurred())
			people[user.Name] = made
		}
		t.edit(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModeEnforce })
		t.waitReady(ctx)
		idp := t.okta(okta.Template, replicas[0])
		account := func(name string) func() userbase.User {
			return func() userbase.User { user, _ := t.jira.Simulator.User(name); return user }
		}
		come := func(who person) okta.Resource {
			GinkgoHelper()
			user, err := idp.CreateUser(ctx, who.Profile)
			Expect(err).NotTo(HaveOccurred())
			return user
		}

		By("taking over the account with the name and the e-mail address, and no other")
		grace := newPerson("grace", "Grace", "Hopper")
		graceUser := come(grace)
		t.expectPerson(ctx, idp, graceUser.ID(), grace)
		Expect(account("grace")()).To(And(HaveField("Key", people["grace"].Key), HaveField("DisplayName", "Grace Hopper")))
		linusUser := come(newPerson("linus", "Linus", "Torvalds"))
		t.expectUser(ctx, linusUser.ID(), beReady(metav1.ConditionFalse, v1alpha1.ReasonAlreadyExistsUnmanaged, "linus"))
		rootUser := come(newPerson("root2", "Somebody", "Else"))
		t.expectUser(ctx, rootUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProtected, ""))

		By("never putting two people into one account")
		ada, other := newPerson("ada", "Ada", "Lovelace"), newPerson("ada", "Ada", "Yonath")
		other.ID, other.Login, other.Email = "00u-other", "ada@example.org", "ada@example.org"
		adaUser := come(ada)
		t.expectPerson(ctx, idp, adaUser.ID(), ada)
		otherUser := come(other)
		t.expectUser(ctx, otherUser.ID(), beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername, ada.Login))
		Expect(account("ada")()).To(HaveField("Email", ada.Email))

		By("disabling nobody while that is switched off")
		t.edit(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.DisableUsers = new(false) })
		Expect(idp.Deactivate(ctx, graceUser.ID())).To(Succeed())
		t.expectUser(ctx, graceUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonDisableDisabled, ""))
		Expect(account("grace")()).To(HaveField("Active", true))
		t.edit(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.DisableUsers = nil })
		Eventually(account("grace")).Should(HaveField("Active", false))

		By("deleting the account of somebody who is deleted, for the next of that name to get one of their own")
		before := account("ada")()
		Expect(t.send(ctx, http.MethodDelete, "/Users/"+adaUser.ID(), "").Status).To(Equal(http.StatusNoContent))
		t.expectPerson(ctx, idp, otherUser.ID(), other)
		Expect(account("ada")().Key).NotTo(Equal(before.Key))

		By("leaving the account when it is told to keep it")
		t.edit(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.OnRemoval = v1alpha1.RemoveUserKeep })
		for _, user := range []okta.Resource{otherUser, linusUser, rootUser} {
			Expect(t.send(ctx, http.MethodDelete, "/Users/"+user.ID(), "").Status).To(Equal(http.StatusNoContent))
		}
		Eventually(func() any { return t.users(ctx) }).Should(HaveLen(1))
		Expect(account("ada")()).To(HaveField("Active", true))
		for _, name := range []string{"linus", "root2"} {
			Expect(account(name)()).To(Equal(people[name]), "nobody of ours")
		}
	})
})
