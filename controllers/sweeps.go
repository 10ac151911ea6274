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
	// asked says that the next reading is due now, and of everything.
	asked    bool
	lastFull time.Time
	outcome  *sweepOutcome
	// jitter is the part of the interval after which the next reading is due:
	// a tenth more or less, so that directories are not all read at once.
	jitter float64
}

// due reports whether it is time for the next reading, by the interval as it
// is now: it counts from the last reading, also when it has changed since.
func (s *sweepState) due(now time.Time, interval time.Duration) bool {
	if s.running || s.asked || s.outcome == nil {
		return !s.running
	}
	after := time.Duration(s.jitter * float64(interval))
	if s.outcome.err != nil {
		after = min(sweepRetry, interval)
	}
	return now.Sub(s.outcome.at) >= after
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
	connection *directory.Connection
	// groups are those of which it is to be known who is in them, asked for
	// by others or not.
	groups []string
	// known are the accounts that users stand behind.
	known directory.Known
	// accepted is how many accounts somebody has said to be right.
	accepted int
	// sumUp concludes from a reading that succeeded, before anybody can see it.
	sumUp func(context.Context, *sweepOutcome)
	// done is told how the reading ended once everybody can see it.
	done func(*sweepOutcome)
}

// startIfDue begins a reading when it is time for one: at once on a new
// connection or after an outage, else at the interval.
func (s *sweeps) startIfDue(ctx context.Context, key probeKey, interval time.Duration, o sweepOrder) {
	if state, full := s.begin(key, o.connection, interval); state != nil {
		s.spawn(func() { s.run(ctx, state, o, full) })
	}
}

// begin reserves the reading of a directory, if it is due, and says whether it
// is to be of everything.
func (s *sweeps) begin(key probeKey, connection *directory.Connection, interval time.Duration) (state *sweepState, full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state = s.known[key]
	if state == nil || state.connection != connection {
		state = &sweepState{connection: connection}
		s.known[key] = state
	}
	now := s.clock.Now()
	if !state.due(now, interval) {
		return nil, false
	}
	full = state.asked || now.Sub(state.lastFull) >= fullSweepEvery
	state.running, state.asked = true, false
	return state, full
}

// run makes one reading: of what has changed where the directory tells that,
// else of everything.
func (s *sweeps) run(ctx context.Context, state *sweepState, o sweepOrder, full bool) {
	start := s.clock.Now()
	outcome := &sweepOutcome{}
	caughtUp := false
	if !full {
		outcome.Reading, caughtUp = o.connection.CatchUp(ctx)
	}
	if !caughtUp {
		outcome.Reading, outcome.err = o.connection.Sweep(ctx, o.known, o.accepted)
	}
	if outcome.err == nil {
		outcome.err = o.connection.Know(ctx, o.groups...)
	}
	outcome.at = s.clock.Now()
	outcome.took = outcome.at.Sub(start)
	if directory.IsDown(outcome.err) {
		o.connection.Close(outcome.err)
	}
	if outcome.err == nil {
		o.sumUp(ctx, outcome)
	}
	s.mu.Lock()
	state.running, state.outcome, state.jitter = false, outcome, jitter()
	if outcome.err == nil && !caughtUp {
		state.lastFull = start
	}
	s.mu.Unlock()
	o.done(outcome) // whoever it wakes looks at the outcome
}

// again makes the next reading of a directory due now, and of everything: it
// has been away. One that is under way does not count.
func (s *sweeps) again(key probeKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state := s.known[key]; state != nil {
		state.asked = true
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

// jitter is one, a tenth more or less.
func jitter() float64 {
	return wait.Jitter(time.Second, 0.2).Seconds() - 0.1
}
