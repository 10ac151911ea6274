package plan_test

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

func limited(change func(*v1alpha1.RemovalLimitSpec)) plan.Limit {
	var spec v1alpha1.RemovalLimitSpec
	if change != nil {
		change(&spec)
	}
	return plan.LimitOf(spec)
}

func TestLimitOfUsersAndGroups(t *testing.T) {
	tests := map[string]struct {
		kind       v1alpha1.RemovalKind
		population int
		change     func(*v1alpha1.RemovalLimitSpec)
		most       int
		limited    bool
	}{
		"below the minimum nothing is limited":     {kind: v1alpha1.RemovalOfUser, population: 19},
		"from the minimum on it is":                {kind: v1alpha1.RemovalOfUser, population: 20, most: 2, limited: true},
		"the percentage is stricter":               {kind: v1alpha1.RemovalOfUser, population: 100, most: 10, limited: true},
		"the count is stricter":                    {kind: v1alpha1.RemovalOfUser, population: 5000, most: 50, limited: true},
		"the percentage is rounded down":           {kind: v1alpha1.RemovalOfUser, population: 29, most: 2, limited: true},
		"one is no mass removal":                   {kind: v1alpha1.RemovalOfUser, population: 25, change: func(l *v1alpha1.RemovalLimitSpec) { l.Users.MaxPercent = new(int32(1)) }, most: 1, limited: true},
		"0 percent holds all":                      {kind: v1alpha1.RemovalOfUser, population: 100, change: func(l *v1alpha1.RemovalLimitSpec) { l.Users.MaxPercent = new(int32(0)) }, limited: true},
		"a count of 0 holds all":                   {kind: v1alpha1.RemovalOfUser, population: 100, change: func(l *v1alpha1.RemovalLimitSpec) { l.Users.MaxCount = new(int32(0)) }, limited: true},
		"a minimum of 0 limits the smallest":       {kind: v1alpha1.RemovalOfUser, population: 1, change: func(l *v1alpha1.RemovalLimitSpec) { l.Minimum = new(int32(0)) }, most: 1, limited: true},
		"groups are counted":                       {kind: v1alpha1.RemovalOfGroup, population: 40, most: 5, limited: true},
		"few groups are not limited":               {kind: v1alpha1.RemovalOfGroup, population: 6},
		"a count of groups of 0 holds all":         {kind: v1alpha1.RemovalOfGroup, population: 40, change: func(l *v1alpha1.RemovalLimitSpec) { l.Groups.MaxCount = new(int32(0)) }, limited: true},
		"the limit of users is not that of groups": {kind: v1alpha1.RemovalOfGroup, population: 40, change: func(l *v1alpha1.RemovalLimitSpec) { l.Users.MaxCount = new(int32(0)) }, most: 5, limited: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			most, limited := limited(test.change).Allows(test.kind, test.population)
			g.Expect(limited).To(Equal(test.limited))
			if limited {
				g.Expect(most).To(Equal(test.most))
			}
		})
	}
}

func TestLimitOfMembers(t *testing.T) {
	all := func(l *v1alpha1.RemovalLimitSpec) { l.Members.MaxPercent = new(int32(100)) }
	tests := map[string]struct {
		members plan.MembersChange
		change  func(*v1alpha1.RemovalLimitSpec)
		over    bool
	}{
		"nobody goes":                              {members: plan.MembersChange{Before: 100, Now: 10}},
		"half of them go":                          {members: plan.MembersChange{Now: 100, Remove: 50}},
		"one more than half":                       {members: plan.MembersChange{Now: 100, Remove: 51}, over: true},
		"one after half of them have gone":         {members: plan.MembersChange{Before: 100, Now: 50, Remove: 1}, over: true},
		"the group has grown since":                {members: plan.MembersChange{Before: 20, Now: 200, Remove: 100}},
		"others come in their place":               {members: plan.MembersChange{Now: 100, Remove: 51, Add: 51}, over: true},
		"others come after half of them have gone": {members: plan.MembersChange{Before: 100, Now: 50, Remove: 10, Add: 10}},
		"all of a small group":                     {members: plan.MembersChange{Now: 19, Remove: 19}},
		"all of a group of 20":                     {members: plan.MembersChange{Now: 20, Remove: 20}, change: all, over: true},
		"the last of a group that had 20":          {members: plan.MembersChange{Before: 20, Now: 1, Remove: 1}, change: all, over: true},
		"all but one, where all may go":            {members: plan.MembersChange{Now: 20, Remove: 19}, change: all},
		"all of a group below a greater minimum": {members: plan.MembersChange{Now: 30, Remove: 30}, over: true,
			change: func(l *v1alpha1.RemovalLimitSpec) { l.Minimum = new(int32(50)) }},
		"most of a group below a greater minimum": {members: plan.MembersChange{Now: 30, Remove: 29},
			change: func(l *v1alpha1.RemovalLimitSpec) { l.Minimum = new(int32(50)) }},
		"one, where nobody may go": {members: plan.MembersChange{Now: 30, Remove: 1}, over: true,
			change: func(l *v1alpha1.RemovalLimitSpec) { l.Members.MaxPercent = new(int32(0)) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			NewWithT(t).Expect(limited(test.change).ExceededBy(test.members)).To(Equal(test.over))
		})
	}
}

