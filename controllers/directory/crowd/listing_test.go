package crowd_test

import (
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
)

var devs = directory.Group{ID: "devs", Name: "devs"}

// names reads a listing to its end.
func names(listing iter.Seq2[directory.User, error]) (found []string, err error) {
	for user, err := range listing {
		if err != nil {
			return found, err
		}
		found = append(found, user.Name)
	}
	return found, nil
}

func TestShortPagesAreNotTheEnd(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{MaxResults: 4, ShortPages: true})
	sim.SeedGroup("devs")
	var want []string
	for i := range 11 {
		name := fmt.Sprintf("person%02d", i)
		want = append(want, name)
		sim.SeedUser(directory.User{Name: name, Active: i%2 == 0})
		sim.SeedMember("devs", name)
	}
	client := connect(t, sim.config())
	g.Expect(names(client.EachUser(t.Context()))).To(Equal(want))
	g.Expect(names(client.EachMember(t.Context(), devs))).To(Equal(want))
}

// TestListings: the two listings read pages in the same way.
func TestListings(t *testing.T) {
	const (
		ada  = `{"name":"ada","active":true,"key":"k1"}`
		bob  = `{"name":"bob","active":"false","key":"k2"}`
		none = `{"expand":"user","users":[]}`
	)
	list := func(users string) string { return `{"expand":"user","users":[` + users + `]}` }
	cases := map[string]struct {
		pages []string // the last is repeated
		want  []string
		kind  directory.Kind
	}{
		"nobody":                            {[]string{none}, nil, 0},
		"two pages":                         {[]string{list(ada), list(bob), none}, []string{"ada", "bob"}, 0},
		"somebody is seen twice":            {[]string{list(ada + "," + bob), list(`{"name":"BOB","active":true},{"name":"eve","active":true}`), none}, []string{"ada", "bob", "eve"}, 0},
		"a server that does not count on":   {[]string{list(ada + "," + bob)}, []string{"ada", "bob"}, directory.KindUnavailable},
		"an entry without a name":           {[]string{list(`{"active":true}`)}, nil, directory.KindUnavailable},
		"no list":                           {[]string{`{}`}, nil, directory.KindUnavailable},
		"a list that is null":               {[]string{`{"users":null}`}, nil, directory.KindUnavailable},
		"names as the vendor's page prints": {[]string{`{"user":[` + ada + `]}`}, nil, directory.KindUnavailable},
		"the second page is something else": {[]string{list(ada), `{"hello":"world"}`}, []string{"ada"}, directory.KindUnavailable},
		"the second page is a login page":   {[]string{list(ada), `<html>Log in</html>`}, []string{"ada"}, directory.KindUnavailable},
		"the second page breaks off":        {[]string{list(ada), list(bob)[:30]}, []string{"ada"}, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			for _, read := range []func(directory.Directory) iter.Seq2[directory.User, error]{
				func(d directory.Directory) iter.Seq2[directory.User, error] { return d.EachUser(t.Context()) },
				func(d directory.Directory) iter.Seq2[directory.User, error] { return d.EachMember(t.Context(), devs) },
			} {
				asked := 0
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					_, _ = w.Write([]byte(c.pages[min(asked, len(c.pages)-1)]))
					asked++
				}))
				found, err := names(read(connect(t, directory.Config{
					URL: server.URL, Username: "app", Password: "p", AllowInsecureHTTP: true, RequestsPerSecond: 1000,
				})))
				server.Close()
				g.Expect(found).To(Equal(c.want))
				if c.kind == 0 {
					g.Expect(err).NotTo(HaveOccurred())
					continue
				}
				g.Expect(directory.KindOf(err)).To(Equal(c.kind), "%v", err)
				g.Expect(asked).To(BeNumerically("<", 10), "it does not ask for ever")
			}
		})
	}
}

func TestListingsThatAreNotExpanded(t *testing.T) {
	g := NewWithT(t)
	client := connect(t, script(t, answers{
		"GET group/user/direct?expand=user&groupname=devs&max-results=1000&start-index=0": {200, `{"users":[{"name":"ada"}]}`},
		"GET group/user/direct?expand=user&groupname=devs&max-results=1000&start-index=1": {200, `{"users":[]}`},
		"GET search": {200, `{"users":[{"name":"ada"}]}`},
	}))
	for member, err := range client.EachMember(t.Context(), devs) {
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(member).To(Equal(directory.User{Name: "ada"}), "a member is known by its name")
	}
	_, err := names(client.EachUser(t.Context()))
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "everybody would seem to be disabled")
}

func TestMembersOfSubgroupsAreNotMembers(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.SeedUser(directory.User{Name: "ada", Active: true})
	sim.SeedUser(directory.User{Name: "bob", Active: true})
	sim.SeedGroup("devs")
	sim.SeedGroup("leads")
	sim.SeedMember("devs", "ada")
	sim.SeedMember("leads", "bob")
	sim.must(sim.AddSubgroup("devs", "leads"))
	client := connect(t, sim.config())
	g.Expect(names(client.EachMember(t.Context(), devs))).To(ConsistOf("ada"))
	g.Expect(client.GroupsOf(t.Context(), directory.User{Name: "bob"})).To(ConsistOf(directory.Group{ID: "leads", Name: "leads"}))
	g.Expect(client.RemoveMembers(t.Context(), devs, []directory.User{{Name: "bob"}})).To(Succeed(), "he never was a direct member")
}
