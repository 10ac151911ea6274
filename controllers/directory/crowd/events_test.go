package crowd_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func feedOf(t *testing.T, config directory.Config) directory.ChangeFeed {
	t.Helper()
	return connect(t, config).(directory.ChangeFeed)
}

func TestChangesAreTold(t *testing.T) {
	for name, unconfirmed := range map[string]simulator.Unconfirmed{"plain events": {}, "wrapped events": {WrappedEvents: true}} {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startSimulator(t, simulator.Options{Unconfirmed: unconfirmed})
			for _, name := range []string{"ada", "bob", "eve", "bystander"} {
				sim.SeedUser(directory.User{Name: name, Active: true})
			}
			for _, name := range []string{"devs", "old", "child"} {
				sim.SeedGroup(name)
			}
			sim.SeedMember("devs", "eve")
			feed := feedOf(t, sim.config())
			cursor, err := feed.Now(t.Context())
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(feed.Since(t.Context(), cursor)).To(Equal(directory.Changes{Cursor: cursor}))

			sim.must(sim.ChangeUser("ada", func(u *userbase.User) { u.Active = false }))
			sim.SeedUser(directory.User{Name: "new one"})
			sim.SeedGroup("new group")
			sim.must(sim.RemoveUser("bob"))
			sim.must(sim.RemoveMember("devs", "eve"))
			changes, err := feed.Since(t.Context(), cursor)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(changes.Usernames).To(ConsistOf("ada", "bob", "eve", "new one"))
			g.Expect(changes.Groups).To(ConsistOf("devs", "new group"))

			sim.must(sim.AddSubgroup("devs", "child"))
			again, err := feed.Since(t.Context(), changes.Cursor)
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(again.Usernames).To(BeEmpty())
			g.Expect(again.Groups).To(ConsistOf("devs", "child"))
		})
	}
}

func TestAFeedThatCannotTell(t *testing.T) {
	rename := func(s *simulated) { s.must(s.ChangeUser("ada", func(u *userbase.User) { u.Name = "countess" })) }
	many := func(s *simulated) {
		for _, name := range []string{"b", "c", "d", "e"} {
			s.SeedUser(directory.User{Name: name})
		}
	}
	cases := map[string]struct {
		options simulator.Options
		happens func(*simulated)
	}{
		"a rename makes tokens too old":       {simulator.Options{}, rename},
		"there was more than Crowd keeps":     {simulator.Options{FeedLength: 3}, many},
		"a token that is too old, with a 404": {simulator.Options{FeedLength: 3, Unconfirmed: simulator.Unconfirmed{TokenExpiredStatus: 404}}, many},
		"a token that is too old, with a 410": {simulator.Options{FeedLength: 3, Unconfirmed: simulator.Unconfirmed{TokenExpiredStatus: 410}}, many},
		"a token that is too old, with a 500": {simulator.Options{FeedLength: 3, Unconfirmed: simulator.Unconfirmed{TokenExpiredStatus: 500}}, many},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			sim := startUnchecked(t, c.options)
			sim.SeedUser(directory.User{Name: "ada"})
			feed := feedOf(t, sim.config())
			cursor, err := feed.Now(t.Context())
			g.Expect(err).NotTo(HaveOccurred())
			c.happens(sim)
			_, err = feed.Since(t.Context(), cursor)
			expectKind(t, err, directory.KindNotFound)
			g.Expect(directory.IsDown(err)).To(BeFalse())
		})
	}
}

func TestNoFeed(t *testing.T) {
	for name, options := range map[string]simulator.Options{"an old version": {WithoutFeed: true}, "switched off": {FeedOff: true}} {
		t.Run(name, func(t *testing.T) {
			sim := startSimulator(t, options)
			_, err := feedOf(t, sim.config()).Now(t.Context())
			expectKind(t, err, directory.KindUnsupported)
			_, err = feedOf(t, sim.config()).Since(t.Context(), "8047511070899496297:0")
			expectKind(t, err, directory.KindNotFound)
		})
	}
}

