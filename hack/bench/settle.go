package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
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
func (t *tenant) collections(ctx context.Context) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.metrics, http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := t.http.Do(request)
	if err != nil {
		return 0, fmt.Errorf("read the metrics of the replica: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	return count(response.Body, "go_gc_duration_seconds_count")
}

// count reads one counter out of metrics in Prometheus' text format.
func count(metrics io.Reader, name string) (int, error) {
	lines := bufio.NewScanner(metrics)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.Atoi(value)
		}
	}
	if err := lines.Err(); err != nil {
		return 0, err
	}
	return 0, fmt.Errorf("the replica has no metric %s", name)
}
