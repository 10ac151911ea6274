package rest_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

func TestAPauseHoldsUpEverybody(t *testing.T) {
	cases := map[string]struct {
		status     int
		retryAfter string
		want       time.Duration
	}{
		"too many requests":           {429, "120", 2 * time.Minute},
		"too many requests, for ages": {429, "86400", 5 * time.Minute},
		"not available for a while":   {503, "120", 2 * time.Minute},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, first := range []rest.Request{read(), write()} {
				g := NewWithT(t)
				var requests atomic.Int32
				server := serve(t, func(w http.ResponseWriter, r *http.Request) {
					requests.Add(1)
					answering(c.status, "application/json", `{"said":"Slow down."}`, "Retry-After", c.retryAfter)(w, r)
				})
				client := connect(t, config(server))
				g.Expect(failure(t, do(t, client, first)).RetryAfter).To(Equal(c.want))
				for _, request := range []error{do(t, client, read()), do(t, client, write())} {
					got := failure(t, request)
					g.Expect(got.Kind).To(Equal(directory.KindRateLimited))
					g.Expect(got.RetryAfter).To(BeNumerically("~", c.want, 10*time.Second))
				}
				g.Expect(requests.Load()).To(BeEquivalentTo(1), "a paused client sends nothing")
			}
		})
	}
}

func TestAStormOfRefusalsEndsItself(t *testing.T) {
	g := NewWithT(t)
	var requests atomic.Int32
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		answering(429, "application/json", "", "Retry-After", "60")(w, r)
	})
	settings := config(server)
	settings.MaxConcurrentRequests = 4
	client := connect(t, settings)
	var everybody sync.WaitGroup
	for range 100 {
		everybody.Go(func() {
			if err := do(t, client, read()); directory.KindOf(err) != directory.KindRateLimited {
				t.Error(err)
			}
		})
	}
	everybody.Wait()
	g.Expect(requests.Load()).To(BeNumerically("<=", 4), "only those under way when it began")
}

func TestNoMoreRequestsAtOnceThanAllowed(t *testing.T) {
	g := NewWithT(t)
	var underWay, most atomic.Int32
	arrived, proceed := make(chan struct{}, 16), make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		most.Store(max(most.Load(), underWay.Add(1)))
		arrived <- struct{}{}
		<-proceed
		underWay.Add(-1)
		_, _ = w.Write([]byte(`{}`))
	})
	settings := config(server)
	settings.MaxConcurrentRequests = 3
	client := connect(t, settings)
	var everybody sync.WaitGroup
	for range 16 {
		everybody.Go(func() { _ = do(t, client, read()) })
	}
	for range 3 {
		<-arrived
	}
	g.Consistently(arrived, 50*time.Millisecond).ShouldNot(Receive())
	close(proceed)
	everybody.Wait()
	g.Expect(most.Load()).To(BeEquivalentTo(3))
}

func TestCallersThatWaitTooLongForTheirTurn(t *testing.T) {
	g := NewWithT(t)
	arrived, done := make(chan struct{}), make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-done
		_, _ = w.Write([]byte(strconv.Quote("")))
	})
	settings := config(server)
	settings.MaxConcurrentRequests = 1
	client := connect(t, settings)
	first := make(chan error)
	go func() { first <- client.Do(t.Context(), read(), nil) }()
	<-arrived

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	got := failure(t, client.Do(ctx, write(), nil))
	g.Expect(got.Kind).To(Equal(directory.KindRateLimited), "nothing was sent, so nothing is ambiguous")
	g.Expect(got.Message).To(ContainSubstring("requestsPerSecond"))
	close(done)
	g.Expect(<-first).To(Succeed())
}

func TestWaitsAreObserved(t *testing.T) {
	g := NewWithT(t)
	server := serve(t, answering(429, "application/json", "", "Retry-After", "60"))
	client := connect(t, config(server))
	var waited time.Duration
	ctx := directory.ObserveWaits(t.Context(), func(wait time.Duration) { waited += wait })
	for range 3 { // the first is told to pause, the others pause
		g.Expect(client.Do(ctx, read(), nil)).NotTo(Succeed())
	}
	g.Expect(waited).To(BeNumerically("~", time.Minute, 10*time.Second))
}

func TestWaitsForATurnAreObserved(t *testing.T) {
	g := NewWithT(t)
	server := serve(t, answering(200, "application/json", "{}"))
	settings := config(server)
	settings.RequestsPerSecond, settings.MaxConcurrentRequests = 20, 1
	client := connect(t, settings)
	var waited time.Duration
	ctx := directory.ObserveWaits(t.Context(), func(wait time.Duration) { waited += wait })
	start := time.Now()
	for range 3 {
		g.Expect(client.Do(ctx, read(), nil)).To(Succeed())
	}
	g.Expect(waited).To(And(BeNumerically(">", 50*time.Millisecond), BeNumerically("<=", time.Since(start))))
}
