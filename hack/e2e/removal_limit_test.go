package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// massSize is how many people are unassigned at once: as many as environment
// variable MASS says.
func massSize() int {
	GinkgoHelper()
	text := os.Getenv("MASS")
	if text == "" {
		return 1000
	}
	size, err := strconv.Atoi(text)
	Expect(err).NotTo(HaveOccurred(), "MASS is a number of people")
	return size
}

var _ = Describe("A mass unassignment", func() {
	It("stops at the removal limit, until it is approved", func(ctx SpecContext) {
		m := assignMass(ctx, onlyOneManager(ctx))
		Eventually(m.unassign(ctx)).WithTimeout(m.long()).Should(BeClosed())
		m.expectHeld(ctx)
		m.approve(ctx)
	})

	It("stops at the removal limit, though the manager is killed in the middle, until it is approved", func(ctx SpecContext) {
		alone := onlyOneManager(ctx)
		m := assignMass(ctx, alone)
		unassigned := m.unassign(ctx)
		Eventually(m.disabled).Should(BeNumerically(">=", m.most/3))
		alone.Kill()
		Expect(m.disabled()).To(BeNumerically("<", m.most), "the crash came in the middle")
		Expect(alone.Start(ctx)).To(Succeed())
		Eventually(unassigned).WithTimeout(m.long()).Should(BeClosed())
		m.expectHeld(ctx)

		By("killing it once more while approved removals are made")
		Expect(m.jira.Simulator.SetFaults(rig.Faults{LatencyMillis: 50})).To(Succeed())
		m.annotate(ctx)
		Eventually(m.disabled).Should(BeNumerically(">=", 2*m.most))
		alone.Kill()
		Expect(m.disabled()).To(BeNumerically("<", m.size), "the crash came in the middle")
		Expect(alone.Start(ctx)).To(Succeed())
		m.expectDone(ctx)
	})
})

// massUnassignment is that of everybody in Okta, of whom the removal limit
// lets a few go.
type massUnassignment struct {
	*tenant
	idp        *okta.Client
	size, most int
	ids        []string
	began      time.Time
}

// assignMass makes everybody's account.
func assignMass(ctx context.Context, alone *localenv.Manager) *massUnassignment {
	GinkgoHelper()
	t := newTenant(ctx)
	m := &massUnassignment{tenant: t, idp: t.okta(okta.Template, alone), size: massSize(), began: time.Now()}
	m.most = min(50, m.size/10)
	m.ids = inParallel(m.size, func(n int) string {
		user, err := m.idp.CreateUser(ctx, newPerson(fmt.Sprintf("worker%d", n), "Worker", fmt.Sprint(n)).Profile)
		Expect(err).NotTo(HaveOccurred())
		return user.ID()
	})
	Eventually(func() any { return len(workers(m.jira)) }).WithTimeout(m.long()).WithPolling(time.Second).Should(Equal(m.size))
	m.waitReady(ctx)
	m.expectConfig(ctx, haveCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionFalse, v1alpha1.ReasonWithinLimit, "Nothing"))
	m.tell("assigned")
	return m
}

// long is how long it may take to do something for everybody.
func (m *massUnassignment) long() time.Duration {
	return patience + time.Duration(m.size)*50*time.Millisecond
}

func (m *massUnassignment) tell(what string) {
	_, _ = fmt.Fprintf(GinkgoWriter, "%s %d people after %s\n", what, m.size, time.Since(m.began).Round(time.Second))
}

// unassign has everybody deactivated, each by a PATCH, while Jira is slow.
func (m *massUnassignment) unassign(ctx context.Context) (done <-chan struct{}) {
	GinkgoHelper()
	m.jira.Simulator.ClearRequests()
	Expect(m.jira.Simulator.SetFaults(rig.Faults{LatencyMillis: 50})).To(Succeed())
	closed := make(chan struct{})
	go func() {
		defer GinkgoRecover()
		defer close(closed)
		inParallel(m.size, func(n int) string {
			// Okta tries again what a killed manager did not answer.
			Eventually(func() error { return m.idp.Deactivate(ctx, m.ids[n]) }).Should(Succeed())
			return ""
		})
	}()
	return closed
}

// disabled counts the accounts that Jira was ever asked to disable.
func (m *massUnassignment) disabled() int {
	asked := map[string]bool{}
	for _, request := range m.jira.Simulator.Requests() {
		if request.Method == http.MethodPut && request.Route == "user" {
			asked[request.Query] = true
		}
	}
	return len(asked)
}

// expectHeld checks that as many went as the limit allows, and all others are
// held.
func (m *massUnassignment) expectHeld(ctx context.Context) {
	GinkgoHelper()
	m.tell("unassigned")
	Eventually(func() (int32, error) {
		config, err := m.read(ctx)
		return config.Status.HeldRemovals.Count, err
	}).WithTimeout(m.long()).Should(Equal(int32(m.size - m.most)))
	m.expectConfig(ctx, haveCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionTrue, v1alpha1.ReasonLimitExceeded, v1alpha1.AnnotationApproveRemovals))
	Consistently(m.disabled).Should(Equal(m.most))
	Expect(inactiveWorkers(m.tenant)).To(Equal(m.most))
	m.tell("held")
}

// approve has all who are held go.
func (m *massUnassignment) approve(ctx context.Context) {
	GinkgoHelper()
	m.annotate(ctx)
	m.expectDone(ctx)
}

// annotate approves exactly what is held.
func (m *massUnassignment) annotate(ctx context.Context) {
	GinkgoHelper()
	config, err := m.read(ctx)
	Expect(err).NotTo(HaveOccurred())
	config.Annotations = map[string]string{v1alpha1.AnnotationApproveRemovals: config.Status.HeldRemovals.Approval}
	Expect(kube.Update(ctx, config)).To(Succeed())
}

// expectDone waits until nobody is active.
func (m *massUnassignment) expectDone(ctx context.Context) {
	GinkgoHelper()
	Expect(m.jira.Simulator.SetFaults(rig.Faults{})).To(Succeed())
	Eventually(func() int { return inactiveWorkers(m.tenant) }).WithTimeout(m.long()).WithPolling(time.Second).Should(Equal(m.size))
	m.expectConfig(ctx, haveCondition(v1alpha1.ConditionRemovalsHeld, metav1.ConditionFalse, v1alpha1.ReasonWithinLimit, "Nothing"))
	m.tell("removed")
}

// inParallel does something for each number, many at a time, and gives the
// results in order.
func inParallel(count int, do func(n int) string) []string {
	results, numbers := make([]string, count), make(chan int)
	var all sync.WaitGroup
	for range 24 {
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
