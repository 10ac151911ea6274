package main

import (
	"context"
	"net/http"
)

// settle asks a replica for users until it has collected its garbage twice. A
// heap grows to twice what it holds before the next collection, and each page
// of memory that is new to the process costs a page fault when it is first
// used. So a replica that has just filled its cache answers the first thousands
// of requests more slowly than all that follow, the longer the more it holds.
func (t *tenant) settle(ctx context.Context) error {
	const cycles, requests = 2, 500
	before, err := t.collections(ctx)
	for now := before; err == nil && now < before+cycles; {
		for n := range requests {
			if _, err := t.send(ctx, http.MethodGet, "/Users/"+userID(1+n%fewUsers), nil); err != nil {
				return err
			}
		}
		now, err = t.collections(ctx)
	}
	return err
}

// collections is how often the replica has collected its garbage.
func (t *tenant) collections(ctx context.Context) (float64, error) {
	return t.metric(ctx, "go_gc_duration_seconds")
}
