package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// of makes a user or group one of another SyncConfig.
func of(config string) func(*v1alpha1.ProvisionedUserSpec) {
	return func(u *v1alpha1.ProvisionedUserSpec) { u.SyncConfigName = config }
}

// rival adds a second SyncConfig, named entra, for the directory of the first
// one, and in which namespace it is.
func (s *stage) rival(ctx context.Context, namespace string) {
	GinkgoHelper()
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, s.key("okta"), config)).To(Succeed())
	second := &v1alpha1.SyncConfig{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "entra"}, Spec: config.Spec}
	Expect(cached.Create(ctx, second)).To(Succeed())
	DeferCleanup(func(ctx context.Context) { Expect(env.Client.Delete(ctx, second)).To(Succeed()) })
	s.openRival(ctx, namespace)
}

func (s *stage) openRival(ctx context.Context, namespace string) {
	GinkgoHelper()
	key := types.NamespacedName{Namespace: namespace, Name: "entra"}
	_, err := s.configs.Reconcile(ctx, requestFor(key))
	Expect(err).NotTo(HaveOccurred())
	config := &v1alpha1.SyncConfig{}
	Expect(cached.Get(ctx, key, config)).To(Succeed())
	connection, ok := s.users.directories.Get(string(config.UID), "jira")
	Expect(ok).To(BeTrue())
	connection.Settle()
}

var _ = Describe("Two SyncConfigs on one directory", func() {
	// sharing has ada in the first, and somebody of the same name in the second.
	sharing := func(ctx context.Context) *stage {
		s := newStage(ctx, adopting(v1alpha1.AdoptMatchUsername), removing(v1alpha1.RemoveUserDelete), deletingGroups).open(ctx).provisioned(ctx, "ada")
		s.rival(ctx, s.namespace)
		s.newUser(ctx, "other", called("ADA"), of("entra"))
		return s
	}

	It("do not share an account: the second is told whose it is, and does nothing to it", func(ctx context.Context) {
		s := sharing(ctx)
		other := s.user(ctx, "other")
		Expect(other.Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername, ContainSubstring("okta")), have(v1alpha1.ConditionStalled)))
		Expect(s.editUser(ctx, "other", deactivated).Status.Directories[0].Managed).To(BeFalse())
		Expect(s.deleteUser(ctx, "other")).To(BeNil())
		Expect(s.account("ada")).To(HaveValue(And(HaveField("Active", true), HaveField("DisplayName", "ADA"))))
	})

	It("in different namespaces do not either", func(ctx context.Context) {
		s := sharing(ctx)
		namespace, err := env.Namespace(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(cached.Create(ctx, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "jira-admin"}, StringData: map[string]string{"token": "personal-access-token"},
		})).To(Succeed())
		s.rival(ctx, namespace)
		user := &v1alpha1.ProvisionedUser{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "ada"},
			Spec:       v1alpha1.ProvisionedUserSpec{SyncConfigName: "entra", UserName: "ada", Active: new(false)},
		}
		Expect(cached.Create(ctx, user)).To(Succeed())
		_, err = s.users.Reconcile(ctx, requestFor(types.NamespacedName{Namespace: namespace, Name: "ada"}))
		Expect(err).NotTo(HaveOccurred())
		Expect(s.account("ada").Active).To(BeTrue())
	})

	It("pass an account on when the first is deleted, and do not fight when it comes back", func(ctx context.Context) {
		s := sharing(ctx)
		s.user(ctx, "other")
		config := s.config(ctx)
		Expect(cached.Delete(ctx, config)).To(Succeed())
		_, err := s.configs.Reconcile(ctx, requestFor(s.key("okta")))
		Expect(err).NotTo(HaveOccurred())
		Expect(s.user(ctx, "other").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.account("ada").DisplayName).To(Equal("OTHER"))

		again := &v1alpha1.SyncConfig{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "okta"}, Spec: config.Spec}
		Expect(cached.Create(ctx, again)).To(Succeed())
		s.open(ctx)
		winner, loser := "ada", "other"
		if older(s.user(ctx, "other"), s.user(ctx, "ada")) {
			winner, loser = loser, winner
		}
		for range 2 {
			Expect(s.user(ctx, winner).Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
			Expect(s.user(ctx, loser).Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername))
		}
		s.jira.ResetCalls()
		Expect(s.deleteUser(ctx, loser)).To(BeNil())
		Expect(s.jira.Writes()).To(BeZero())
		Expect(s.jira.State().Users).To(ConsistOf(HaveField("Active", true)))
	})

	It("do not share a group", func(ctx context.Context) {
		s := sharing(ctx)
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.newUser(ctx, "bob", of("entra"))
		s.user(ctx, "bob")
		Expect(cached.Create(ctx, &v1alpha1.ProvisionedGroup{
			ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "team-of-entra"},
			Spec:       v1alpha1.ProvisionedGroupSpec{SyncConfigName: "entra", DisplayName: "Team", Members: ids("bob")},
		})).To(Succeed())
		group := s.group(ctx, "team-of-entra")
		Expect(group.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonNameConflict, ContainSubstring("okta")))
		Expect(s.members("team")).To(Equal([]string{"ada"}))
		Expect(s.deleteGroup(ctx, "team-of-entra")).To(BeNil())
		Expect(s.members("team")).To(Equal([]string{"ada"}))
	})
})
