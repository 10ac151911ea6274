package controllers

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/event"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// andConfluence adds a second directory, which change makes different.
func andConfluence(change ...func(*v1alpha1.DirectorySpec)) func(*v1alpha1.SyncConfig) {
	return func(c *v1alpha1.SyncConfig) {
		second := v1alpha1.DirectorySpec{
			Name: "confluence", Product: v1alpha1.ProductConfluence, URL: "https://confluence.example.com", CredentialsSecretName: "jira-admin",
		}
		for _, c := range change {
			c(&second)
		}
		c.Spec.Directories = append(c.Spec.Directories, second)
	}
}

// wholeNames takes the userName as it is, whatever spec.username says.
func wholeNames(d *v1alpha1.DirectorySpec) { d.Username.Regex = new("") }

// there finds an account in a directory, nil if there is none.
func there(fake *directorytest.Fake, name string) *directory.User {
	if user, ok := fake.State().User(name); ok {
		return &user
	}
	return nil
}

var down = directory.Error{Kind: directory.KindUnavailable, Status: http.StatusBadGateway, Message: "maintenance"}

var _ = Describe("A user of several directories", func() {
	It("has an account in each, as the overrides say", func(ctx context.Context) {
		s := newStage(ctx, localPart, andConfluence(wholeNames, func(d *v1alpha1.DirectorySpec) {
			d.Username.Case = v1alpha1.CaseLower
			d.Provisioning.DisableUsers = new(false)
		})).open(ctx)
		s.newUser(ctx, "ada", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "Ada@Example.com" })

		user := s.user(ctx, "ada")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned,
			"jira: Active as Ada; confluence: Active as ada@example.com"))
		Expect(user.Status.Directories).To(HaveExactElements(
			And(HaveField("Name", "jira"), HaveField("Username", "Ada"), HaveField("Target", "Jira jira.example.com")),
			And(HaveField("Name", "confluence"), HaveField("Username", "ada@example.com"), HaveField("Target", "Confluence confluence.example.com"))))
		user = s.editUser(ctx, "ada", deactivated)
		Expect(there(s.jira, "Ada").Active).To(BeFalse())
		Expect(there(s.confluence, "ada@example.com").Active).To(BeTrue(), "disableUsers is off there")
		Expect(user.Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned,
			And(ContainSubstring("jira: Inactive"), ContainSubstring("confluence: ada@example.com stays active"))))
	})

	It("is not forgotten by any directory that it waits for", func(ctx context.Context) {
		for _, first := range []bool{true, false} {
			s := newStage(ctx, andConfluence())
			broken := s.confluence
			if first {
				broken = s.jira
			}
			broken.SetDown(down)
			s.open(ctx)
			s.newUser(ctx, "ada")
			s.newGroup(ctx, "team", "ada")
			s.user(ctx, "ada")
			s.group(ctx, "team")
			woken(s.users.waiting.inbox)
			woken(s.groups.waiting.inbox)

			broken.SetUp()
			s.clock.SetTime(s.clock.Now().Add(reprobeInterval))
			s.sweep(ctx)
			Expect(woken(s.users.waiting.inbox)).To(ContainElement("ada"), "the first in the list: %t", first)
			Expect(woken(s.groups.waiting.inbox)).To(ContainElement("team"), "the first in the list: %t", first)
		}
	})

	It("is right in those that work while one is down, and Ready when all are", func(ctx context.Context) {
		s := newStage(ctx, andConfluence()).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		s.confluence.SetDown(down)
		_, _, err := s.tryUser(ctx, "ada")
		Expect(err).To(HaveOccurred(), "closes the gate")

		user := s.editUser(ctx, "ada", deactivated)
		Expect(there(s.jira, "ada").Active).To(BeFalse())
		Expect(user.Status.Conditions).To(And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned, And(ContainSubstring("jira: Inactive"), ContainSubstring("maintenance"))),
			have(v1alpha1.ConditionReconciling)))
		Expect(user.Status.Directories).To(HaveExactElements(
			HaveField("State", v1alpha1.UserInactive), HaveField("Reason", v1alpha1.ReasonDirectoryUnavailable)))
		s.newUser(ctx, "bob")
		s.user(ctx, "bob")
		Expect(there(s.jira, "bob")).NotTo(BeNil(), "newcomers come in where they can")

		s.confluence.SetUp()
		s.config(ctx)
		Expect(woken(s.users.waiting.inbox)).To(ConsistOf("ada", "bob"))
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonDeactivated))
		Expect(there(s.confluence, "ada").Active).To(BeFalse())
		Expect(s.user(ctx, "bob").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})

	It("that is deleted loses access where that is possible, and goes when it is gone everywhere", func(ctx context.Context) {
		s := newStage(ctx, andConfluence(func(d *v1alpha1.DirectorySpec) { d.Provisioning.OnRemoval = v1alpha1.RemoveUserDelete })).open(ctx)
		s.newUser(ctx, "ada")
		s.user(ctx, "ada")
		s.confluence.SetDown(down)
		_, _, err := s.tryUser(ctx, "ada")
		Expect(err).To(HaveOccurred())
		Expect(s.deleteUser(ctx, "ada")).NotTo(BeNil())
		Expect(there(s.jira, "ada").Active).To(BeFalse())

		s.confluence.SetUp()
		s.config(ctx)
		Expect(s.user(ctx, "ada")).To(BeNil())
		Expect(there(s.confluence, "ada")).To(BeNil(), "deleted, as its directory says")
	})

	It("shares a username with another one in the directory where they would have the same", func(ctx context.Context) {
		s := newStage(ctx, localPart, andConfluence(wholeNames)).open(ctx)
		s.newUser(ctx, "a-older", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "ada@one.example" })
		s.newUser(ctx, "b-newer", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "ada@two.example" })
		s.user(ctx, "a-older")
		newer := s.user(ctx, "b-newer")
		Expect(newer.Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned, ContainSubstring("ada@one.example")))
		Expect(newer.Status.Directories).To(HaveExactElements(
			HaveField("Reason", v1alpha1.ReasonDuplicateUsername), HaveField("Reason", v1alpha1.ReasonProvisioned)))
		Expect(s.jira.State().Users).To(HaveLen(1))
		Expect(s.confluence.State().Users).To(HaveLen(2))
	})

	It("waits for all when one override cannot be used, and is told which", func(ctx context.Context) {
		s := newStage(ctx, andConfluence(func(d *v1alpha1.DirectorySpec) {
			d.Username.Regex, d.Username.Replacement = new("(.*)@.*"), "${name}"
		})).open(ctx)
		s.newUser(ctx, "ada")
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionFalse, v1alpha1.ReasonDirectoryNotReady,
			ContainSubstring("spec.directories[1].username.replacement")))
		Expect(s.jira.Writes()).To(BeZero())
	})
})

