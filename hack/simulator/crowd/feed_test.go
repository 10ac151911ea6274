package crowd_test

import (
	"encoding/json"
	"net/url"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/crowd"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

func escape(value string) string { return url.QueryEscape(value) }

// token is the newEventToken of an answer.
func (r reply) token(t *testing.T) string {
	t.Helper()
	var list struct{ NewEventToken string }
	NewWithT(t).Expect(json.Unmarshal([]byte(r.body), &list)).To(Succeed(), r.body)
	return list.NewEventToken
}

func TestEventsTellOfAllChanges(t *testing.T) {
	i := start(t, crowd.Options{})
	i.seed("ada", "bob")
	i.group("devs", "bob")
	first := i.expect("GET event", "", 200, `"incrementalSynchronisationAvailable":true`).token(t)
	i.expect("GET event/"+first, "", 200, `"events":[]`)
	for _, step := range []struct{ request, body, event string }{
		{"PUT user?username=ada", `{"name":"ada","active":false}`, `{"operation":"UPDATED","user":{"name":"ada"}}`},
		{"POST user", `{"name":"new","password":{"value":"x"}}`, `{"operation":"CREATED","user":{"name":"new"}}`},
		{"POST group", `{"name":"ops"}`, `{"operation":"CREATED","group":{"name":"ops"}}`},
		{"POST group/user/direct?groupname=ops", `{"name":"ada"}`, `{"operation":"CREATED","childUser":{"name":"ada"},"parentGroups":{"groups":[{"name":"ops"}]}}`},
		{"DELETE group/user/direct?groupname=ops&username=ada", ``, `{"operation":"DELETED","childUser":{"name":"ada"},"parentGroups":{"groups":[{"name":"ops"}]}}`},
		{"DELETE group?groupname=ops", ``, `{"operation":"DELETED","group":{"name":"ops"}}`},
		{"DELETE user?username=new", ``, `{"operation":"DELETED","user":{"name":"new"}}`},
	} {
		before := i.call("GET event", "").token(t)
		NewWithT(t).Expect(i.call(step.request, step.body).status).To(BeNumerically("<", 300), step.request)
		i.expect("GET event/"+before, "", 200, `"events":[`+step.event+`]`)
	}
	answer := i.expect("GET event/"+first, "", 200, `"name":"ada"`)
	NewWithT(t).Expect(answer.body).To(ContainSubstring(`"operation":"DELETED","user":{"name":"new"}`), "an earlier token tells all of it")
}

func TestTokensGetTooOld(t *testing.T) {
	i := start(t, crowd.Options{FeedLength: 1})
	old := i.call("GET event", "").token(t)
	i.seed("ada", "bob")
	now := i.call("GET event", "").token(t)
	i.expect("GET event/"+old, "", 400, "has expired")
	i.expect("GET event/"+now, "", 200, `"events":[]`)
	i.expect("GET event/nonsense", "", 400, "has expired")

	for renameEvents, status := range map[bool]int{false: 400, true: 200} {
		i := start(t, crowd.Options{Unconfirmed: crowd.Unconfirmed{RenameEvents: renameEvents}})
		i.seed("ada")
		before := i.call("GET event", "").token(t)
		NewWithT(t).Expect(i.ChangeUser("ada", func(u *userbase.User) { u.Name = "countess" })).To(Succeed())
		i.expect("GET event/"+before, "", status, "")
	}
}

func TestNoFeed(t *testing.T) {
	startUnchecked(t, crowd.Options{WithoutFeed: true}).expect("GET event", "", 404, "")
	startUnchecked(t, crowd.Options{WithoutFeed: true}).expect("GET event/1", "", 404, "")
	off := start(t, crowd.Options{FeedOff: true})
	token := off.expect("GET event", "", 200, `"incrementalSynchronisationAvailable":false`).token(t)
	off.expect("GET event/"+token, "", 400, "")
	wrapped := start(t, crowd.Options{Unconfirmed: crowd.Unconfirmed{WrappedEvents: true}})
	before := wrapped.call("GET event", "").token(t)
	wrapped.seed("ada")
	wrapped.expect("GET event/"+before, "", 200, `"events":[{"userEvent":{"operation":"CREATED","user":{"name":"ada"}}}]`)
}
