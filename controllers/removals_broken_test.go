package controllers

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

// breakOff has the directory answer so many requests of a kind while act is
// done, and then none of any kind.
func (s *stage) breakOff(op string, answered int, act func()) {
	GinkgoHelper()
	s.jira.Before(func(_ context.Context, call directorytest.Call) {
		if call.Op != op {
			return
		}
		if answered--; answered < 0 {
			s.jira.SetDown(directory.Error{Kind: directory.KindUnavailable, Message: "proxy"})
		}
	})
	act()
	Expect(answered).To(BeNumerically("<", 0), "it broke off")
	s.jira.Before(nil)
	s.jira.SetUp()
}

// inBatches makes the directory take a few members in each request.
func (s *stage) inBatches(members int) {
	capabilities := s.jira.Capabilities()
	capabilities.MembersPerRequest = members
	s.jira.SetCapabilities(capabilities)
}

// approveHeld approves what is held.
func (s *stage) approveHeld(ctx context.Context) {
	GinkgoHelper()
	s.approve(ctx, s.config(ctx).Status.HeldRemovals.Approval)
}

var _ = Describe("An approved removal that becomes another one", func() {
	It("waits for an approval of its own", func(ctx context.Context) {
		s := newStage(ctx, removing(v1alpha1.RemoveUserDelete)).open(ctx)
		names := s.staff(ctx, 20)
		s.leave(ctx, names[:3]...)
		held := s.heldUsers(ctx, names)
		Expect(held).To(HaveLen(1))
		s.approveHeld(ctx)
		Expect(s.deleteUser(ctx, held[0])).NotTo(BeNil(), "it was approved that the account is disabled")
		Expect(s.account(held[0]).Active).To(BeTrue())
	})
})

var _ = Describe("An approved removal that breaks off", func() {
	for _, restarts := range []bool{false, true} {
		what := "goes on without another approval"
		if restarts {
			what += ", after a restart as well"
		}
		resume := func(ctx context.Context, s *stage) {
			GinkgoHelper()
			if restarts {
				s.restart()
			}
			s.open(ctx)
		}
		// brokenOff has 35 of the 60 members of a group removed, of whom 5 go
		// before it breaks off.
		brokenOff := func(ctx context.Context) (s *stage, names []string) {
			GinkgoHelper()
			s = newStage(ctx).open(ctx)
			s.inBatches(5)
			names = s.team(ctx, 60)
			s.keep(ctx, names[:25]...)
			s.approveHeld(ctx)
			s.breakOff(directory.OpRemoveMembers, 1, func() {
				_, _, err := s.tryGroup(ctx, "team")
				Expect(err).To(HaveOccurred())
			})
			Expect(s.members("team")).To(HaveLen(55))
			return s, names
		}

		Context(what, func() {
			It("of members", func(ctx context.Context) {
				s, names := brokenOff(ctx)
				resume(ctx, s)
				group := s.group(ctx, "team")
				Expect(s.members("team")).To(ConsistOf(names[:25]))
				Expect(s.config(ctx).Status.HeldRemovals.Count).To(BeZero())
				Expect(group.Status.Directories[0].ApprovedMembers).To(BeNil(), "it is done")
			})

			It("of members, but not for others who are to go meanwhile", func(ctx context.Context) {
				s, names := brokenOff(ctx)
				resume(ctx, s)
				s.keep(ctx, names[:10]...)
				Expect(s.members("team")).To(ConsistOf(names[:25]))
				Expect(s.config(ctx).Status.HeldRemovals.Count).To(Equal(int32(1)))
			})

			It("of members, but not for those whom the source has sent again", func(ctx context.Context) {
				s, names := brokenOff(ctx)
				resume(ctx, s)
				s.keep(ctx, names...)
				Expect(s.members("team")).To(HaveLen(60))
				s.keep(ctx, names[:25]...)
				Expect(s.members("team")).To(HaveLen(60))
			})

			It("of members, for as long as the approval lasts", func(ctx context.Context) {
				s, _ := brokenOff(ctx)
				s.pass(time.Hour)
				resume(ctx, s)
				s.group(ctx, "team")
				Expect(s.members("team")).To(HaveLen(55))
				Expect(s.config(ctx).Status.HeldRemovals.Count).To(Equal(int32(1)))
			})

			It("of members from before a group was taken over", func(ctx context.Context) {
				s := newStage(ctx).open(ctx).provisioned(ctx, "ada")
				s.inBatches(1)
				s.jira.SeedGroup("team")
				for _, name := range []string{"eve", "mallory", "trudy"} {
					s.jira.SeedUser(directory.User{Name: name, Active: true})
					s.jira.SeedMember("team", name)
				}
				s.newGroup(ctx, "team", "ada")
				s.group(ctx, "team")
				s.approveHeld(ctx)
				s.breakOff(directory.OpRemoveMembers, 1, func() {
					_, _, err := s.tryGroup(ctx, "team")
					Expect(err).To(HaveOccurred())
				})
				Expect(s.members("team")).To(HaveLen(3))
				resume(ctx, s)
				s.group(ctx, "team")
				Expect(s.members("team")).To(ConsistOf("ada"))
				Expect(s.config(ctx).Status.HeldRemovals.Count).To(BeZero())
			})

			It("of a large group's earlier name, but not for yet another name", func(ctx context.Context) {
				s := newStage(ctx).open(ctx)
				s.inBatches(5)
				names := s.team(ctx, 20)
				rename := func(to string) {
					GinkgoHelper()
					s.change(ctx, func(c *v1alpha1.SyncConfigSpec) { c.Groups.Regex, c.Groups.Replacement = "team", to })
					s.config(ctx)
				}
				rename("crew")
				s.group(ctx, "team")
				s.approveHeld(ctx)
				s.breakOff(directory.OpRemoveMembers, 1, func() {
					_, _, err := s.tryGroup(ctx, "team")
					Expect(err).To(HaveOccurred())
				})
				Expect(s.members("team")).To(HaveLen(15))
				resume(ctx, s)
				s.group(ctx, "team")
				Expect(s.members("team")).To(BeEmpty())
				Expect(s.members("crew")).To(ConsistOf(names))
				Expect(s.config(ctx).Status.HeldRemovals.Count).To(BeZero())

				rename("gang")
				s.group(ctx, "team")
				Expect(s.members("crew")).To(ConsistOf(names))
				Expect(s.members("gang")).To(BeEmpty())
			})

			It("of users", func(ctx context.Context) {
				s := newStage(ctx).open(ctx)
				names := s.staff(ctx, 20)
				s.leave(ctx, names[:12]...)
				s.approveHeld(ctx)
				s.breakOff(directory.OpUpdateUser, 4, func() {
					for _, name := range woken(s.users.waiting.inbox) {
						_, _, _ = s.tryUser(ctx, name)
					}
				})
				Expect(s.inactive()).To(Equal(6))
				resume(ctx, s)
				for _, name := range names {
					s.run(ctx, name)
				}
				Expect(s.inactive()).To(Equal(12))
				Expect(s.config(ctx).Status.HeldRemovals.Count).To(BeZero())
			})
		})
	}
})