func TestRenamedByConfig(t *testing.T) {
	tests := map[string]struct {
		name, madeFrom, wanted, userName string
		renamed                          bool
	}{
		"nothing changed":                  {name: "ada", madeFrom: "ada@x", wanted: "ada", userName: "ada@x"},
		"another case":                     {name: "Ada", madeFrom: "ada@x", wanted: "ada", userName: "ada@x"},
		"the source renamed":               {name: "ada", madeFrom: "ada@x", wanted: "bea", userName: "bea@x"},
		"the SyncConfig did":               {name: "ada", madeFrom: "ada@x", wanted: "ada@x", userName: "ada@x", renamed: true},
		"nobody knows what it was made of": {name: "ada", wanted: "bea", userName: "bea@x", renamed: true},
		"there is no account":              {wanted: "ada", userName: "ada@x"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			NewWithT(t).Expect(plan.RenamedByConfig(test.name, test.madeFrom, test.wanted, test.userName)).To(Equal(test.renamed))
		})
	}
}

func TestHoldingAUserSparesTheRest(t *testing.T) {
	profile := directory.UserChange{DisplayName: new("Ada King")}
	tests := map[string]struct {
		plan    plan.UserPlan
		renamed bool
		removal string
		rest    []directory.UserChange
	}{
		"nothing is removed": {plan: plan.UserPlan{Changes: []directory.UserChange{profile}}, rest: []directory.UserChange{profile}},
		"an account is enabled": {plan: plan.UserPlan{Changes: []directory.UserChange{{Active: new(true)}}},
			rest: []directory.UserChange{{Active: new(true)}}},
		"a leaver with another profile": {plan: plan.UserPlan{Changes: []directory.UserChange{{Active: new(false)}, profile}},
			removal: "disable", rest: []directory.UserChange{profile}},
		"an account is deleted": {plan: plan.UserPlan{Delete: true}, removal: "delete"},
		"an account leaves its groups": {plan: plan.UserPlan{Leave: []directory.Group{{Name: "team"}}},
			removal: "take out of all groups"},
		"the source renames": {plan: plan.UserPlan{Changes: []directory.UserChange{{Name: new("bea")}}},
			rest: []directory.UserChange{{Name: new("bea")}}},
		"the SyncConfig renames": {plan: plan.UserPlan{Changes: []directory.UserChange{{Name: new("bea"), DisplayName: profile.DisplayName}}},
			renamed: true, removal: "rename to bea", rest: []directory.UserChange{profile}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			g.Expect(test.plan.Removal(test.renamed)).To(Equal(test.removal))
			held := test.plan.Holding(test.renamed, "waits")
			if test.removal == "" {
				return
			}
			g.Expect(held.Changes).To(Equal(test.rest))
			g.Expect(held.Delete).To(BeFalse())
			g.Expect(held.Leave).To(BeEmpty())
			g.Expect(held).To(And(HaveField("State", v1alpha1.UserHeld), HaveField("Reason", v1alpha1.ReasonRemovalHeld), HaveField("Message", "waits")))
			g.Expect(held.Removal(test.renamed)).To(BeEmpty())
		})
	}
}

