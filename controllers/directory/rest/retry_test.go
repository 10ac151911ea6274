package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
)

func TestWhatIsRepeated(t *testing.T) {
	const (
		once  = 1
		until = 3
	)
	cases := map[string]struct {
		fail  http.HandlerFunc
		reads int // attempts; a write that was sent has one, always
	}{
		"a connection that breaks":      {hangUp, until},
		"an answer that breaks off":     {breakOff, until},
		"a bad gateway":                 {status(502), until},
		"a product that is starting":    {status(503), until},
		"a gateway's time-out":          {status(504), until},
		"a product that asks to wait":   {status(503, "Retry-After", "1"), once},
		"a gateway that asks to wait":   {status(504, "Retry-After", "1"), once},
		"too many requests":             {status(429), once},
		"an internal error":             {status(500), once},
		"a refusal":                     {status(400), once},
		"wrong credentials":             {status(401), once},
		"something that is not there":   {status(404), once},
		"a redirect":                    {status(302, "Location", "/login"), once},
		"a page":                        {status(200, "Content-Type", "text/html"), once},
		"an answer that makes no sense": {status(200), once},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			product := &failing{times: 2, fail: c.fail}
			client, waits := impatient(t, product)
			err := send(t.Context(), client, http.MethodGet)
			g.Expect(err == nil).To(Equal(c.reads == until), "%v", err)
			g.Expect(product.requests.Load()).To(BeEquivalentTo(c.reads))
			g.Expect(*waits).To(Equal([]time.Duration{backoff, 2 * backoff}[:c.reads-1]))

			for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
				product := &failing{times: 2, fail: c.fail}
				client, _ := impatient(t, product)
				g.Expect(send(t.Context(), client, method)).NotTo(Succeed())
				g.Expect(product.requests.Load()).To(BeEquivalentTo(1), method)
			}
		})
	}
}

func TestReadsAreGivenUp(t *testing.T) {
	g := NewWithT(t)
	product := &failing{times: 100, fail: status(502)}
	client, _ := impatient(t, product)
	err := send(t.Context(), client, http.MethodGet)
	g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
	g.Expect(product.requests.Load()).To(BeEquivalentTo(readAttempts))
}

func TestEveryReadSucceedsWhileHalfOfTheRequestsFail(t *testing.T) {
	g := NewWithT(t)
	var requests atomic.Int32
	client, _ := impatient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%2 == 1 {
			status(502)(w, r)
			return
		}
		_, _ = io.WriteString(w, `{}`)
	}))
	for range 10 {
		g.Expect(send(t.Context(), client, http.MethodGet)).To(Succeed())
	}
}

func TestWritesThatNeverLeftAreMadeOnceMore(t *testing.T) {
	for _, c := range []struct {
		method          string
		refusals, dials int
		arrives         int32
	}{
		{http.MethodPost, 1, 2, 1},
		{http.MethodPost, 9, 2, 0},
		{http.MethodDelete, 9, 2, 0},
		{http.MethodGet, 2, 3, 1},
		{http.MethodGet, 9, 3, 0},
	} {
		g := NewWithT(t)
		product := &failing{}
		client, _ := impatient(t, product)
		dials := 0
		transport, _ := client.http.Transport.(*http.Transport)
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if dials++; dials <= c.refusals {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		}
		err := send(t.Context(), client, c.method)
		g.Expect(dials).To(Equal(c.dials))
		g.Expect(product.requests.Load()).To(Equal(c.arrives))
		if c.arrives == 0 {
			g.Expect(directory.KindOf(err)).To(Equal(directory.KindUnavailable))
			g.Expect(err).To(MatchError(syscall.ECONNREFUSED))
			continue
		}
		g.Expect(err).NotTo(HaveOccurred())
	}
}

func TestTimeoutsAreNotRepeated(t *testing.T) {
	g := NewWithT(t)
	done := make(chan struct{})
	product := &failing{times: 9, fail: func(http.ResponseWriter, *http.Request) { <-done }}
	client, waits := impatient(t, product)
	defer close(done)
	client.timeout = 20 * time.Millisecond
	failure, _ := errors.AsType[*directory.Error](send(t.Context(), client, http.MethodGet))
	g.Expect(failure.Timeout).To(BeTrue())
	g.Expect(*waits).To(BeEmpty())
}

func TestNobodyWaitsToRepeatLongerThan(t *testing.T) {
	const long = time.Hour
	cases := map[string]struct {
		timeout   time.Duration
		wait      time.Duration
		meanwhile func(client *Client, giveUp context.CancelFunc)
	}{
		"a request may take":   {20 * time.Millisecond, long, func(*Client, context.CancelFunc) {}},
		"its caller does":      {long, long, func(_ *Client, giveUp context.CancelFunc) { giveUp() }},
		"until a pause begins": {long, 0, func(client *Client, _ context.CancelFunc) { client.budget.pause(long) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			product := &failing{times: 9, fail: status(502)}
			client, _ := impatient(t, product)
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			client.timeout = c.timeout
			client.jitter = func(time.Duration) time.Duration {
				c.meanwhile(client, giveUp)
				return c.wait
			}
			err := send(ctx, client, http.MethodGet)
			g.Expect(err).To(MatchError(ContainSubstring("502")), "the failure itself is told")
			g.Expect(product.requests.Load()).To(BeEquivalentTo(1))
		})
	}
}

func TestWaitsAreSpread(t *testing.T) {
	g := NewWithT(t)
	seen := map[time.Duration]bool{}
	for range 100 {
		wait := fullJitter(backoff)
		g.Expect(wait).To(And(BeNumerically(">=", 0), BeNumerically("<", backoff)))
		seen[wait] = true
	}
	g.Expect(len(seen)).To(BeNumerically(">", 90))
}
