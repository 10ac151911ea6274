package controllers

import (
	"context"
	"crypto/x509"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// beCondition matches conditions by one of them.
func beCondition(kind string, status metav1.ConditionStatus, reason string) types.GomegaMatcher {
	return WithTransform(func(conditions []metav1.Condition) metav1.Condition {
		if c := meta.FindStatusCondition(conditions, kind); c != nil {
			return *c
		}
		return metav1.Condition{}
	}, And(HaveField("Status", status), HaveField("Reason", reason)))
}

var _ = Describe("A SyncConfig", func() {
	It("shows its SCIM address, its directory and its counts", func(ctx context.Context) {
		s := newStage(ctx)
		config := s.config(ctx)
		Expect(config.Status.SCIM.BaseURL).To(Equal("https://scim.example.com/scim/v2/" + s.namespace + "/okta"))
		Expect(config.Status.Directories).To(ConsistOf(v1alpha1.DirectoryStatus{
			Name: "jira", Product: v1alpha1.ProductJira, Version: "1.0.0", State: v1alpha1.DirectoryReady, Message: "Signed in as atlassync",
			Capabilities:      []string{"DeactivateUsers", "DeleteUsers", "RenameUsers", "ReadEmail", "BatchMembers"},
			DirectoryVerified: v1alpha1.DirectoryIsUnverified,
		}))
		Expect(config.Status.Conditions).To(And(
			beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, "0 of 0 users and 0 of 0 groups in sync"),
			beCondition(v1alpha1.ConditionConfigurationValid, metav1.ConditionTrue, v1alpha1.ReasonValid),
			beCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionTrue, v1alpha1.ReasonValid),
			beCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionTrue, v1alpha1.ReasonReachable)))

		s.settle(ctx)
		s.newUser(ctx, "ada")
		s.newUser(ctx, "bob", deactivated)
		s.newUser(ctx, "eve", func(u *v1alpha1.ProvisionedUserSpec) { u.Emails = nil })
		s.newUser(ctx, "new")
		s.newGroup(ctx, "team", "ada")
		for _, name := range []string{"ada", "bob", "eve"} {
			s.user(ctx, name)
		}
		s.group(ctx, "team")
		config = s.config(ctx)
		Expect(config.Status.Users).To(Equal(v1alpha1.UserCounts{Total: 4, Ready: 2, Inactive: 1, Failed: 1, Pending: 1}))
		Expect(config.Status.Groups).To(Equal(v1alpha1.GroupCounts{Total: 1, Ready: 1}))
		Expect(config.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded,
			"2 of 4 users and 1 of 1 groups in sync, 1 need attention, 1 in progress"))

		s.clock.SetTime(s.clock.Now().Add(time.Hour))
		Expect(s.config(ctx).ResourceVersion).To(Equal(config.ResourceVersion), "no status write when nothing changed")
	})

	It("gets a Secret with a random token, which outlives it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		secret := &corev1.Secret{}
		Expect(cached.Get(ctx, s.key("okta-scim-token"), secret)).To(Succeed())
		token := string(secret.Data["token"])
		Expect(len(token)).To(BeNumerically(">=", 52), "256 bits in base 32")
		Expect(secret.OwnerReferences).To(BeEmpty())
		Expect(s.config(ctx).OwnerReferences).To(BeEmpty())
		Expect(cached.Get(ctx, s.key("okta-scim-token"), secret)).To(Succeed())
		Expect(string(secret.Data["token"])).To(Equal(token), "an existing token is kept")

		other := newStage(ctx)
		other.config(ctx)
		Expect(other.events.take()).To(ContainElement(And(HavePrefix("TokenCreated"), Not(ContainSubstring(token)))))
		Expect(cached.Get(ctx, other.key("okta-scim-token"), secret)).To(Succeed())
		Expect(string(secret.Data["token"])).NotTo(Equal(token))
	})

	DescribeTable("says which Secret is missing",
		func(ctx context.Context, prepare func(context.Context, *stage), reason, says string) {
			s := newStage(ctx)
			prepare(ctx, s)
			config := s.config(ctx)
			Expect(config.Status.Conditions).To(And(
				beReady(metav1.ConditionFalse, reason, ContainSubstring(says)),
				beCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionFalse, reason),
				beCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionUnknown, v1alpha1.ReasonUnknown)))
			Expect(s.jira.Calls()).To(BeEmpty())
		},
		Entry("no credentials", func(ctx context.Context, s *stage) {
			Expect(cached.Delete(ctx, s.secret("jira-admin", nil))).To(Succeed())
		}, v1alpha1.ReasonSecretNotFound, "Secret jira-admin"),
		Entry("no usable key", func(ctx context.Context, s *stage) {
			Expect(cached.Update(ctx, s.secret("jira-admin", map[string]string{"username": "admin"}))).To(Succeed())
		}, v1alpha1.ReasonSecretKeyMissing, "add the key token, or the keys username and password"),
		Entry("no CA bundle", func(ctx context.Context, s *stage) {
			s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Directories[0].CABundleSecretName = "jira-ca" })
		}, v1alpha1.ReasonSecretNotFound, "Secret jira-ca"),
		Entry("no certificate in the CA bundle", func(ctx context.Context, s *stage) {
			s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Directories[0].CABundleSecretName = "jira-ca" })
			Expect(cached.Create(ctx, s.secret("jira-ca", map[string]string{"ca.pem": "x"}))).To(Succeed())
		}, v1alpha1.ReasonSecretKeyMissing, "add the key ca.crt"),
	)

	DescribeTable("says why a directory cannot be used, and when it can be used again",
		func(ctx context.Context, failure directory.Error, credentials, reachable types.GomegaMatcher, state v1alpha1.DirectoryState) {
			s := newStage(ctx)
			s.jira.SetDown(failure)
			config := s.config(ctx)
			Expect(config.Status.Conditions).To(And(credentials, reachable, have(v1alpha1.ConditionReconciling),
				Not(beReady(metav1.ConditionFalse, v1alpha1.ReasonUnknown))), "Ready gives the reason of what is False")
			Expect(config.Status.Directories[0].State).To(Equal(state))
			Expect(s.events.take()).To(ContainElement(Or(HavePrefix("CredentialsRejected"), HavePrefix("DirectoryUnreachable"))))

			s.newUser(ctx, "ada")
			Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable))
			s.jira.SetUp()
			s.clock.SetTime(s.clock.Now().Add(reprobeInterval))
			Expect(s.config(ctx).Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded))
			Expect(s.events.take()).To(ContainElement("DirectoryRecovered Directory jira can be used again"))
			s.sweep(ctx)
			Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada"))
		},
		Entry("wrong credentials", directory.Error{Kind: directory.KindUnauthorized, Status: http.StatusUnauthorized},
			beCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionFalse, v1alpha1.ReasonRejected),
			beCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionTrue, v1alpha1.ReasonReachable), v1alpha1.DirectoryRejected),
		Entry("no answer", directory.Error{Kind: directory.KindUnavailable},
			beCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionUnknown, v1alpha1.ReasonUnknown),
			beCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionFalse, v1alpha1.ReasonProbeFailed), v1alpha1.DirectoryUnreachable),
		Entry("no answer in time", directory.Error{Kind: directory.KindUnavailable, Timeout: true},
			beCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionUnknown, v1alpha1.ReasonUnknown),
			beCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionFalse, v1alpha1.ReasonTimeout), v1alpha1.DirectoryUnreachable),
		Entry("unknown certificate", directory.Error{Kind: directory.KindUntrusted, Err: x509.UnknownAuthorityError{}},
			beCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionUnknown, v1alpha1.ReasonUnknown),
			beCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionFalse, v1alpha1.ReasonTLSFailed), v1alpha1.DirectoryUnreachable),
		Entry("another user directory", directory.Error{Kind: directory.KindWrongDirectory, Message: "there is no directory Staff"},
			beCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionUnknown, v1alpha1.ReasonUnknown),
			beCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionFalse, v1alpha1.ReasonWrongDirectory), v1alpha1.DirectoryInvalid),
		Entry("too old", directory.Error{Kind: directory.KindUnsupported, Message: "Jira 7 is too old"},
			beCondition(v1alpha1.ConditionCredentialsValid, metav1.ConditionUnknown, v1alpha1.ReasonUnknown),
			beCondition(v1alpha1.ConditionDirectoriesReachable, metav1.ConditionFalse, v1alpha1.ReasonUnsupportedVersion), v1alpha1.DirectoryInvalid),
	)

	It("shows whether the directory is known to be the right one", func(ctx context.Context) {
		s := newStage(ctx)
		s.jira.SetInfo(directory.Info{Version: "1", Self: "admin", Directory: directory.Verification{Verified: true, Detail: "the only one"}})
		Expect(s.config(ctx).Status.Directories).To(ConsistOf(And(
			HaveField("DirectoryVerified", v1alpha1.DirectoryIsRight), HaveField("DirectoryVerifiedMessage", "the only one"))))

		s.jira.SetDown(directory.Error{Kind: directory.KindWrongDirectory, Message: "it writes to Guests"})
		s.clock.SetTime(s.clock.Now().Add(probeInterval))
		Expect(s.config(ctx).Status.Directories).To(ConsistOf(And(
			HaveField("DirectoryVerified", v1alpha1.DirectoryIsWrong), HaveField("DirectoryVerifiedMessage", ContainSubstring("it writes to Guests")))))
	})

	It("probes at once when a gate closes, and not more often than needed otherwise", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.config(ctx)
		Expect(s.jira.Count(directory.OpProbe)).To(BeZero())
		s.clock.SetTime(s.clock.Now().Add(probeInterval))
		s.config(ctx)
		Expect(s.jira.Count(directory.OpProbe)).To(Equal(1))

		s.newUser(ctx, "ada")
		s.jira.FailNext(directory.OpFindUser, directory.Error{Kind: directory.KindUnauthorized})
		_, _, err := s.tryUser(ctx, "ada")
		Expect(err).To(HaveOccurred())
		Expect(woken(s.configs.closed)).To(ConsistOf("okta"))
		s.config(ctx)
		Expect(s.jira.Count(directory.OpProbe)).To(Equal(2))
	})

	It("writes nowhere any more once its credentials are gone", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		Expect(cached.Delete(ctx, s.secret("jira-admin", nil))).To(Succeed())
		s.config(ctx)
		s.newUser(ctx, "ada")
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable, ContainSubstring("Secret jira-admin")))
		Expect(s.jira.Calls()).To(BeEmpty())
	})

	It("is stalled by a regex that admission cannot judge, and told why", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) {
			c.Spec.Username = v1alpha1.UsernameSpec{Regex: "(.*)@.*", Replacement: "${name}"}
		})
		config := s.config(ctx)
		Expect(config.Status.Conditions).To(And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonInvalidRegex, ContainSubstring("group ${name}, which the regex does not have")),
			have(v1alpha1.ConditionStalled)))
	})

	It("keeps what the SCIM server wrote into its status", func(ctx context.Context) {
		s := newStage(ctx)
		config, heard := s.config(ctx), metav1.NewTime(time.Unix(1_700_000_000, 0))
		config.Status.SCIM.LastRequestTime = &heard
		Expect(env.Client.Status().Update(ctx, config)).To(Succeed())
		s.newUser(ctx, "ada")
		config = s.config(ctx)
		Expect(config.Status.Users.Total).To(BeEquivalentTo(1), "the status was written anew")
		Expect(config.Status.SCIM.LastRequestTime.Unix()).To(Equal(heard.Unix()))
	})

	It("that is paused is not Ready, and says so", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Mode = v1alpha1.ModePaused })
		config := s.config(ctx)
		Expect(config.Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonPaused, HavePrefix("Paused: ")), have(v1alpha1.ConditionPaused)))
	})

	It("that is gone leaves users and accounts, and nothing in memory", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		config := s.config(ctx)
		Expect(cached.Delete(ctx, config)).To(Succeed())
		settledCache(ctx, config.DeepCopy())
		_, err := s.configs.Reconcile(ctx, reconcile.Request{NamespacedName: s.key("okta")})
		Expect(err).NotTo(HaveOccurred())

		_, connected := s.configs.directories.Get(string(config.UID), "jira")
		Expect(connected).To(BeFalse())
		Expect(cached.Get(ctx, s.key("ada"), &v1alpha1.ProvisionedUser{})).To(Succeed())
		Expect(cached.Get(ctx, s.key("okta-scim-token"), &corev1.Secret{})).To(Succeed())
		Expect(s.account("ada").Active).To(BeTrue())
	})
})

// secret is a Secret of the stage's namespace.
func (s *stage) secret(name string, data map[string]string) *corev1.Secret {
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name}, Data: map[string][]byte{}}
	for key, value := range data {
		secret.Data[key] = []byte(value)
	}
	return secret
}
