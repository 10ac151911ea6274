package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	everybody    = "Everybody"
	few          = "A few"
	fewMembers   = 10
	memberRounds = 60
	// calmRounds are single members that come while nothing else happens.
	calmRounds = 10

	pushBar, objectBar, writeBar = 30 * time.Second, 256 << 10, 64 << 10
)

// pushed gives an estate a group of all users but those that the scenario
// member adds, by one PUT, once.
func (e *estate) pushed(ctx context.Context) error {
	if e.push != nil {
		return nil
	}
	members := len(e.ids) - memberRounds*2
	id, err := e.createGroup(ctx, everybody, e.ids[:fewMembers])
	if err != nil {
		return err
	}
	start := time.Now()
	if err := e.replace(ctx, "/Groups/"+id, groupOf(everybody, e.ids[:members])); err != nil {
		return err
	}
	e.push = &push{id: id, members: members, answered: time.Since(start)}
	err = e.inGroup(ctx, everybody, members)
	e.push.done = time.Since(start)
	return err
}

// push is how a whole group was sent by one PUT.
type push struct {
	id             string
	members        int
	answered, done time.Duration
}

// measureFullPush tells how long a PUT of a group of everybody takes.
func measureFullPush(ctx context.Context, w *world) ([]result, error) {
	e, err := w.whole(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.pushed(ctx); err != nil {
		return nil, err
	}
	largest, err := e.largestObject(ctx)
	if err != nil {
		return nil, err
	}
	return []result{
		{
			what: fmt.Sprintf("PUT of a group of %d members: answered", e.push.members), against: "the bar itself",
			reference: spent(pushBar), ours: spent(e.push.answered), ratio: float64(e.push.answered) / float64(pushBar), bar: bar{limit: 1},
		},
		told("the same: until they are in the directory, one request each", spent(e.push.done)),
		{
			what: "the same: largest object", against: "the bar itself", reference: single(unitBytes, objectBar),
			ours: single(unitBytes, largest), ratio: largest / objectBar, bar: bar{limit: 1},
		},
	}, nil
}

// largestObject is the size as JSON of the largest group or page of members.
func (e *estate) largestObject(ctx context.Context) (largest float64, err error) {
	lists, err := e.objects(ctx)
	if err != nil {
		return 0, err
	}
	for _, list := range lists {
		err := eachObject(list, func(o client.Object) error {
			content, err := json.Marshal(o)
			largest = max(largest, float64(len(content)))
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return largest, nil
}

// measureMember compares adding a member to the group of everybody with adding
// one to a small group, and counts what that costs at both ends.
func measureMember(ctx context.Context, w *world) ([]result, error) {
	e, err := w.whole(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.pushed(ctx); err != nil {
		return nil, err
	}
	smallID, err := e.createGroup(ctx, few, e.ids[:fewMembers])
	if err != nil {
		return nil, err
	}
	if err := e.inGroup(ctx, few, fewMembers); err != nil {
		return nil, err
	}
	newMembers := e.ids[len(e.ids)-memberRounds*2:]
	add := func(group string) func(context.Context, int) error {
		return func(ctx context.Context, round int) error {
			return e.patchGroup(ctx, group, []operation{{"add", "members", []member{{newMembers[round]}}}})
		}
	}
	var taken times
	quick, err := e.measured(ctx, func(ctx context.Context) (err error) {
		taken, err = contest{rounds: memberRounds, reference: add(smallID), ours: add(e.push.id)}.run(ctx)
		if err != nil {
			return err
		}
		if err := e.inGroup(ctx, everybody, e.push.members+memberRounds); err != nil {
			return err
		}
		return e.inGroup(ctx, few, fewMembers+memberRounds)
	})
	if err != nil {
		return nil, err
	}
	calm, err := e.measured(ctx, func(ctx context.Context) error {
		for round := range calmRounds {
			if err := add(e.push.id)(ctx, memberRounds+round); err != nil {
				return err
			}
			if err := e.inGroup(ctx, everybody, e.push.members+memberRounds+round+1); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return e.memberCosts(ctx, quick, calm, taken)
}

// memberCosts are the lines of measureMember.
func (e *estate) memberCosts(ctx context.Context, quick, calm cost, taken times) ([]result, error) {
	largest, err := e.largestObject(ctx)
	if err != nil {
		return nil, err
	}
	api := quick.api
	added := float64(2 * memberRounds)
	requests, spec := float64(quick.writes+quick.listings+quick.others)/added, (api["membershipslices"]+api["provisionedgroups"])/added
	besides := api.total() - spec*added
	what := fmt.Sprintf("PATCH of one member into a group of %d", e.push.members)
	return []result{
		timesLonger(what, fmt.Sprintf("a group of %d", fewMembers), taken, 2),
		{
			what: "the same: API writes of members", against: "one", reference: single(unitShares, 1), ours: single(unitShares, spec),
			ratio: spec, bar: bar{limit: 1},
		},
		told("the same: API writes besides, per member (all: "+api.String()+")", single(unitShares, besides/added)),
		{
			what: "the same: largest object written", against: "the bar itself", reference: single(unitBytes, writeBar), ours: single(unitBytes, largest),
			ratio: largest / writeBar, bar: bar{limit: 1},
		},
		{
			what: "the same: directory requests", against: "one", reference: single(unitShares, 1), ours: single(unitShares, requests),
			ratio: requests, bar: bar{limit: 1.02},
		},
		told("a single member into the large group while nothing else happens: processor time of the manager", spent(calm.cpu/calmRounds)),
	}, nil
}

// inGroup waits until a group has so many members in the directory, and
// nothing is left to do.
func (e *estate) inGroup(ctx context.Context, name string, members int) error {
	told := startProgress("members in the directory", members)
	defer told.end()
	err := await(ctx, fmt.Sprintf("the group has %d members", members), func(context.Context) (bool, error) {
		there := e.jira.Simulator.MemberCount(name)
		told.done.Store(int64(there))
		return there >= members, nil
	})
	if err != nil {
		return err
	}
	return e.idle(ctx)
}
