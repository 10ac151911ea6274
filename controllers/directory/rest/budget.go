package rest

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/atlassync/atlassync/controllers/directory"
)

const (
	// A product that says how long to wait is believed between these.
	minPause = time.Second
	maxPause = 5 * time.Minute
)

// budget is what all requests to one instance share: how many a second, how
// many at once, and the pause that the instance has asked for.
type budget struct {
	limiter *rate.Limiter
	slots   chan struct{}
	// urgent and others are lines of which the first may take a slot. So the
	// two take turns, and an urgent request need not wait for all others.
	urgent, others chan struct{}

	mu       sync.Mutex
	resumeAt time.Time
}

func newBudget(requestsPerSecond, maxConcurrent int) *budget {
	return &budget{
		limiter: rate.NewLimiter(rate.Limit(requestsPerSecond), maxConcurrent),
		slots:   make(chan struct{}, maxConcurrent),
		urgent:  make(chan struct{}, 1),
		others:  make(chan struct{}, 1),
	}
}

// acquire waits for the turn of a request and then gives the function that
// ends it. During a pause it does not wait but fails at once, so that no
// worker is held up.
func (b *budget) acquire(ctx context.Context) (release func(), failure *directory.Error) {
	if failure := b.paused(); failure != nil {
		return nil, failure
	}
	line := b.others
	if directory.IsUrgent(ctx) {
		line = b.urgent
	}
	if err := enter(ctx, line); err != nil {
		return nil, noTurn(err)
	}
	err := enter(ctx, b.slots)
	<-line
	if err != nil {
		return nil, noTurn(err)
	}
	release = func() { <-b.slots }
	if failure := b.turn(ctx); failure != nil {
		release()
		return nil, failure
	}
	return release, nil
}

// enter waits until there is room in what is full with so many.
func enter(ctx context.Context, room chan<- struct{}) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turn waits until one more request may be sent by whoever has a slot.
func (b *budget) turn(ctx context.Context) *directory.Error {
	if err := b.limiter.Wait(ctx); err != nil {
		return noTurn(err)
	}
	return b.paused()
}

// pause holds up all requests for a time, and gives by how much longer that
// is than they are held up already. A longer pause under way stays.
func (b *budget) pause(wait time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	more := wait - max(time.Until(b.resumeAt), 0)
	if more <= 0 {
		return 0
	}
	b.resumeAt = time.Now().Add(wait)
	return more
}

func (b *budget) paused() *directory.Error {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := time.Until(b.resumeAt)
	if wait <= 0 {
		return nil
	}
	return &directory.Error{Kind: directory.KindRateLimited, RetryAfter: wait,
		Message: "the directory has asked for a pause"}
}

// noTurn is the failure of a request that was given up before its turn came.
func noTurn(err error) *directory.Error {
	if errors.Is(err, context.Canceled) {
		return &directory.Error{Kind: directory.KindUnavailable, Err: err}
	}
	return &directory.Error{Kind: directory.KindRateLimited, RetryAfter: minPause, Err: err,
		Message: "too many requests to this directory are waiting; if that lasts, raise requestsPerSecond"}
}

// retryAfter reads the header of that name (RFC 9110, section 10.2.3): whole
// seconds or a date. What cannot be read counts as the shortest pause.
func retryAfter(header string) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(header); err == nil {
		wait = time.Duration(min(seconds, int(maxPause/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = time.Until(date)
	}
	return min(max(wait, minPause), maxPause)
}
