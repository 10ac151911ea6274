package e2e

import (
	"context"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/okta"
)

const shardLabel = "atlassync.dev/shard"

var _ = Describe("Two shards", func() {
	It("serve each other's SCIM, go on alone, and hand over", func(ctx SpecContext) {
		first, second := startShards(ctx)
		ours, theirs := createTenant(ctx), prepareTenant(ctx)
		labelled := theirs.config()
		labelled.Labels = map[string]string{shardLabel: "second"}
		Expect(kube.Create(ctx, labelled)).To(Succeed())
		theirs.learnToken(ctx)
		ours.waitReady(ctx)
		theirs.waitReady(ctx)
		Expect(ours.reconciledBy(ctx)).NotTo(Equal(theirs.reconciledBy(ctx)))

		for _, t := range []*tenant{ours, theirs} {
			for n, manager := range []*localenv.Manager{first, second} {
				who := newPerson([]string{"ada", "bob"}[n], "Any", "Body")
				idp := t.okta(okta.Template, manager)
				user, err := idp.CreateUser(ctx, who.Profile)
				Expect(err).NotTo(HaveOccurred())
				t.expectPerson(ctx, idp, user.ID(), who)
			}
		}

		// One shard dies: the other one serves SCIM for both and works on for its own.
		second.Kill()
		eve := newPerson("eve", "Eve", "Online")
		idp := ours.okta(okta.Template, first)
		user, err := idp.CreateUser(ctx, eve.Profile)
		Expect(err).NotTo(HaveOccurred())
		ours.expectPerson(ctx, idp, user.ID(), eve)
		waiting, err := theirs.okta(okta.Template, first).CreateUser(ctx, eve.Profile)
		Expect(err).NotTo(HaveOccurred())
		Consistently(func() []string { return people(theirs.jira) }).Should(ConsistOf("ada", "bob"), "nobody else takes it")

		// Somebody moves its SyncConfig: the other one takes it when the lease has run out.
		theirs.label(ctx, nil)
		theirs.expectPerson(ctx, theirs.okta(okta.Template, first), waiting.ID(), eve)
		Expect(theirs.reconciledBy(ctx)).To(Equal(ours.reconciledBy(ctx)))

		// And back, from a manager that is alive.
		Expect(second.Start(ctx)).To(Succeed())
		theirs.label(ctx, map[string]string{shardLabel: "second"})
		Eventually(func() string { return theirs.reconciledBy(ctx) }).Should(And(Not(BeEmpty()), Not(Equal(ours.reconciledBy(ctx)))))
		moved := newPerson("max", "Max", "Moved")
		user, err = theirs.okta(okta.Template, first).CreateUser(ctx, moved.Profile)
		Expect(err).NotTo(HaveOccurred())
		theirs.expectPerson(ctx, theirs.okta(okta.Template, second), user.ID(), moved)
		Expect(succeeded(ours.jira, "POST", "user")).To(Equal(3), "each account was made once")
		Expect(succeeded(theirs.jira, "POST", "user")).To(Equal(4), "each account was made once")
		Expect(theirs.jira.Simulator.Count("DELETE", "user")).To(BeZero())
	})
})

// startShards stops the replicas for the time of the test, and runs a manager
// for each Deployment of config/sharded, with its selector and its rights.
func startShards(ctx context.Context) (first, second *localenv.Manager) {
	GinkgoHelper()
	for _, replica := range replicas {
		Expect(replica.Stop()).To(Succeed())
		DeferCleanup(func(ctx SpecContext) { Expect(replica.Start(ctx)).To(Succeed()) })
	}
	checkout, err := localenv.Checkout()
	Expect(err).NotTo(HaveOccurred())
	objects, err := localenv.Render(filepath.Join(checkout, "config", "sharded"))
	Expect(err).NotTo(HaveOccurred())
	var managers []*localenv.Manager
	for _, object := range objects {
		switch {
		case object.GetKind() == "Role":
			grantLeases(ctx, object)
		case object.GetKind() == "Deployment":
			manager, err := env.StartManager(ctx, object.GetName()+"-shard", selectorOf(object))
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(func() { Expect(manager.Stop()).To(Succeed()) })
			managers = append(managers, manager)
		}
	}
	Expect(managers).To(HaveLen(2))
	return managers[0], managers[1]
}

// grantLeases gives the manager the Role of the overlay for the time of the test.
func grantLeases(ctx context.Context, object *unstructured.Unstructured) {
	GinkgoHelper()
	role, present := &rbacv1.Role{}, &rbacv1.Role{}
	Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, role)).To(Succeed())
	Expect(kube.Get(ctx, client.ObjectKeyFromObject(role), present)).To(Succeed())
	before := present.DeepCopy()
	present.Rules = role.Rules
	Expect(kube.Update(ctx, present)).To(Succeed())
	DeferCleanup(func(ctx SpecContext) {
		before.ResourceVersion = ""
		Expect(kube.Update(ctx, before)).To(Succeed())
	})
}

// selectorOf is the flag of that name in a Deployment.
func selectorOf(deployment *unstructured.Unstructured) string {
	GinkgoHelper()
	containers, _, err := unstructured.NestedSlice(deployment.Object, "spec", "template", "spec", "containers")
	Expect(err).NotTo(HaveOccurred())
	container, _ := containers[0].(map[string]any)
	args, _ := container["args"].([]any)
	found := ""
	for _, arg := range args {
		if text, _ := arg.(string); strings.HasPrefix(text, "--selector=") {
			Expect(found).To(BeEmpty(), "one selector")
			found = text
		}
	}
	Expect(found).NotTo(BeEmpty())
	return found
}

// label replaces the labels of the SyncConfig, which is what moves it.
func (t *tenant) label(ctx context.Context, labels map[string]string) {
	GinkgoHelper()
	Eventually(func() error {
		config, err := t.read(ctx)
		if err != nil {
			return err
		}
		config.Labels = labels
		return kube.Update(ctx, config)
	}).Should(Succeed())
}

// reconciledBy is the lease of the manager that has the SyncConfig.
func (t *tenant) reconciledBy(ctx context.Context) string {
	GinkgoHelper()
	config, err := t.read(ctx)
	Expect(err).NotTo(HaveOccurred())
	return config.Status.ReconciledBy
}
