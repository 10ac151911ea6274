package e2e

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/hack/localenv"
)

var _ = Describe("The manager's ServiceAccount", func() {
	var manager client.Client
	BeforeEach(func() {
		content, err := os.ReadFile(filepath.Join(env.Dir, "manager.kubeconfig"))
		Expect(err).NotTo(HaveOccurred())
		config, err := clientcmd.RESTConfigFromKubeConfig(content)
		Expect(err).NotTo(HaveOccurred())
		secrets.add("the manager's own token", config.BearerToken)
		manager, err = client.New(config, client.Options{Scheme: kube.Scheme()})
		Expect(err).NotTo(HaveOccurred())
	})

	It("is the shipped one", func(ctx SpecContext) {
		review := &authenticationv1.SelfSubjectReview{}
		Expect(manager.Create(ctx, review)).To(Succeed())
		account := localenv.ManagerAccount
		Expect(review.Status.UserInfo.Username).To(Equal("system:serviceaccount:" + account.Namespace + ":" + account.Name))
		Expect(review.Status.UserInfo.Groups).NotTo(ContainElement("system:masters"))
	})

	DescribeTable("may do what it must and nothing else", func(ctx SpecContext, verb, group, resource, subresource string, allowed bool) {
		review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Namespace: "default", Verb: verb, Group: group, Resource: resource, Subresource: subresource,
			},
		}}
		Expect(manager.Create(ctx, review)).To(Succeed())
		Expect(review.Status.Allowed).To(Equal(allowed))
	},
		func(verb, _, resource, subresource string, allowed bool) string {
			may := "may not "
			if allowed {
				may = "may "
			}
			return may + verb + " " + resource + " " + subresource
		},
		Entry(nil, "get", "", "secrets", "", true),
		Entry(nil, "create", "", "secrets", "", true),
		Entry(nil, "list", "", "secrets", "", false),
		Entry(nil, "watch", "", "secrets", "", false),
		Entry(nil, "update", "", "secrets", "", false),
		Entry(nil, "patch", "", "secrets", "", false),
		Entry(nil, "delete", "", "secrets", "", false),
		Entry(nil, "list", "atlassync.dev", "syncconfigs", "", true),
		Entry(nil, "create", "atlassync.dev", "syncconfigs", "", false),
		Entry(nil, "update", "atlassync.dev", "syncconfigs", "", false),
		Entry(nil, "patch", "atlassync.dev", "syncconfigs", "", false),
		Entry(nil, "delete", "atlassync.dev", "syncconfigs", "", false),
		Entry(nil, "patch", "atlassync.dev", "syncconfigs", "status", true),
		Entry(nil, "create", "atlassync.dev", "provisionedusers", "", true),
		Entry(nil, "deletecollection", "atlassync.dev", "provisionedusers", "", false),
		Entry(nil, "get", "", "pods", "", false),
		Entry(nil, "create", "", "pods", "exec", false),
		Entry(nil, "get", "", "configmaps", "", false),
		Entry(nil, "create", "", "serviceaccounts", "token", false),
		Entry(nil, "impersonate", "", "users", "", false),
		Entry(nil, "escalate", "rbac.authorization.k8s.io", "clusterroles", "", false),
		Entry(nil, "*", "*", "*", "", false),
	)
})
