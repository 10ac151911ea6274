package confluence_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/confluence"
	simulator "github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// deletion is a Confluence with ada, and a client that does not rest.
func deletion(t *testing.T, options simulator.Options) (*simulated, directory.Directory, string) {
	t.Helper()
	sim := startSimulator(t, options)
	client := connect(t, sim.config())
	confluence.Pace(client, time.Microsecond, time.Minute)
	ada := userbase.User{Name: "ada", Active: true}
	if len(options.Directories) > 0 {
		ada.Directory = options.Directories[0].Name
	}
	added, err := sim.AddUser(ada)
	sim.must(err)
	return sim, client, added.Key
}

func TestDeletionIsFollowedToItsEnd(t *testing.T) {
	g := NewWithT(t)
	sim, client, ada := deletion(t, simulator.Options{TaskLooks: 3})
	g.Expect(client.DeleteUser(t.Context(), ada)).To(Succeed())
	_, there := sim.User("ada")
	g.Expect(there).To(BeFalse())
	g.Expect(sim.Count(http.MethodDelete, "admin/user/{username}")).To(Equal(1))
	g.Expect(sim.Count(http.MethodGet, "longtask/{id}")).To(Equal(4))
}

func TestDeletionThatFailsShowsConfluencesReason(t *testing.T) {
	g := NewWithT(t)
	_, client, ada := deletion(t, simulator.Options{
		TaskLooks: 1, Directories: []userbase.Options{{Name: "LDAP", ReadOnly: true}},
		Unconfirmed: simulator.Unconfirmed{RefusesInTask: true},
	})
	err := client.DeleteUser(t.Context(), ada)
	expectError(t, err, directory.KindUnavailable, "Confluence could not delete the user: HTTP 403: User ada is in a user directory")
	g.Expect(directory.IsDown(err)).To(BeFalse(), "it is about one user only")
}

func TestTaskThatIsForgottenIsSeenByTheAccount(t *testing.T) {
	sim, client, ada := deletion(t, simulator.Options{Unconfirmed: simulator.Unconfirmed{ForgetsTasks: true}})
	g := NewWithT(t)
	g.Expect(client.DeleteUser(t.Context(), ada)).To(Succeed())
	_, there := sim.User("ada")
	g.Expect(there).To(BeFalse())
}

func TestDeletionWhoseEndIsNotSeen(t *testing.T) {
	cases := map[string]struct {
		rest, total time.Duration
		faults      []rig.Rule
	}{
		"it takes too long": {rest: time.Hour, total: 100 * time.Millisecond},
		"Confluence answers no more": {time.Microsecond, time.Minute,
			[]rig.Rule{{Path: "/longtask/", Kind: rig.KindError, Status: http.StatusInternalServerError}}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			sim, client, ada := deletion(t, simulator.Options{TaskLooks: 1 << 30})
			confluence.Pace(client, c.rest, c.total)
			sim.fail(c.faults...)
			err := client.DeleteUser(t.Context(), ada)
			expectError(t, err, directory.KindAmbiguous, `Confluence has begun to delete the user (task "1000"), and the end of it was not seen: `)
			g := NewWithT(t)
			g.Expect(directory.IsDown(err)).To(BeFalse())
			g.Expect(sim.Count(http.MethodDelete, "admin/user/{username}")).To(Equal(1), "it is not begun again")
		})
	}
}

func TestDeletionThatNobodyWaitsForAnyMore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client := connect(t, serve(t, func(request string) scripted {
		switch request {
		case "DELETE admin/user/ada":
			return scripted{202, `{"id":"7"}`}
		case "GET longtask/7":
			cancel()
			return scripted{200, `{"percentageComplete":1,"successful":true}`}
		}
		return scripted{200, ada}
	}))
	err := client.DeleteUser(ctx, "8a80")
	expectSame(t, err, kind(directory.KindAmbiguous))
	NewWithT(t).Expect(err).To(MatchError(context.Canceled))
}

func TestDeletionsWithOddTasks(t *testing.T) {
	const gone, there = "gone", "there"
	cases := map[string]struct {
		submitted, task scripted
		then            string
		want            error
	}{
		"no task, and the account is gone":        {scripted{202, `{}`}, scripted{}, gone, nil},
		"no task, and the account is there":       {scripted{202, `{}`}, scripted{}, there, kind(directory.KindAmbiguous)},
		"no such task, and the account is there":  {scripted{202, `{"id":"7"}`}, scripted{404, notFound}, there, kind(directory.KindAmbiguous)},
		"no word on success, and gone":            {scripted{202, `{"id":"7"}`}, scripted{200, `{"percentageComplete":100}`}, gone, nil},
		"no word on success, and there":           {scripted{202, `{"id":"7"}`}, scripted{200, `{"percentageComplete":100}`}, there, kind(directory.KindAmbiguous)},
		"finished, whatever the percentage":       {scripted{202, `{"id":"7"}`}, scripted{200, `{"finished":true,"successful":true}`}, there, nil},
		"a login page instead of the task":        {scripted{202, `{"id":"7"}`}, scripted{200, loginPage}, there, kind(directory.KindAmbiguous)},
		"a wrong address instead of the task":     {scripted{202, `{"id":"7"}`}, scripted{404, loginPage}, there, kind(directory.KindAmbiguous)},
		"an answer that cannot be read":           {scripted{202, ``}, scripted{}, there, kind(directory.KindAmbiguous)},
		"the account was gone already":            {scripted{404, notFound}, scripted{}, there, nil},
		"a wrong address instead of the account":  {scripted{404, loginPage}, scripted{}, there, kind(directory.KindUnavailable)},
		"Confluence does not let atlassync do it": {scripted{403, refused}, scripted{}, there, kind(directory.KindForbidden)},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			begun := false
			server := serve(t, func(request string) scripted {
				switch {
				case request == "DELETE admin/user/ada":
					begun = true
					return c.submitted
				case request == "GET longtask/7":
					return c.task
				case begun && c.then == gone:
					return scripted{404, notFound}
				}
				return scripted{200, ada}
			})
			client := connect(t, server)
			confluence.Pace(client, time.Microsecond, time.Minute)
			expectSame(t, client.DeleteUser(t.Context(), "8a80"), c.want)
		})
	}
}
