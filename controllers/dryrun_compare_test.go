package controllers

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/controllers/directory"
)

// shuffled are the names in an order that follows from Ginkgo's seed.
func shuffled(names []string) []string {
	order := rand.New(rand.NewPCG(uint64(GinkgoRandomSeed()), 0)).Perm(len(names)) //nolint:gosec // any order will do
	slices.Sort(names)
	all := make([]string, 0, len(names))
	for _, i := range order {
		all = append(all, names[i])
	}
	return all
}

// everybody has every user and then every group looked at, in any order and
// several at a time, until nothing is left to be looked at again.
func (s *stage) everybody(ctx context.Context) {
	GinkgoHelper()
	for range 3 {
		e := s.estate(ctx)
		for _, look := range []struct {
			names []string
			try   func(string)
		}{
			{slices.Collect(maps.Keys(e.users)), func(name string) { _, _, err := s.tryUser(ctx, name); Expect(err).NotTo(HaveOccurred()) }},
			{slices.Collect(maps.Keys(e.groups)), func(name string) { _, _, err := s.tryGroup(ctx, name); Expect(err).NotTo(HaveOccurred()) }},
		} {
			s.each(shuffled(look.names), look.try)
		}
		s.config(ctx)
	}
}

// edit changes a user at the source; nobody looks at it yet.
func (s *stage) edit(ctx context.Context, name string, change func(*v1alpha1.ProvisionedUserSpec)) {
	GinkgoHelper()
	user := &v1alpha1.ProvisionedUser{}
	Expect(cached.Get(ctx, s.key(name), user)).To(Succeed())
	change(&user.Spec)
	Expect(cached.Update(ctx, user)).To(Succeed())
}

// foreseen is a population and what the source then does with it.
type foreseen struct {
	adjust []func(*v1alpha1.SyncConfig)
	caps   func(*directory.Capabilities)
	// users have accounts, and groups have members, when it begins.
	users  []string
	groups map[string][]string
	// meanwhile is what happens at the source and in the directory.
	meanwhile func(context.Context, *stage)
	// change is what the SyncConfig is to be.
	change func(*v1alpha1.SyncConfigSpec)
	// expected are some of the fates, so that something is compared.
	expected fate
	// held counts those who are.
	held int
}

// bySourceName names users and groups as the source does.
func (f fate) bySourceName(e estate) fate {
	named := fate{}
	for object, actions := range f {
		kind, name, _ := strings.Cut(object, " ")
		switch kind {
		case "created":
		case "user":
			name = e.users[name].Spec.UserName
		case "group":
			name = e.groups[name].Spec.DisplayName
		}
		named[kind+" "+name] = actions
	}
	return named
}

// people are many names.
func people(count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("person-%02d", i)
	}
	return names
}

func (f foreseen) build(ctx context.Context) *stage {
	GinkgoHelper()
	s := newStage(ctx, f.adjust...)
	if f.caps != nil {
		s.unable(f.caps)
	}
	s.open(ctx)
	s.each(f.users, func(name string) { s.newUser(ctx, name); s.run(ctx, name) })
	for name, members := range f.groups {
		s.newGroup(ctx, name, members...)
		s.group(ctx, name)
	}
	return s
}

func (f foreseen) meet(shown, did fate) {
	GinkgoHelper()
	Expect(did).To(Equal(shown.withoutCreatedGroups()))
	held := 0
	for _, actions := range shown {
		if strings.Contains(actions, "held") {
			held++
		}
	}
	Expect(held).To(Equal(f.held))
	for object, actions := range f.expected {
		Expect(shown).To(HaveKeyWithValue(object, actions))
	}
}

