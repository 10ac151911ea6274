package e2e

import (
	"fmt"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

var _ = Describe("A mass unassignment", func() {
	It("stops at the removal limit, though the manager is killed in the middle, until it is approved", func(ctx SpecContext) {
		alone := onlyOneManager(ctx)
		t := newTenant(ctx)
		idp := t.okta(okta.Template, alone)
		const size, most = 300, 30
		people := inParallel(size, func(n int) string {
			user, err := idp.CreateUser(ctx, newPerson(fmt.Sprintf("worker%d", n), "Worker", fmt.Sprint(n)).Profile)
			Expect(err).NotTo(HaveOccurred())
			return user.ID()
		})
		Eventually(func() any { return len(workers(t.jira)) }).Should(Equal(size))
		t.waitReady(ctx)
		t.expectConfig(ctx, haveCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionFalse, v1alpha1.ReasonWithinLimit, "Nothing"))

		By("killing the manager while accounts are being disabled")
		Expect(t.jira.Simulator.SetFaults(rig.Faults{LatencyMillis: 50})).To(Succeed())
		gone := func() int { return inactiveWorkers(t) }
		unassigned := make(chan struct{})
		go func() {
			defer GinkgoRecover()
			defer close(unassigned)
			inParallel(size, func(n int) string {
				// Okta tries again what the killed manager did not answer.
				Eventually(func() error { return idp.Deactivate(ctx, people[n]) }).Should(Succeed())
				return ""
			})
		}()
		Eventually(gone).Should(BeNumerically(">=", most/3))
		alone.Kill()
		Expect(gone()).To(BeNumerically("<", most), "the crash came in the middle")
		Expect(alone.Start(ctx)).To(Succeed())
		Eventually(unassigned).Should(BeClosed())
		Eventually(gone).Should(Equal(most))
		Eventually(func(g Gomega) {
			config, err := t.read(ctx)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(config.Status.HeldRemovals.Count).To(Equal(int32(size - most)))
		}).Should(Succeed())
		Consistently(gone).Should(Equal(most))
		t.expectConfig(ctx, haveCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionTrue, v1alpha1.ReasonLimitExceeded, v1alpha1.AnnotationApproveRemovals))

		By("approving it")
		Expect(t.jira.Simulator.SetFaults(rig.Faults{})).To(Succeed())
		config, err := t.read(ctx)
		Expect(err).NotTo(HaveOccurred())
		config.Annotations = map[string]string{v1alpha1.AnnotationApproveRemovals: config.Status.HeldRemovals.Approval}
		Expect(kube.Update(ctx, config)).To(Succeed())
		Eventually(gone).Should(Equal(size))
		t.expectConfig(ctx, haveCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionFalse, v1alpha1.ReasonWithinLimit, "Nothing"))
	})
})

// inParallel does something for each number, several at a time, and gives the
// results in order.
func inParallel(count int, do func(n int) string) []string {
	results, numbers := make([]string, count), make(chan int)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			defer GinkgoRecover()
			for n := range numbers {
				results[n] = do(n)
			}
		})
	}
	for n := range count {
		numbers <- n
	}
	close(numbers)
	all.Wait()
	return results
}

// inactiveWorkers counts the accounts of workers that may not sign in.
func inactiveWorkers(t *tenant) int {
	count := 0
	for _, user := range t.jira.Simulator.State().Users {
		if strings.HasPrefix(user.Name, "worker") && !user.Active {
			count++
		}
	}
	return count
}
