package controllers

import (
	"context"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// beReady matches an object's conditions by the Ready condition.
func beReady(status metav1.ConditionStatus, reason string, message ...any) types.GomegaMatcher {
	fields := And(
		HaveField("Status", status), HaveField("Reason", reason),
	)
	if len(message) > 0 {
		fields = And(fields, HaveField("Message", message[0]))
	}
	return WithTransform(func(conditions []metav1.Condition) metav1.Condition {
		if ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady); ready != nil {
			return *ready
		}
		return metav1.Condition{}
	}, fields)
}

// have reports whether a condition is there.
func have(condition string) types.GomegaMatcher {
	return ContainElement(HaveField("Type", condition))
}

func deactivated(spec *v1alpha1.ProvisionedUserSpec) { spec.Active = new(false) }

func adopting(adoption v1alpha1.Adoption) func(*v1alpha1.SyncConfig) {
	return func(c *v1alpha1.SyncConfig) { c.Spec.Provisioning.Adoption = adoption }
}

func removing(policy v1alpha1.UserRemoval) func(*v1alpha1.SyncConfig) {
	return func(c *v1alpha1.SyncConfig) { c.Spec.Provisioning.OnRemoval = policy }
}

var localPart = func(c *v1alpha1.SyncConfig) {
	c.Spec.Username = v1alpha1.UsernameSpec{Regex: "(.*)@.*", Replacement: "$1"}
}

