package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/atlassync/atlassync/hack/okta"
)

// traffic sends operations at a fixed rate: the next one begins when it is
// time for it, however long the ones before take.
type traffic struct {
	world      *world
	population *population
	record     *record

	mu     sync.Mutex
	random *rand.Rand
}

// mostUnderWay is how many operations may be under way. More means that the
// manager does not keep up.
const mostUnderWay = 500

// keepUp sends operations for a while and waits for the last ones.
func (t *traffic) keepUp(ctx context.Context, rate float64, duration time.Duration) error {
	interval := time.Duration(float64(time.Second) / rate)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var underWay sync.WaitGroup
	defer underWay.Wait()
	slots := make(chan struct{}, mostUnderWay)
	begin := time.Now()
	for due := begin; due.Before(begin.Add(duration)); due = due.Add(interval) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(due)):
		}
		select {
		case slots <- struct{}{}:
		default:
			return fmt.Errorf("%d operations are under way: the manager does not keep up with %g a second", mostUnderWay, rate)
		}
		underWay.Go(func() {
			defer func() { <-slots }()
			t.one(ctx, due)
		})
	}
	return nil
}

// one does one operation, and counts it by the time since it was due.
func (t *traffic) one(ctx context.Context, due time.Time) {
	random := t.ownRandom()
	chosen := pick(random)
	for _, op := range []*operation{chosen, &mix[0], &mix[1]} {
		done, err := op.do(t, ctx)
		if done || err != nil {
			t.record.add(op.name, time.Since(due), err)
			return
		}
	}
	t.record.skip()
}

func (t *traffic) ownRandom() *rand.Rand {
	t.mu.Lock()
	defer t.mu.Unlock()
	return rand.New(rand.NewPCG(t.random.Uint64(), t.random.Uint64())) //nolint:gosec // the same traffic each time
}

// someone, and some, take one of a sort; release it afterwards.
func (t *traffic) someone(is func(*person) bool) *person {
	return t.population.takePerson(t.ownRandom(), is)
}

func (t *traffic) some(is func(*circle) bool) *circle {
	return t.population.takeCircle(t.ownRandom(), is)
}

func there(p *person) bool   { return p.id != "" }
func absent(p *person) bool  { return p.id == "" }
func working(p *person) bool { return p.id != "" && p.active }
func resting(p *person) bool { return p.id != "" && !p.active }

// withPerson does something to somebody of a sort.
func (t *traffic) withPerson(is func(*person) bool, do func(*person) error) (done bool, err error) {
	who := t.someone(is)
	if who == nil {
		return false, nil
	}
	defer who.Unlock()
	return true, do(who)
}

func (t *traffic) updateProfile(ctx context.Context) (bool, error) {
	return t.withPerson(working, func(p *person) error {
		p.version++
		updated, err := t.world.okta.UpdateUser(ctx, p.id, p.profile())
		return valid(err, updated, p)
	})
}

func (t *traffic) find(ctx context.Context) (bool, error) {
	return t.withPerson(there, func(p *person) error {
		found, err := t.world.okta.FindUser(ctx, p.login())
		return valid(err, found, p)
	})
}

// valid reports an answer that does not show what was written last.
func valid(err error, answer okta.Resource, p *person) error {
	if err != nil {
		return err
	}
	if answer.ID() != p.id || answer.UserName() != p.login() || answer.DisplayName() != p.displayName() || answer.Active() != p.active {
		return fmt.Errorf("the answer for %s is %v and not id %s, %q, active %t", p.login(), answer, p.id, p.displayName(), p.active)
	}
	return nil
}

func (t *traffic) deactivate(ctx context.Context) (bool, error) {
	return t.withPerson(working, func(p *person) error {
		p.active = false
		return t.world.okta.Deactivate(ctx, p.id)
	})
}

func (t *traffic) reactivate(ctx context.Context) (bool, error) {
	return t.withPerson(resting, func(p *person) error {
		p.active = true
		return t.world.okta.Reactivate(ctx, p.id)
	})
}

func (t *traffic) assign(ctx context.Context) (bool, error) {
	return t.withPerson(absent, func(p *person) error {
		created, err := t.world.okta.AssignUser(ctx, p.profile())
		if err != nil {
			return err
		}
		p.id, p.active = created.ID(), true
		return valid(nil, created, p)
	})
}

func (t *traffic) deleteUser(ctx context.Context) (bool, error) {
	return t.withPerson(there, func(p *person) error {
		err := t.world.deleteUser(ctx, p.id)
		p.id, p.active = "", false
		return err
	})
}

func (t *traffic) importAll(ctx context.Context) (bool, error) {
	users, groups, err := t.world.okta.Import(ctx)
	if err == nil && (len(users) > len(t.population.people) || len(groups) > len(t.population.circles)) {
		err = fmt.Errorf("an import shows %d users and %d groups, more than were made", len(users), len(groups))
	}
	return true, err
}

// deleteUser is the request that Okta never makes.
func (w *world) deleteUser(ctx context.Context, id string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodDelete, w.scim+"/Users/"+id, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+w.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode != http.StatusNoContent {
		return errors.New("DELETE /Users: HTTP " + response.Status)
	}
	return nil
}
