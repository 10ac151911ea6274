package jira

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Faults is what disturbs the instance. The zero value disturbs nothing.
type Faults struct {
	// LatencyMillis delays every answer.
	LatencyMillis int `json:"latencyMillis,omitempty"`
	// RateLimit, if set, limits each signed-in caller.
	RateLimit *RateLimit `json:"rateLimit,omitempty"`
	// Rules are tried in order; the first that fits a request decides.
	Rules []Rule `json:"rules,omitempty"`
}

// Rule spoils the requests that it fits.
type Rule struct {
	// Method is the HTTP method; empty for any.
	Method string `json:"method,omitempty"`
	// Path is a part of the path with its query, such as /user?; empty for any.
	Path string `json:"path,omitempty"`
	// Kind says how the request is spoilt.
	Kind FaultKind `json:"kind"`
	// Status is the status of KindError and KindHTML; 500 if 0.
	Status int `json:"status,omitempty"`
	// RetryAfterSeconds, if not 0, is sent as Retry-After with KindError and KindHTML.
	RetryAfterSeconds int `json:"retryAfterSeconds,omitempty"`
	// Times is how many requests are spoilt; 0 for all.
	Times int `json:"times,omitempty"`
}

// FaultKind is a way to spoil a request.
type FaultKind string

// The ways to spoil a request.
const (
	// KindError answers an error in Jira's JSON form; nothing is changed.
	KindError FaultKind = "error"
	// KindHTML answers a page, as a proxy or login screen does; nothing is changed.
	KindHTML FaultKind = "html"
	// KindTruncated does what was asked and answers half of the JSON.
	KindTruncated FaultKind = "truncated"
	// KindReset resets the connection; nothing is changed.
	KindReset FaultKind = "reset"
	// KindLostAnswer does what was asked and resets the connection.
	KindLostAnswer FaultKind = "lostAnswer"
)

// valid says what is wrong with f, if anything.
func (f Faults) valid() error {
	for i, rule := range f.Rules {
		switch rule.Kind {
		case KindError, KindHTML, KindTruncated, KindReset, KindLostAnswer:
		default:
			return fmt.Errorf("rules[%d].kind: %q is not one of error, html, truncated, reset, lostAnswer", i, rule.Kind)
		}
	}
	if l := f.RateLimit; l != nil && (l.Limit < 1 || l.FillRate < 1 || l.IntervalSeconds < 1) {
		return errors.New("rateLimit: limit, fillRate and intervalSeconds must be at least 1")
	}
	return nil
}

// faultSet holds the faults in force.
type faultSet struct {
	mu     sync.Mutex
	faults Faults
	used   []int // how often each rule was applied
}

func (f *faultSet) set(faults Faults) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults, f.used = faults, make([]int, len(faults.Rules))
}

// get gives the latency and the limit in force.
func (f *faultSet) get() (time.Duration, *RateLimit) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Duration(f.faults.LatencyMillis) * time.Millisecond, f.faults.RateLimit
}

// take finds the rule for r and counts it as applied.
func (f *faultSet) take(r *http.Request) (Rule, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, rule := range f.faults.Rules {
		spent := rule.Times > 0 && f.used[i] >= rule.Times
		if !spent && cmp.Or(rule.Method, r.Method) == r.Method && strings.Contains(r.URL.RequestURI(), rule.Path) {
			f.used[i]++
			return rule, true
		}
	}
	return Rule{}, false
}

// serveFaulty answers with the faults in force.
func (s *Server) serveFaulty(w http.ResponseWriter, r *http.Request) {
	latency, limit := s.faults.get()
	if !wait(r, latency) || !s.withinLimit(w, r, limit) {
		return
	}
	rule, found := s.faults.take(r)
	if !found {
		s.product.ServeHTTP(w, r)
		return
	}
	s.spoil(w, r, rule)
}

// wait lets d pass, and reports false if the caller goes away meanwhile.
func wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// spoil answers r as the rule says.
func (s *Server) spoil(w http.ResponseWriter, r *http.Request, rule Rule) {
	status := cmp.Or(rule.Status, http.StatusInternalServerError)
	if rule.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(rule.RetryAfterSeconds))
	}
	switch rule.Kind {
	case KindError:
		writeJSON(w, failed(refuse(status, "The simulator was told to fail.")))
	case KindHTML:
		writePage(w, status)
	case KindReset:
		reset(w)
	case KindLostAnswer:
		s.product.ServeHTTP(httptest.NewRecorder(), r)
		reset(w)
	case KindTruncated:
		s.truncate(w, r)
	}
}

// truncate does what was asked and answers with the first half of the body.
func (s *Server) truncate(w http.ResponseWriter, r *http.Request) {
	whole := httptest.NewRecorder()
	s.product.ServeHTTP(whole, r)
	w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
}

// reset ends the connection without an answer; TCP says so to the caller
// (RST), as when the product or a proxy dies.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's own means where there is no connection of one's own, as in HTTP/2
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
