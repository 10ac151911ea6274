package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/okta"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var duration = flag.Duration("soak", 0, "how long TestShortSoak runs; 0 skips it")

func TestShortSoak(t *testing.T) {
	if *duration == 0 {
		t.Skip("it takes minutes: give -soak=3m, as make test does")
	}
	ctrl.SetLogger(logr.Discard())
	NewWithT(t).Expect(run(t.Context(), os.Stdout, []string{
		"-duration=" + duration.String(), "-rate=4", "-people=80", "-groups=8", "-rounds=3",
	})).To(Succeed())
}

func TestMixIsAHundred(t *testing.T) {
	sum := 0
	for _, op := range mix {
		sum += op.share
	}
	NewWithT(t).Expect(sum).To(Equal(100))
}

func TestGrowthIsSeen(t *testing.T) {
	for _, row := range []struct {
		name  string
		of    func(n int) sample
		grown string
	}{
		{"flat", func(int) sample { return sample{HeapMiB: 50, RSSMiB: 100, Goroutines: 200} }, ""},
		{"a saw", func(n int) sample {
			return sample{HeapMiB: 50 + float64(n%7)*3, RSSMiB: 100, Goroutines: 200 + float64(n%3)*10}
		}, ""},
		{"warming up", func(n int) sample {
			return sample{HeapMiB: 50 - max(0, 10-float64(n))*4, RSSMiB: 100, Goroutines: 200}
		}, ""},
		{"one spike at the end", func(n int) sample {
			if n == 59 {
				return sample{HeapMiB: 500, RSSMiB: 900, Goroutines: 5000}
			}
			return sample{HeapMiB: 50, RSSMiB: 100, Goroutines: 200}
		}, ""},
		{"less than before", func(n int) sample { return sample{HeapMiB: 80 - float64(n), RSSMiB: 100, Goroutines: 200} }, ""},
		{"a leak of heap", func(n int) sample { return sample{HeapMiB: 50 + float64(n)/2, RSSMiB: 100, Goroutines: 200} }, "heap after GC"},
		{"a leak outside of the heap", func(n int) sample { return sample{HeapMiB: 50, RSSMiB: 100 + float64(n), Goroutines: 200} }, "resident memory"},
		{"a goroutine a second", func(n int) sample { return sample{HeapMiB: 50, RSSMiB: 100, Goroutines: 200 + 3*float64(n)} }, "goroutines grew from"},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := NewWithT(t)
			r := &result{}
			for n := range 60 {
				r.Samples = append(r.Samples, row.of(n))
			}
			g.Expect(r.judge()).To(Succeed())
			g.Expect(r.Growths).To(HaveLen(len(vitals)))
			if row.grown == "" {
				g.Expect(r.failure()).To(Succeed())
				return
			}
			g.Expect(r.Broken).To(ConsistOf(ContainSubstring(row.grown)))
			g.Expect(r.failure()).To(MatchError(ContainSubstring(row.grown)))
		})
	}
	_, err := growths(make([]sample, leastSamples-1))
	NewWithT(t).Expect(err).To(MatchError(ContainSubstring("too few")))
}

func TestDifferencesAreSeen(t *testing.T) {
	good := func() userbase.State {
		return userbase.State{
			Users: []userbase.User{{Name: "person1", DisplayName: "One", Active: true}, {Name: "person2", DisplayName: "Two"}},
			Groups: []userbase.Group{
				{Name: "group-1", Members: []string{"person1", "person2"}}, {Name: "group-2", Members: []string{}}, {Name: "administrators", Members: []string{"root"}},
			},
		}
	}
	want := expected{
		accounts: map[string]account{"person1": {"One", true}, "person2": {"Two", false}},
		members:  map[string][]string{"group-1": {"person2", "person1"}, "group-2": {}},
	}
	for _, row := range []struct {
		name  string
		spoil func(*userbase.State)
		says  string
	}{
		{"nothing", func(*userbase.State) {}, ""},
		{"a deactivation was dropped", func(s *userbase.State) { s.Users[1].Active = true }, "jira: account person2 is active: true, its user: false"},
		{"locked out", func(s *userbase.State) { s.Users[0].Active = false }, "jira: account person1 is active: false, its user: true"},
		{"an old name", func(s *userbase.State) { s.Users[0].DisplayName = "Zero" }, `jira: account person1 is called "Zero" and not "One"`},
		{"an account twice", func(s *userbase.State) {
			s.Users = append(s.Users, userbase.User{Name: "Person1", DisplayName: "One", Active: true})
		}, "jira: account Person1 is there twice"},
		{"an account too many", func(s *userbase.State) { s.Users = append(s.Users, userbase.User{Name: "person3"}) }, "jira: account person3 is there, and its user is not"},
		{"an account too few", func(s *userbase.State) { s.Users = s.Users[1:] }, "jira: user person1 has no account"},
		{"a member too many", func(s *userbase.State) { s.Groups[1].Members = []string{"person2"} }, "jira: group group-2 has 1 member too many: person2"},
		{"members too few", func(s *userbase.State) { s.Groups[0].Members = nil }, "jira: group group-1 lacks 2 members: person1, person2"},
		{"a group too many", func(s *userbase.State) { s.Groups = append(s.Groups, userbase.Group{Name: "group-9"}) }, "jira: group group-9 is there, and was deleted"},
		{"a group too few", func(s *userbase.State) { s.Groups = s.Groups[1:] }, "jira: group group-1 is not there"},
	} {
		t.Run(row.name, func(t *testing.T) {
			held := good()
			row.spoil(&held)
			found := differences(want, "jira", held)
			if row.says == "" {
				NewWithT(t).Expect(found).To(BeEmpty())
				return
			}
			NewWithT(t).Expect(found).To(Equal([]string{row.says}))
		})
	}
}

