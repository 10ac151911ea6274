package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var _ = Describe("A crash", func() {
	It("in the middle of a push leaves every account once and the group right", func(ctx SpecContext) {
		alone := onlyOneManager(ctx)
		// Slow enough that a crash comes while writes are under way.
		t := newTenant(ctx, func(spec *v1alpha1.SyncConfigSpec) { spec.Directories[0].MaxConcurrentRequests = 2 })
		before := seedBystanders(t)
		Expect(t.jira.Simulator.SetFaults(rig.Faults{LatencyMillis: 20})).To(Succeed())

		const size = 60
		pushed := make(chan struct{})
		go func() {
			defer GinkgoRecover()
			defer close(pushed)
			pushPeople(ctx, t.okta(okta.Template, alone), size)
		}()
		done := func() int { return len(workers(t.jira)) + len(t.jira.Simulator.MemberNames("crew")) }
		for _, reached := range []int{10, 30, 50, 80} {
			Eventually(done).Should(BeNumerically(">=", reached))
			alone.Kill()
			Expect(done()).To(BeNumerically("<", 2*size), "the crash came in the middle")
			Expect(alone.Start(ctx)).To(Succeed())
		}
		Eventually(pushed).Should(BeClosed())

		want := []string{}
		for n := range size {
			want = append(want, fmt.Sprintf("worker%d", n))
		}
		Eventually(func() []string { return t.jira.Simulator.MemberNames("crew") }).Should(ConsistOf(want))
		Consistently(func() []string { return t.jira.Simulator.MemberNames("crew") }).Should(HaveLen(size))
		Expect(workers(t.jira)).To(ConsistOf(want))
		Expect(succeeded(t.jira, http.MethodPost, "user")).To(Equal(size), "each account is made once")
		Expect(t.users(ctx)).To(HaveLen(size))
		Expect(bystanders(t.jira)).To(Equal(before))
		Expect(t.jira.Simulator.Count(http.MethodDelete, "user")).To(BeZero())
		Expect(t.jira.Simulator.Count(http.MethodDelete, "group/user")).To(BeZero())
	})

	It("of the leader is survived: the other replica serves on and takes over", func(ctx SpecContext) {
		t := newTenant(ctx)
		dead, survivor := leaderAndOther(ctx)
		dead.Kill()
		DeferCleanup(func(ctx SpecContext) { Expect(dead.Start(ctx)).To(Succeed()) })

		ada := newPerson("ada", "Ada", "Lovelace")
		idp := t.okta(okta.Template, survivor)
		created, err := idp.CreateUser(ctx, ada.Profile)
		Expect(err).NotTo(HaveOccurred())
		t.expectPerson(ctx, idp, created.ID(), ada)
	})
})

// onlyOneManager stops the replicas for the time of the test and starts one
// manager that need not wait for the lease of a killed one.
func onlyOneManager(ctx context.Context) *localenv.Manager {
	GinkgoHelper()
	for _, replica := range replicas {
		Expect(replica.Stop()).To(Succeed())
		DeferCleanup(func(ctx SpecContext) { Expect(replica.Start(ctx)).To(Succeed()) })
	}
	alone, err := env.StartManager(ctx, "alone", "--leader-elect=false")
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(alone.Stop)
	return alone
}

// pushPeople assigns people to the app and pushes them as a group, of which
// half-way the first ones. Like Okta's administrator it repeats what failed.
func pushPeople(ctx context.Context, idp *okta.Client, size int) {
	var members []okta.Member
	push := func() error {
		_, err := idp.PushGroup(ctx, "crew", members...)
		return err
	}
	for n := range size {
		Eventually(func() error {
			user, err := idp.AssignUser(ctx, newPerson(fmt.Sprintf("worker%d", n), "Worker", fmt.Sprint(n)).Profile)
			if err == nil {
				members = append(members, okta.MemberOf(user))
			}
			return err
		}).Should(Succeed())
		if n == size/2 {
			Eventually(push).Should(Succeed())
		}
	}
	Eventually(push).Should(Succeed())
}

// seedBystanders puts into Jira what is none of the operator's business.
func seedBystanders(t *tenant) userbase.State {
	GinkgoHelper()
	for _, name := range []string{"carla", "dave"} {
		_, err := t.jira.Simulator.AddUser(userbase.User{Name: name, DisplayName: name, Email: name + "@example.com", Active: name == "carla"})
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(t.jira.Simulator.AddGroup(userbase.Group{Name: "board", Members: []string{"carla", "dave"}})).To(Succeed())
	return bystanders(t.jira)
}

// bystanders is the state of a Jira less the workers and their group.
func bystanders(server *localenv.Jira) userbase.State {
	state := server.Simulator.State()
	state.Users = slices.DeleteFunc(state.Users, func(u userbase.User) bool { return strings.HasPrefix(u.Name, "worker") })
	state.Groups = slices.DeleteFunc(state.Groups, func(g userbase.Group) bool { return g.Name == "crew" })
	return state
}

func workers(server *localenv.Jira) []string {
	return slices.DeleteFunc(people(server), func(name string) bool { return !strings.HasPrefix(name, "worker") })
}

// succeeded counts the requests that Jira carried out.
func succeeded(server *localenv.Jira, method, route string) int {
	n := 0
	for _, request := range server.Simulator.Requests() {
		if request.Method == method && request.Route == route && request.Status/100 == 2 {
			n++
		}
	}
	return n
}

// leaderAndOther tells the replicas apart by what they say about themselves.
func leaderAndOther(ctx context.Context) (leader, other *localenv.Manager) {
	GinkgoHelper()
	leads := func(replica *localenv.Manager) bool {
		return strings.Contains(metricsOf(ctx, replica.MetricsURL), `leader_election_master_status{name="atlassync"} 1`)
	}
	Eventually(func() bool { return leads(replicas[0]) != leads(replicas[1]) }).Should(BeTrue(), "one of them leads")
	if leads(replicas[0]) {
		return replicas[0], replicas[1]
	}
	return replicas[1], replicas[0]
}
