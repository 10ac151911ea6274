package main

import (
	"context"
	"time"
)

// cost is what something cost the API server, the directory and the manager.
type cost struct {
	api apiWrites
	// writes, listings and others are the requests to the directory.
	writes, listings, others int
	// cpu is the manager's.
	cpu time.Duration
}

// statusWrites are those of users and groups.
func (c cost) statusWrites() float64 {
	return c.api["provisionedusers/status"] + c.api["provisionedgroups/status"]
}

// measured is what something costs. The manager's process must be the same
// before and after.
func (e *estate) measured(ctx context.Context, do func(context.Context) error) (c cost, err error) {
	before, err := e.world.apiWrites(ctx)
	if err != nil {
		return c, err
	}
	cpuBefore, err := e.process().cpu()
	if err != nil {
		return c, err
	}
	e.simulator.ClearRequests()
	if err := do(ctx); err != nil {
		return c, err
	}
	c.writes, c.listings, c.others = e.counted()
	cpu, err := e.process().cpu()
	if err != nil {
		return c, err
	}
	c.cpu = cpu - cpuBefore
	after, err := e.world.apiWrites(ctx)
	c.api = after.since(before)
	return c, err
}
