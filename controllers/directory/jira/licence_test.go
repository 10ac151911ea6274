package jira_test

import (
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	simulator "github.com/atlassync/atlassync/hack/simulator/jira"
)

// licensed is a Jira with the given number of seats, one of them taken.
func licensed(t *testing.T, seats, status int) (*simulated, directory.Directory) {
	t.Helper()
	// No document says how Jira answers when no seat is left.
	sim := startUnchecked(t, simulator.Options{Seats: seats, Unconfirmed: simulator.Unconfirmed{
		LicenceStatus: status, DefaultAccess: true,
	}})
	sim.SeedGroup(simulator.ApplicationGroup)
	sim.SeedUser(directory.User{Name: "grace", Email: "grace@example.com", Active: true})
	sim.SeedMember(simulator.ApplicationGroup, "grace")
	return sim, connect(t, sim.config())
}

func TestNoSeatIsLeft(t *testing.T) {
	group := directory.Group{ID: simulator.ApplicationGroup, Name: simulator.ApplicationGroup}
	cases := map[string]func(*testing.T, *simulated, directory.Directory) error{
		"for a new account": func(t *testing.T, _ *simulated, d directory.Directory) error {
			_, err := d.CreateUser(t.Context(), newAda)
			return err
		},
		"for a member": func(t *testing.T, sim *simulated, d directory.Directory) error {
			ada := sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com", Active: true})
			return d.AddMembers(t.Context(), group, []directory.User{ada})
		},
		"for an account that was disabled": func(t *testing.T, sim *simulated, d directory.Directory) error {
			ada := sim.SeedUser(directory.User{Name: "ada", Email: "ada@example.com"})
			sim.SeedMember(simulator.ApplicationGroup, "ada")
			_, err := d.UpdateUser(t.Context(), ada.ID, directory.UserChange{Active: new(true)})
			return err
		},
	}
	for name, take := range cases {
		t.Run(name, func(t *testing.T) {
			for _, status := range []int{400, 402} {
				g := NewWithT(t)
				sim, client := licensed(t, 1, status)
				err := take(t, sim, client)
				g.Expect(directory.KindOf(err)).To(Equal(directory.KindLicenceExceeded), "%v", err)
				g.Expect(err).To(MatchError(ContainSubstring("all seats are taken")), "Jira's own words")
				if status == 400 {
					g.Expect(err).To(MatchError(ContainSubstring("all 1 seats of Jira Software are taken: free one")))
				}
			}
			sim, client := licensed(t, 2, 400)
			NewWithT(t).Expect(take(t, sim, client)).To(Succeed(), "a seat is left")
		})
	}
}

func TestRefusalsThatTheLicenceDoesNotExplain(t *testing.T) {
	const (
		full      = `"numberOfSeats":10,"remainingSeats":0,"hasUnlimitedSeats":false`
		byDefault = `"name":"Jira Software","groups":["Users"],"selectedByDefault":true,`
	)
	exceeded, invalid := kind(directory.KindLicenceExceeded), kind(directory.KindInvalid)
	cases := map[string]struct {
		status         int
		roles          string
		create, member error
	}{
		"it is full":                      {200, `[{` + byDefault + full + `}]`, exceeded, exceeded},
		"the second one is full":          {200, `[{"name":"x"},{` + byDefault + full + `}]`, exceeded, exceeded},
		"it is more than full":            {200, `[{` + byDefault + `"numberOfSeats":10,"remainingSeats":-1}]`, exceeded, exceeded},
		"a seat is left":                  {200, `[{` + byDefault + `"numberOfSeats":10,"remainingSeats":1}]`, invalid, invalid},
		"another application is full":     {200, `[{"name":"Service","groups":["agents"],` + full + `}]`, invalid, invalid},
		"its groups are full, no default": {200, `[{"name":"Service","groups":["users"],` + full + `}]`, invalid, exceeded},
		"seats are unlimited":             {200, `[{` + byDefault + `"numberOfSeats":-1,"remainingSeats":-1,"hasUnlimitedSeats":true}]`, invalid, invalid},
		"seats are unlimited by now":      {200, `[{` + byDefault + `"numberOfSeats":10,"remainingSeats":0,"hasUnlimitedSeats":true}]`, invalid, invalid},
		"unlimited, said with -1 alone":   {200, `[{` + byDefault + `"numberOfSeats":-1,"remainingSeats":-1}]`, invalid, invalid},
		"Jira does not say":               {200, `[{` + byDefault + `"numberOfSeats":10}]`, invalid, invalid},
		"Jira says something else":        {200, `{"roles":[]}`, invalid, invalid},
		"Jira says nothing":               {500, ``, invalid, invalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			client := connect(t, script(t, answers{
				"POST user":                           {400, refused},
				"GET user?username=ada":               {404, notFound},
				"POST group/user?groupname=users":     {400, refused},
				"GET user?expand=groups&username=ada": {200, `{"key":"K","name":"ada","active":true,"groups":{"size":0,"items":[]}}`},
				"GET applicationrole":                 {c.status, c.roles},
			}))
			_, err := client.CreateUser(t.Context(), newAda)
			expectSame(t, err, c.create)
			NewWithT(t).Expect(err).To(MatchError(ContainSubstring("Nein.")))
			expectSame(t, client.AddMembers(t.Context(), directory.Group{Name: "users"}, []directory.User{{Name: "ada"}}), c.member)
		})
	}
}
