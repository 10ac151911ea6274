package bitbucket_test

import (
	"fmt"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func TestPagesGoOnWhereTheySay(t *testing.T) {
	g := NewWithT(t)
	i := start(t, bitbucket.Options{PageLimit: 3})
	i.seed("a", "b", "c", "d", "e", "f")

	var names []string
	for start, last := 0, false; !last; {
		read := i.page(fmt.Sprintf("GET admin/users?limit=1000&start=%d", start))
		g.Expect(read.Limit).To(Equal(3), "an instance caps its pages")
		for _, user := range read.Values {
			names = append(names, user.Name)
		}
		if last = read.IsLastPage; !last {
			start = *read.NextPageStart
		}
	}
	g.Expect(names).To(Equal([]string{"a", "admin", "b", "c", "d", "e", "f"}))

	counted := i.names("GET admin/users?limit=3&start=3")
	g.Expect(counted).To(ContainElement("b"), "who counts on gets entries twice")
	g.Expect(i.page("GET admin/users?start=12").NextPageStart).To(BeNil())
	g.Expect(i.page("GET admin/users?start=999").IsLastPage).To(BeTrue())
	startUnchecked(t, bitbucket.Options{}).expect("GET admin/users?limit=-1", "", 400, `"context":"limit"`)
}

func TestPagesHold25UnlessAskedFor(t *testing.T) {
	i := start(t, bitbucket.Options{})
	for n := range 30 {
		i.seed(fmt.Sprintf("person%02d", n))
	}
	NewWithT(t).Expect(i.page("GET admin/users").Values).To(HaveLen(25))
	NewWithT(t).Expect(i.page("GET admin/users?limit=1000").Values).To(HaveLen(31))
}

func TestFiltersAreSubstrings(t *testing.T) {
	i := start(t, bitbucket.Options{})
	i.seed("ada", "Adalbert")
	i.add(userbase.User{Name: "eve", Email: "eve@cicada.example"})
	i.group("Engineers")
	i.group("engineers-eu")
	cases := map[string][]string{
		"GET admin/users?filter=ada":                                 {"ada", "Adalbert", "eve"},
		"GET admin/users?filter=ADA":                                 {"ada", "Adalbert", "eve"},
		"GET admin/users?filter=eve+Example":                         {"eve"},
		"GET admin/users?filter=nobody":                              {},
		"GET admin/groups?filter=engineers":                          {"Engineers", "engineers-eu"},
		"GET admin/groups/more-members?context=Engineers&filter=ada": {},
	}
	for request, names := range cases {
		NewWithT(t).Expect(i.names(request)).To(ConsistOf(names), request)
	}
	strict := start(t, bitbucket.Options{Unconfirmed: bitbucket.Unconfirmed{CaseSensitiveFilter: true}})
	strict.seed("ada")
	NewWithT(t).Expect(strict.names("GET admin/users?filter=ADA")).To(BeEmpty())
}
