package crowd_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
)

var people = []directory.User{{ID: "1:{1}", Name: "ada"}}

func TestAddMembers(t *testing.T) {
	cases := map[string]struct {
		script answers
		want   directory.Kind
	}{
		"added":             {answers{"POST group/user/direct": {201, ""}}, 0},
		"a member already":  {answers{"POST group/user/direct": {409, `{"reason":"MEMBERSHIP_ALREADY_EXISTS","message":"x"}`}}, 0},
		"no such user":      {answers{"POST group/user/direct": {400, noUser}}, directory.KindNotFound},
		"no such group":     {answers{"POST group/user/direct": {404, noGroup}}, directory.KindNotFound},
		"wrong address":     {answers{"POST group/user/direct": {404, router404}}, directory.KindUnavailable},
		"not permitted":     {answers{"POST group/user/direct": {403, notAllowed}}, directory.KindForbidden},
		"perhaps added":     {answers{"POST group/user/direct": {500, failed}}, directory.KindAmbiguous},
		"refused, no user":  {answers{"POST group/user/direct": {400, `{"message":"x"}`}, "GET user": {404, noUser}}, directory.KindNotFound},
		"refused, but user": {answers{"POST group/user/direct": {400, `{"message":"x"}`}, "GET user": {200, ada}}, directory.KindInvalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := connect(t, script(t, c.script)).AddMembers(t.Context(), devs, people)
			expectKind(t, err, c.want)
		})
	}
}

func TestRemoveMembers(t *testing.T) {
	cases := map[string]struct {
		answer reply
		want   directory.Kind
	}{
		"removed":         {reply{204, ""}, 0},
		"no member":       {reply{404, `{"reason":"MEMBERSHIP_NOT_FOUND","message":"x"}`}, 0},
		"no such user":    {reply{404, noUser}, 0},
		"no such group":   {reply{404, noGroup}, 0},
		"wrong address":   {reply{404, router404}, directory.KindUnavailable},
		"a proxy's page":  {reply{404, "<html>404</html>"}, directory.KindUnavailable},
		"not permitted":   {reply{403, notAllowed}, directory.KindForbidden},
		"perhaps removed": {reply{500, failed}, directory.KindAmbiguous},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := connect(t, script(t, answers{"DELETE group/user/direct?groupname=devs&username=ada": c.answer}))
			expectKind(t, client.RemoveMembers(t.Context(), devs, people), c.want)
		})
	}
}

// expectKind expects an error of that kind; none if it is 0.
func expectKind(t *testing.T, err error, want directory.Kind) {
	t.Helper()
	if want == 0 {
		NewWithT(t).Expect(err).NotTo(HaveOccurred())
		return
	}
	NewWithT(t).Expect(directory.KindOf(err)).To(Equal(want), "%v", err)
}

func TestMembersAreKnownByIDToo(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	seeded := sim.SeedUser(directory.User{Name: "ada", Active: true})
	sim.SeedGroup("devs")
	client := connect(t, sim.config())
	byID := []directory.User{{ID: seeded.ID}}
	g.Expect(client.AddMembers(t.Context(), devs, byID)).To(Succeed())
	g.Expect(client.GroupsOf(t.Context(), byID[0])).To(ConsistOf(devs))
	g.Expect(client.RemoveMembers(t.Context(), devs, byID)).To(Succeed())
	g.Expect(sim.MemberNames("devs")).To(BeEmpty())
}

func TestRequestsOfGroups(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	seeded := sim.SeedUser(directory.User{Name: "ada", Active: true})
	client := connect(t, sim.config())
	for what, act := range map[string]func() error{
		"a new group": func() error { _, err := client.CreateGroup(t.Context(), "devs"); return err },
	} {
		sim.ClearRequests()
		g.Expect(act()).To(Succeed())
		g.Expect(sim.Requests()).To(HaveLen(1), what)
	}
	for _, act := range []func() error{
		func() error { return client.AddMembers(t.Context(), devs, []directory.User{seeded}) },
		func() error { return client.AddMembers(t.Context(), devs, []directory.User{seeded}) },
		func() error { return client.RemoveMembers(t.Context(), devs, []directory.User{seeded}) },
		func() error { return client.DeleteGroup(t.Context(), devs) },
	} {
		sim.ClearRequests()
		g.Expect(act()).To(Succeed())
		g.Expect(sim.Requests()).To(HaveLen(1))
	}
}

func TestGroups(t *testing.T) {
	exists := `{"reason":"INVALID_GROUP","message":"x"}`
	find := func(d directory.Directory) error { _, err := d.FindGroup(t.Context(), "devs"); return err }
	create := func(d directory.Directory) error { _, err := d.CreateGroup(t.Context(), "devs"); return err }
	remove := func(d directory.Directory) error { return d.DeleteGroup(t.Context(), devs) }
	groupsOf := func(d directory.Directory) error { _, err := d.GroupsOf(t.Context(), people[0]); return err }
	cases := map[string]struct {
		script answers
		act    func(directory.Directory) error
		want   directory.Kind
	}{
		"found":                          {answers{"GET group": {200, `{"name":"Devs"}`}}, find, 0},
		"an answer without a name":       {answers{"GET group": {200, `{}`}}, find, directory.KindUnavailable},
		"absent":                         {answers{"GET group": {404, noGroup}}, find, directory.KindNotFound},
		"absent, says the router":        {answers{"GET group": {404, router404}}, find, directory.KindUnavailable},
		"created, without a body":        {answers{"POST group": {201, ""}}, create, 0},
		"created, with a body":           {answers{"POST group": {201, `{"name":"devs"}`}}, create, 0},
		"refused, because it exists":     {answers{"POST group": {400, exists}, "GET group": {200, `{"name":"devs"}`}}, create, directory.KindAlreadyExists},
		"refused, and it does not exist": {answers{"POST group": {400, exists}, "GET group": {404, noGroup}}, create, directory.KindInvalid},
		"refused, and nobody knows":      {answers{"POST group": {400, exists}, "GET group": {500, ""}}, create, directory.KindUnavailable},
		"perhaps created":                {answers{"POST group": {500, failed}}, create, directory.KindAmbiguous},
		"deleted":                        {answers{"DELETE group": {204, ""}}, remove, 0},
		"deleted before":                 {answers{"DELETE group": {404, noGroup}}, remove, 0},
		"deleted at a wrong address":     {answers{"DELETE group": {404, router404}}, remove, directory.KindUnavailable},
		"groups of nobody (CWD-4433)":    {answers{"GET user/group/direct": {200, `{"groups":[]}`}, "GET user": {404, noUser}}, groupsOf, directory.KindNotFound},
		"groups of somebody without":     {answers{"GET user/group/direct": {200, `{"groups":[]}`}, "GET user": {200, ada}}, groupsOf, 0},
		"groups of nobody, said so":      {answers{"GET user/group/direct": {404, noUser}}, groupsOf, directory.KindNotFound},
		"no list of groups":              {answers{"GET user/group/direct": {200, `{}`}}, groupsOf, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) { expectKind(t, c.act(connect(t, script(t, c.script))), c.want) })
	}
}