func TestRemovalOfGroups(t *testing.T) {
	g := NewWithT(t)
	g.Expect(plan.GroupPlan{SyncMembers: true}.Removal()).To(BeEmpty())
	g.Expect(plan.GroupPlan{Retire: "team", Link: plan.GroupLink{Name: "crew"}}.Removal()).To(Equal("rename to crew"))
	deletion := plan.GroupPlan{Delete: true, State: v1alpha1.GroupAbsent}
	g.Expect(deletion.Removal()).To(Equal("delete"))
	g.Expect(deletion.Holding("waits")).To(And(HaveField("Delete", false), HaveField("State", v1alpha1.GroupActive), HaveField("Reason", v1alpha1.ReasonRemovalHeld)))
}

func TestBarredMembersAreNotForTheLimitOfMembers(t *testing.T) {
	g := NewWithT(t)
	ada, bob := directory.User{Name: "ada"}, directory.User{ID: "2", Name: "bob"}
	going, others := plan.MembersPlan{Remove: []directory.User{ada, bob}}.Sparing([]directory.User{{ID: "2"}})
	g.Expect(going).To(ConsistOf(bob))
	g.Expect(others).To(ConsistOf(ada))
	g.Expect(plan.MembersAction([]string{"a", "b"})).To(Equal(plan.MembersAction([]string{"b", "a"})))
	g.Expect(plan.MembersAction([]string{"a", "b"})).NotTo(Equal(plan.MembersAction([]string{"a", "c"})))
}

func TestApprovalNamesExactlyWhatIsHeld(t *testing.T) {
	since := metav1.NewTime(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	item := func(object string, change ...func(*plan.HeldItem)) plan.HeldItem {
		held := plan.HeldItem{
			HeldRemoval: v1alpha1.HeldRemoval{Kind: v1alpha1.RemovalOfUser, Action: "disable", Since: since},
			Directory:   "jira", Object: object, Label: object,
		}
		for _, c := range change {
			c(&held)
		}
		return held
	}
	value := func(held ...plan.HeldItem) string { return plan.SumUp(held).Approval }
	g := NewWithT(t)
	g.Expect(plan.SumUp(nil)).To(Equal(v1alpha1.HeldRemovalsStatus{}))
	both := value(item("ada"), item("bob"))
	g.Expect(both).To(MatchRegexp("^[0-9a-f]{16}$"))
	g.Expect(value(item("bob"), item("ada"))).To(Equal(both), "whatever the order")
	g.Expect([]string{value(item("ada")), value(item("ada"), item("bob"), item("eve"))}).NotTo(ContainElement(both))
	g.Expect([]string{
		value(item("eve")),
		value(item("ada", func(h *plan.HeldItem) { h.Directory = "cloud" })),
		value(item("ada", func(h *plan.HeldItem) { h.Action = "delete" })),
		value(item("ada", func(h *plan.HeldItem) { h.Kind = v1alpha1.RemovalOfGroup })),
		value(item("ada", func(h *plan.HeldItem) { h.Since = metav1.NewTime(since.Add(time.Second)) })),
	}).NotTo(ContainElement(value(item("ada"))))

	var many []plan.HeldItem
	for _, name := range []string{"k", "b", "c", "d", "e", "f", "g", "h", "i", "j", "a"} {
		many = append(many, item(name))
	}
	many = append(many, item("longest", func(h *plan.HeldItem) { h.Since = metav1.NewTime(since.Add(-time.Second)) }))
	summary := plan.SumUp(many)
	g.Expect(summary.Count).To(Equal(int32(12)))
	g.Expect(summary.Sample).To(And(HaveLen(10), HaveEach(HavePrefix("jira: ")), Not(ContainElement(ContainSubstring("k (")))))
	g.Expect(summary.Sample[:2]).To(Equal([]string{"jira: longest (disable)", "jira: a (disable)"}))
	g.Expect(many[0].Object).To(Equal("k"), "what was given is not changed")
}

func TestLimitConcernsWhatItCanHold(t *testing.T) {
	minimum := func(size int32) func(*v1alpha1.RemovalLimitSpec) {
		return func(l *v1alpha1.RemovalLimitSpec) { l.Minimum = new(size) }
	}
	tests := map[string]struct {
		size     int
		minimum  int32
		concerns bool
	}{
		"a small group":                                  {size: 19, minimum: 20},
		"a group of the minimum":                         {size: 20, minimum: 20, concerns: true},
		"a small group, where the minimum is less":       {size: 5, minimum: 5, concerns: true},
		"a group that is never emptied, below a minimum": {size: 20, minimum: 50, concerns: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			NewWithT(t).Expect(limited(minimum(test.minimum)).Concerns(test.size)).To(Equal(test.concerns))
		})
	}
}