var _ = Describe("A user", func() {
	It("gets an account, and nothing more once it has it", func(ctx context.Context) {
		s := newStage(ctx, localPart).open(ctx)
		s.newUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "Ada@Example.com" })

		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned, "jira: Active as Ada"))
		account := s.account("Ada")
		Expect(account).NotTo(BeNil())
		Expect(*account).To(Equal(directory.User{ID: account.ID, Name: "Ada", DisplayName: "ADA", Email: "ada@example.com", Active: true}))
		Expect(user.Status.Directories).To(HaveLen(1))
		entry := user.Status.Directories[0]
		Expect(entry.ID).To(Equal(account.ID))
		Expect(entry).To(And(HaveField("Username", "Ada"), HaveField("Managed", true), HaveField("Adopted", false), HaveField("State", v1alpha1.UserActive)))
		Expect(s.events.take()).To(ConsistOf("UserCreated Created account Ada in jira"))

		s.jira.ResetCalls()
		s.clock.SetTime(s.clock.Now().Add(time.Hour))
		again := s.user(ctx, "ada")
		Expect(again.ResourceVersion).To(Equal(user.ResourceVersion), "no status write")
		Expect(s.jira.Writes()).To(BeZero())
		Expect(s.events.take()).To(BeEmpty())
	})

	It("follows profile, name and activation, and keeps its account", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		id := s.user(ctx, "ada").Status.Directories[0].ID
		s.events.take()

		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.DisplayName = "Ada King" })
		Expect(s.account("ada").DisplayName).To(Equal("Ada King"))
		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "countess" })
		Expect(s.account("ada")).To(BeNil())
		Expect(s.account("countess").ID).To(Equal(id))
		user := s.editUser(ctx, "ada", deactivated)
		Expect(s.account("countess").Active).To(BeFalse())
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated, "jira: Inactive as countess"))
		s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.Active = new(true) })
		Expect(s.account("countess").Active).To(BeTrue())
		Expect(s.events.take()).To(Equal([]string{
			"UserUpdated Updated display name of account ada in jira",
			"UserRenamed Renamed account ada to countess in jira",
			"UserDisabled Disabled account countess in jira",
			"UserEnabled Enabled account countess in jira",
		}))
		Expect(s.jira.State().Users).To(HaveLen(1))
	})

	It("takes over an account that existed, and says so", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		account := s.jira.SeedUser(directory.User{Name: "Ada", DisplayName: "old", Email: "old@example.com"})
		s.newUser(ctx, "ada")

		user := s.user(ctx, "ada")
		Expect(user.Status.Directories[0]).To(And(HaveField("Adopted", true), HaveField("ID", account.ID)))
		Expect(*s.account("Ada")).To(Equal(directory.User{ID: account.ID, Name: "Ada", DisplayName: "ADA", Email: "ada@example.com", Active: true}))
		Expect(s.events.take()).To(ContainElement("UserAdopted Took over account Ada, which existed in jira"))
	})

	It("leaves an account that existed alone when adoption is Never", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptNever)).open(ctx)
		account := s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "somebody", Email: "x@example.com", Active: true})
		s.newUser(ctx, "ada", deactivated)

		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonAlreadyExistsUnmanaged), have(v1alpha1.ConditionStalled)))
		Expect(*s.account("ada")).To(Equal(account))
		Expect(s.jira.Writes()).To(BeZero())
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(*s.account("ada")).To(Equal(account), "not ours, so not removed either")
	})

	DescribeTable("has one account although the answer to its creation was lost",
		func(ctx context.Context, adoption v1alpha1.Adoption) {
			s := newStage(ctx, adopting(adoption)).open(ctx)
			s.newUser(ctx, "ada")
			s.jira.LoseAnswer(directory.OpCreateUser)

			user, result, err := s.tryUser(ctx, "ada")
			Expect(err).NotTo(HaveOccurred())
			Expect(result.RequeueAfter).To(Equal(ambiguousGrace))
			Expect(user.Status.Conditions).To(beReady(metav1.ConditionUnknown, v1alpha1.ReasonCreateResultUnknown))

			s.restart()
			s.open(ctx)
			Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
			Expect(s.jira.State().Users).To(HaveLen(1))
			Expect(s.jira.Count(directory.OpCreateUser)).To(BeZero())
		},
		Entry("adoption by name", v1alpha1.AdoptMatchUsername),
		Entry("adoption by name and e-mail address", v1alpha1.AdoptMatchUsernameAndEmail),
		Entry("no adoption", v1alpha1.AdoptNever),
	)

	It("is deactivated although the answer to its creation was lost", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.jira.LoseAnswer(directory.OpCreateUser)
		s.user(ctx, "ada")
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
	})

	It("gets a new account when somebody deleted its account", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		id := s.user(ctx, "ada").Status.Directories[0].ID
		Expect(s.jira.DeleteUser(ctx, id)).To(Succeed())

		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.account("ada")).NotTo(BeNil())
	})

	It("lets go of a name that somebody else has taken since", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptNever)).open(ctx)
		s.newUser(ctx, "ada")
		Expect(s.jira.DeleteUser(ctx, s.user(ctx, "ada").Status.Directories[0].ID)).To(Succeed())
		s.jira.SeedUser(directory.User{Name: "ada", DisplayName: "another Ada", Active: true})

		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAlreadyExistsUnmanaged))
		Expect(user.Status.Directories[0]).To(And(HaveField("Managed", false), HaveField("ID", ""), HaveField("Username", "")))
	})

	It("written by hand gets a finalizer and an account", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		Expect(cached.Create(ctx, &v1alpha1.ProvisionedUser{
			ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "robot"},
			Spec: v1alpha1.ProvisionedUserSpec{SyncConfigName: "okta", UserName: "robot",
				UserProfile: v1alpha1.UserProfile{Emails: []v1alpha1.MultiValue{{Value: "robot@example.com"}}}},
		})).To(Succeed())

		Expect(s.user(ctx, "robot").Finalizers).To(ConsistOf(v1alpha1.Finalizer))
		Expect(s.account("robot")).NotTo(BeNil())
	})
})

