package bitbucket_test

import (
	"fmt"
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

const (
	aGroup     = `{"name":"Engineers","deletable":true}`
	otherGroup = `{"name":"engineers-eu","deletable":true}`
)

func TestFindGroup(t *testing.T) {
	const request = "GET admin/groups?filter=engineers&limit=1000&start=0"
	cases := map[string]struct {
		answer fixed
		kind   directory.Kind
	}{
		"found under another case": {last(otherGroup, aGroup), 0},
		"others have it in theirs": {last(otherGroup), directory.KindNotFound},
		"none":                     {last(), directory.KindNotFound},
		"one without a name":       {last(`{}`), directory.KindUnavailable},
		"no page":                  {fixed{200, `{}`}, directory.KindUnavailable},
		"a proxy's page":           {fixed{404, loginPage}, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			found, err := connect(t, script(t, answers{request: c.answer})).FindGroup(t.Context(), "engineers")
			expectKind(t, err, c.kind)
			if c.kind == 0 {
				NewWithT(t).Expect(found).To(Equal(directory.Group{ID: "Engineers", Name: "Engineers"}))
			}
		})
	}
}

func TestGroupWritesThatAreRefused(t *testing.T) {
	create := func(d directory.Directory) error { _, err := d.CreateGroup(t.Context(), "engineers"); return err }
	remove := func(d directory.Directory) error { return d.DeleteGroup(t.Context(), engineers) }
	cases := map[string]struct {
		call    func(directory.Directory) error
		script  answers
		kind    directory.Kind
		message string
	}{
		"create: it exists":           {create, answers{"POST admin/groups": {409, failure("Taken.")}, "GET admin/groups": last(aGroup)}, directory.KindAlreadyExists, "Taken."},
		"create: it is not listed":    {create, answers{"POST admin/groups": {409, failure("Taken.")}, "GET admin/groups": last(otherGroup)}, directory.KindInvalid, "lists no group"},
		"create: who knows":           {create, answers{"POST admin/groups": {409, failure("Taken.")}, "GET admin/groups": {500, failure("Oops.")}}, directory.KindUnavailable, "Oops."},
		"create: bad":                 {create, answers{"POST admin/groups": {400, failure("Bad.")}}, directory.KindInvalid, "Bad."},
		"create: answered without it": {create, answers{"POST admin/groups": {200, `{}`}, "GET admin/groups": last(aGroup)}, 0, ""},
		"create: without a trace":     {create, answers{"POST admin/groups": {200, `{}`}, "GET admin/groups": last()}, directory.KindAmbiguous, "lists no group"},
		"create: lost":                {create, answers{"POST admin/groups": {200, ``}}, directory.KindAmbiguous, "cannot be read"},
		"delete: it is gone":          {remove, answers{"DELETE admin/groups": {404, failure("Gone.")}}, 0, ""},
		"delete: it is our own":       {remove, answers{"DELETE admin/groups": {409, failure("It would lower your permissions.")}}, directory.KindForbidden, "lower your permissions"},
		"delete: it ranks higher":     {remove, answers{"DELETE admin/groups": {403, failure("No.")}}, directory.KindForbidden, "No."},
		"delete: no permission":       {remove, answers{"DELETE admin/groups": {401, failure("Not permitted.")}, "GET users": last()}, directory.KindForbidden, "Bitbucket admin"},
		"delete: lost":                {remove, answers{"DELETE admin/groups": {504, ""}}, directory.KindAmbiguous, "Gateway"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := c.call(connect(t, script(t, c.script)))
			expectKind(t, err, c.kind)
			if c.kind != 0 {
				NewWithT(t).Expect(err).To(MatchError(ContainSubstring(c.message)))
			}
		})
	}
}

func TestOwnAndHigherGroupsCannotBeDeleted(t *testing.T) {
	sim := startSimulator(t, simulator.Options{})
	client := connect(t, sim.config())
	before := sim.State()
	for name, message := range map[string]string{
		simulator.AdminGroup: "would lower your own permissions", simulator.SystemGroup: "higher permission level",
	} {
		err := client.DeleteGroup(t.Context(), directory.Group{ID: name, Name: name})
		expectKind(t, err, directory.KindForbidden)
		NewWithT(t).Expect(err).To(MatchError(ContainSubstring(message)))
	}
	NewWithT(t).Expect(sim.State()).To(Equal(before))
}

func TestWhatIsAbsentIsToldFromWhatIsEmpty(t *testing.T) {
	for _, status := range []int{200, 404} {
		g := NewWithT(t)
		sim := startUnchecked(t, simulator.Options{Unconfirmed: simulator.Unconfirmed{AbsentContextStatus: status}})
		sim.SeedGroup("engineers")
		ada := sim.add(userbase.User{Name: "ada", Active: true})
		client := connect(t, sim.config())
		g.Expect(names(client.EachMember(t.Context(), engineers))).To(BeEmpty())
		g.Expect(client.GroupsOf(t.Context(), ada)).To(BeEmpty())

		_, err := names(client.EachMember(t.Context(), directory.Group{ID: "engineer", Name: "engineer"}))
		expectKind(t, err, directory.KindNotFound)
		_, err = client.GroupsOf(t.Context(), directory.User{ID: "ad", Name: "ad"})
		expectKind(t, err, directory.KindNotFound)
	}
}