var mixed = foreseen{
	adjust: []func(*v1alpha1.SyncConfig){
		removing(v1alpha1.RemoveUserDelete), deletingGroups,
		groupPolicy(func(g *v1alpha1.GroupsSpec) { g.DefaultGroups = []string{"licensed", "present", "fresh"} }),
		func(c *v1alpha1.SyncConfig) { c.Spec.Protected.Users = []string{"protected"} },
	},
	users:  []string{"renamed", "leaver", "back", "same", "deleted", "updated", "clash"},
	groups: map[string][]string{"staff": {"same", "leaver", "deleted"}, "doomed": {"same"}, "moved": {"same", "updated"}},
	meanwhile: func(ctx context.Context, s *stage) {
		s.jira.SeedUser(directory.User{Name: "adopted", DisplayName: "Other", Email: "adopted@example.com", Active: false})
		s.jira.SeedUser(directory.User{Name: "stranger", DisplayName: "Stranger", Email: "stranger@else.example", Active: true})
		s.jira.SeedUser(directory.User{Name: "protected", DisplayName: "Protected", Active: true})
		s.jira.SeedGroup("present")
		s.jira.SeedGroup("found")
		for _, name := range []string{"new", "adopted", "stranger", "protected"} {
			s.newUser(ctx, name)
		}
		s.newUser(ctx, "inactive", deactivated)
		s.newGroup(ctx, "fresh", "new", "adopted", "same")
		s.newGroup(ctx, "found", "new", "same")
		s.edit(ctx, "renamed", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName, u.DisplayName = "other", "Other" })
		s.edit(ctx, "leaver", deactivated)
		s.edit(ctx, "updated", func(u *v1alpha1.ProvisionedUserSpec) { u.DisplayName = "Updated" })
		s.edit(ctx, "clash", func(u *v1alpha1.ProvisionedUserSpec) { u.UserName = "same" })
		Expect(cached.Delete(ctx, &v1alpha1.ProvisionedUser{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "deleted"}})).To(Succeed())
		Expect(cached.Delete(ctx, &v1alpha1.ProvisionedGroup{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "doomed"}})).To(Succeed())
		s.edits(ctx, "staff", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids("renamed", "new", "leaver") })
		s.change(ctx, func(spec *v1alpha1.SyncConfigSpec) {
			spec.Groups.DefaultGroups = append(spec.Groups.DefaultGroups, "late")
		})
		s.edits(ctx, "moved", func(g *v1alpha1.ProvisionedGroupSpec) { g.DisplayName, g.Members = "elsewhere", ids("same", "renamed") })
	},
	expected: fate{
		"user renamed": "rename, update", "user leaver": "disable", "user updated": "update", "user deleted": "delete",
		"user new":    "create, create group late, join 4 default groups",
		"group fresh": "add 2, adopt", "group doomed": "delete", "group staff": "add 2, remove 2", "group moved": "add 2, create, retire",
	},
}

// edits changes a group at the source; nobody looks at it yet.
func (s *stage) edits(ctx context.Context, name string, change func(*v1alpha1.ProvisionedGroupSpec)) {
	GinkgoHelper()
	group := &v1alpha1.ProvisionedGroup{}
	Expect(cached.Get(ctx, s.key(name), group)).To(Succeed())
	change(&group.Spec)
	Expect(cached.Update(ctx, group)).To(Succeed())
}

// crowded has more leavers than the limit of 10 percent lets go, next to
// others who would make the directory grow.
var crowded = foreseen{
	users:  people(40),
	groups: map[string][]string{"all": people(40)},
	meanwhile: func(ctx context.Context, s *stage) {
		for i := range 40 {
			s.newUser(ctx, fmt.Sprintf("joiner-%02d", i))
		}
		s.each(people(40)[5:25], func(name string) { s.edit(ctx, name, deactivated) })
	},
	held: 16,
}

// few are too few for a limit, until those are there who would be created.
var few = foreseen{
	users: people(10),
	meanwhile: func(ctx context.Context, s *stage) {
		for i := range 30 {
			s.newUser(ctx, fmt.Sprintf("joiner-%02d", i))
		}
		s.each(people(10)[2:8], func(name string) { s.edit(ctx, name, deactivated) })
	},
}

