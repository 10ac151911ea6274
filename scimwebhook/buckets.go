package scimwebhook

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often something may happen: PerSecond in the long run, and
// Burst times at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// maxBuckets bounds the memory that strangers' addresses can take.
const maxBuckets = 20_000

// buckets are token buckets of one rate, one for each key. Of too many keys,
// those that were not used for longest are forgotten.
type buckets[K comparable] struct {
	rate Rate
	mu   sync.Mutex
	// recent are the keys used since it was last full, older those before.
	recent, older map[K]*rate.Limiter
}

func newBuckets[K comparable](r Rate) *buckets[K] {
	return &buckets[K]{rate: r, recent: map[K]*rate.Limiter{}}
}

// take takes one token from the bucket of a key. If there is none, it says
// after how many whole seconds to ask again.
func (b *buckets[K]) take(key K, now time.Time) (ok bool, after int) {
	limiter := b.of(key)
	if limiter.AllowN(now, 1) {
		return true, 0
	}
	missing := 1 - limiter.TokensAt(now)
	return false, min(max(int(math.Ceil(missing/b.rate.PerSecond)), 1), retryAfter)
}

func (b *buckets[K]) of(key K) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	limiter, ok := b.recent[key]
	if ok {
		return limiter
	}
	if limiter, ok = b.older[key]; !ok {
		limiter = rate.NewLimiter(rate.Limit(b.rate.PerSecond), b.rate.Burst)
	}
	if len(b.recent) >= maxBuckets/2 {
		b.recent, b.older = make(map[K]*rate.Limiter), b.recent
	}
	b.recent[key] = limiter
	return limiter
}
