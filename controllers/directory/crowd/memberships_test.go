package crowd_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
)

// dump reads all memberships.
func dump(t *testing.T, client directory.Directory) (found []directory.Membership, err error) {
	t.Helper()
	for membership, err := range client.(directory.MembershipDump).EachMembership(t.Context()) {
		if err != nil {
			return found, err
		}
		found = append(found, membership)
	}
	return found, nil
}

func TestAllMembershipsComeInOneRequest(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{MaxResults: 1})
	for _, name := range []string{"ada", "bob & <co>"} {
		sim.SeedUser(directory.User{Name: name})
	}
	for _, name := range []string{"devs", "empty", "leads"} {
		sim.SeedGroup(name)
	}
	sim.SeedMember("devs", "ada")
	sim.SeedMember("devs", "bob & <co>")
	sim.SeedMember("leads", "ada")
	sim.must(sim.AddSubgroup("empty", "leads"))
	g.Expect(dump(t, connect(t, sim.config()))).To(ConsistOf(
		directory.Membership{Group: "devs", Usernames: []string{"ada", "bob & <co>"}},
		directory.Membership{Group: "empty", Usernames: []string{}},
		directory.Membership{Group: "leads", Usernames: []string{"ada"}},
	))
	g.Expect(sim.Requests()).To(HaveLen(1))
}

func TestADumpThatIsNotOne(t *testing.T) {
	const head, whole = `<?xml version="1.0"?>`, `<memberships><membership group="devs"><users><user name="ada"/></users></membership></memberships>`
	cases := map[string]struct {
		answer reply
		want   directory.Kind
	}{
		"whole":                       {reply{200, head + whole}, 0},
		"nobody is in a group":        {reply{200, head + `<memberships/>`}, 0},
		"broken off":                  {reply{200, head + whole[:70]}, directory.KindUnavailable},
		"something else in XML":       {reply{200, head + `<users><user name="ada"/></users>`}, directory.KindUnavailable},
		"a group without a name":      {reply{200, head + `<memberships><membership/></memberships>`}, directory.KindUnavailable},
		"a member without a name":     {reply{200, head + `<memberships><membership group="devs"><users><user/></users></membership></memberships>`}, directory.KindUnavailable},
		"a login page":                {reply{200, `<html>Log in</html>`}, directory.KindUnavailable},
		"JSON":                        {reply{200, `{"memberships":[]}`}, directory.KindUnavailable},
		"a version without one":       {reply{404, router404}, directory.KindUnsupported},
		"a version without GET":       {reply{405, ``}, directory.KindUnsupported},
		"a version that has no XML":   {reply{406, ``}, directory.KindUnsupported},
		"an application that may not": {reply{403, notAllowed}, directory.KindForbidden},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			found, err := dump(t, connect(t, script(t, answers{"GET group/membership": c.answer})))
			expectKind(t, err, c.want)
			if c.want != 0 {
				NewWithT(t).Expect(found).To(BeEmpty(), "half a dump is none")
			}
		})
	}
}

func TestADumpInVersionsWithout(t *testing.T) {
	sim := startSimulator(t, simulator.Options{WithoutDump: true})
	_, err := dump(t, connect(t, sim.config()))
	expectKind(t, err, directory.KindUnsupported)
}
