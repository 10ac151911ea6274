package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

const (
	fewUsers     = 100
	readRounds   = 500
	readWarmUps  = 100
	pageSize     = 100
	spread       = 7919 // a prime, so that rounds look at users all over
	readPathForm = "/Users?startIndex=%d&count=%d"
)

func measureGet(ctx context.Context, w *world) ([]result, error) {
	what := fmt.Sprintf("GET a user by id, %d users", w.users)
	return w.measureRead(ctx, what, func(n int) string { return "/Users/" + userID(n) })
}

func measureFind(ctx context.Context, w *world) ([]result, error) {
	what := fmt.Sprintf("filter userName eq, %d users", w.users)
	return w.measureRead(ctx, what, func(n int) string {
		return "/Users?filter=" + url.QueryEscape(fmt.Sprintf("userName eq %q", userName(n)))
	})
}

// measureRead compares the same request for the n-th user, n from 1, among few
// and among many.
func (w *world) measureRead(ctx context.Context, what string, path func(n int) string) ([]result, error) {
	if err := w.populate(ctx); err != nil {
		return nil, err
	}
	read := func(t *tenant, users int) func(context.Context, int) error {
		return func(ctx context.Context, round int) error {
			_, err := t.send(ctx, http.MethodGet, path(1+round*spread%users), nil)
			return err
		}
	}
	t, err := contest{
		warmUps: readWarmUps, rounds: readRounds,
		reference: read(w.small, fewUsers), ours: read(w.large, w.users),
	}.run(ctx)
	if err != nil {
		return nil, err
	}
	return []result{timesLonger(what, fmt.Sprintf("the same, %d users", fewUsers), t, 1.2)}, nil
}

func measurePage(ctx context.Context, w *world) ([]result, error) {
	if err := w.populate(ctx); err != nil {
		return nil, err
	}
	page := func(startIndex int) func(context.Context, int) error {
		return func(ctx context.Context, _ int) error {
			_, err := w.large.send(ctx, http.MethodGet, fmt.Sprintf(readPathForm, startIndex, pageSize), nil)
			return err
		}
	}
	last := w.users*9/10 + 1
	t, err := contest{warmUps: readWarmUps / 10, rounds: readRounds / 5, reference: page(1), ours: page(last)}.run(ctx)
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("page of %d at startIndex %d of %d", pageSize, last, w.users)
	return []result{timesLonger(what, "page 1", t, 1.5)}, nil
}

// populate makes the two tenants that reads compare, once.
func (w *world) populate(ctx context.Context) (err error) {
	if w.large != nil {
		return nil
	}
	if w.small, err = w.populated(ctx, "few", fewUsers); err != nil {
		return err
	}
	if w.large, err = w.populated(ctx, "many", w.users); err != nil {
		return err
	}
	for _, t := range []*tenant{w.small, w.large} {
		if err := t.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// populated is a tenant whose replica has users in its cache. They are written
// without SCIM, which takes less time and leaves the same objects.
func (w *world) populated(ctx context.Context, namespace string, users int) (*tenant, error) {
	t, err := w.tenant(ctx, namespace)
	if err != nil {
		return nil, err
	}
	stored, err := w.storedUser(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := w.write(ctx, stored, namespace, 1, users); err != nil {
		return nil, err
	}
	return t, t.cached(ctx, users+1)
}
