package rig

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// RateLimit is a token bucket for each signed-in caller, as the
// products' administrators set it: FillRate tokens come in every IntervalSeconds, and at
// most Limit are kept.
//
// https://confluence.atlassian.com/adminjiraserver/adjusting-your-code-for-rate-limiting-987143384.html
type RateLimit struct {
	Limit           int `json:"limit"`
	FillRate        int `json:"fillRate"`
	IntervalSeconds int `json:"intervalSeconds"`
}

// bucket is what a caller has left, as of a time.
type bucket struct {
	tokens int
	filled time.Time
}

// rateLimiter holds the callers' buckets.
type rateLimiter struct {
	mu      sync.Mutex
	buckets map[string]*bucket
}

func (l *rateLimiter) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buckets = map[string]*bucket{}
}

// take takes a token of the caller's, if there is one, and says how many are
// left and in how long the next ones come.
func (l *rateLimiter) take(caller string, limit RateLimit, now time.Time) (ok bool, left int, next time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[caller]
	if b == nil {
		b = &bucket{tokens: limit.Limit, filled: now}
		l.buckets[caller] = b
	}
	interval := time.Duration(limit.IntervalSeconds) * time.Second
	if elapsed := int(now.Sub(b.filled) / interval); elapsed > 0 {
		b.tokens = min(limit.Limit, b.tokens+elapsed*limit.FillRate)
		b.filled = b.filled.Add(time.Duration(elapsed) * interval)
	}
	if b.tokens > 0 {
		b.tokens--
		ok = true
	}
	return ok, b.tokens, b.filled.Add(interval).Sub(now)
}

// withinLimit sets the rate limit's headers and answers 429 to a caller that
// has used up its tokens. Anonymous requests are not limited.
func (r *Rig) withinLimit(w http.ResponseWriter, request *http.Request, limit *RateLimit) bool {
	if limit == nil {
		return true
	}
	caller := r.config.Caller(request)
	if caller == "" {
		return true
	}
	ok, left, next := r.limiter.take(caller, *limit, r.config.Clock())
	retryAfter := 0
	if left == 0 {
		retryAfter = int(math.Ceil(next.Seconds()))
	}
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit.Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Interval-Seconds", strconv.Itoa(limit.IntervalSeconds))
	h.Set("X-RateLimit-FillRate", strconv.Itoa(limit.FillRate))
	h.Set("Retry-After", strconv.Itoa(retryAfter))
	if !ok {
		WriteJSON(w, http.StatusTooManyRequests, map[string]string{"message": "Rate limit exceeded."})
	}
	return ok
}
