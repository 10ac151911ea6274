package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"time"
)

const (
	// A read is harmless to repeat; a write is repeated only if it never left.
	readAttempts  = 3
	writeAttempts = 2
	// backoff is the longest wait before the second attempt; it doubles with
	// each more.
	backoff = 100 * time.Millisecond
)

// repeatable reports whether a failed attempt may be made again at once.
func (x *exchange) repeatable(attempt int) bool {
	switch {
	case !x.transient:
		return false
	case x.write:
		return !x.sent.Load() && attempt < writeAttempts
	}
	return attempt < readAttempts
}

// waitToRepeat waits for the turn of another attempt, and reports whether
// there may be one: not if the caller gives up or the directory asks for a
// pause meanwhile.
func (c *Client) waitToRepeat(ctx context.Context, attempt int) bool {
	select {
	case <-time.After(c.jitter(backoff << (attempt - 1))):
	case <-ctx.Done():
		return false
	}
	return c.budget.turn(ctx) == nil
}

// fullJitter spreads the repetitions of many callers that failed together.
func fullJitter(most time.Duration) time.Duration {
	return rand.N(most) //nolint:gosec // nobody gains from guessing it
}

// neverLeft recognises the failure to connect. Go moves a write from a
// connection that turned out to be closed to a new one only if nothing of it
// was sent, so this holds even where it had a connection before.
func neverLeft(err error) bool {
	failure, ok := errors.AsType[*net.OpError](err)
	return ok && (failure.Op == "dial" || failure.Op == "proxyconnect")
}

// explainNet is what err says, without the local port of the connection, which
// differs each time.
func explainNet(err error) string {
	message := err.Error()
	if failure, ok := errors.AsType[*net.OpError](err); ok && failure.Source != nil {
		message = strings.Replace(message, failure.Source.String()+"->", "", 1)
	}
	return message
}

func isUntrusted(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
}