var _ = Describe("Two users with one directory username", func() {
	It("the older has it, the other waits and is told, until the first is gone", func(ctx context.Context) {
		s := newStage(ctx, localPart, removing(v1alpha1.RemoveUserDelete)).open(ctx)
		s.newUser(ctx, "a-older", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "ada@one.example" })
		s.newUser(ctx, "b-newer", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "ADA@two.example" })

		newer := s.user(ctx, "b-newer")
		Expect(newer.Status.Conditions).To(And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername, ContainSubstring("ada@one.example")), have(v1alpha1.ConditionStalled)))
		Expect(s.jira.Writes()).To(BeZero())
		s.user(ctx, "a-older")
		Expect(s.account("ada").DisplayName).To(Equal("A-OLDER"))

		woken(s.users.waiting.inbox)
		Expect(s.deleteUser(ctx, "a-older")).To(BeNil())
		s.user(ctx, "a-older") // the watch tells that it is gone
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("b-newer"))
		Expect(s.user(ctx, "b-newer").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.account("ADA").DisplayName).To(Equal("B-NEWER"))
	})

	It("a restart does not let the newer one in", func(ctx context.Context) {
		s := newStage(ctx, localPart).open(ctx)
		s.newUser(ctx, "z-holder", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "ada@one.example" })
		s.user(ctx, "z-holder")
		s.newUser(ctx, "a-other", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "ada@two.example" })

		s.restart()
		s.open(ctx)
		Expect(s.user(ctx, "a-other").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername))
		Expect(s.account("ada").DisplayName).To(Equal("Z-HOLDER"))
	})

	It("nobody gets an account that another user is still linked to", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		// ada is to be called countess, but her account is not renamed yet.
		user := &v1alpha1.ProvisionedUser{}
		Expect(cached.Get(ctx, s.key("ada"), user)).To(Succeed())
		user.Spec.UserName = "countess"
		Expect(cached.Update(ctx, user)).To(Succeed())
		s.newUser(ctx, "other", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "ada" })

		Expect(s.user(ctx, "other").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername))
		s.user(ctx, "ada")
		Expect(s.user(ctx, "other").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(s.account("countess").DisplayName).To(Equal("ADA"))
		Expect(s.account("ada").DisplayName).To(Equal("OTHER"))
	})

	It("nor one that somebody renamed by hand to the name that it wants", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		id := s.user(ctx, "ada").Status.Directories[0].ID
		_, err := s.jira.UpdateUser(ctx, id, directory.UserChange{Name: new("bob")})
		Expect(err).NotTo(HaveOccurred())
		s.newUser(ctx, "bob")

		Expect(s.user(ctx, "bob").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDuplicateUsername))
		Expect(s.account("bob").DisplayName).To(Equal("ADA"))
	})
})

var _ = Describe("A user whose directory fails", func() {
	It("waits behind the gate, with one status write, and goes on when it opens", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "before")
		before := s.user(ctx, "before")
		s.newUser(ctx, "ada")
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable, Status: http.StatusBadGateway, Message: "maintenance"})

		user, _, err := s.tryUser(ctx, "ada")
		Expect(err).To(HaveOccurred(), "comes back with back-off")
		Expect(user.Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable, ContainSubstring("maintenance")), have(v1alpha1.ConditionReconciling)))
		s.jira.ResetCalls()
		s.newUser(ctx, "bob")
		Expect(s.user(ctx, "bob").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryUnavailable))
		Expect(s.user(ctx, "before").ResourceVersion).To(Equal(before.ResourceVersion), "what is in sync is not written")
		Expect(s.jira.Calls()).To(BeEmpty(), "nobody tries while the gate is closed")

		s.jira.SetUp()
		s.config(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("bob", "before"))
		Expect(s.user(ctx, "bob").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})

	It("waits as long as a 429 says, without a status write", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		created := s.newUser(ctx, "ada")
		s.jira.FailNext(directory.OpFindUser, directory.Error{Kind: directory.KindRateLimited, RetryAfter: 17 * time.Second})

		user, result, err := s.tryUser(ctx, "ada")
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(Equal(17 * time.Second))
		Expect(user.ResourceVersion).To(Equal(created.ResourceVersion))
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})

	It("that is refused is told once and not tried again until it changes", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		for range 2 {
			s.jira.FailNext(directory.OpCreateUser, directory.Error{Kind: directory.KindInvalid, Message: "no such domain"})
			user, result, err := s.tryUser(ctx, "ada")
			Expect(err).NotTo(HaveOccurred())
			Expect(result.IsZero()).To(BeTrue())
			Expect(user.Status.Conditions).To(And(beReady(metav1.ConditionFalse, v1alpha1.ReasonAttributesRejected, ContainSubstring("no such domain")), have(v1alpha1.ConditionStalled)))
		}
		Expect(s.events.take()).To(HaveLen(1))
	})

	It("has its profile updated although its deactivation is refused", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		s.jira.FailNext(directory.OpUpdateUser, directory.Error{Kind: directory.KindInvalid, Message: "ada leads project X"})

		user := s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { deactivated(u); u.DisplayName = "Ada King" })
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAttributesRejected, ContainSubstring("leads project X")))
		Expect(s.account("ada")).To(And(HaveField("Active", true), HaveField("DisplayName", "Ada King")))
	})

	It("is deactivated although its profile is refused", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		// The deactivation is the first request, what is refused the second.
		refuse := func(_ context.Context, call directorytest.Call) {
			if call.Op == directory.OpUpdateUser && !s.account("ada").Active {
				s.jira.FailNext(directory.OpUpdateUser, directory.Error{Kind: directory.KindInvalid, Message: "bad display name"})
			}
		}
		s.jira.Before(refuse)

		user := s.editUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { deactivated(u); u.DisplayName = "<>" })
		Expect(s.account("ada").Active).To(BeFalse())
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonAttributesRejected, ContainSubstring("bad display name")))
	})

	It("is tried slowly while there is no licence", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.jira.FailNext(directory.OpCreateUser, directory.Error{Kind: directory.KindLicenceExceeded, Message: "no seats left"})
		user, result, err := s.tryUser(ctx, "ada")
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(Equal(slowRetry))
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonLicenceLimitReached))
	})

	It("does not disturb another user", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "bad")
		s.newUser(ctx, "good")
		s.jira.FailNext(directory.OpFindUser, directory.Error{Kind: directory.KindUnavailable, Status: http.StatusInternalServerError})
		_, _, err := s.tryUser(ctx, "bad")
		Expect(err).To(HaveOccurred())
		Expect(s.user(ctx, "good").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})
})