// TestEvents: an event that is not understood in full makes everything be
// listed again; it is never passed over.
func TestEvents(t *testing.T) {
	cases := map[string]struct {
		events        string
		users, groups []string
		again         bool
	}{
		"none":                             {`[]`, nil, nil, false},
		"absent":                           {`null`, nil, nil, false},
		"a user":                           {`[{"operation":"UPDATED","user":{"name":"ada","link":{"rel":"self"}}}]`, []string{"ada"}, nil, false},
		"a user in a wrapper":              {`[{"userEvent":{"operation":"UPDATED","user":{"name":"ada"}}}]`, []string{"ada"}, nil, false},
		"a user with attributes":           {`[{"user":{"name":"ada"},"storedAttributes":{"attributes":[{"name":"phone","values":["1"]}]}}]`, []string{"ada"}, nil, false},
		"a group":                          {`[{"operation":"DELETED","group":{"name":"devs"}}]`, nil, []string{"devs"}, false},
		"a membership":                     {`[{"childUser":{"name":"ada"},"parentGroups":{"groups":[{"name":"devs"},{"name":"leads"}]}}]`, []string{"ada"}, []string{"devs", "leads"}, false},
		"a membership, with a plain list":  {`[{"childUser":{"name":"ada"},"parentGroups":[{"name":"devs"}]}]`, []string{"ada"}, []string{"devs"}, false},
		"a subgroup":                       {`[{"group":{"name":"devs"},"parentGroups":{"groups":[{"name":"all"}]},"childGroups":{"groups":[]}}]`, nil, []string{"all", "devs"}, false},
		"one twice":                        {`[{"user":{"name":"ada"}},{"user":{"name":"ada"}}]`, []string{"ada"}, nil, false},
		"a membership without its groups":  {`[{"childUser":{"name":"ada"},"memberOf":["devs"]}]`, nil, nil, true},
		"all groups of a user":             {`[{"childUser":{"name":"ada"},"parentGroups":{"groups":[{"name":"devs"}]},"absolute":true}]`, nil, nil, true},
		"not all groups of a user":         {`[{"childUser":{"name":"ada"},"parentGroups":{"groups":[{"name":"devs"}]},"absolute":false}]`, []string{"ada"}, []string{"devs"}, false},
		"nothing that is known":            {`[{"operation":"CHANGED","name":"ada"}]`, nil, nil, true},
		"a user without a name":            {`[{"user":{"name":""}}]`, nil, nil, true},
		"a text":                           {`["ada"]`, nil, nil, true},
		"one that is known and one is not": {`[{"user":{"name":"ada"}},{"alias":{"name":"x"}}]`, nil, nil, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			feed := feedOf(t, script(t, answers{"GET event/1:2": {200, `{"newEventToken":"1:3","events":` + c.events + `}`}}))
			changes, err := feed.Since(t.Context(), "1:2")
			if c.again {
				expectKind(t, err, directory.KindNotFound)
				return
			}
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(changes).To(Equal(directory.Changes{Cursor: "1:3", Usernames: c.users, Groups: c.groups}))
		})
	}
}

// TestFeedAnswers: what is wrong with the feed alone does not close a gate,
// what is wrong with Crowd does.
func TestFeedAnswers(t *testing.T) {
	cases := map[string]struct {
		answer     reply
		now, since directory.Kind
	}{
		"no token":                {reply{200, `{"incrementalSynchronisationAvailable":true}`}, directory.KindUnsupported, directory.KindNotFound},
		"not available":           {reply{200, `{"newEventToken":"1:2","incrementalSynchronisationAvailable":false}`}, directory.KindUnsupported, directory.KindNotFound},
		"not said to be so":       {reply{200, `{"newEventToken":"1:2"}`}, directory.KindUnsupported, 0},
		"available, as a string":  {reply{200, `{"newEventToken":"1:2","incrementalSynchronisationAvailable":"true"}`}, 0, 0},
		"events of another shape": {reply{200, `{"newEventToken":"1:2","incrementalSynchronisationAvailable":true,"events":{"a":1}}`}, directory.KindUnsupported, directory.KindNotFound},
		"not JSON":                {reply{200, `<html>Hello</html>`}, directory.KindUnsupported, directory.KindNotFound},
		"an odd refusal":          {reply{400, failed}, directory.KindUnsupported, directory.KindNotFound},
		"not permitted":           {reply{403, notAllowed}, directory.KindUnsupported, directory.KindNotFound},
		"an internal error":       {reply{500, failed}, directory.KindUnsupported, directory.KindNotFound},
		"not implemented":         {reply{501, ``}, directory.KindUnsupported, directory.KindNotFound},
		"wrong credentials":       {reply{401, ``}, directory.KindUnauthorized, directory.KindUnauthorized},
		"too many requests":       {reply{429, ``}, directory.KindRateLimited, directory.KindRateLimited},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			config := script(t, answers{"GET event": c.answer, "GET event/1:2": c.answer})
			_, now := feedOf(t, config).Now(t.Context())
			expectKind(t, now, c.now)
			config = script(t, answers{"GET event": c.answer, "GET event/1:2": c.answer})
			_, since := feedOf(t, config).Since(t.Context(), "1:2")
			expectKind(t, since, c.since)
			g.Expect(directory.IsDown(since)).To(Equal(c.since == directory.KindUnauthorized))
		})
	}
}

func TestAFeedOfACrowdThatIsDown(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	sim.fail(rig.Rule{Kind: rig.KindHTML, Status: 503})
	_, err := feedOf(t, sim.config()).Since(t.Context(), "1:2")
	expectKind(t, err, directory.KindUnavailable)
	g.Expect(directory.IsDown(err)).To(BeTrue())
}
