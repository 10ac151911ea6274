package e2e

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
)

var _ = Describe("PATCHes from 16 connections while replicas restart", func() {
	const (
		connections = 16
		before      = 600 // members, which take several pages
		most        = 400 // PATCHes of a connection
	)
	member := func(kind string, n, m int) okta.Member {
		return okta.Member{ID: fmt.Sprintf("%s-%d-%d", kind, n, m)}
	}

	It("lose nothing and duplicate nothing", func(ctx SpecContext) {
		t := createTenant(ctx, paused)
		var leavers []okta.Member
		for n := range before {
			leavers = append(leavers, member("leaver", n%connections, n/connections))
		}
		group, err := t.okta(okta.Template, replicas[0]).PushGroup(ctx, "crowd", leavers...)
		Expect(err).NotTo(HaveOccurred())

		restarted := make(chan struct{})
		sent := make([]int, connections)
		var streams sync.WaitGroup
		for n := range connections {
			streams.Go(func() {
				defer GinkgoRecover()
				idp := newStubborn(t)
				for ; sent[n] < most && !isClosed(restarted); sent[n]++ {
					m := sent[n]
					Expect(idp.try(ctx, func(c *okta.Client) error { return c.AddMembers(ctx, group, member("joiner", n, m)) })).To(Succeed())
					if m < before/connections {
						Expect(idp.try(ctx, func(c *okta.Client) error { return c.RemoveMembers(ctx, group, member("leaver", n, m)) })).To(Succeed())
					}
				}
			})
		}
		for _, replica := range replicas {
			Expect(replica.Stop()).To(Succeed())
			Expect(replica.Start(ctx)).To(Succeed())
			replica.Kill()
			Expect(replica.Start(ctx)).To(Succeed())
		}
		close(restarted)
		streams.Wait()
		Expect(sent).To(HaveEach(BeNumerically(">=", 2)), "every connection was at work")

		var want []okta.Member
		for n := range connections {
			for m := range sent[n] {
				want = append(want, member("joiner", n, m))
			}
			for m := sent[n]; m*connections+n < before; m++ {
				want = append(want, member("leaver", n, m))
			}
		}
		Expect(t.storedMembers(ctx, group.ID())).To(ConsistOf(idsOf(want)), "each member is on one page")
		for _, replica := range replicas {
			idp := t.okta(okta.Template, replica)
			Eventually(func() ([]string, error) {
				shown, err := idp.GetGroup(ctx, group.ID())
				return shown.MemberIDs(), err
			}).Should(ConsistOf(idsOf(want)))
		}
	})
})

// stubborn is an identity provider that reaches the replicas in turns, like
// through a load balancer, and repeats what was not answered with success.
type stubborn struct {
	replicas []*okta.Client
	next     int
}

func newStubborn(t *tenant) *stubborn {
	s := &stubborn{}
	for _, replica := range replicas {
		s.replicas = append(s.replicas, t.okta(okta.Template, replica))
	}
	return s
}

// try makes a request until it succeeds, for as long as patience lasts.
func (s *stubborn) try(ctx context.Context, request func(*okta.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for {
		err := request(s.replicas[s.next%len(s.replicas)])
		s.next++
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-pause.C:
		}
	}
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// storedMembers are the members on all pages of a group, as the API server
// holds them, with those that are there twice.
func (t *tenant) storedMembers(ctx context.Context, id string) []string {
	GinkgoHelper()
	group, err := t.group(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	var pages v1alpha1.MembershipSliceList
	Expect(kube.List(ctx, &pages, client.InNamespace(t.key.Namespace))).To(Succeed())
	members := slices.Clone(group.Spec.Members)
	for i := range pages.Items {
		if pages.Items[i].BelongsTo(group) {
			members = append(members, pages.Items[i].Spec.Members...)
		}
	}
	return members
}