func TestGroupsOfThatAreNotWhole(t *testing.T) {
	const request = "GET admin/users/more-members?context=ada&limit=1000&start=0"
	for name, answer := range map[string]fixed{
		"no page": {200, `{}`}, "a group without a name": last(`{}`), "a failure": {500, failure("Oops.")},
		"no next page": before("null", aGroup), "a proxy's 404": {404, loginPage},
	} {
		t.Run(name, func(t *testing.T) {
			groups, err := connect(t, script(t, answers{request: answer})).GroupsOf(t.Context(), directory.User{ID: "ada", Name: "ada"})
			expectKind(t, err, directory.KindUnavailable)
			NewWithT(t).Expect(groups).To(BeNil())
		})
	}
}

func TestMembersAreAddedInOneRequestAndRemovedOneByOne(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.SeedGroup("engineers")
	everybody := make([]directory.User, 100)
	for i := range everybody {
		everybody[i] = sim.add(userbase.User{Name: fmt.Sprintf("person%03d", i), Active: true})
	}
	client := connect(t, sim.config())
	g.Expect(client.Capabilities().MembersPerRequest).To(Equal(100))
	g.Expect(client.AddMembers(t.Context(), engineers, everybody)).To(Succeed())
	g.Expect(sim.Requests()).To(HaveLen(1))
	g.Expect(sim.MemberNames("engineers")).To(HaveLen(100))

	g.Expect(client.RemoveMembers(t.Context(), engineers, everybody[:3])).To(Succeed())
	g.Expect(sim.Requests()).To(HaveLen(4))
	g.Expect(sim.MemberNames("engineers")).To(HaveLen(97))

	g.Expect(client.AddMembers(t.Context(), engineers, nil)).To(Succeed())
	g.Expect(sim.Requests()).To(HaveLen(4), "nobody is no request")
}

func TestOneWhoIsMissingKeepsTheOthersOut(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.SeedGroup("engineers")
	users := []directory.User{sim.add(userbase.User{Name: "ada", Active: true}), {ID: "gone", Name: "gone"}}
	err := connect(t, sim.config()).AddMembers(t.Context(), engineers, users)
	expectKind(t, err, directory.KindNotFound)
	g.Expect(err).To(MatchError(ContainSubstring("User 'gone' does not exist")))
	g.Expect(sim.MemberNames("engineers")).To(BeEmpty())
}

func TestRemovingSomebodyWhoIsNoMember(t *testing.T) {
	for _, status := range []int{200, 404} {
		sim := startSimulator(t, simulator.Options{Unconfirmed: simulator.Unconfirmed{AbsentMemberStatus: status}})
		sim.SeedGroup("engineers")
		ada := sim.add(userbase.User{Name: "ada", Active: true})
		NewWithT(t).Expect(connect(t, sim.config()).RemoveMembers(t.Context(), engineers, []directory.User{ada})).To(Succeed())
	}
}

func TestRemovalFallsBackToTheDeprecatedRequest(t *testing.T) {
	g := NewWithT(t)
	sim := startUnchecked(t, simulator.Options{WithoutRemoveGroup: true})
	sim.SeedGroup("engineers")
	ada := sim.add(userbase.User{Name: "ada", Active: true})
	sim.SeedMember("engineers", "ada")
	client := connect(t, sim.config())
	for range 2 {
		g.Expect(client.RemoveMembers(t.Context(), engineers, []directory.User{ada, {ID: "gone", Name: "gone"}})).To(Succeed())
	}
	g.Expect(sim.MemberNames("engineers")).To(BeEmpty())
	g.Expect(sim.Count(http.MethodPost, "admin/groups/remove-user")).To(Equal(4))
}

func TestALookAtAMissingMemberDoesNotFallBack(t *testing.T) {
	client := connect(t, script(t, answers{"POST admin/users/remove-group": {404, failure("User 'ada' does not exist.")}}))
	NewWithT(t).Expect(client.RemoveMembers(t.Context(), engineers, []directory.User{{ID: "ada", Name: "ada"}})).To(Succeed())
}

func TestLicenceThatIsUsedUp(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{Seats: 2})
	people := []directory.User{sim.add(userbase.User{Name: "ada", Active: true}), sim.add(userbase.User{Name: "grace", Active: true})}
	users := directory.Group{ID: simulator.UserGroup, Name: simulator.UserGroup}
	client := connect(t, sim.config())
	err := client.AddMembers(t.Context(), users, people)
	expectKind(t, err, directory.KindLicenceExceeded)
	g.Expect(err).To(MatchError(ContainSubstring("exceed the limit of your Bitbucket license. 1 of 2 licensed users are taken")))
	g.Expect(sim.MemberNames(simulator.UserGroup)).To(BeEmpty())
	g.Expect(client.AddMembers(t.Context(), users, people[:1])).To(Succeed())

	system := directory.Group{ID: simulator.SystemGroup, Name: simulator.SystemGroup}
	err = client.AddMembers(t.Context(), system, people[:1])
	expectKind(t, err, directory.KindLicenceExceeded) // as far as one can tell
	g.Expect(err).To(MatchError(ContainSubstring("higher permission level")), "in Bitbucket's own words")
}

func TestAGroupThatRanksHigher(t *testing.T) {
	sim := startSimulator(t, simulator.Options{})
	ada := sim.add(userbase.User{Name: "ada", Active: true})
	system := directory.Group{ID: simulator.SystemGroup, Name: simulator.SystemGroup}
	client := connect(t, sim.config())
	for _, err := range []error{
		client.AddMembers(t.Context(), system, []directory.User{ada}),
		client.RemoveMembers(t.Context(), system, []directory.User{ada}),
	} {
		expectKind(t, err, directory.KindForbidden)
		NewWithT(t).Expect(err).To(MatchError(ContainSubstring("higher permission level")))
	}
}
