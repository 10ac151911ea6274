package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/okta"
)

// definition is the custom resource definition of that name.
func definition(plural string) *unstructured.Unstructured {
	crd := &unstructured.Unstructured{}
	crd.SetName(plural + "." + v1alpha1.GroupVersion.Group)
	crd.SetGroupVersionKind(schema.GroupVersionKind{Group: "apiextensions.k8s.io", Version: "v1", Kind: "CustomResourceDefinition"})
	return crd
}

// Deleting the definitions deletes every user and group while the manager
// still runs and the SyncConfigs are still there. It has an API server of its
// own, since nothing else could go on afterwards.
var _ = Describe("Taking atlassync off a cluster", func() {
	It("by deleting the definitions first leaves every account as it is", func(ctx SpecContext) {
		own, err := localenv.Start(ctx, localenv.Options{Dir: GinkgoT().TempDir()})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(own.Stop)
		manager, err := own.StartManager(ctx, "only")
		Expect(err).NotTo(HaveOccurred())
		defer func(before *localenv.Environment, client client.Client) { env, kube = before, client }(env, kube)
		env, kube = own, own.ControlPlane.Client

		t := newTenant(ctx)
		idp := t.okta(okta.Template, manager)
		ada := newPerson("ada", "Ada", "Lovelace")
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		group, err := idp.PushGroup(ctx, "staff", okta.MemberOf(user))
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), ada)
		t.expectGroup(ctx, idp, group.ID(), "staff", user)
		held := t.jira.Simulator.State()

		for _, plural := range []string{"provisionedusers", "provisionedgroups"} {
			crd := definition(plural)
			Expect(kube.Delete(ctx, crd)).To(Succeed())
			Eventually(func() error { return kube.Get(ctx, client.ObjectKeyFromObject(crd), crd) }).
				Should(Satisfy(apierrors.IsNotFound), "it does not hang")
		}
		Consistently(t.jira.Simulator.State).Should(Equal(held))
	})
})
