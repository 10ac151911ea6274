package e2e

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// kube-controller-manager deletes what is in a namespace in an order of its
// own: whatever goes first, nobody loses an account, and nothing hangs.
var _ = Describe("Deleting the namespace", func() {
	DescribeTable("ends, and leaves every account as it is", func(ctx SpecContext, before func(SpecContext, *tenant)) {
		controllers, err := env.StartControllers(ctx)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(controllers.Stop)

		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		ada := newPerson("ada", "Ada", "Lovelace")
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		var members []okta.Member
		for n := range v1alpha1.MaxMembers + 1 { // so that there is a page besides
			members = append(members, okta.Member{ID: fmt.Sprintf("member-%d", n)})
		}
		group, err := idp.PushGroup(ctx, "staff", okta.MemberOf(user))
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), ada)
		t.expectGroup(ctx, idp, group.ID(), "staff", user)
		Expect(idp.ReplaceMembers(ctx, group, append(members, okta.MemberOf(user))...)).To(Succeed())
		pages := &v1alpha1.MembershipSliceList{}
		Expect(kube.List(ctx, pages, client.InNamespace(t.key.Namespace))).To(Succeed())
		Expect(pages.Items).NotTo(BeEmpty())
		held := t.jira.Simulator.State()
		before(ctx, t)

		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: t.key.Namespace}}
		Expect(kube.Delete(ctx, namespace)).To(Succeed())
		Eventually(func() error { return kube.Get(ctx, client.ObjectKeyFromObject(namespace), namespace) }).
			Should(Satisfy(apierrors.IsNotFound), "it does not hang")
		Expect(t.jira.Simulator.SetFaults(rig.Faults{})).To(Succeed())
		Expect(t.jira.Simulator.State()).To(Equal(held))
	},
		Entry("as it is", func(SpecContext, *tenant) {}),
		Entry("while the directory is down", func(_ SpecContext, t *tenant) {
			Expect(t.jira.Simulator.SetFaults(rig.Faults{Rules: []rig.Rule{{Kind: rig.KindReset}}})).To(Succeed())
		}),
		Entry("while everything is paused", func(ctx SpecContext, t *tenant) {
			config, err := t.read(ctx)
			Expect(err).NotTo(HaveOccurred())
			config.Spec.Mode = v1alpha1.ModePaused
			Expect(kube.Update(ctx, config)).To(Succeed())
		}),
	)
})
