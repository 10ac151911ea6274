package main

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// record is what came of the operations.
type record struct {
	mu       sync.Mutex
	took     map[string][]time.Duration
	failures []string
	failed   int
	skipped  int
}

// mostFailures is how many are told one by one.
const mostFailures = 10

func newRecord() *record { return &record{took: map[string][]time.Duration{}} }

func (r *record) add(name string, took time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.took[name] = append(r.took[name], took)
	if err == nil {
		return
	}
	r.failed++
	if len(r.failures) < mostFailures {
		r.failures = append(r.failures, fmt.Sprintf("%s: %v", name, err))
	}
}

// skip counts an operation for which there was nobody.
func (r *record) skip() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skipped++
}

// latency is how long operations of a sort took since they were due.
type latency struct {
	Operation string  `json:"operation"`
	Count     int     `json:"count"`
	P50       float64 `json:"p50Millis"`
	P99       float64 `json:"p99Millis"`
	Max       float64 `json:"maxMillis"`
}

func (r *record) latencies() []latency {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []latency
	for i := range mix {
		took := slices.Sorted(slices.Values(r.took[mix[i].name]))
		if len(took) == 0 {
			continue
		}
		at := func(part float64) float64 {
			return float64(took[int(part*float64(len(took)-1))].Microseconds()) / 1000
		}
		all = append(all, latency{Operation: mix[i].name, Count: len(took), P50: at(.5), P99: at(.99), Max: at(1)})
	}
	return all
}
