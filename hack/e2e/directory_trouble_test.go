package e2e

import (
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

var _ = Describe("Trouble with Jira", func() {
	ada, grace := newPerson("ada", "Ada", "Lovelace"), newPerson("grace", "Grace", "Hopper")

	// spoil is a fault of Jira.
	spoil := func(t *tenant, rule rig.Rule) {
		GinkgoHelper()
		Expect(t.jira.Simulator.SetFaults(rig.Faults{Rules: []rig.Rule{rule}})).To(Succeed())
	}
	creates := func(rule rig.Rule) rig.Rule {
		rule.Method, rule.Path = http.MethodPost, "/api/2/user"
		return rule
	}

	It("that is unreachable is told, and catches up by itself", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		adaUser, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, adaUser.ID(), ada)

		spoil(t, rig.Rule{Kind: rig.KindReset})
		graceUser, err := idp.CreateUser(ctx, grace.Profile)
		Expect(err).NotTo(HaveOccurred(), "SCIM is answered as usual")
		t.expectConfig(ctx, And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonProbeFailed, t.jira.URL),
			haveCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionFalse, v1alpha1.ReasonProbeFailed, "jira: "),
		))
		t.expectUser(ctx, graceUser.ID(), beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable, "jira: "))
		t.expectUser(ctx, adaUser.ID(), beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, ""))

		Expect(t.jira.Simulator.SetFaults(rig.Faults{})).To(Succeed())
		t.expectPerson(ctx, idp, graceUser.ID(), grace)
		t.expectConfig(ctx, beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "2 of 2 users"))
	})

	It("over the credentials is told, and a mended Secret heals it without a restart", func(ctx SpecContext) {
		wrong, missing := prepareTenant(ctx), prepareTenant(ctx)
		Expect(kube.Update(ctx, wrong.credentials(secrets.make("a wrong Jira password")))).To(Succeed())
		Expect(kube.Delete(ctx, missing.credentials(""))).To(Succeed())
		for _, t := range []*tenant{wrong, missing} {
			Expect(kube.Create(ctx, t.config())).To(Succeed())
			t.learnToken(ctx)
		}
		missing.expectConfig(ctx, And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound, credentialsName),
			haveCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound, credentialsName),
		))
		wrong.expectConfig(ctx, And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonRejected, "HTTP 401"),
			haveCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionFalse, v1alpha1.ReasonRejected, "not correct"),
		))
		idp := wrong.okta(okta.Wizard, replicas[0])
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		wrong.expectUser(ctx, user.ID(), beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable, "HTTP 401"))

		Expect(kube.Update(ctx, wrong.credentials(wrong.jira.Password))).To(Succeed())
		Expect(kube.Create(ctx, missing.credentials(missing.jira.Password))).To(Succeed())
		wrong.expectPerson(ctx, idp, user.ID(), ada)
		wrong.expectConfig(ctx, haveCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionTrue, v1alpha1.ReasonValid, ""))
		missing.waitReady(ctx)
	})

	It("that refuses a user is told in Jira's words, and the others go on", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		spoil(t, creates(rig.Rule{Kind: rig.KindError, Status: http.StatusBadRequest, Times: 1}))
		refused, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectUser(ctx, refused.ID(), And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonAttributesRejected, "The simulator was told to fail."),
			haveCondition(v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAttributesRejected, ""),
		))

		By("refusing an address by Jira's own rule")
		broken := grace
		broken.Email = "not an address"
		user, err := idp.CreateUser(ctx, broken.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectUser(ctx, user.ID(), beReady(metav1.ConditionFalse, v1alpha1.ReasonAttributesRejected, "You must specify a valid email address."))
		Expect(people(t.jira)).To(BeEmpty())

		_, err = idp.UpdateUser(ctx, user.ID(), grace.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, user.ID(), grace)
		t.expectConfig(ctx, beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "1 of 2 users and 0 of 0 groups in sync, 1 need attention"))
	})

	It("that asks to wait is left alone for that long", func(ctx SpecContext) {
		t := newTenant(ctx)
		idp := t.okta(okta.Template, replicas[0])
		spoil(t, creates(rig.Rule{Kind: rig.KindError, Status: http.StatusTooManyRequests, RetryAfterSeconds: 2, Times: 1}))
		start := time.Now()
		user, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		Eventually(func() int { return t.jira.Simulator.Count(http.MethodPost, "user") }).Should(Equal(1))
		asked := len(t.jira.Simulator.Requests())
		Consistently(func() any { return t.jira.Simulator.Requests() }).Should(HaveLen(asked))
		t.expectPerson(ctx, idp, user.ID(), ada)
		Expect(time.Since(start)).To(BeNumerically(">=", 2*time.Second))
		Expect(t.jira.Simulator.Count(http.MethodPost, "user")).To(Equal(2))
	})

	It("that loses the answer to a create makes no second account", func(ctx SpecContext) {
		lose := func(how rig.FaultKind) (*tenant, string) {
			t := newTenant(ctx)
			spoil(t, creates(rig.Rule{Kind: how, Times: 1}))
			user, err := t.okta(okta.Template, replicas[0]).CreateUser(ctx, ada.Profile)
			Expect(err).NotTo(HaveOccurred())
			t.expectUser(ctx, user.ID(), beReady(metav1.ConditionUnknown, v1alpha1.ReasonCreateResultUnknown, ""))
			return t, user.ID()
		}
		settle := func(t *tenant, id string) {
			t.expectPerson(ctx, t.okta(okta.Template, replicas[0]), id, ada)
			Expect(people(t.jira)).To(ConsistOf("ada"))
			Expect(t.jira.Simulator.Count(http.MethodPost, "user")).To(Equal(1), "it looked before it acted again")
		}
		broken, brokenID := lose(rig.KindLostAnswer)
		halved, halvedID := lose(rig.KindTruncated)
		settle(broken, brokenID)
		settle(halved, halvedID)
	})
})