var _ = Describe("A directory entry that leads elsewhere", func() {
	// Each of ada's ids belongs to somebody else in the other directory.
	swapped := func(ctx context.Context) *stage {
		s := newStage(ctx, adopting(v1alpha1.AdoptNever), deletingGroups, andConfluence()).open(ctx)
		somebody := directory.User{Name: "somebody", DisplayName: "Somebody", Email: "s@example.com", Active: true}
		somebody.ID = s.confluence.SeedUser(somebody).ID
		s.provisioned(ctx, "ada")
		Expect(there(s.jira, "ada").ID).To(Equal(somebody.ID))
		somebody.ID = there(s.confluence, "ada").ID
		s.jira.SeedUser(somebody)
		s.newGroup(ctx, "team", "ada")
		s.group(ctx, "team")
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) {
			a, b := &spec.Directories[0], &spec.Directories[1]
			a.Product, b.Product = b.Product, a.Product
			a.URL, b.URL = b.URL, a.URL
		})
		return s.open(ctx)
	}
	somebodyIsUntouched := func(s *stage) {
		GinkgoHelper()
		for _, fake := range []*directorytest.Fake{s.jira, s.confluence} {
			Expect(there(fake, "somebody")).To(HaveValue(And(HaveField("Active", true), HaveField("DisplayName", "Somebody"))))
		}
	}

	It("has the links follow to the entry that leads there", func(ctx context.Context) {
		s := swapped(ctx)
		s.editUser(ctx, "ada", deactivated)
		Expect(there(s.jira, "ada").Active).To(BeFalse())
		Expect(there(s.confluence, "ada").Active).To(BeFalse())
		Expect(s.deleteUser(ctx, "ada")).To(BeNil())
		somebodyIsUntouched(s)
	})

	It("has a group deleted where it is", func(ctx context.Context) {
		s := swapped(ctx)
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Expect(s.jira.State().Groups).NotTo(HaveKey("team"))
		Expect(s.confluence.State().Groups).NotTo(HaveKey("team"))
		somebodyIsUntouched(s)
	})

	It("keeps its links when only its name stays the same way written otherwise", func(ctx context.Context) {
		s := newStage(ctx, adopting(v1alpha1.AdoptNever)).open(ctx).provisioned(ctx, "ada")
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Directories[0].URL = "https://JIRA.example.com/" })
		s.open(ctx)
		Expect(s.user(ctx, "ada").Status.Conditions).To(beReady(metav1.ConditionTrue, v1alpha1.ReasonProvisioned))
	})
})

var _ = Describe("A group of several directories", func() {
	It("follows in each as the overrides say, and is Ready when all are", func(ctx context.Context) {
		s := newStage(ctx, andConfluence(func(d *v1alpha1.DirectorySpec) { d.Groups.Membership = v1alpha1.MembershipAdditive })).open(ctx)
		s.provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("ada") })
		Expect(s.jira.State().Groups["team"]).To(Equal([]string{"ada"}))
		Expect(s.confluence.State().Groups["team"]).To(Equal([]string{"ada", "bob"}))

		s.confluence.SetDown(down)
		_, _, err := s.tryGroup(ctx, "team")
		Expect(err).To(HaveOccurred())
		group := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = nil })
		Expect(s.jira.State().Groups["team"]).To(BeEmpty())
		Expect(group.Status.Conditions).To(And(
			beReady(metav1.ConditionFalse, v1alpha1.ReasonPartiallyProvisioned),
			beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonPending)))
	})
})

// tellsGroups reports whether a change of a user has its groups looked at.
func tellsGroups(before, after *v1alpha1.ProvisionedUser) bool {
	return accountChanged().Update(event.UpdateEvent{ObjectOld: before, ObjectNew: after})
}
