package patch_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/scimwebhook/patch"
	"github.com/atlassync/atlassync/scimwebhook/schema"
)

// TestOperationsOnMembers applies the request bodies of identity providers
// to a group with the members a, b and c.
func TestOperationsOnMembers(t *testing.T) {
	for _, test := range []struct {
		name, operations string
		want             []string
		change           patch.MemberChange
	}{
		{"Okta adds and removes",
			`{"op":"remove","path":"members[value eq \"a\"]"},{"op":"add","path":"members","value":[{"value":"d","display":"test.user@okta.local"}]}`,
			[]string{"b", "c", "d"}, patch.MemberChange{Add: []string{"d"}, Remove: []string{"a"}}},
		{"Okta pushes the whole group", `{"op":"replace","path":"members","value":[{"value":"d","display":"x"},{"value":"b","display":"y"}]}`,
			[]string{"b", "d"}, patch.MemberChange{Reset: true, Add: []string{"d", "b"}}},
		{"Okta pushes an empty group", `{"op":"replace","path":"members","value":[]}`, []string{}, patch.MemberChange{Reset: true}},
		{"Okta renames, with the id", `{"op":"replace","value":{"id":"42","displayName":"G"}}`, []string{"a", "b", "c"}, patch.MemberChange{}},
		{"without path, replace", `{"op":"replace","value":{"members":[{"value":"c"}]}}`, []string{"c"},
			patch.MemberChange{Reset: true, Add: []string{"c"}}},
		{"without path, add", `{"op":"add","value":{"members":[{"value":"d"}]}}`, []string{"a", "b", "c", "d"}, patch.MemberChange{Add: []string{"d"}}},
		{"Entra removes by a list: only those", `{"op":"Remove","path":"members","value":[{"value":"b"},{"value":"x"}]}`,
			[]string{"a", "c"}, patch.MemberChange{Remove: []string{"b", "x"}}},
		{"Entra removes an empty list: nobody", `{"op":"Remove","path":"members","value":[]}`, []string{"a", "b", "c"}, patch.MemberChange{}},
		{"Entra adds with a null $ref", `{"op":"Add","path":"members","value":[{"$ref":null,"value":"d"}]}`,
			[]string{"a", "b", "c", "d"}, patch.MemberChange{Add: []string{"d"}}},
		{"an unquoted id that looks like a number", `{"op":"remove","path":"members[value eq a]"},{"op":"remove","path":"members[value eq 89e5]"}`,
			[]string{"b", "c"}, patch.MemberChange{Remove: []string{"a", "89e5"}}},
		{"several ids in one filter", `{"op":"remove","path":"Members[Value EQ \"a\" or value eq \"b\"]"}`,
			[]string{"c"}, patch.MemberChange{Remove: []string{"a", "b"}}},
		{"remove all", `{"op":"remove","path":"members"}`, []string{}, patch.MemberChange{Reset: true}},
		{"bare ids and a single object", `{"op":"add","path":"members","value":["d","e"]},{"op":"add","path":"members","value":{"value":"f"}}`,
			[]string{"a", "b", "c", "d", "e", "f"}, patch.MemberChange{Add: []string{"d", "e", "f"}}},
		{"duplicates", `{"op":"add","path":"members","value":[{"value":"d"},{"value":"d","type":"User"}]},{"op":"add","path":"members","value":[{"value":"d"}]}`,
			[]string{"a", "b", "c", "d"}, patch.MemberChange{Add: []string{"d"}}},
		{"present and absent members are no change", `{"op":"add","path":"members","value":[{"value":"a"}]},{"op":"remove","path":"members[value eq \"x\"]"}`,
			[]string{"a", "b", "c"}, patch.MemberChange{Add: []string{"a"}, Remove: []string{"x"}}},
		{"the same members in another order are no change", `{"op":"replace","path":"members","value":["c","b","a"]}`,
			[]string{"a", "b", "c"}, patch.MemberChange{Reset: true, Add: []string{"c", "b", "a"}}},
		{"the last operation on a member counts", `{"op":"add","path":"members","value":["d"]},{"op":"remove","path":"members[value eq \"d\"]"},{"op":"remove","path":"members[value eq \"a\"]"},{"op":"add","path":"members","value":["a"]}`,
			[]string{"a", "b", "c"}, patch.MemberChange{Add: []string{"a"}, Remove: []string{"d"}}},
		{"changes before a replace are lost", `{"op":"add","path":"members","value":["d"]},{"op":"replace","path":"members","value":["a"]},{"op":"add","path":"members","value":["e"]},{"op":"remove","path":"members[value eq \"a\"]"}`,
			[]string{"e"}, patch.MemberChange{Reset: true, Add: []string{"e"}}},
		{"ids are case-exact", `{"op":"remove","path":"members[value eq \"A\"]"}`, []string{"a", "b", "c"}, patch.MemberChange{Remove: []string{"A"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			program, err := patch.Parse(operations(t, `{"Operations":[`+test.operations+`]}`), schema.Group)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(program.Members).To(Equal(test.change))
			current := []string{"a", "b", "c"}
			next, changed := program.Members.Apply(current)
			g.Expect(next).To(Equal(test.want))
			g.Expect(changed).To(Equal(strings.Join(test.want, "") != "abc"))
			g.Expect(current).To(Equal([]string{"a", "b", "c"}))
			_, changed = program.Members.Apply(next)
			g.Expect(changed).To(BeFalse(), "the second time it changes something")
		})
	}
}

func TestRefusedOperationsOnMembers(t *testing.T) {
	for _, test := range []struct{ name, operation, scimType string }{
		{"a numeric id", `{"op":"add","path":"members","value":[{"value":7}]}`, schema.InvalidValue},
		{"an entry without id", `{"op":"add","path":"members","value":[{"value":"d"},{"display":"x"}]}`, schema.InvalidValue},
		{"an empty id", `{"op":"remove","path":"members","value":[{"value":""}]}`, schema.InvalidValue},
		{"a filter on the name", `{"op":"remove","path":"members[display eq \"x\"]"}`, schema.InvalidPath},
		{"everybody but one", `{"op":"remove","path":"members[value ne \"x\"]"}`, schema.InvalidPath},
		{"both of two", `{"op":"remove","path":"members[value eq \"x\" and value eq \"y\"]"}`, schema.InvalidPath},
		{"a part of a member", `{"op":"replace","path":"members[value eq \"x\"].value","value":"y"}`, schema.InvalidPath},
		{"removal of the group's name", `{"op":"remove","path":"displayName"}`, schema.Mutability},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := NewWithT(t)
			_, err := patch.Parse(operations(t, `{"Operations":[`+test.operation+`]}`), schema.Group)
			e, ok := errors.AsType[*schema.Error](err)
			g.Expect(ok).To(BeTrue(), "error is %v", err)
			g.Expect(e.ScimType).To(Equal(test.scimType))
		})
	}
}

