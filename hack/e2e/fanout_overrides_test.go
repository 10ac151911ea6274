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

var _ = Describe("Overrides of a directory", func() {
	It("hold for that directory alone", func(ctx SpecContext) {
		e := newEstate(ctx,
			in(v1alpha1.ProductJira, func(d *v1alpha1.DirectorySpec) { d.Provisioning.ImportUsers = new(false) }),
			in(v1alpha1.ProductConfluence, func(d *v1alpha1.DirectorySpec) { d.Groups.Sync = new(false) }),
			in(v1alpha1.ProductBitbucket, func(d *v1alpha1.DirectorySpec) {
				d.Groups.Membership, d.Provisioning.OnRemoval = v1alpha1.MembershipAdditive, v1alpha1.RemoveUserDelete
			}),
			in(v1alpha1.ProductCrowd, func(d *v1alpha1.DirectorySpec) { d.Username.Case = v1alpha1.CaseLower }),
			in(v1alpha1.ProductCloud, func(d *v1alpha1.DirectorySpec) {
				d.Username.Regex, d.Provisioning.UpdateUsers = new(""), new(false)
			}),
		)
		idp := e.okta(okta.Wizard, replicas[0])
		usernames := func() map[v1alpha1.Product][]string {
			all := map[v1alpha1.Product][]string{}
			for _, p := range e.places {
				all[p.Name] = p.usernames()
			}
			return all
		}

		ada := newPerson("Ada.Lovelace", "Ada", "Lovelace")
		user, err := idp.AssignUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		Eventually(usernames).Should(Equal(map[v1alpha1.Product][]string{
			v1alpha1.ProductJira:       {},
			v1alpha1.ProductConfluence: {"ada.lovelace"},
			v1alpha1.ProductBitbucket:  {"Ada.Lovelace"},
			v1alpha1.ProductCrowd:      {"ada.lovelace"},
			v1alpha1.ProductCloud:      {"Ada.Lovelace@example.com"},
		}))
		e.expectUser(ctx, user.ID(), And(
			beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, "importUsers is off"),
			beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, "cloud: Active as Ada.Lovelace@example.com"),
		))

		By("pushing a group of which Bitbucket keeps members added by hand")
		group, err := idp.PushGroup(ctx, "staff", okta.MemberOf(user))
		Expect(err).NotTo(HaveOccurred())
		e.expectGroupReady(ctx, group.ID())
		for _, p := range e.but(v1alpha1.ProductJira, inConfluence) {
			Expect(p.members("staff")).To(HaveLen(1), "%s", p.Name)
		}
		Expect(e.at(inConfluence).members("staff")).To(BeNil())
		Expect(e.products.Bitbucket.Simulator.AddUser(userbase.User{Name: "bob", Active: true})).Error().NotTo(HaveOccurred())
		Expect(e.products.Bitbucket.Simulator.AddMember("staff", "bob")).To(Succeed())
		Expect(idp.ReplaceMembers(ctx, group)).To(Succeed())
		Eventually(func() []string { return e.at(v1alpha1.ProductCrowd).members("staff") }).Should(BeEmpty())
		e.expectGroupReady(ctx, group.ID())
		Expect(e.at(inBitbucket).members("staff")).To(ConsistOf("Ada.Lovelace", "bob"))

		By("changing and deleting the user")
		ada.GivenName = "Augusta"
		_, err = idp.UpdateUser(ctx, user.ID(), ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		e.expectUser(ctx, user.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, "updateUsers is off"))
		Expect(e.at(v1alpha1.ProductCrowd).accounts()).To(ConsistOf(HaveField("DisplayName", "Augusta Lovelace")))
		Expect(e.at(v1alpha1.ProductCloud).accounts()).To(ConsistOf(HaveField("DisplayName", "Ada Lovelace")))
		Expect(e.send(ctx, http.MethodDelete, "/Users/"+user.ID(), "").Status).To(Equal(http.StatusNoContent))
		Eventually(func() any { return e.users(ctx) }).Should(BeEmpty())
		Expect(e.at(inBitbucket).usernames()).To(ConsistOf("bob"), "onRemoval is Delete here")
		for _, p := range e.but(v1alpha1.ProductJira, inBitbucket) {
			Expect(p.accounts()).To(ConsistOf(HaveField("Active", false)), "%s: onRemoval is Disable", p.Name)
		}
	})
})
