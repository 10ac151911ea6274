package controllers

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/clock"

	"github.com/atlassync/atlassync/controllers/directory"
)

const (
	// firstSweepPatience is how long work waits for the first reading of a
	// directory, before it goes on with reads one by one.
	firstSweepPatience = 10 * time.Second
	// sweepRetry is how long after a reading that failed the next one begins.
	sweepRetry = 5 * time.Minute
	// fullSweepEvery is how often a directory that tells its changes is read
	// as a whole all the same.
	fullSweepEvery = 24 * time.Hour
)

// sweeps are the complete readings of all directories: each goes on beside
// the others, so that a slow directory holds up nobody else.
type sweeps struct {
	clock clock.PassiveClock
	// spawn runs a function on its own.
	spawn func(func())

	mu    sync.Mutex
	known map[probeKey]*sweepState
}

// sweepState is what is known of the readings of one directory.
type sweepState struct {
	connection *directory.Connection
	running    bool
	next       time.Time
	lastFull   time.Time
	outcome    *sweepOutcome
}

// sweepOutcome is how a reading ended.
type sweepOutcome struct {
	directory.Reading
	at   time.Time
	took time.Duration
	err  error
	// drifted and orphans are counted, and told, by summing up.
	drifted, orphans int
	corrected        bool
}

func newSweeps(now clock.PassiveClock) *sweeps {
	return &sweeps{clock: now, spawn: func(run func()) { go run() }, known: map[probeKey]*sweepState{}}
}

// sweepOrder is one reading that is to be made.
type sweepOrder struct {
	key        probeKey
	connection *directory.Connection
	interval   time.Duration
	// expected is how many accounts there are at least, and accepted how many
	// somebody has said to be right.
	expected, accepted int
	// done is told how the reading ended before anybody can see it.
	done func(context.Context, *sweepOutcome)
}

// startIfDue begins a reading when it is time for one: at once on a new
// connection or after an outage, else at the interval.
func (s *sweeps) startIfDue(ctx context.Context, key probeKey, connection *directory.Connection, order func() (sweepOrder, error)) error {
	if !s.due(key, connection) {
		return nil
	}
	o, err := order()
	if err != nil {
		return err
	}
	s.mu.Lock()
	state := s.known[key]
	if state.running {
		s.mu.Unlock()
		return nil
	}
	state.running = true
	s.mu.Unlock()
	s.spawn(func() { s.run(ctx, state, o) })
	return nil
}

func (s *sweeps) due(key probeKey, connection *directory.Connection) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := s.known[key]
	if state == nil || state.connection != connection {
		state = &sweepState{connection: connection}
		s.known[key] = state
	}
	return !state.running && !s.clock.Now().Before(state.next)
}

// run makes one reading: of what has changed where the directory tells that,
// else of everything.
func (s *sweeps) run(ctx context.Context, state *sweepState, o sweepOrder) {
	start := s.clock.Now()
	outcome := &sweepOutcome{}
	caughtUp, full := false, start.Sub(state.lastFull) >= fullSweepEvery
	if !full {
		outcome.Reading, caughtUp = o.connection.CatchUp(ctx)
	}
	if !caughtUp {
		outcome.Reading, outcome.err = o.connection.Sweep(ctx, o.expected, o.accepted)
	}
	outcome.at = s.clock.Now()
	outcome.took = outcome.at.Sub(start)
	if directory.IsDown(outcome.err) {
		o.connection.Close(outcome.err)
	}
	o.done(ctx, outcome)

	s.mu.Lock()
	defer s.mu.Unlock()
	state.running, state.outcome = false, outcome
	state.next = outcome.at.Add(jittered(o.interval))
	if outcome.err != nil {
		state.next = outcome.at.Add(min(sweepRetry, o.interval))
	} else if !caughtUp {
		state.lastFull = start
	}
}

// again makes the next reading of a directory due now: it has been away.
func (s *sweeps) again(key probeKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state := s.known[key]; state != nil {
		state.next, state.lastFull = time.Time{}, time.Time{}
	}
}

// last is how the last reading ended; nil if there was none.
func (s *sweeps) last(key probeKey) *sweepOutcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state := s.known[key]; state != nil {
		return state.outcome
	}
	return nil
}

// retain forgets the directories of a SyncConfig that are not named any more.
func (s *sweeps) retain(uid types.UID, stays func(name string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.known {
		if key.uid == uid && !stays(key.directory) {
			delete(s.known, key)
		}
	}
}

// jittered is an interval, up to a tenth more or less: directories are not
// all read at the same moment.
func jittered(interval time.Duration) time.Duration {
	tenth := interval / 10
	return wait.Jitter(interval-tenth, 0.2)
}