// grouped leaves by groups, since the product cannot disable accounts.
var grouped = foreseen{
	caps:   noDeactivation,
	adjust: []func(*v1alpha1.SyncConfig){groupPolicy(func(g *v1alpha1.GroupsSpec) { g.DefaultGroups = []string{"licensed"} })},
	users:  people(25),
	groups: map[string][]string{"all": people(25), "half": people(12)},
	meanwhile: func(ctx context.Context, s *stage) {
		s.each(people(8), func(name string) { s.edit(ctx, name, deactivated) })
		s.newUser(ctx, "joiner")
		s.edits(ctx, "half", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids(append(people(12)[2:], "joiner")...) })
	},
	held: 6,
}

// emptied has a group that loses most of its members at once.
var emptied = foreseen{
	users:  people(30),
	groups: map[string][]string{"all": people(30)},
	meanwhile: func(ctx context.Context, s *stage) {
		s.edits(ctx, "all", func(g *v1alpha1.ProvisionedGroupSpec) { g.Members = ids(people(3)...) })
	},
	expected: fate{"group all": "held"},
	held:     1,
}

// undirected deletes more groups than may be.
var undirected = foreseen{
	adjust: []func(*v1alpha1.SyncConfig){deletingGroups, func(c *v1alpha1.SyncConfig) { c.Spec.RemovalLimit.Groups.MaxCount = new(int32(3)) }},
	users:  []string{"ada"},
	groups: func() map[string][]string {
		groups := map[string][]string{}
		for i := range 24 {
			groups[fmt.Sprintf("group-%02d", i)] = []string{"ada"}
		}
		return groups
	}(),
	meanwhile: func(ctx context.Context, s *stage) {
		for i := 4; i < 12; i++ {
			Expect(cached.Delete(ctx, &v1alpha1.ProvisionedGroup{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: fmt.Sprintf("group-%02d", i)}})).To(Succeed())
		}
	},
	held: 5,
}

var _ = Describe("What is shown", func() {
	DescribeTable("in a dry run is what Enforce then does, object by object", func(ctx context.Context, f foreseen, restarts bool) {
		s := f.build(ctx)
		s.switchTo(ctx, v1alpha1.ModeDryRun)
		s.config(ctx)
		f.meanwhile(ctx, s)
		before := s.estate(ctx)
		s.everybody(ctx)
		s.pass(3 * defaultWindow)
		s.everybody(ctx)
		shown := s.estate(ctx)
		Expect(shown.jira).To(Equal(before.jira))
		counts := s.config(ctx).Status.Planned
		preview, err := s.preview(ctx, func(*v1alpha1.SyncConfigSpec) {})
		Expect(err).NotTo(HaveOccurred())
		Expect(previewed(preview)).To(Equal(shown.shown().bySourceName(shown).withoutCreatedGroups()), "atlassync plan shows the same")
		Expect(preview.Counts).To(Equal(*counts))

		if restarts {
			s.restart()
			s.open(ctx)
		}
		s.switchTo(ctx, v1alpha1.ModeEnforce)
		s.config(ctx)
		s.everybody(ctx)
		f.meet(shown.shown(), done(shown, s.estate(ctx)))
	},
		Entry("of everything", mixed, false),
		Entry("of everything, after a restart", mixed, true),
		Entry("of who leaves and who is held", crowded, false),
		Entry("of who leaves and who is held, after a restart", crowded, true),
		Entry("of a few who leave while many come", few, false),
		Entry("of a few who leave while many come, after a restart", few, true),
		Entry("of who leaves a product that cannot disable", grouped, false),
		Entry("of who leaves a product that cannot disable, after a restart", grouped, true),
		Entry("of a group that is emptied", emptied, true),
		Entry("of groups that are deleted", undirected, false),
		Entry("of groups that are deleted, after a restart", undirected, true),
	)
})

