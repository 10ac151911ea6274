package e2e

import (
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/api/v1alpha1"
	"github.com/atlassync/atlassync/hack/localenv"
	"github.com/atlassync/atlassync/hack/simulator/cloud"
	"github.com/atlassync/atlassync/hack/simulator/rig"
	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// place is a simulated product as its back door shows it, not its REST API.
type place struct {
	*localenv.Product
	*rig.Rig
	state func() userbase.State
	// creates is the route of the request that makes an account.
	creates string
}

func placesOf(p *localenv.Products) []*place {
	return []*place{
		{&p.Jira.Product, p.Jira.Simulator.Rig, p.Jira.Simulator.State, "user"},
		{&p.Confluence.Product, p.Confluence.Simulator.Rig, p.Confluence.Simulator.State, "admin/user"},
		{&p.Bitbucket.Product, p.Bitbucket.Simulator.Rig, p.Bitbucket.Simulator.State, "admin/users"},
		{&p.Crowd.Product, p.Crowd.Simulator.Rig, p.Crowd.Simulator.State, "user"},
		{&p.Cloud.Product, p.Cloud.Simulator.Rig, cloudState(p.Cloud.Simulator), "Users"},
	}
}

// cloudState shows what Cloud holds in the form of the other products; users
// that a DELETE has hidden are not there.
func cloudState(server *cloud.Server) func() userbase.State {
	return func() userbase.State {
		var state userbase.State
		held := server.State()
		for _, u := range held.Users {
			if !u.Deleted {
				state.Users = append(state.Users, userbase.User{Name: u.UserName, DisplayName: u.DisplayName, Email: u.Email, Active: u.Active})
			}
		}
		for _, g := range held.Groups {
			state.Groups = append(state.Groups, userbase.Group{Name: g.Name, Members: g.Members})
		}
		return state
	}
}

// holding is an account without what each product makes up for it.
type holding struct {
	Name, DisplayName, Email string
	Active                   bool
}

// accounts are all but the one that atlassync signs in with.
func (p *place) accounts() []holding {
	held := []holding{}
	for _, u := range p.state().Users {
		if u.Name != p.User {
			held = append(held, holding{u.Name, u.DisplayName, u.Email, u.Active})
		}
	}
	return held
}

// usernames are the names of the accounts.
func (p *place) usernames() []string {
	names := []string{}
	for _, account := range p.accounts() {
		names = append(names, account.Name)
	}
	return names
}

// groupsOf are the groups that an account is a member of.
func (p *place) groupsOf(username string) []string {
	groups := []string{}
	for _, group := range p.state().Groups {
		if slices.Contains(group.Members, username) {
			groups = append(groups, group.Name)
		}
	}
	return groups
}

// members are those of a group; nil if there is none of that name.
func (p *place) members(name string) []string {
	for _, group := range p.state().Groups {
		if group.Name == name {
			return append([]string{}, group.Members...)
		}
	}
	return nil
}

// username is how the product writes a username.
func (p *place) username(name string) string {
	if p.Name == v1alpha1.ProductConfluence {
		return strings.ToLower(name)
	}
	return name
}

// holdingOf is how the product is to hold a person.
func (p *place) holdingOf(who person) holding {
	return holding{
		Name: p.username(who.username), DisplayName: who.GivenName + " " + who.FamilyName, Email: who.Email,
		Active: who.active || p.Name == v1alpha1.ProductBitbucket, // which cannot deactivate
	}
}

// changes are the requests that the product carried out and that could have
// changed anything.
func (p *place) changes() []rig.Request {
	return slices.DeleteFunc(p.Requests(), func(r rig.Request) bool { return r.Method == http.MethodGet || r.Status/100 != 2 })
}

// made counts the accounts that were created.
func (p *place) made() int {
	return len(slices.DeleteFunc(p.changes(), func(r rig.Request) bool { return r.Method != http.MethodPost || r.Route != p.creates }))
}

// spoil makes the product spoil requests; without rules it ends that.
func (p *place) spoil(rules ...rig.Rule) {
	Expect(p.SetFaults(rig.Faults{Rules: rules})).To(Succeed())
}
