package main

import (
	"context"
	"fmt"
)

// measureGrowth compares what a user costs in a large tenant with what it costs
// in one of a tenth of the size.
func measureGrowth(ctx context.Context, w *world) ([]result, error) {
	large, err := w.whole(ctx)
	if err != nil {
		return nil, err
	}
	small, err := w.wholeOf(ctx, w.users/10)
	if err != nil {
		return nil, err
	}
	was, err := small.restarted(ctx)
	if err != nil {
		return nil, err
	}
	is, err := large.restarted(ctx)
	if err != nil {
		return nil, err
	}
	perUser := func(what, unit string, few, many float64) result {
		few, many = few/float64(small.users), many/float64(large.users)
		return result{
			what: what, against: fmt.Sprintf("the same, %d users", small.users),
			reference: single(unit, few), ours: single(unit, many), ratio: many / few, bar: bar{limit: 1.2},
		}
	}
	// toldPerUser is what helps to understand a line, and has no bar.
	toldPerUser := func(what string, few, many series) result {
		line := perUser(what, unitTime, few.mean(), many.mean())
		line.bar = bar{open: true}
		return line
	}
	return []result{
		perUser(fmt.Sprintf("first sync, time per user, %d users", large.users), unitTime, float64(small.first.took), float64(large.first.took)),
		perUser("first sync, processor time of the manager per user", unitTime, float64(small.first.cpu), float64(large.first.cpu)),
		perUser("restart until ready, time per user", unitTime, was.ready.mean(), is.ready.mean()),
		toldPerUser("the same: a list by client-go", was.list, is.list),
		toldPerUser("the same: processor time of kube-apiserver for a list", was.listed, is.listed),
		toldPerUser("the same: processor time of kube-apiserver for a start", was.served, is.served),
		toldPerUser("the same: processor time of the manager until it is ready", was.own, is.own),
		perUser("memory per user", unitBytes, was.steady, is.steady),
	}, nil
}
