package controllers

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// newSlice creates a further page of a group.
func (s *stage) newSlice(ctx context.Context, name, group string, turn int64, members ...string) *v1alpha1.MembershipSlice {
	GinkgoHelper()
	slice := &v1alpha1.MembershipSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name},
		Spec:       v1alpha1.MembershipSliceSpec{GroupName: group, Turn: turn, Members: ids(members...)},
	}
	Expect(cached.Create(ctx, slice)).To(Succeed())
	return slice
}

var _ = Describe("A group with membership slices", func() {
	It("has the members of all pages", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		s.newGroup(ctx, "team", "ada")
		s.newSlice(ctx, "team-1", "team", 0, "bob", "ada")
		slice := s.newSlice(ctx, "team-2", "team", 0, "eve", "unknown")
		group := s.group(ctx, "team")
		Expect(s.members("team")).To(Equal([]string{"ada", "bob", "eve"}))
		Expect(group.Status.MemberCount).To(Equal(int32(4)), "each once")
		Expect(group.Status.SliceCount).To(Equal(int32(2)))
		Expect(group.Status.Directories[0].PendingMembers).To(Equal(int32(1)))

		Expect(groupOfSlice(ctx, slice)).To(ConsistOf(s.key("team")))
		eve := &v1alpha1.ProvisionedUser{}
		Expect(cached.Get(ctx, s.key("eve"), eve)).To(Succeed())
		Expect(s.groups.groupsOfMember(ctx, eve)).To(ConsistOf(s.key("team")))

		slice.Spec.Members = nil
		Expect(cached.Update(ctx, slice)).To(Succeed())
		Expect(s.group(ctx, "team").Status.MemberCount).To(Equal(int32(2)))
		Expect(s.members("team")).To(Equal([]string{"ada", "bob"}))
	})

	It("loses nobody while its members are being replaced, and gains those who came", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob", "eve")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		group := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) {
			g.Members, g.Pages.Replacing = ids("eve"), "a-replacement"
		})
		Expect(s.members("team")).To(Equal([]string{"ada", "bob", "eve"}))
		Expect(group.Status.Conditions).To(beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionFalse, v1alpha1.ReasonPending))

		group = s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) { g.Pages.Replacing = "" })
		Expect(s.members("team")).To(Equal([]string{"eve"}))
		Expect(group.Status.Conditions).To(beCondition(v1alpha1.ConditionMembersSynced, metav1.ConditionTrue, v1alpha1.ReasonSynced))
	})

	It("loses nobody while the cache has not seen the last slice of a replacement", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada", "bob")
		s.group(ctx, "team")
		lagging := s.newSlice(ctx, "team-1", "team", 1)
		written := lagging.DeepCopy()
		written.Spec.Turn, written.Spec.Members = 2, ids("bob")
		Expect(env.Client.Update(ctx, written)).To(Succeed())

		group := &v1alpha1.ProvisionedGroup{}
		Expect(cached.Get(ctx, s.key("team"), group)).To(Succeed())
		group.Spec.Members, group.Spec.Pages = ids("ada"), v1alpha1.MembershipPages{Turn: 2, OpenSlice: "team-1"}
		Expect(s.groups.sawAll(ctx, group, []*v1alpha1.MembershipSlice{lagging})).To(BeFalse())
		Expect(s.groups.sawAll(ctx, group, nil)).To(BeFalse())
		Expect(s.groups.sawAll(ctx, group, []*v1alpha1.MembershipSlice{written})).To(BeTrue())

		closed := written.DeepCopy()
		closed.Spec.Turn = 0
		Expect(env.Client.Update(ctx, closed)).To(Succeed())
		Expect(s.groups.sawAll(ctx, group, []*v1alpha1.MembershipSlice{closed})).To(BeTrue(), "a turn that broke off hides nothing")
	})

	It("that existed is taken over only once all members are known", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.jira.SeedUser(directory.User{Name: "eve", Active: true})
		s.jira.SeedGroup("team")
		for _, name := range []string{"bob", "eve"} {
			s.jira.SeedMember("team", name)
		}
		group := &v1alpha1.ProvisionedGroup{
			ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "team", Finalizers: []string{v1alpha1.Finalizer}},
			Spec: v1alpha1.ProvisionedGroupSpec{SyncConfigName: "okta", ID: "id-team", DisplayName: "team", Members: ids("ada"),
				Pages: v1alpha1.MembershipPages{Replacing: "a-replacement"}},
		}
		Expect(cached.Create(ctx, group)).To(Succeed())
		Expect(s.group(ctx, "team").Status.Directories[0]).To(And(HaveField("Managed", false), HaveField("HeldMembers", BeEmpty())))
		Expect(s.members("team")).To(Equal([]string{"ada", "bob", "eve"}))

		s.newSlice(ctx, "team-1", "team", 1, "bob")
		known := s.editGroup(ctx, "team", func(g *v1alpha1.ProvisionedGroupSpec) {
			g.Pages = v1alpha1.MembershipPages{Turn: 1, OpenSlice: "team-1"}
		})
		Expect(known.Status.Directories[0].HeldMembers).To(Equal([]string{"eve"}))
	})

	It("takes its slices with it, and no other group's", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newGroup(ctx, "team", "ada")
		s.newGroup(ctx, "crew", "ada")
		s.newSlice(ctx, "team-1", "team", 0, "bob")
		s.newSlice(ctx, "crew-1", "crew", 0, "bob")
		s.group(ctx, "team")
		Expect(s.deleteGroup(ctx, "team")).To(BeNil())
		Expect(env.Client.Get(ctx, s.key("team-1"), &v1alpha1.MembershipSlice{})).To(MatchError(apierrors.IsNotFound, "not found"))
		Expect(env.Client.Get(ctx, s.key("crew-1"), &v1alpha1.MembershipSlice{})).To(Succeed())
	})

	It("has nothing of slices that belong to no group, or to an earlier one of the same name", func(ctx context.Context) {
		s := newStage(ctx).open(ctx).provisioned(ctx, "ada", "bob")
		s.newSlice(ctx, "gone-1", "gone", 0, "bob")
		Expect(s.tryGroup(ctx, "gone")).To(BeNil())

		s.newGroup(ctx, "team", "ada")
		earlier := s.newSlice(ctx, "team-1", "team", 0, "bob")
		earlier.OwnerReferences = []metav1.OwnerReference{{
			APIVersion: v1alpha1.GroupVersion.String(), Kind: "ProvisionedGroup", Name: "team", UID: "of-an-earlier-group",
		}}
		Expect(cached.Update(ctx, earlier)).To(Succeed())
		s.group(ctx, "team")
		Expect(s.jira.State().Groups).To(Equal(map[string][]string{"team": {"ada"}}))
		Expect(cached.Get(ctx, client.ObjectKeyFromObject(earlier), earlier)).To(Succeed())
	})
})
