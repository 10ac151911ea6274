package e2e

import (
	"context"
	"fmt"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var _ = Describe("A crash in the middle of a first sync into five directories", func() {
	It("leaves every account once, and what was changed by hand meanwhile is put right", func(ctx SpecContext) {
		const size = 300
		alone := onlyOneManager(ctx)
		e := prepareEstate(ctx)
		never := func(spec *v1alpha1.SyncConfigSpec) { spec.Provisioning.Adoption = v1alpha1.AdoptNever }
		e.create(ctx, paused, never)
		people := crowdOf(size)
		e.assignAll(ctx, e.okta(okta.Template, alone), people)

		By("killing the manager while it writes")
		e.edit(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Mode = v1alpha1.ModeEnforce })
		for _, reached := range []int{size / 4, 3 * size} {
			Eventually(e.made).Should(BeNumerically(">=", reached))
			alone.Kill()
			Expect(e.made()).To(BeNumerically("<", len(e.places)*size), "the crash came in the middle")
			Expect(alone.Start(ctx)).To(Succeed())
		}
		e.expectHeld(e.places, people...)
		e.expectConfig(ctx, beReady(metav1.ConditionTrue, v1alpha1.ReasonSucceeded, fmt.Sprintf("%d of %d users", size, size)))
		Expect(e.made()).To(Equal(len(e.places)*size), "each account is made once, and none had to be adopted")

		By("killing it once more, and changing accounts by hand while it is away")
		alone.Kill()
		e.meddle()
		Expect(alone.Start(ctx)).To(Succeed())
		e.expectHeld(e.places, people...)
		Expect(e.made()).To(Equal(len(e.places)*size+1), "the deleted one is made anew")
	})
})

// meddle changes one account in each product.
func (e *estate) meddle() {
	GinkgoHelper()
	rename := func(u *userbase.User) { u.Name = "somebody.else" }
	disable := func(u *userbase.User) { u.Active = false }
	misname := func(u *userbase.User) { u.DisplayName = "Somebody Else" }
	Expect(e.products.Jira.Simulator.ChangeUser("worker1", rename)).To(Succeed())
	Expect(e.products.Confluence.Simulator.ChangeUser("worker1", disable)).To(Succeed())
	Expect(e.products.Bitbucket.Simulator.ChangeUser("worker1", misname)).To(Succeed())
	Expect(e.products.Crowd.Simulator.ChangeUser("worker1", disable)).To(Succeed())
	Expect(e.products.Cloud.Simulator.EraseUser("worker1")).To(Succeed())
}

// made counts the accounts that were created everywhere.
func (e *estate) made() int {
	sum := 0
	for _, p := range e.places {
		sum += p.made()
	}
	return sum
}

// crowdOf makes up this many people.
func crowdOf(size int) []person {
	people := make([]person, size)
	for n := range people {
		people[n] = newPerson(fmt.Sprintf("worker%d", n), "Worker", fmt.Sprint(n))
	}
	return people
}

// assignAll assigns people to the app, several at once.
func (e *estate) assignAll(ctx context.Context, idp *okta.Client, people []person) {
	GinkgoHelper()
	var all sync.WaitGroup
	turns := make(chan person)
	for range 16 {
		all.Go(func() {
			defer GinkgoRecover()
			for who := range turns {
				_, err := idp.CreateUser(ctx, who.Profile)
				Expect(err).NotTo(HaveOccurred())
			}
		})
	}
	for _, who := range people {
		turns <- who
	}
	close(turns)
	all.Wait()
}
