package confluence_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/confluence"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

func TestFaultsOnTheWayToConfluence(t *testing.T) {
	cases := map[string]struct {
		rule          rig.Rule
		read, create  directory.Kind
		created, down bool
		message       string
	}{
		"a login page": {rig.Rule{Kind: rig.KindHTML, Status: 200},
			directory.KindUnavailable, directory.KindAmbiguous, false, false, "a login page or a proxy answered"},
		"a redirect to a login": {rig.Rule{Kind: rig.KindLogin},
			directory.KindUnavailable, directory.KindUnavailable, false, true, "redirected to http://login.invalid, which was not followed"},
		"an internal error": {rig.Rule{Kind: rig.KindError},
			directory.KindUnavailable, directory.KindAmbiguous, false, false, "The simulator was told to fail."},
		"a page of a proxy": {rig.Rule{Kind: rig.KindHTML, Status: 502},
			directory.KindUnavailable, directory.KindAmbiguous, false, true, "Bad Gateway"},
		"an expired token": {rig.Rule{Kind: rig.KindError, Status: 401},
			directory.KindUnauthorized, directory.KindUnauthorized, false, true, "The simulator was told to fail."},
		"a right that is missing": {rig.Rule{Kind: rig.KindError, Status: 403},
			directory.KindForbidden, directory.KindForbidden, false, false, "The simulator was told to fail."},
		"an answer that is cut": {rig.Rule{Kind: rig.KindTruncated},
			directory.KindUnavailable, directory.KindAmbiguous, true, false, "the answer cannot be read"},
		"an answer that is lost": {rig.Rule{Kind: rig.KindLostAnswer},
			directory.KindUnavailable, directory.KindAmbiguous, true, true, ""},
		"a connection that breaks": {rig.Rule{Kind: rig.KindReset},
			directory.KindUnavailable, directory.KindAmbiguous, false, true, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			sim := startSimulator(t, simulator.Options{})
			client := connect(t, sim.config())
			sim.fail(c.rule)
			_, err := client.FindUser(t.Context(), "admin")
			expectError(t, err, c.read, c.message)
			NewWithT(t).Expect(directory.IsDown(err)).To(Equal(c.down))
			_, err = client.CreateUser(t.Context(), newAda)
			expectError(t, err, c.create, c.message)
			_, created := sim.User("ada")
			NewWithT(t).Expect(created).To(Equal(c.created))
		})
	}
}

func TestRateLimitPausesEverything(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	client := connect(t, sim.config())
	sim.must(sim.SetFaults(rig.Faults{RateLimit: &rig.RateLimit{Limit: 1, FillRate: 1, IntervalSeconds: 60}}))
	_, err := client.FindUser(t.Context(), "admin")
	g.Expect(err).NotTo(HaveOccurred())
	for range 2 {
		_, err = client.CreateUser(t.Context(), newAda)
		failure, ok := errors.AsType[*directory.Error](err)
		g.Expect(ok).To(BeTrue())
		g.Expect(failure.Kind).To(Equal(directory.KindRateLimited))
		g.Expect(failure.RetryAfter).To(BeNumerically("~", time.Minute, 10*time.Second))
	}
	g.Expect(sim.Count(http.MethodPost, "admin/user")).To(Equal(1), "during the pause nothing is sent")
	_, created := sim.User("ada")
	g.Expect(created).To(BeFalse())
}

func TestDeletingFromAWrongAddressIsNoSuccess(t *testing.T) {
	for _, body := range []string{loginPage, "default backend - 404", "", noSuch} {
		client := connect(t, script(t, answers{
			"GET user": {404, body}, "DELETE admin/group/engineers": {404, body}, "DELETE user/ada/group/engineers": {404, body},
		}))
		for _, err := range []error{
			client.DeleteUser(t.Context(), "8a80"),
			client.DeleteGroup(t.Context(), engineers),
			client.RemoveMembers(t.Context(), engineers, []directory.User{{ID: "8a80", Name: "ada"}}),
		} {
			expectSame(t, err, kind(directory.KindUnavailable))
		}
	}
}
