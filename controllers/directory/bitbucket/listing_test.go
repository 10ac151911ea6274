package bitbucket_test

import (
	"errors"
	"iter"
	"net/http"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/bitbucket"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

var engineers = directory.Group{ID: "engineers", Name: "engineers"}

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

// before is a page before the last, which says where to go on.
func before(next string, entries string) fixed {
	return fixed{200, `{"isLastPage":false,"nextPageStart":` + next + `,"values":[` + entries + `]}`}
}

func TestFindUserAmongThoseWhoPassTheFilter(t *testing.T) {
	const adaInPage2 = "GET admin/users?filter=ada&limit=1000&start=7"
	first := "GET admin/users?filter=ada&limit=1000&start=0"
	cases := map[string]struct {
		script answers
		kind   directory.Kind
	}{
		"she is the only one":             {answers{first: last(ada)}, 0},
		"she comes later":                 {answers{first: before("7", adalbert), adaInPage2: last(adalbert, ada)}, 0},
		"on a page that is empty":         {answers{first: before("7", ""), adaInPage2: last(ada)}, 0},
		"nobody passes":                   {answers{first: last()}, directory.KindNotFound},
		"others pass":                     {answers{first: last(adalbert)}, directory.KindNotFound},
		"the second page fails":           {answers{first: before("7", adalbert), adaInPage2: {500, failure("Oops.")}}, directory.KindUnavailable},
		"the second page is not found":    {answers{first: before("7", adalbert), adaInPage2: {404, loginPage}}, directory.KindUnavailable},
		"no page":                         {answers{first: {200, `{}`}}, directory.KindUnavailable},
		"a login page":                    {answers{first: {200, loginPage}}, directory.KindUnavailable},
		"an answer that breaks off":       {answers{first: {200, last(ada).body[:50]}}, directory.KindUnavailable},
		"a list instead of a page":        {answers{first: {200, `[` + ada + `]`}}, directory.KindUnavailable},
		"somebody without a name":         {answers{first: last(`{"active":true}`)}, directory.KindUnavailable},
		"somebody who may be inactive":    {answers{first: last(`{"name":"ada"}`)}, directory.KindUnavailable},
		"a page without a next one":       {answers{first: before("null", adalbert)}, directory.KindUnavailable},
		"a page that is its own next one": {answers{first: before("0", adalbert)}, directory.KindUnavailable},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := connect(t, script(t, c.script))
			for _, find := range []func() (directory.User, error){
				func() (directory.User, error) { return client.FindUser(t.Context(), "ada") },
				func() (directory.User, error) { return client.FindUserByID(t.Context(), "ada") },
			} {
				found, err := find()
				expectKind(t, err, c.kind)
				if c.kind == 0 {
					NewWithT(t).Expect(found).To(Equal(directory.User{
						ID: "ada", Name: "ada", DisplayName: "Ada", Email: "ada@example.com", Active: true, Directory: "Internal",
					}))
				}
			}
		})
	}
}

func TestAnEmptyNameIsNobodys(t *testing.T) {
	client := connect(t, script(t, answers{})) // no request is made: an empty filter lets everybody pass
	_, err := client.FindUser(t.Context(), "")
	expectKind(t, err, directory.KindNotFound)
	_, err = client.FindGroup(t.Context(), "")
	expectKind(t, err, directory.KindNotFound)
}

func TestListingsFollowBitbucketsOwnCount(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{PageLimit: 2})
	sim.SeedGroup("engineers")
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		sim.add(userbase.User{Name: name, Active: name != "c"})
		sim.SeedMember("engineers", name)
	}
	client := connect(t, sim.config())
	g.Expect(names(client.EachUser(t.Context()))).To(Equal([]string{"a", "admin", "b", "c", "d", "e"}))
	g.Expect(sim.Count(http.MethodGet, "admin/users")).To(Equal(3))
	g.Expect(names(client.EachMember(t.Context(), engineers))).To(Equal([]string{"a", "b", "c", "d", "e"}))
	g.Expect(sim.Requests()).To(HaveLen(6))
}

func TestListingsThatAreNotWhole(t *testing.T) {
	listings := map[string]func(directory.Directory) iter.Seq2[directory.User, error]{
		"GET admin/users": func(d directory.Directory) iter.Seq2[directory.User, error] { return d.EachUser(t.Context()) },
		"GET admin/groups/more-members": func(d directory.Directory) iter.Seq2[directory.User, error] {
			return d.EachMember(t.Context(), engineers)
		},
	}
	cases := map[string]fixed{
		"nothing":                      {200, `{}`},
		"null":                         {200, `null`},
		"no word on the end":           {200, `{"values":[` + ada + `]}`},
		"no entries":                   {200, `{"isLastPage":true}`},
		"no next page":                 before("null", ada),
		"a next page that is this one": before("0", ada),
		"a next page that goes back":   before("-5", ada),
		"one without active":           last(`{"name":"ada"}`),
		"one without a name":           last(`{"active":true}`),
		"a proxy's 404":                {404, loginPage},
		"a wrong context path":         {404, `{"status-code":404,"message":"null for uri: /x"}`},
		"a failure":                    {500, failure("Oops.")},
		"a page of another type":       {200, `{"isLastPage":true,"values":"ada"}`},
		"a next page of another type":  before(`"7"`, ada),
		"a login page":                 {200, loginPage},
		"one who is in no object":      last(`"ada"`),
		"an answer that breaks off":    {200, last(ada).body[:60]},
	}
	for name, answer := range cases {
		t.Run(name, func(t *testing.T) {
			for request, list := range listings {
				found, err := names(list(connect(t, script(t, answers{request: answer}))))
				expectKind(t, err, directory.KindUnavailable)
				NewWithT(t).Expect(len(found)).To(BeNumerically("<=", 1))
			}
		})
	}
}

func TestNobodyAtAllIsNoListing(t *testing.T) {
	_, err := names(connect(t, script(t, answers{"GET admin/users": last()})).EachUser(t.Context()))
	expectKind(t, err, directory.KindUnavailable)
	NewWithT(t).Expect(err).To(MatchError(ContainSubstring("no users at all")))
}

func TestAPauseInAListingEndsItAndStopsEverybody(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{PageLimit: 1})
	sim.add(userbase.User{Name: "zoe", Active: true})
	sim.fail(rig.Rule{Path: "start=2", Kind: rig.KindError, Status: http.StatusTooManyRequests, RetryAfterSeconds: 60})
	client := connect(t, sim.config())

	found, err := names(client.EachUser(t.Context()))
	g.Expect(found).To(HaveLen(1))
	expectKind(t, err, directory.KindRateLimited)
	sim.ClearRequests()

	_, err = client.CreateGroup(t.Context(), "engineers")
	paused, ok := errors.AsType[*directory.Error](err)
	g.Expect(ok).To(BeTrue())
	g.Expect(paused.RetryAfter).To(BeNumerically("~", time.Minute, 10*time.Second))
	g.Expect(sim.Requests()).To(BeEmpty())
}
