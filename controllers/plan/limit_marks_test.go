package plan_test

import (
	"fmt"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/plan"
)

func TestMarksTellApprovedMembers(t *testing.T) {
	ada, bob, eve := directory.User{Name: "ada"}, directory.User{ID: "4711"}, directory.User{Name: "eve"}
	tests := map[string]struct {
		approved, going, left []directory.User
	}{
		"nobody was approved":         {going: []directory.User{ada}},
		"nobody goes":                 {approved: []directory.User{ada}},
		"all of them are left":        {approved: []directory.User{ada, bob}, going: []directory.User{bob, ada}, left: []directory.User{bob, ada}},
		"some have gone":              {approved: []directory.User{ada, bob}, going: []directory.User{bob}, left: []directory.User{bob}},
		"somebody else is to go":      {approved: []directory.User{ada}, going: []directory.User{ada, eve}, left: []directory.User{ada}},
		"names are not told by case":  {approved: []directory.User{ada}, going: []directory.User{{Name: "Ada"}}, left: []directory.User{{Name: "Ada"}}},
		"an id and no name is enough": {approved: []directory.User{bob}, going: []directory.User{bob}, left: []directory.User{bob}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			marks := plan.Mark(test.approved)
			g.Expect(plan.Marked(test.going, marks)).To(HaveExactElements(test.left))
		})
	}
}

func TestMarksAreSmallAndStrangeOnesTellNobody(t *testing.T) {
	g := NewWithT(t)
	everybody := make([]directory.User, 10_000)
	for i := range everybody {
		everybody[i].Name = fmt.Sprintf("somebody.with.a.long.name.%d@example.com", i)
	}
	marks := plan.Mark(everybody)
	g.Expect(len(marks)).To(BeNumerically("<=", 80_000), "which an object has room for")
	g.Expect(plan.Marked(everybody, marks)).To(HaveLen(10_000))
	g.Expect(plan.Marked(everybody, "no Base64")).To(BeEmpty())
}
