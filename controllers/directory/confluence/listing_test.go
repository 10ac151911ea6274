package confluence_test

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
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

// list is a page of users with a link to the next one, if any.
func list(next string, users ...string) scripted {
	people := make([]string, 0, len(users))
	for _, name := range users {
		people = append(people, fmt.Sprintf(`{"type":"known","username":%q,"userKey":"key-of-%s"}`, name, name))
	}
	links := `{}`
	if next != "" {
		links = fmt.Sprintf(`{"next":%q}`, next)
	}
	return scripted{200, `{"results":[` + strings.Join(people, ",") + `],"_links":` + links + `}`}
}

// at is the request for the users from there on.
func at(start string) string { return "GET user/list?expand=status&limit=200&start=" + start }

func TestEachUserReadsToTheEnd(t *testing.T) {
	withoutLinks := func(s scripted) scripted { return scripted{200, strings.Replace(s.body, `,"_links":{}`, "", 1)} }
	cases := map[string]answers{
		"links within the instance": {
			at("0"): list("/rest/api/user/list?limit=2&start=1", "ada"), at("1"): list("", "grace")},
		"links to another host": {
			at("0"): list("https://evil.example.com/rest/api/user/list?start=1", "ada"), at("1"): list("", "grace")},
		"links that leave somebody out of sight": {
			at("0"): list("?start=50", "ada"), at("50"): list("", "grace")},
		"users that are only remembered": {
			at("0"): {200, `{"results":[{"type":"known","username":"ada","userKey":"a"},{"type":"unknown","userKey":"b"},` +
				`{"type":"known","username":"grace","userKey":"c"}],"_links":{}}`}},
		"pages that say nothing of an end": {
			at("0"): withoutLinks(list("", "ada")), at("1"): withoutLinks(list("", "grace")), at("2"): withoutLinks(list(""))},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			everybody := connect(t, script(t, c)).EachUser(t.Context())
			for range 2 {
				NewWithT(t).Expect(names(everybody)).To(Equal([]string{"ada", "grace"}))
			}
		})
	}
}

func TestListingsThatAreNotWhole(t *testing.T) {
	one := func(body string) answers { return answers{at("0"): {200, body}} }
	cases := map[string]answers{
		"nothing":                 one(`{}`),
		"null":                    one(`null`),
		"a list of nothing":       one(`{"results":null,"_links":{}}`),
		"nobody, not even us":     {at("0"): list("")},
		"an error with status ok": one(`{"statusCode":500,"message":"Oops."}`),
		"a user without a key":    one(`{"results":[{"type":"known","username":"ada"}],"_links":{}}`),
		"a user without a name":   one(`{"results":[{"type":"known","userKey":"8a80"}],"_links":{}}`),
		"a page that breaks off":  one(`{"results":[{"type":"known","username":"ada","us`),
		"a login page":            one(loginPage),
		"a link that leads back":  {at("0"): list("?start=0", "ada")},
		"a link to nowhere":       {at("0"): list("?page=2", "ada")},
		"a link that is none":     {at("0"): list("%zz", "ada")},
		"a page that comes again": {at("0"): list("?start=1", "ada"), at("1"): list("?start=2", "ada")},
		"an empty page that is not the last": {
			at("0"): list("?start=1", "ada"), at("1"): list("?start=2")},
		"a second page that fails": {at("0"): list("?start=1", "ada"), at("1"): {500, ""}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := names(connect(t, script(t, c)).EachUser(t.Context()))
			g := NewWithT(t)
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable), "%v", err)
			g.Expect(directory.IsDown(err)).To(BeFalse())
		})
	}
}