var _ = Describe("A deleted user", func() {
	DescribeTable("is dealt with as onRemoval says, and goes",
		func(ctx context.Context, policy v1alpha1.UserRemoval, account types.GomegaMatcher) {
			s := newStage(ctx, removing(policy)).open(ctx)
			s.newUser(ctx, "ada")
			s.user(ctx, "ada")
			Expect(s.deleteUser(ctx, "ada")).To(BeNil())
			Expect(s.account("ada")).To(account)
		},
		Entry("Disable", v1alpha1.RemoveUserDisable, HaveField("Active", false)),
		Entry("Delete", v1alpha1.RemoveUserDelete, BeNil()),
		Entry("Keep", v1alpha1.RemoveUserKeep, HaveField("Active", true)),
	)

	It("waits while the directory is down, unless it is released", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable})
		Expect(cached.Delete(ctx, &v1alpha1.ProvisionedUser{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "ada"}})).To(Succeed())
		user, _, err := s.tryUser(ctx, "ada")
		Expect(err).To(HaveOccurred())
		Expect(user).NotTo(BeNil())
		Expect(s.user(ctx, "ada").Finalizers).To(ConsistOf(v1alpha1.Finalizer))

		user = s.user(ctx, "ada")
		user.Annotations = map[string]string{v1alpha1.AnnotationRelease: "true"}
		Expect(cached.Update(ctx, user)).To(Succeed())
		Expect(s.user(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeTrue())
	})

	It("without an account of ours does not wait for a directory that is down", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable})
		s.newUser(ctx, "ada")
		_, _, err := s.tryUser(ctx, "ada")
		Expect(err).To(HaveOccurred())
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
	})

	It("waits while the SyncConfig is paused", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModePaused })
		Expect(s.deleteUser(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonPaused))
		Expect(s.account("ada").Active).To(BeTrue())

		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModeEnforce })
		Expect(s.user(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeFalse())
	})

	It("keeps its account when the SyncConfig goes first", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		Expect(cached.Delete(ctx, &v1alpha1.SyncConfig{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "okta"}})).To(Succeed())
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryNotReady))
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeTrue())
		Expect(s.events.take()).To(ContainElement(ContainSubstring("its SyncConfig is gone")))
	})

	It("keeps its account while the SyncConfig is going", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Finalizers = []string{"example.com/backup"} }).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		Expect(cached.Delete(ctx, &v1alpha1.SyncConfig{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "okta"}})).To(Succeed())
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeTrue())
	})

	It("keeps its account when the whole namespace goes", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		Expect(env.Client.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}})).To(Succeed())
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		Expect(s.account("ada").Active).To(BeTrue())
	})
})

