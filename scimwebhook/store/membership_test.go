package store

import (
	"fmt"
	"testing"

	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

func page(name string, members ...string) *v1alpha1.MembershipSlice {
	return &v1alpha1.MembershipSlice{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       v1alpha1.MembershipSliceSpec{Members: members},
	}
}

func numbered(prefix string, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint(prefix, i)
	}
	return ids
}

func TestAPageTakesWhatItHasRoomFor(t *testing.T) {
	for _, row := range []struct {
		name                  string
		members, add          int
		wantMembers, wantLeft int
	}{
		{"nothing into nothing", 0, 0, 0, 0},
		{"all", 10, 5, 15, 0},
		{"to the brim", 249, 1, 250, 0},
		{"one too many", 249, 2, 250, 1},
		{"none into a full page", 250, 3, 250, 3},
		{"none into one that is over-full", 1000, 3, 1000, 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := NewWithT(t)
			members, add := numbered("old-", row.members), numbered("new-", row.add)
			next, left := fill(members, add)
			g.Expect(next).To(HaveLen(row.wantMembers))
			g.Expect(left).To(HaveLen(row.wantLeft))
			g.Expect(append(next, left...)).To(HaveExactElements(append(members, add...)), "nothing is lost, and the order stays")
		})
	}
}

func TestOnlyAPageThatIsHalfEmptyIsOpenedAgain(t *testing.T) {
	half, less, more := page("half", numbered("a", 125)...), page("less", numbered("b", 100)...), page("more", numbered("c", 126)...)
	for _, row := range []struct {
		name  string
		pages []*v1alpha1.MembershipSlice
		full  string
		want  *v1alpha1.MembershipSlice
	}{
		{"no page", nil, "", nil},
		{"the fullest", []*v1alpha1.MembershipSlice{less, half, more}, "", half},
		{"none that is fuller", []*v1alpha1.MembershipSlice{more}, "", nil},
		{"not the one just closed", []*v1alpha1.MembershipSlice{less, half}, "half", less},
	} {
		t.Run(row.name, func(t *testing.T) {
			NewWithT(t).Expect(reopen(row.pages, row.full)).To(BeIdenticalTo(row.want))
		})
	}
}

func TestAReplacementTouchesOnlyWhatDiffers(t *testing.T) {
	pages := func(all ...[]string) [][]string { return all }
	for _, row := range []struct {
		name    string
		want    []string
		pages   [][]string
		remove  [][]string
		add     []string
		touched int // with the last page open, and room for one
	}{
		{"the same", []string{"b", "a"}, pages([]string{"a"}, []string{"b"}), pages(nil, nil), nil, 0},
		{"one more", []string{"a", "b", "c"}, pages([]string{"a"}, []string{"b"}), pages(nil, nil), []string{"c"}, 1},
		{"one for another, on one page", []string{"a", "c"}, pages([]string{"a"}, []string{"b"}), pages(nil, []string{"b"}), []string{"c"}, 1},
		{"one for another, on two", []string{"b", "c"}, pages([]string{"a"}, []string{"b"}), pages([]string{"a"}, nil), []string{"c"}, 2},
		{"more than fit", []string{"a", "b", "c", "d"}, pages([]string{"a"}, []string{"b"}), pages(nil, nil), []string{"c", "d"}, 2},
		{"nobody", nil, pages([]string{"a"}, []string{"b"}), pages([]string{"a"}, []string{"b"}), nil, 2},
		{"one that is on two pages", []string{"a"}, pages([]string{"a"}, []string{"a"}), pages(nil, []string{"a"}), nil, 1},
		{"one that is named twice", []string{"a", "a"}, pages(nil), pages(nil), []string{"a"}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := NewWithT(t)
			r := replaceAll(row.want, row.pages)
			g.Expect(r.add).To(Equal(row.add))
			for i, ids := range row.remove {
				g.Expect(r.remove[i]).To(Equal(setOf(ids)))
			}
			g.Expect(r.touched(len(row.pages)-1, 1)).To(Equal(row.touched))
		})
	}
}

func TestMembersComeInTheOrderOfPages(t *testing.T) {
	g := NewWithT(t)
	first := []string{"a", "b"}
	g.Expect(allMembers(first, nil)).To(Equal(first))
	g.Expect(allMembers(first, []*v1alpha1.MembershipSlice{page("g-000010", "e", "a"), page("g-000009", "d", "c")})).
		To(Equal([]string{"a", "b", "d", "c", "e"}), "each once")
}

func TestNamesOfSlicesSortByTurn(t *testing.T) {
	g := NewWithT(t)
	group := &v1alpha1.ProvisionedGroup{ObjectMeta: metav1.ObjectMeta{Name: "team", UID: "01234567-89ab-cdef-0123-456789abcdef"}}
	g.Expect(sliceName(group, 9)).To(Equal("team-01234567-000009"))
	g.Expect(sliceName(group, 9) < sliceName(group, 10)).To(BeTrue())
}