func TestMembersOfTheDocumentAreLeftToTheCaller(t *testing.T) {
	g := NewWithT(t)
	program, err := patch.Parse(operations(t, `{"Operations":[{"op":"replace","value":{"displayName":"New","members":[]}}]}`), schema.Group)
	g.Expect(err).NotTo(HaveOccurred())
	doc := map[string]any{"displayName": "Old", "members": []any{map[string]any{"value": "a"}}}
	changed, err := program.Apply(doc)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(changed).To(BeTrue())
	g.Expect(doc).To(Equal(map[string]any{"displayName": "New", "members": []any{map[string]any{"value": "a"}}}))
	g.Expect(program.Members).To(Equal(patch.MemberChange{Reset: true}))
}

// manyMembers is a group of n members and the value that names them.
func manyMembers(n int) (ids []string, value json.RawMessage) {
	list := make([]map[string]string, n)
	ids = make([]string, n)
	for i := range list {
		ids[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		list[i] = map[string]string{"value": ids[i], "display": fmt.Sprintf("user%d@example.com", i)}
	}
	value, _ = json.Marshal(list)
	return ids, value
}

// removals is one operation for each member.
func removals(ids []string) []patch.Operation {
	list := make([]patch.Operation, len(ids))
	for i, id := range ids {
		list[i] = patch.Operation{Op: "remove", Path: `members[value eq "` + id + `"]`}
	}
	return list
}

func TestALargeChangeOfALargeGroupIsLinear(t *testing.T) {
	g := NewWithT(t)
	ids, _ := manyMembers(200_000)
	change := patch.MemberChange{Remove: ids[1:], Add: ids[:1]}
	start := time.Now()
	next, _ := change.Apply(ids)
	g.Expect(next).To(Equal(ids[:1]))
	g.Expect(time.Since(start)).To(BeNumerically("<", 10*time.Second), "40 billion comparisons take longer than this")
}

func BenchmarkRemoveOneByOne5000(b *testing.B) {
	ids, _ := manyMembers(50_000)
	list := removals(ids[:5000])
	b.ReportAllocs()
	for b.Loop() {
		program, err := patch.Parse(list, schema.Group)
		if err != nil {
			b.Fatal(err)
		}
		program.Members.Apply(ids)
	}
}

func BenchmarkReplaceMembers50000(b *testing.B) {
	ids, value := manyMembers(50_000)
	b.ReportAllocs()
	for b.Loop() {
		program, err := patch.Parse([]patch.Operation{{Op: "replace", Path: "members", Value: value}}, schema.Group)
		if err != nil {
			b.Fatal(err)
		}
		program.Members.Apply(ids)
	}
}
