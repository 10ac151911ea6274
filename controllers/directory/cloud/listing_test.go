package cloud_test

import (
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// names reads a listing to its end.
func names(listing iter.Seq2[directory.User, error]) (found []string, err error) {
	for user, failure := range listing {
		if failure != nil {
			return found, failure
		}
		found = append(found, user.Name)
	}
	return found, nil
}

func (s *simulated) seedMany(count int) (users []directory.User) {
	for i := range count {
		name := fmt.Sprintf("person%04d", i)
		users = append(users, s.SeedUser(directory.User{Name: name, Email: name + "@example.com", Active: true}))
	}
	return users
}

func TestAListingCostsItsPages(t *testing.T) {
	g := NewWithT(t)
	sim := startUnchecked(t, simulator.Options{})
	sim.seedMany(1000)
	found, err := names(connect(t, sim.config()).EachUser(t.Context()))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(found).To(HaveLen(1000))
	g.Expect(sim.Requests()).To(HaveLen(11), "pages of 100 that overlap by one")
}

// pages answers with a page of accounts, by their start, of a total.
func pages(total int, byStart map[int]string) answers {
	script := answers{}
	for start, ids := range byStart {
		var users []string
		for id := range strings.FieldsSeq(ids) {
			users = append(users, fmt.Sprintf(`{"id":%q,"userName":%q,"active":true}`, id, id))
		}
		body := fmt.Sprintf(`{"totalResults":%d,"Resources":[%s]}`, total, strings.Join(users, ","))
		script[fmt.Sprintf("GET Users?count=100&startIndex=%d", start)] = struct {
			status int
			body   string
		}{200, body}
	}
	return script
}

func TestEachUserFollowsTheTotal(t *testing.T) {
	cases := map[string]struct {
		total int
		pages map[int]string
		want  string
	}{
		"an empty directory":             {0, map[int]string{1: ""}, ""},
		"pages that get shorter":         {5, map[int]string{1: "a b c", 3: "c d", 4: "d e"}, "a b c d e"},
		"pages of one":                   {3, map[int]string{1: "a", 2: "b", 3: "c"}, "a b c"},
		"a page with nobody new":         {3, map[int]string{1: "a b", 2: "b", 3: "c"}, "a b c"},
		"everybody whatever is asked":    {3, map[int]string{1: "a b c"}, "a b c"},
		"somebody came in before":        {4, map[int]string{1: "a b", 2: "x b", 3: "b c"}, "a b x c"},
		"more than the total, all alike": {2, map[int]string{1: "a b c"}, "a b c"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, _ := script(t, pages(c.total, c.pages))
			found, err := names(d.EachUser(t.Context()))
			NewWithT(t).Expect(err).NotTo(HaveOccurred())
			NewWithT(t).Expect(strings.Join(found, " ")).To(Equal(c.want))
		})
	}
}

func TestEachUserIsNotCompleteWhen(t *testing.T) {
	cases := map[string]struct {
		script answers
		want   string
	}{
		"an account went away, so that the next page misses one": {pages(5, map[int]string{1: "a b c", 3: "d e"}), "users moved from one page to another"},
		"accounts come twice and others not at all":              {pages(4, map[int]string{1: "a b", 2: "b a", 3: "a b"}), "fewer users than it counts"},
		"the last page is empty":                                 {pages(3, map[int]string{1: "a", 2: ""}), "an empty page of users"},
		"there is no total":                                      {answers{"GET Users": {200, `{"Resources":[` + ada + `]}`}}, "no list of users"},
		"the answer is about something else":                     {answers{"GET Users": {200, `{}`}}, "no list of users"},
		"nobody can tell who is active":                          {answers{"GET Users": {200, `{"totalResults":1,"Resources":[{"id":"A","userName":"ada"}]}`}}, "active of a user"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, _ := script(t, c.script)
			_, err := names(d.EachUser(t.Context()))
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring(c.want)))
			NewWithT(t).Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
			NewWithT(t).Expect(directory.IsDown(err)).To(BeFalse(), "the next sweep tries again")
		})
	}
}

func TestAnAccountErasedMeanwhileHidesNobody(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	sim.seedMany(3 * pageSize)
	read := 0
	var failure error
	for _, err := range connect(t, sim.config()).EachUser(t.Context()) {
		if failure = err; err != nil {
			break
		}
		if read++; read == 1 {
			sim.must(sim.EraseUser("person0001"))
		}
	}
	g.Expect(failure).To(MatchError(ContainSubstring("users moved from one page to another while they were listed, as when one is deleted; the listing is not complete")))
}

func TestAccountsCreatedMeanwhileDoNotSpoilAListing(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	d := connect(t, sim.config())
	before := sim.seedMany(2 * pageSize)
	var listed []directory.User
	for user, err := range d.EachUser(t.Context()) {
		g.Expect(err).NotTo(HaveOccurred())
		listed = append(listed, user)
		if len(listed)%2 == 0 && len(listed) < 3*pageSize {
			_, err := d.CreateUser(t.Context(), directory.NewUser{Name: "after-" + user.Name, Email: "after-" + user.Email})
			g.Expect(err).NotTo(HaveOccurred())
		}
	}
	g.Expect(listed).To(ContainElements(before))
	g.Expect(len(listed)).To(BeNumerically(">", len(before)), "later pages show what came meanwhile")
}

func TestAListingThatBreaksOff(t *testing.T) {
	cases := map[string]struct {
		rule rig.Rule
		want string
	}{
		"half of the JSON":       {rig.Rule{Kind: rig.KindTruncated}, "the answer cannot be read"},
		"a page for people":      {rig.Rule{Kind: rig.KindHTML, Status: http.StatusOK}, "a login page or a proxy answered"},
		"a redirect to a login":  {rig.Rule{Kind: rig.KindLogin}, "redirected to http://login.invalid, which was not followed"},
		"an error":               {rig.Rule{Kind: rig.KindError}, "The simulator was told to fail."},
		"a large error page":     {rig.Rule{Kind: rig.KindLarge, Status: http.StatusBadGateway}, "Bad Gateway"},
		"a reset of connections": {rig.Rule{Kind: rig.KindReset}, "reset"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simOptions())
			sim.seedMany(2 * pageSize)
			c.rule.Path = "startIndex=3"
			sim.fail(c.rule)
			found, err := names(connect(t, sim.config()).EachUser(t.Context()))
			g.Expect(found).To(HaveLen(pageSize))
			g.Expect(err).To(MatchError(ContainSubstring(c.want)))
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
		})
	}
}

func TestAFlakyDirectoryIsListedAllTheSame(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simOptions())
	sim.seedMany(4 * pageSize)
	sim.fail(rig.Rule{Kind: rig.KindError, Status: http.StatusBadGateway, Every: 2})
	found, err := names(connect(t, sim.config()).EachUser(t.Context()))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(found).To(HaveLen(4 * pageSize))
}
