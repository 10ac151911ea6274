package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// progressInterval is how often a long step says how far it is.
const progressInterval = 10 * time.Second

// progress is a line about a step that takes a while.
type progress struct {
	what  string
	total int
	done  atomic.Int64
	ended chan struct{}
}

// startProgress begins to tell how far a step is. End ends that.
func startProgress(what string, total int) *progress {
	p := &progress{what: what, total: total, ended: make(chan struct{})}
	go p.tell()
	return p
}

func (p *progress) tell() {
	start, tick := time.Now(), time.NewTicker(progressInterval)
	defer tick.Stop()
	for {
		select {
		case <-p.ended:
			return
		case <-tick.C:
			done, took := p.done.Load(), time.Since(start)
			fmt.Fprintf(os.Stderr, "  %s: %d of %d after %s, %.0f/s\n", p.what, done, p.total, took.Round(time.Second), float64(done)/took.Seconds())
		}
	}
}

func (p *progress) end() { close(p.ended) }
