package jira_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/rig"
)

// look is what an administrator sees of a failure.
type look struct {
	kind    directory.Kind
	down    bool
	message string
}

func seen(err error) look {
	failure, _ := errors.AsType[*directory.Error](err)
	if failure == nil {
		return look{}
	}
	return look{failure.Kind, directory.IsDown(err), failure.Message}
}

func expectLook(t *testing.T, err error, want look) {
	t.Helper()
	g := NewWithT(t)
	got := seen(err)
	g.Expect(got.message).To(ContainSubstring(want.message))
	got.message, want.message = "", ""
	g.Expect(got).To(Equal(want), "%v", err)
}

func TestFaultsOnTheWayToJira(t *testing.T) {
	const unavailable, ambiguous, limited = directory.KindUnavailable, directory.KindAmbiguous, directory.KindRateLimited
	cases := map[string]struct {
		rule         rig.Rule
		read, create look
		created      bool
	}{
		"a login page": {rig.Rule{Kind: rig.KindHTML, Status: 200},
			look{unavailable, false, "a login page or a proxy answered"}, look{ambiguous, false, "a login page or a proxy answered"}, false},
		"a redirect to a login page": {rig.Rule{Kind: rig.KindLogin},
			look{unavailable, true, "which was not followed; this is a login page"}, look{unavailable, true, "redirected to"}, false},
		"an internal error": {rig.Rule{Kind: rig.KindError},
			look{unavailable, false, ""}, look{ambiguous, false, ""}, false},
		"a page that says Jira is starting": {rig.Rule{Kind: rig.KindHTML, Status: 503},
			look{unavailable, true, "Service Unavailable"}, look{ambiguous, false, "Service Unavailable"}, false},
		"too many requests": {rig.Rule{Kind: rig.KindError, Status: 429, RetryAfterSeconds: 60},
			look{limited, false, ""}, look{limited, false, "asked for a pause"}, false},
		"a page of ten megabytes": {rig.Rule{Kind: rig.KindLarge},
			look{unavailable, false, ""}, look{ambiguous, false, ""}, false},
		"an answer that does not end": {rig.Rule{Kind: rig.KindSlow},
			look{unavailable, false, "deadline exceeded"}, look{ambiguous, false, "deadline exceeded"}, true},
		"an answer that is cut": {rig.Rule{Kind: rig.KindTruncated},
			look{unavailable, false, "cannot be read"}, look{ambiguous, false, "cannot be read"}, true},
		"an answer that is lost": {rig.Rule{Kind: rig.KindLostAnswer},
			look{unavailable, true, ""}, look{ambiguous, false, ""}, true},
		"a connection that breaks": {rig.Rule{Kind: rig.KindReset},
			look{unavailable, true, ""}, look{ambiguous, false, ""}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			sim := startSimulator(t, simulator.Options{})
			config := sim.config()
			config.RequestTimeout = time.Second
			client := connect(t, config)
			sim.fail(c.rule)
			_, err := client.FindUser(t.Context(), "admin")
			expectLook(t, err, c.read)
			_, err = client.CreateUser(t.Context(), newAda)
			expectLook(t, err, c.create)
			_, created := sim.User("ada")
			NewWithT(t).Expect(created).To(Equal(c.created))
		})
	}
}

func TestListingsSucceedWhileHalfOfTheRequestsFail(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{UserListPage: 1})
	sim.SeedUser(directory.User{Name: "alan", Email: "alan@example.com", Active: true})
	sim.SeedUser(directory.User{Name: "grace", Email: "grace@example.com"})
	sim.fail(rig.Rule{Kind: rig.KindHTML, Status: http.StatusBadGateway, Every: 2})
	client := connect(t, sim.config())
	g.Expect(names(client.EachUser(t.Context()))).To(ConsistOf("admin", "alan", "grace"))

	before := sim.State()
	for range 2 { // one of two is spoilt, and it is not known which
		_, err := client.CreateUser(t.Context(), newAda)
		g.Expect(directory.KindOf(err)).To(Or(
			BeZero(), Equal(directory.KindAmbiguous), Equal(directory.KindAlreadyExists),
		), "%v", err)
	}
	g.Expect(sim.State().Users).To(HaveLen(len(before.Users)+1), "no account is made twice")
}

func TestSomebodyElseChangesAccounts(t *testing.T) {
	g := NewWithT(t)
	sim := startSimulator(t, simulator.Options{})
	client, administrator := connect(t, sim.config()), connect(t, sim.config())
	ada, err := client.CreateUser(t.Context(), newAda)
	g.Expect(err).NotTo(HaveOccurred())

	_, err = administrator.UpdateUser(t.Context(), ada.ID, directory.UserChange{Name: new("lovelace")})
	g.Expect(err).NotTo(HaveOccurred())
	_, err = client.FindUser(t.Context(), "ada")
	expectSame(t, err, kind(directory.KindNotFound))
	renamed, err := client.UpdateUser(t.Context(), ada.ID, directory.UserChange{DisplayName: new("Ada L.")})
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(renamed.Name).To(Equal("lovelace"), "the key survives the rename")

	g.Expect(administrator.DeleteUser(t.Context(), ada.ID)).To(Succeed())
	_, err = client.UpdateUser(t.Context(), ada.ID, directory.UserChange{Active: new(false)})
	expectSame(t, err, kind(directory.KindNotFound))
	g.Expect(client.DeleteUser(t.Context(), ada.ID)).To(Succeed())
	g.Expect(sim.State().Users).To(HaveLen(1))
}
