package cloud_test

import (
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/cloud"
)

const newDevs = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"devs"}`

func TestCreateGroup(t *testing.T) {
	tests := map[string]struct {
		body   string
		status int
		says   string
	}{
		"is 201":                         {newDevs, 201, `"displayName":"devs"`},
		"has no members":                 {newDevs, 201, `"members":[]`},
		"with a taken name":              {`{"displayName":"TAKEN"}`, 409, `"scimType":"uniqueness"`},
		"with a name of another group":   {`{"displayName":"site-admins"}`, 409, "displayName[site-admins] already exists"},
		"without a name":                 {`{"displayName":" "}`, 400, "[displayName] is required"},
		"with members":                   {`{"displayName":"devs","members":[{"value":"BOB"}]}`, 201, `"display":"bob@example.com"`},
		"with members that do not exist": {`{"displayName":"devs","members":[{"value":"nobody"}]}`, 400, "nobody"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, cloud.Options{OtherGroups: []string{"Site-Admins"}})
			bob := i.add("bob")
			i.group("taken")
			answer := i.call("POST Groups", strings.ReplaceAll(test.body, "BOB", bob.ID))
			g.Expect(answer.status).To(Equal(test.status), answer.body)
			g.Expect(answer.body).To(ContainSubstring(test.says))
			g.Expect(i.members("devs") != nil).To(Equal(test.status == 201))
		})
	}
}

func TestPatchMembers(t *testing.T) {
	tests := map[string]struct {
		body    string // ANN, BOB and EVE stand for their ids; ann and bob are members
		status  int
		members []string
	}{
		"add one":                    {patch(`{"op":"add","path":"members","value":[{"value":"EVE","display":"eve"}]}`), 200, []string{"ann", "bob", "eve"}},
		"add one again":              {patch(`{"op":"add","path":"members","value":[{"value":"BOB"}]}`), 200, []string{"ann", "bob"}},
		"add somebody unknown":       {patch(`{"op":"add","path":"members","value":[{"value":"EVE"},{"value":"nobody"}]}`), 404, []string{"ann", "bob"}},
		"remove one":                 {patch(`{"op":"remove","path":"members[value eq \"BOB\"]"}`), 200, []string{"ann"}},
		"remove two":                 {patch(`{"op":"remove","path":"members[value eq \"BOB\"]"}`, `{"op":"remove","path":"members[value eq \"ANN\"]"}`), 200, []string{}},
		"remove one as a value":      {patch(`{"op":"remove","path":"members","value":[{"value":"BOB"}]}`), 200, []string{"ann"}},
		"remove all":                 {patch(`{"op":"remove","path":"members"}`), 200, []string{}},
		"remove nobody":              {patch(`{"op":"remove","path":"members[value eq \"EVE\"]"}`), 200, []string{"ann", "bob"}},
		"replace all":                {patch(`{"op":"replace","path":"members","value":[{"value":"EVE"}]}`), 200, []string{"eve"}},
		"replace by somebody absent": {patch(`{"op":"replace","path":"members","value":[{"value":"nobody"}]}`), 404, []string{"ann", "bob"}},
		"rename":                     {patch(`{"op":"replace","path":"displayName","value":"x"}`), 400, []string{"ann", "bob"}},
		"another path":               {patch(`{"op":"remove","path":"members[type eq \"User\"]"}`), 400, []string{"ann", "bob"}},
		"no list":                    {patch(`{"op":"add","path":"members","value":"EVE"}`), 400, []string{"ann", "bob"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, cloud.Options{})
			ids := strings.NewReplacer("ANN", i.add("ann").ID, "BOB", i.add("bob").ID, "EVE", i.add("eve").ID)
			devs := i.group("devs", "ann", "bob")
			answer := i.call("PATCH Groups/"+devs, ids.Replace(test.body))
			g.Expect(answer.status).To(Equal(test.status), answer.body)
			g.Expect(i.members("devs")).To(Equal(test.members))
			if test.status == 200 {
				g.Expect(answer.json(t)).To(HaveKeyWithValue("members", HaveLen(len(test.members))), "the full group")
			}
		})
	}
}

func TestUnconfirmedMemberships(t *testing.T) {
	const removeEve = `{"op":"remove","path":"members[value eq \"EVE\"]"}`
	const removeBob = `{"op":"remove","path":"members","value":[{"value":"BOB"}]}`
	const addNobody = `{"op":"add","path":"members","value":[{"value":"nobody"}]}`
	tests := map[string]struct {
		unconfirmed cloud.Unconfirmed
		operation   string
		status      int
		members     []string
	}{
		"absent members are refused":   {cloud.Unconfirmed{AbsentMemberStatus: 400}, removeEve, 400, []string{"bob"}},
		"absent members are not found": {cloud.Unconfirmed{AbsentMemberStatus: 404}, removeEve, 404, []string{"bob"}},
		"unknown users are refused":    {cloud.Unconfirmed{UnknownMemberStatus: 400}, addNobody, 400, []string{"bob"}},
		"a value does not matter":      {cloud.Unconfirmed{RemoveTakesAll: true}, removeBob, 200, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			i := start(t, cloud.Options{Unconfirmed: test.unconfirmed})
			ids := strings.NewReplacer("BOB", i.add("bob").ID, "EVE", i.add("eve").ID)
			devs := i.group("devs", "bob")
			g.Expect(i.call("PATCH Groups/"+devs, patch(ids.Replace(test.operation))).status).To(Equal(test.status))
			g.Expect(i.members("devs")).To(Equal(test.members))
		})
	}
}

func TestAGroupHasALimit(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{MaxMembers: 1})
	bob, eve := i.add("bob"), i.add("eve")
	devs := i.group("devs")
	answer := i.call("PATCH Groups/"+devs, patch(`{"op":"add","path":"members","value":[{"value":"`+bob.ID+`"},{"value":"`+eve.ID+`"}]}`))
	g.Expect(answer.status).To(Equal(400))
	g.Expect(answer.body).To(ContainSubstring("limit of 1 members"))
	g.Expect(i.members("devs")).To(BeEmpty())
}

func TestPutGroup(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{})
	bob := i.add("bob")
	devs := i.group("devs", "bob")
	renamed := i.call("PUT Groups/"+devs, `{"displayName":"others"}`)
	g.Expect(renamed.status).To(Equal(400))
	g.Expect(renamed.body).To(ContainSubstring("[displayName] is immutable"))
	g.Expect(i.call("PUT Groups/"+devs, `{"displayName":"devs","externalId":"e"}`).body).To(ContainSubstring(`"externalId":"e"`))
	g.Expect(i.members("devs")).To(BeEmpty(), "what is not named is cleared")
	g.Expect(i.call("PUT Groups/"+devs, `{"displayName":"devs","members":[{"value":"`+bob.ID+`"}]}`).status).To(Equal(200))
	g.Expect(i.members("devs")).To(Equal([]string{"bob"}))
	g.Expect(i.call("PUT Groups/"+devs, `{"displayName":"devs","members":[{"value":"x"}]}`).status).To(Equal(400))
	g.Expect(i.call("PUT Groups/nothing", `{"displayName":"devs"}`).status).To(Equal(404))
}

func TestPutGroupMayKeepMembers(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{Unconfirmed: cloud.Unconfirmed{PutKeepsMembers: true}})
	i.add("bob")
	devs := i.group("devs", "bob")
	g.Expect(i.call("PUT Groups/"+devs, `{"displayName":"devs"}`).status).To(Equal(200))
	g.Expect(i.members("devs")).To(Equal([]string{"bob"}))
	g.Expect(i.call("PUT Groups/"+devs, `{"displayName":"devs","members":[]}`).status).To(Equal(200))
	g.Expect(i.members("devs")).To(BeEmpty())
}

func TestDeleteGroup(t *testing.T) {
	g := NewWithT(t)
	i := start(t, cloud.Options{})
	i.add("bob")
	devs := i.group("devs", "bob")
	g.Expect(i.call("DELETE Groups/"+devs, "").status).To(Equal(204))
	g.Expect(i.call("DELETE Groups/"+devs, "").status).To(Equal(404))
	g.Expect(i.call("GET Groups/"+devs, "").status).To(Equal(404))
	g.Expect(i.call("PATCH Groups/"+devs, patch(`{"op":"remove","path":"members"}`)).status).To(Equal(404))
	g.Expect(i.user("bob").Groups).To(BeEmpty())
}