func TestUnsettledUsersAreSeen(t *testing.T) {
	g := NewWithT(t)
	user := func(status metav1.ConditionStatus, reason string) v1alpha1.ProvisionedUser {
		u := v1alpha1.ProvisionedUser{Spec: v1alpha1.ProvisionedUserSpec{UserName: "ada"}}
		u.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: status, Reason: reason, Message: "so"}}
		return u
	}
	one := expected{accounts: map[string]account{"ada": {}}}
	g.Expect(unsettled(one, []v1alpha1.ProvisionedUser{user("True", "Provisioned")})).To(BeEmpty())
	g.Expect(unsettled(one, []v1alpha1.ProvisionedUser{user("Unknown", v1alpha1.ReasonCreateResultUnknown)})).
		To(ConsistOf("user ada is not Ready: CreateResultUnknown: so"))
	g.Expect(unsettled(one, []v1alpha1.ProvisionedUser{{}})).To(ConsistOf(ContainSubstring("has no condition Ready")))
	g.Expect(unsettled(one, nil)).To(ConsistOf("there are 0 ProvisionedUsers and not 1"))
}

func TestAnswersAreChecked(t *testing.T) {
	p := &person{number: 7, id: "x", active: true}
	good := func() okta.Resource {
		return okta.Resource{"id": "x", "userName": p.login(), "displayName": p.displayName(), "active": true}
	}
	NewWithT(t).Expect(valid(nil, good(), p)).To(Succeed())
	NewWithT(t).Expect(valid(errors.New("HTTP 500"), nil, p)).To(MatchError("HTTP 500"))
	for _, attribute := range []string{"id", "userName", "displayName", "active"} {
		stale := good()
		delete(stale, attribute)
		NewWithT(t).Expect(valid(nil, stale, p)).To(MatchError(ContainSubstring("the answer for person7@example.com")), attribute)
	}
}

func TestOnlyWhoIsStillThereIsExpectedInAGroup(t *testing.T) {
	g := NewWithT(t)
	p := newPopulation(4, 2)
	for _, who := range p.people[:3] {
		who.id = fmt.Sprintf("id-%d", who.number)
		p.circles[0].members[who.id] = who
	}
	p.circles[0].resource = okta.Resource{}
	p.people[1].id = ""               // deleted
	p.people[2].id = "id-2-made-anew" // and made anew
	p.people[0].active = true
	g.Expect(p.expected()).To(Equal(expected{
		accounts: map[string]account{"person0": {p.people[0].displayName(), true}, "person2": {p.people[2].displayName(), false}},
		members:  map[string][]string{"group-0": {"person0"}},
	}))
}

func TestRecord(t *testing.T) {
	g := NewWithT(t)
	r := newRecord()
	for n := range 100 {
		r.add(mix[0].name, time.Duration(n+1)*time.Millisecond, nil)
	}
	for range 2 * mostFailures {
		r.add(mix[1].name, time.Second, errors.New("HTTP 503"))
	}
	g.Expect(r.latencies()).To(HaveExactElements(
		latency{Operation: mix[0].name, Count: 100, P50: 50, P99: 99, Max: 100},
		HaveField("Count", 2*mostFailures)))
	g.Expect(r.failures).To(And(HaveLen(mostFailures), HaveEach(mix[1].name+": HTTP 503")))
}

func TestMetric(t *testing.T) {
	g := NewWithT(t)
	value, err := metric("# HELP go_goroutines x\ngo_goroutines 42\ngo_goroutines_total 1\n", "go_goroutines")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(value).To(Equal(42.0))
	_, err = metric("go_goroutines_total 1\n", "go_goroutines")
	g.Expect(err).To(MatchError(ContainSubstring("do not have go_goroutines")))
}

func TestImpossibleSettings(t *testing.T) {
	for _, args := range []string{"-duration=1ms", "-rate=0", "-people=0", "-groups=0", "-rounds=0"} {
		NewWithT(t).Expect(run(t.Context(), &strings.Builder{}, []string{args})).To(MatchError(ContainSubstring("must be")))
	}
}
