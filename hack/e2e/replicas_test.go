package e2e

import (
	"fmt"
	"net/http"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/okta"
)

var _ = Describe("Two replicas", func() {
	var t *tenant
	var idps []*okta.Client
	BeforeEach(func(ctx SpecContext) {
		t = newTenant(ctx)
		idps = nil
		for _, replica := range replicas {
			idps = append(idps, t.okta(okta.Template, replica))
		}
	})

	It("make one account of the same POST at the same moment", func(ctx SpecContext) {
		const times = 30
		names := []string{}
		for n := range times {
			ada := newPerson(fmt.Sprintf("twin%d", n), "Twin", fmt.Sprint(n))
			names = append(names, ada.username)
			outcomes := together(len(idps), func(i int) error {
				_, err := idps[i].CreateUser(ctx, ada.Profile)
				return err
			})
			Expect(outcomes).To(ConsistOf(BeNil(), And(HaveField("Status", http.StatusConflict), HaveField("SCIMType", "uniqueness"))))
		}
		Expect(t.users(ctx)).To(HaveLen(times))
		Eventually(func() []string { return people(t.jira) }).Should(ConsistOf(names))
		Consistently(func() []string { return people(t.jira) }).Should(HaveLen(times))
		Expect(t.jira.Simulator.Count(http.MethodPost, "user")).To(Equal(times))
	})

	It("show at once what the other has made", func(ctx SpecContext) {
		for n := range 20 {
			writer, reader := idps[n%2], idps[(n+1)%2]
			ada := newPerson(fmt.Sprintf("seen%d", n), "Seen", fmt.Sprint(n))
			created, err := writer.CreateUser(ctx, ada.Profile)
			Expect(err).NotTo(HaveOccurred())
			byID, err := reader.GetUser(ctx, created.ID())
			Expect(err).NotTo(HaveOccurred())
			Expect(byID.UserName()).To(Equal(ada.Login))
			byName, err := reader.FindUser(ctx, ada.Login)
			Expect(err).NotTo(HaveOccurred())
			Expect(byName.ID()).To(Equal(created.ID()))
		}
	})

	It("lose no member of concurrent PATCHes", func(ctx SpecContext) {
		const joining, leaving = 40, 10
		member := func(kind string, n int) okta.Member { return okta.Member{ID: fmt.Sprintf("%s-%d", kind, n)} }
		var before, want []okta.Member
		for n := range leaving {
			before = append(before, member("leaver", n))
		}
		group, err := idps[0].PushGroup(ctx, "crowd", before...)
		Expect(err).NotTo(HaveOccurred())
		for n := range joining {
			want = append(want, member("joiner", n))
		}
		outcomes := together(joining+leaving, func(n int) error {
			if n < joining {
				return idps[n%2].AddMembers(ctx, group, want[n])
			}
			return idps[n%2].RemoveMembers(ctx, group, before[n-joining])
		})
		Expect(outcomes).To(HaveEach(BeNil()))
		object, err := t.group(ctx, group.ID())
		Expect(err).NotTo(HaveOccurred())
		Expect(object.Spec.Members).To(ConsistOf(idsOf(want)))
		for _, idp := range idps {
			Eventually(func() ([]string, error) {
				shown, err := idp.GetGroup(ctx, group.ID())
				return shown.MemberIDs(), err
			}).Should(ConsistOf(idsOf(want)))
		}
	})
})

// together does n things at the same moment and gives what came of each.
func together(n int, do func(i int) error) []error {
	outcomes := make([]error, n)
	start := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-start
			outcomes[i] = do(i)
		})
	}
	close(start)
	running.Wait()
	return outcomes
}

func idsOf(members []okta.Member) []string {
	ids := []string{}
	for _, member := range members {
		ids = append(ids, member.ID)
	}
	return ids
}
