package jira_test

import (
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/hack/simulator/jira"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

const newLicensedBob = `{"name":"Bob","displayName":"Bob B","emailAddress":"bob@example.com","applicationKeys":["jira-software"]}`

func TestSeatsAreCounted(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Seats: 3})
	i.add(userbase.User{Name: "gone"})
	i.group(jira.ApplicationGroup, "gone")

	i.call("POST user", newLicensedBob)

	role := i.call("GET applicationrole", "")
	g.Expect(role.body).To(And(
		ContainSubstring(`"numberOfSeats":3`), ContainSubstring(`"remainingSeats":2`), ContainSubstring(`"userCount":1`),
		ContainSubstring(`"hasUnlimitedSeats":false`)))
	g.Expect(i.MemberNames(jira.ApplicationGroup)).To(ConsistOf("Bob", "gone"))
}

func TestUnlimitedSeats(t *testing.T) {
	i := start(t, jira.Options{})
	NewWithT(t).Expect(i.call("GET applicationrole", "").body).To(And(
		ContainSubstring(`"hasUnlimitedSeats":true`), ContainSubstring(`"numberOfSeats":-1`)))
}

func TestNoSeatLeft(t *testing.T) {
	tests := map[string]struct {
		request, body string
		status        int
	}{
		"create with access":              {"POST user", newLicensedBob, 402},
		"create without access":           {"POST user", newBob, 201},
		"add to the licensed group":       {"POST group/user?groupname=JIRA-software-users", `{"name":"carl"}`, 402},
		"add to another group":            {"POST group/user?groupname=devs", `{"name":"carl"}`, 201},
		"add somebody inactive":           {"POST group/user?groupname=jira-software-users", `{"name":"ina"}`, 201},
		"grant access":                    {"POST user/application?username=carl&applicationKey=jira-software", "", 402},
		"grant access to who has it":      {"POST user/application?username=dora&applicationKey=jira-software", "", 200},
		"access by update":                {"PUT user?username=carl", `{"applicationKeys":["jira-software"]}`, 402},
		"no more access by update":        {"PUT user?username=dora", `{"applicationKeys":[]}`, 200},
		"other updates":                   {"PUT user?username=dora", `{"displayName":"D","active":true}`, 200},
		"reactivate somebody with access": {"PUT user?username=gone", `{"active":true}`, 402},
		"reactivate somebody without":     {"PUT user?username=ina", `{"active":true}`, 200},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			options := jira.Options{Seats: 1, Unconfirmed: jira.Unconfirmed{LicenceStatus: http.StatusPaymentRequired}}
			i := start(t, options)
			if test.status == http.StatusPaymentRequired {
				i = startUnchecked(t, options) // 402 is not in the vendor's document
			}
			i.seed("carl", "dora")
			i.add(userbase.User{Name: "gone"})
			i.add(userbase.User{Name: "ina"})
			i.group(jira.ApplicationGroup, "dora", "gone")
			i.group("devs")
			before := i.State()

			answer := i.call(test.request, test.body)

			g.Expect(answer.status).To(Equal(test.status))
			if test.status == http.StatusPaymentRequired {
				g.Expect(answer.body).To(ContainSubstring("all seats are taken"))
				g.Expect(i.State()).To(Equal(before))
			}
		})
	}
}

func TestDefaultLicenceStatusIsDocumented(t *testing.T) {
	g := NewWithT(t)
	i := start(t, jira.Options{Seats: 1, Unconfirmed: jira.Unconfirmed{DefaultAccess: true}})
	i.seed("carl")
	i.group(jira.ApplicationGroup, "carl")

	g.Expect(i.call("POST user", newBob).status).To(Equal(http.StatusBadRequest))

	g.Expect(i.call("DELETE user/application?username=carl&applicationKey=jira-software", "").status).To(Equal(http.StatusNoContent))
	g.Expect(i.call("POST user", newBob).status).To(Equal(http.StatusCreated), "the seat is free again")
}
