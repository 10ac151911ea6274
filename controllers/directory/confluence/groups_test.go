package confluence_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/confluence"
)

// engineers is a group as a directory gives it.
var engineers = directory.Group{ID: "engineers", Name: "engineers"}

func TestNamesThatMeanAnotherAddressCostNoRequest(t *testing.T) {
	ada := directory.User{ID: "8a80", Name: "ada"}
	for name, reason := range map[string]string{
		"team/a": `the group name "team/a" has a / or a \ in it, which Confluence's REST API cannot handle`,
		`team\a`: "has a / or a \\ in it", ".": "would mean another one", "..": "would mean another one", "": "without a name",
	} {
		t.Run(name, func(t *testing.T) {
			client := connect(t, script(t, answers{}))
			group := directory.Group{ID: name, Name: name}
			_, find := client.FindGroup(t.Context(), name)
			_, create := client.CreateGroup(t.Context(), name)
			_, list := names(client.EachMember(t.Context(), group))
			for op, err := range map[string]error{
				directory.OpFindGroup: find, directory.OpCreateGroup: create, directory.OpEachMember: list,
				directory.OpDeleteGroup:   client.DeleteGroup(t.Context(), group),
				directory.OpAddMembers:    client.AddMembers(t.Context(), group, []directory.User{ada}),
				directory.OpRemoveMembers: client.RemoveMembers(t.Context(), group, []directory.User{ada}),
			} {
				expectError(t, err, directory.KindInvalid, reason)
				expectError(t, err, directory.KindInvalid, op)
			}
			// An account of such a name may have come from elsewhere.
			err := client.AddMembers(t.Context(), engineers, []directory.User{{ID: "8a80", Name: name + "/"}})
			expectError(t, err, directory.KindInvalid, "the user name")
		})
	}
}

func TestFindGroup(t *testing.T) {
	cases := map[string]struct {
		status int
		body   string
		want   error
	}{
		"there":              {200, `{"type":"group","name":"Engineers"}`, nil},
		"absent":             {404, notFound, kind(directory.KindNotFound)},
		"a wrong address":    {404, noSuch, kind(directory.KindUnavailable)},
		"a proxy's page":     {404, loginPage, kind(directory.KindUnavailable)},
		"other JSON":         {200, `{}`, kind(directory.KindUnavailable)},
		"nothing":            {200, `null`, kind(directory.KindUnavailable)},
		"another group":      {200, `{"type":"group","name":"others"}`, kind(directory.KindUnavailable)},
		"no right to see it": {403, refused, kind(directory.KindForbidden)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			found, err := connect(t, script(t, answers{"GET group/engineers": {c.status, c.body}})).FindGroup(t.Context(), "engineers")
			expectSame(t, err, c.want)
			if c.want == nil {
				NewWithT(t).Expect(found).To(Equal(directory.Group{ID: "Engineers", Name: "Engineers"}))
			}
		})
	}
}

func TestGroupWritesThatAreRefused(t *testing.T) {
	create := func(d directory.Directory) error { _, err := d.CreateGroup(t.Context(), "engineers"); return err }
	remove := func(d directory.Directory) error { return d.DeleteGroup(t.Context(), engineers) }
	cases := map[string]struct {
		call   func(directory.Directory) error
		script answers
		want   error
	}{
		"create: it exists": {create, answers{"POST admin/group": {409, refused}, "GET group/engineers": {200, `{"name":"Engineers"}`}},
			kind(directory.KindAlreadyExists)},
		"create: it exists and cannot be seen": {create, answers{"POST admin/group": {409, refused}, "GET group/engineers": {404, notFound}},
			kind(directory.KindAlreadyExists)},
		"create: who knows": {create, answers{"POST admin/group": {409, refused}, "GET group/engineers": {500, ""}},
			kind(directory.KindUnavailable)},
		"create: refused":         {create, answers{"POST admin/group": {400, refused}}, kind(directory.KindInvalid)},
		"create: forbidden":       {create, answers{"POST admin/group": {403, refused}}, kind(directory.KindForbidden)},
		"create: cannot be read":  {create, answers{"POST admin/group": {200, `<html>`}}, kind(directory.KindAmbiguous)},
		"create: says no name":    {create, answers{"POST admin/group": {200, `{}`}}, nil},
		"delete: it is gone":      {remove, answers{"DELETE admin/group/engineers": {404, notFound}}, nil},
		"delete: a wrong address": {remove, answers{"DELETE admin/group/engineers": {404, noSuch}}, kind(directory.KindUnavailable)},
		"delete: forbidden":       {remove, answers{"DELETE admin/group/engineers": {403, refused}}, kind(directory.KindForbidden)},
		"delete: lost":            {remove, answers{"DELETE admin/group/engineers": {504, ""}}, kind(directory.KindAmbiguous)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			expectSame(t, c.call(connect(t, script(t, c.script))), c.want)
		})
	}
}

func TestTheLastGroupOfAdministratorsStays(t *testing.T) {
	sim := startSimulator(t, simulator.Options{})
	err := connect(t, sim.config()).DeleteGroup(t.Context(), directory.Group{Name: simulator.AdminGroup})
	expectError(t, err, directory.KindInvalid, "The last group of administrators cannot be deleted.")
}

func TestGroupsThatConfluenceWritesInLowerCase(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{Unconfirmed: simulator.Unconfirmed{LowersGroupNames: true}})
	client := connect(t, sim.config())
	g.Expect(client.CreateGroup(t.Context(), "Engineers")).To(Equal(engineers))
	g.Expect(client.FindGroup(t.Context(), "Engineers")).To(Equal(engineers))
}

func TestGroupsOf(t *testing.T) {
	const page = `{"results":[{"type":"group","name":"a"}],"start":0,"limit":200,"size":1,"_links":{}}`
	const empty = `{"results":[],"start":0,"limit":200,"size":0,"_links":{}}`
	byName, byKey := directory.User{Name: "ada"}, directory.User{ID: "8a80", Name: "ada"}
	cases := map[string]struct {
		user   directory.User
		script answers
		want   error
	}{
		"by name":       {byName, answers{"GET user/memberof?limit=200&start=0&username=ada": {200, page}}, nil},
		"by key":        {byKey, answers{"GET user/memberof?key=8a80&limit=200&start=0": {200, page}}, nil},
		"in no group":   {byKey, answers{"GET user/memberof": {200, empty}, "GET user": {200, ada}}, nil},
		"absent (404)":  {byKey, answers{"GET user/memberof": {404, notFound}}, kind(directory.KindNotFound)},
		"absent (200)":  {byKey, answers{"GET user/memberof": {200, empty}, "GET user": {404, notFound}}, kind(directory.KindNotFound)},
		"who knows":     {byKey, answers{"GET user/memberof": {200, empty}, "GET user": {500, ""}}, kind(directory.KindUnavailable)},
		"nameless":      {byKey, answers{"GET user/memberof": {200, `{"results":[{}],"_links":{}}`}}, kind(directory.KindUnavailable)},
		"no list":       {byKey, answers{"GET user/memberof": {200, `{}`}}, kind(directory.KindUnavailable)},
		"a login page":  {byKey, answers{"GET user/memberof": {200, loginPage}}, kind(directory.KindUnavailable)},
		"wrong address": {byKey, answers{"GET user/memberof": {404, noSuch}}, kind(directory.KindUnavailable)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := connect(t, script(t, c.script)).GroupsOf(t.Context(), c.user)
			expectSame(t, err, c.want)
		})
	}
}