var _ = Describe("A user of a SyncConfig that", func() {
	It("is paused is not written to any directory", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) { c.Spec.Mode = v1alpha1.ModePaused }).open(ctx)
		created := s.newUser(ctx, "ada")
		Expect(s.user(ctx, "ada").ResourceVersion).To(Equal(created.ResourceVersion), "no status write either: the SyncConfig says it for all")
		Expect(s.jira.Calls()).To(BeEmpty())
	})

	It("has an impossible regex waits", func(ctx context.Context) {
		s := newStage(ctx, func(c *v1alpha1.SyncConfig) {
			c.Spec.Username = v1alpha1.UsernameSpec{Regex: "a", Replacement: "${name}"}
		}).open(ctx)
		s.newUser(ctx, "ada")
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryNotReady, ContainSubstring("spec.username")))
		Expect(s.jira.Calls()).To(BeEmpty())
	})

	It("moves to another directory does not use the links made with the earlier one", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.newUser(ctx, "ada")
		id := s.user(ctx, "ada").Status.Directories[0].ID
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Directories[0].URL = "https://other.example.com" })
		// In the other directory the same id belongs to somebody else.
		s.jira.SeedUser(directory.User{ID: id, Name: "somebody", DisplayName: "Somebody", Email: "s@example.com", Active: true})
		s.config(ctx)

		s.editUser(ctx, "ada", deactivated)
		Expect(s.account("somebody").Active).To(BeTrue())
	})

	It("signs in with an account protects that account", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		s.jira.SeedUser(directory.User{Name: "atlassync", DisplayName: "robot", Email: "r@example.com", Active: true})
		s.newUser(ctx, "atlassync", deactivated)
		Expect(s.user(ctx, "atlassync").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProtected))
		Expect(s.jira.Writes()).To(BeZero())
	})
})

var _ = Describe("What was done in a directory", func() {
	It("is remembered although the source changed the user meanwhile", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptMatchUsernameAndEmail)).open(ctx)
		s.newUser(ctx, "ada")
		s.jira.Before(func(ctx context.Context, call directorytest.Call) {
			if call.Op != directory.OpCreateUser {
				return
			}
			user := &v1alpha1.ProvisionedUser{}
			Expect(cached.Get(ctx, s.key("ada"), user)).To(Succeed())
			user.Spec.Emails[0].Value = "king@example.com"
			Expect(cached.Update(ctx, user)).To(Succeed())
		})
		s.user(ctx, "ada")
		s.jira.Before(nil)

		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
		Expect(user.Status.Directories[0]).To(And(HaveField("Managed", true), HaveField("Adopted", false)))
		Expect(s.account("ada").Email).To(Equal("king@example.com"))
	})

	It("is remembered of a group that changed meanwhile, so that nobody is held in it", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.jira.Before(func(ctx context.Context, call directorytest.Call) {
			if call.Op != directory.OpCreateGroup {
				return
			}
			group := &v1alpha1.ProvisionedGroup{}
			Expect(cached.Get(ctx, s.key("team"), group)).To(Succeed())
			group.Spec.Members = ids("ada")
			Expect(cached.Update(ctx, group)).To(Succeed())
		})
		s.group(ctx, "team")
		s.jira.Before(nil)

		Expect(s.group(ctx, "team").Status.Directories[0].HeldMembers).To(BeEmpty())
		Expect(s.members("team")).To(Equal([]string{"ada"}))
	})
})

var _ = Describe("The events of a mass import", func() {
	It("become few, and warnings are sent all the same", func(ctx context.Context) {
		s := newStage(ctx).open(ctx)
		user := s.newUser(ctx, "ada")
		for range newsAtOnce + 50 {
			s.users.did(user, "jira", v1alpha1.EventUserCreated, "Created account")
		}
		Expect(s.events.take()).To(HaveLen(newsAtOnce))
		s.users.warning(user, v1alpha1.EventProvisioningFailed, "Provision", "the directory is on fire")
		Expect(s.events.take()).To(HaveLen(1))
		s.users.normal(user, v1alpha1.EventDirectoryRecovered, "Probe", "it is out")
		Expect(s.events.take()).To(HaveLen(1))
		s.clock.SetTime(s.clock.Now().Add(time.Second))
		s.users.did(user, "jira", v1alpha1.EventUserCreated, "Created account")
		Expect(s.events.take()).To(HaveLen(1))
	})
})