// renaming has 30 accounts renamed by the SyncConfig alone, of which few may
// be, next to who may not be renamed at all.
var renaming = foreseen{
	users:  append(people(30), "person-00-x"),
	groups: map[string][]string{"all": people(30)},
	meanwhile: func(ctx context.Context, s *stage) {
		s.newUser(ctx, "joiner-x")
		s.jira.SeedUser(directory.User{Name: "x-person-01", DisplayName: "Somebody else"})
		s.edit(ctx, "person-07", deactivated)
		s.edit(ctx, "person-08", func(u *v1alpha1.ProvisionedUserSpec) { u.DisplayName = "Eight" })
	},
	change: func(c *v1alpha1.SyncConfigSpec) {
		c.Username = v1alpha1.UsernameSpec{Regex: "(person.*)", Replacement: "x-$1"}
	},
	held: 27,
}

// strict takes disableUsers away and groups away from the source.
var strict = foreseen{
	adjust: []func(*v1alpha1.SyncConfig){func(c *v1alpha1.SyncConfig) { c.Spec.Provisioning.DisableUsers = new(false) }},
	users:  people(30),
	groups: map[string][]string{"all": people(30), "few": people(2)},
	meanwhile: func(ctx context.Context, s *stage) {
		s.each(people(12), func(name string) { s.edit(ctx, name, deactivated) })
		s.each(people(30), func(name string) { s.run(ctx, name) })
	},
	change: func(c *v1alpha1.SyncConfigSpec) {
		c.Provisioning.DisableUsers = new(true)
		c.Groups.DefaultGroups, c.Groups.DefaultGroupsFor = []string{"licensed"}, v1alpha1.DefaultGroupsForAllUsers
		c.Groups.Mappings = []v1alpha1.GroupMapping{{From: "few", To: "several"}}
	},
	held: 9,
}

var _ = Describe("What atlassync plan prints", func() {
	DescribeTable("is what happens when the SyncConfig is applied, object by object", func(ctx context.Context, f foreseen, restarts bool) {
		s := f.build(ctx)
		f.meanwhile(ctx, s)
		if f.change == nil {
			f.change = func(c *v1alpha1.SyncConfigSpec) { c.Resync.CorrectDrift = new(true) }
		}
		before := s.estate(ctx)
		s.jira.ResetCalls()
		preview, err := s.preview(ctx, f.change)
		Expect(err).NotTo(HaveOccurred())
		Expect(s.written()).To(BeEmpty())
		Expect(s.estate(ctx)).To(Equal(before))
		if restarts {
			s.restart()
			s.open(ctx)
		}
		s.change(ctx, f.change)
		s.config(ctx)
		s.everybody(ctx)
		after := s.estate(ctx)
		did := done(before, after)
		shown := previewed(preview)
		Expect(did.bySourceName(before)).To(Equal(shown))
		held := 0
		for _, actions := range shown {
			if strings.Contains(actions, "held") {
				held++
			}
		}
		Expect(held).To(Equal(f.held))
		if f.held == 0 {
			again, err := s.preview(ctx, f.change)
			Expect(err).NotTo(HaveOccurred())
			Expect(again.Changes()).To(BeZero(), "nothing is left to be done: %v", again.Planned)
		}
	},
		Entry("to everything", mixed, false),
		Entry("to everything, after a restart", mixed, true),
		Entry("to who leaves and who is held", crowded, false),
		Entry("to who leaves and who is held, after a restart", crowded, true),
		Entry("to a few who leave while many come", few, false),
		Entry("to who leaves a product that cannot disable", grouped, false),
		Entry("to a group that is emptied", emptied, false),
		Entry("to groups that are deleted", undirected, false),
		Entry("to who is renamed by it", renaming, false),
		Entry("to who is renamed by it, after a restart", renaming, true),
		Entry("to who is disabled by it", strict, false),
		Entry("to who is disabled by it, after a restart", strict, true),
	)
})
