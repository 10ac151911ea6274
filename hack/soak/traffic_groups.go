package main

import (
	"context"

	"github.com/atlassync/atlassync/hack/okta"
)

// mostMembers is how many a group has at most.
const mostMembers = 50

func pushed(c *circle) bool    { return c.resource != nil }
func notPushed(c *circle) bool { return c.resource == nil }

// withCircle does something to a group of a sort.
func (t *traffic) withCircle(is func(*circle) bool, do func(*circle) error) (done bool, err error) {
	c := t.some(is)
	if c == nil {
		return false, nil
	}
	defer c.Unlock()
	return true, do(c)
}

// joiners are people who are not in the group yet, locked, so that nobody
// deletes them meanwhile.
func (t *traffic) joiners(c *circle, most int) (joiners []*person, release func()) {
	for range most {
		who := t.someone(func(p *person) bool { return p.id != "" && c.members[p.id] == nil })
		if who == nil {
			break
		}
		joiners = append(joiners, who)
	}
	return joiners, func() {
		for _, who := range joiners {
			who.Unlock()
		}
	}
}

func membersOf(people []*person) []okta.Member {
	var members []okta.Member
	for _, who := range people {
		members = append(members, who.member())
	}
	return members
}

func (c *circle) join(people []*person) {
	for _, who := range people {
		c.members[who.id] = who
	}
}

func (t *traffic) pushGroup(ctx context.Context) (bool, error) {
	return t.withCircle(notPushed, func(c *circle) error {
		joiners, release := t.joiners(c, 5)
		defer release()
		resource, err := t.world.okta.PushGroup(ctx, c.name(), membersOf(joiners)...)
		if err != nil {
			return err
		}
		c.resource = resource
		c.join(joiners)
		return nil
	})
}

func (t *traffic) addMembers(ctx context.Context) (bool, error) {
	return t.withCircle(func(c *circle) bool { return pushed(c) && len(c.members) < mostMembers }, func(c *circle) error {
		joiners, release := t.joiners(c, 2)
		defer release()
		if len(joiners) == 0 {
			return nil
		}
		c.join(joiners)
		return t.world.okta.AddMembers(ctx, c.resource, membersOf(joiners)...)
	})
}

func (t *traffic) removeMember(ctx context.Context) (bool, error) {
	return t.withCircle(func(c *circle) bool { return pushed(c) && len(c.members) > 1 }, func(c *circle) error {
		for id, who := range c.members { // any of them
			delete(c.members, id)
			return t.world.okta.RemoveMembers(ctx, c.resource, okta.Member{ID: id, Display: who.login()})
		}
		return nil
	})
}

func (t *traffic) replaceMembers(ctx context.Context) (bool, error) {
	return t.withCircle(pushed, func(c *circle) error {
		joiners, release := t.joiners(c, 8)
		defer release()
		if len(joiners) == 0 {
			return nil
		}
		clear(c.members)
		c.join(joiners)
		return t.world.okta.ReplaceMembers(ctx, c.resource, membersOf(joiners)...)
	})
}

func (t *traffic) deleteGroup(ctx context.Context) (bool, error) {
	return t.withCircle(pushed, func(c *circle) error {
		id := c.resource.ID()
		c.resource = nil
		clear(c.members)
		return t.world.okta.DeleteGroup(ctx, id)
	})
}
