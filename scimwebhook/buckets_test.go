package scimwebhook

import (
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestBuckets(t *testing.T) {
	g := NewWithT(t)
	now := time.Unix(1000, 0)
	b := newBuckets[string](Rate{PerSecond: 0.5, Burst: 2})
	take := func(key string) int {
		ok, after := b.take(key, now)
		g.Expect(ok).To(Equal(after == 0))
		return after
	}
	g.Expect(take("a")).To(BeZero())
	g.Expect(take("a")).To(BeZero())
	g.Expect(take("a")).To(Equal(2), "half a token a second")
	g.Expect(take("b")).To(BeZero(), "another key has a bucket of its own")
	now = now.Add(1500 * time.Millisecond)
	g.Expect(take("a")).To(Equal(1))
	now = now.Add(500 * time.Millisecond)
	g.Expect(take("a")).To(BeZero())
	now = now.Add(time.Hour)
	g.Expect([]int{take("a"), take("a"), take("a")}).To(Equal([]int{0, 0, 2}), "no more than the burst is saved")
}

func TestBucketsAskForNoMoreThanAFewSeconds(t *testing.T) {
	g := NewWithT(t)
	b := newBuckets[string](Rate{PerSecond: 0.001, Burst: 1})
	b.take("a", time.Unix(0, 0))
	_, after := b.take("a", time.Unix(0, 0))
	g.Expect(after).To(Equal(retryAfter))
}

func TestBucketsForgetWhatIsNotUsed(t *testing.T) {
	g := NewWithT(t)
	now := time.Unix(1000, 0)
	b := newBuckets[int](Rate{PerSecond: 0.001, Burst: 1})
	b.take(-1, now)
	for n := range 3 * maxBuckets {
		b.take(n, now)
		if n%1000 == 0 {
			ok, _ := b.take(-1, now)
			g.Expect(ok).To(BeFalse(), "a key in use is remembered")
		}
	}
	g.Expect(len(b.recent) + len(b.older)).To(BeNumerically("<=", maxBuckets))
	ok, _ := b.take(1, now)
	g.Expect(ok).To(BeTrue(), "the others are forgotten")
}
