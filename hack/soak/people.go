package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/atlassync/atlassync/hack/okta"
)

// person is somebody as Okta knows them. Whoever changes them holds the lock.
type person struct {
	sync.Mutex
	number int
	// id is the SCIM id; empty while they are not there.
	id     string
	active bool
	// version counts the changes of the profile.
	version int
}

func (p *person) login() string    { return p.username() + "@example.com" }
func (p *person) username() string { return fmt.Sprintf("person%d", p.number) }

func (p *person) profile() okta.Profile {
	return okta.Profile{
		ID: fmt.Sprintf("00u%d", p.number), Login: p.login(), Email: p.login(),
		GivenName: "Person", FamilyName: fmt.Sprintf("%d Version %d", p.number, p.version),
	}
}

func (p *person) displayName() string {
	profile := p.profile()
	return profile.GivenName + " " + profile.FamilyName
}

func (p *person) member() okta.Member { return okta.Member{ID: p.id, Display: p.login()} }

// circle is a group as Okta knows it.
type circle struct {
	sync.Mutex
	number int
	// resource is what the server answered; nil while it is not there.
	resource okta.Resource
	// members are the people in it, by the id that they had.
	members map[string]*person
}

func (c *circle) name() string { return fmt.Sprintf("group-%d", c.number) }

// population is everybody, bounded.
type population struct {
	people  []*person
	circles []*circle
}

func newPopulation(people, groups int) *population {
	p := &population{}
	for n := range people {
		p.people = append(p.people, &person{number: n})
	}
	for n := range groups {
		p.circles = append(p.circles, &circle{number: n, members: map[string]*person{}})
	}
	return p
}

// takePerson gives somebody of a sort, locked; nil if nobody is free.
func (p *population) takePerson(random *rand.Rand, is func(*person) bool) *person {
	return take(random, p.people, is)
}

func (p *population) takeCircle(random *rand.Rand, is func(*circle) bool) *circle {
	return take(random, p.circles, is)
}

func take[T interface {
	TryLock() bool
	Unlock()
}](random *rand.Rand, from []T, is func(T) bool) (none T) {
	start := random.IntN(len(from))
	for i := range from {
		candidate := from[(start+i)%len(from)]
		if !candidate.TryLock() {
			continue
		}
		if is(candidate) {
			return candidate
		}
		candidate.Unlock()
	}
	return none
}

// expected is what every directory is to hold.
type expected struct {
	// accounts by username.
	accounts map[string]account
	// members by group.
	members map[string][]string
}

type account struct {
	displayName string
	active      bool
}

// expected is called while nothing is under way.
func (p *population) expected() expected {
	e := expected{accounts: map[string]account{}, members: map[string][]string{}}
	for _, who := range p.people {
		if who.id != "" {
			e.accounts[who.username()] = account{who.displayName(), who.active}
		}
	}
	for _, c := range p.circles {
		if c.resource == nil {
			continue
		}
		e.members[c.name()] = []string{}
		for id, who := range c.members {
			if who.id == id { // else deleted, or made anew since
				e.members[c.name()] = append(e.members[c.name()], who.username())
			}
		}
	}
	return e
}

func fold(name string) string { return strings.ToLower(name) }
