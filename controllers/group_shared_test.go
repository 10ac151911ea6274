package controllers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/directorytest"
)

var _ = Describe("Two groups that are mapped to one, changed at the same time", func() {
	const rounds = 10
	// coming are those of six users who are in a group in a round.
	coming := func(group, round int) []string {
		var names []string
		for i := range 6 {
			if (round*(group+2)+i*(group+1))%3 == 0 {
				names = append(names, fmt.Sprintf("u%d", i))
			}
		}
		return names
	}

	It("are worked on one after the other, so that nobody is put back who was just taken out", func(ctx context.Context) {
		s := newStage(ctx, groupPolicy(func(g *v1alpha1.GroupsSpec) {
			g.Mappings = []v1alpha1.GroupMapping{{From: "okta-staff", To: "staff"}, {From: "okta-crew", To: "staff"}}
		})).open(ctx).provisioned(ctx, "ada", "bob")
		for _, name := range []string{"okta-staff", "okta-crew"} {
			s.newGroup(ctx, name, "bob")
			s.group(ctx, name)
		}
		adding, goOn := make(chan struct{}), make(chan struct{})
		var first sync.Once
		s.jira.Before(func(_ context.Context, call directorytest.Call) {
			if call.Op == directory.OpAddMembers {
				first.Do(func() { close(adding); <-goOn })
			}
		})
		s.editMembers(ctx, "okta-crew", []string{"ada", "bob"})
		staff := s.inBackground(func() { s.group(ctx, "okta-staff") })
		Eventually(ctx, adding).Should(BeClosed(), "Ada is about to be added")

		s.editMembers(ctx, "okta-crew", []string{"bob"})
		crew := s.inBackground(func() { s.group(ctx, "okta-crew") })
		Eventually(ctx, func() bool {
			select {
			case <-crew:
				return true
			default:
				return s.groups.sharing.users("staff") == 2
			}
		}).Should(BeTrue(), "the other group waits, or did not have to")
		close(goOn)
		Eventually(ctx, staff).Should(BeClosed())
		Eventually(ctx, crew).Should(BeClosed())
		Expect(s.members("staff")).To(Equal([]string{"bob"}), "Ada is in neither group")
		Expect(s.groups.sharing.names).To(BeEmpty(), "nothing is left of the locks")
	})

	It("are exactly their union after each change, and nobody who is wanted ever leaves", func(ctx context.Context) {
		s := newStage(ctx, groupPolicy(func(g *v1alpha1.GroupsSpec) {
			g.Mappings = []v1alpha1.GroupMapping{{From: "okta-staff", To: "staff"}, {From: "okta-crew", To: "staff"}}
		})).open(ctx).provisioned(ctx, "ada", "bob", "u0", "u1", "u2", "u3", "u4", "u5")
		caps := s.jira.Capabilities()
		caps.MembersPerRequest = 1
		s.jira.SetCapabilities(caps)
		groups := []string{"okta-staff", "okta-crew"}
		for _, name := range groups {
			s.newGroup(ctx, name, "ada", "bob")
			s.group(ctx, name)
		}
		var mu sync.Mutex
		var left []string
		listing := make(chan struct{}, 1) // somebody reads the members
		s.jira.Before(func(_ context.Context, call directorytest.Call) {
			if call.Op == directory.OpRemoveMembers && (strings.Contains(call.User, "ada") || strings.Contains(call.User, "bob")) {
				mu.Lock()
				defer mu.Unlock()
				left = append(left, call.User)
			}
			if call.Op == directory.OpEachMember {
				select {
				case listing <- struct{}{}:
				default:
				}
				<-time.After(40 * time.Millisecond) // the product is slow: what was wanted before it answers is old
			}
		})
		for round := range rounds {
			// Ada is handed from one group to the other, and is in one at least at any moment.
			giver, taker := groups[round%2], groups[1-round%2]
			s.editMembers(ctx, taker, append(coming(1-round%2, round-1), "ada", "bob"))
			select {
			case <-listing:
			default:
			}
			var both sync.WaitGroup
			for i, name := range groups {
				members := append(coming(i, round), "bob")
				if name != giver {
					members = append(members, "ada")
				}
				both.Go(func() {
					defer GinkgoRecover()
					if name == giver {
						<-listing
					}
					s.editMembers(ctx, name, members)
					s.group(ctx, name)
				})
			}
			both.Wait()
			union := slices.Concat([]string{"ada", "bob"}, coming(0, round), coming(1, round))
			slices.Sort(union)
			Expect(s.members("staff")).To(Equal(slices.Compact(union)), "round %d", round)
		}
		Expect(left).To(BeEmpty(), "wanted at any moment")
	})
})

// inBackground does something and tells when it is done.
func (s *stage) inBackground(do func()) (done chan struct{}) {
	done = make(chan struct{})
	go func() {
		defer GinkgoRecover()
		defer close(done)
		do()
	}()
	return done
}

// users is how many hold a name or wait for it.
func (l *nameLocks) users(name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, lock := range l.names {
		if key.name == name {
			return lock.users
		}
	}
	return 0
}

// editMembers changes a group's members, as the SCIM server does.
func (s *stage) editMembers(ctx context.Context, name string, members []string) {
	GinkgoHelper()
	Eventually(ctx, func() error {
		group := &v1alpha1.ProvisionedGroup{}
		if err := cached.Get(ctx, types.NamespacedName{Namespace: s.namespace, Name: name}, group); err != nil {
			return err
		}
		group.Spec.Members = ids(members...)
		return cached.Update(ctx, group)
	}).Should(Succeed())
}
