package rest

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestBudgetPacesRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewWithT(t)
		b := newBudget(10, 1)
		start := time.Now()
		for range 11 {
			release, failure := b.acquire(t.Context())
			g.Expect(failure).NotTo(HaveOccurred())
			release()
		}
		g.Expect(time.Since(start)).To(BeNumerically("~", time.Second, time.Millisecond))
	})
}

func TestBudgetPausesAndResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewWithT(t)
		b := newBudget(10, 1)
		g.Expect(b.pause(40 * time.Second)).To(Equal(40 * time.Second))
		g.Expect(b.pause(time.Minute)).To(Equal(20 * time.Second))
		g.Expect(b.pause(time.Second)).To(BeZero(), "the longer one stays")

		_, failure := b.acquire(t.Context())
		g.Expect(failure.Kind).To(Equal(directory.KindRateLimited))
		g.Expect(failure.RetryAfter).To(Equal(time.Minute))

		<-time.After(time.Minute)
		release, failure := b.acquire(t.Context())
		g.Expect(failure).NotTo(HaveOccurred())
		release()
	})
}

func TestBudgetRefusesWaitersWhenAPauseBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewWithT(t)
		b := newBudget(10, 1)
		release, failure := b.acquire(t.Context())
		g.Expect(failure).NotTo(HaveOccurred())
		waiter := make(chan *directory.Error)
		go func() {
			_, failure := b.acquire(t.Context())
			waiter <- failure
		}()
		synctest.Wait()
		b.pause(time.Minute)
		release()
		g.Expect((<-waiter).Kind).To(Equal(directory.KindRateLimited))

		<-time.After(time.Minute)
		release, failure = b.acquire(t.Context())
		g.Expect(failure).NotTo(HaveOccurred(), "a refused waiter gives its slot back")
		release()
	})
}

func TestBudgetGivesUpWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewWithT(t)
		b := newBudget(1, 1)
		release, _ := b.acquire(t.Context())
		release()
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, failure := b.acquire(ctx)
		g.Expect(failure.Kind).To(Equal(directory.KindRateLimited))
		g.Expect(failure.RetryAfter).To(BeNumerically(">", 0))
	})
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
		cases := map[string]time.Duration{
			"7":                      7 * time.Second,
			"0":                      minPause, // Jira's "0" says that tokens remain
			"-5":                     minPause,
			"":                       minPause,
			"soon":                   minPause,
			"99999999999":            maxPause,
			"301":                    maxPause,
			in(time.Minute):          time.Minute,
			in(-time.Minute):         minPause,
			in(365 * 24 * time.Hour): maxPause,
		}
		for header, want := range cases {
			NewWithT(t).Expect(retryAfter(header)).To(Equal(want), "%q", header)
		}
	})
}

func TestUrgentRequestsDoNotWaitForAllOthers(t *testing.T) {
	const workers = 96
	calm := func(ctx context.Context) context.Context { return ctx }
	for name, c := range map[string]struct {
		crowd, one func(context.Context) context.Context
	}{
		"a newcomer while everybody is looked at": {calm, directory.Urgent},
		"a probe while many join":                 {directory.Urgent, calm},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := NewWithT(t)
				b := newBudget(20, 8)
				request := func(ctx context.Context) {
					release, failure := b.acquire(ctx)
					g.Expect(failure).NotTo(HaveOccurred())
					<-time.After(50 * time.Millisecond)
					release()
				}
				for range workers {
					go request(c.crowd(t.Context()))
				}
				synctest.Wait()
				start := time.Now()
				request(c.one(t.Context()))
				g.Expect(time.Since(start)).To(BeNumerically("<", time.Second))
				<-time.After(workers * 50 * time.Millisecond) // until the crowd is through
			})
		})
	}
}
