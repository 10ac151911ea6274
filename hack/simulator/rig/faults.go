package rig

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
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
	// Every, if above 1, spoils only each so-manieth of the requests that fit.
	Every int `json:"every,omitempty"`
}

// FaultKind is a way to spoil a request.
type FaultKind string

// The ways to spoil a request.
const (
	// KindError answers an error in the product's own form; nothing is changed.
	KindError FaultKind = "error"
	// KindHTML answers a page, as a proxy or login screen does; nothing is changed.
	KindHTML FaultKind = "html"
	// KindTruncated does what was asked and answers half of the body.
	KindTruncated FaultKind = "truncated"
	// KindSlow does what was asked and answers a byte at a time, so that no
	// client gets to the end in time.
	KindSlow FaultKind = "slow"
	// KindLarge answers a page of ten megabytes; nothing is changed.
	KindLarge FaultKind = "large"
	// KindLogin redirects to a login page on another host; nothing is changed.
	KindLogin FaultKind = "login"
	// KindReset resets the connection; nothing is changed.
	KindReset FaultKind = "reset"
	// KindLostAnswer does what was asked and resets the connection.
	KindLostAnswer FaultKind = "lostAnswer"
)

// valid says what is wrong with f, if anything.
func (f Faults) valid() error {
	for i, rule := range f.Rules {
		switch rule.Kind {
		case KindError, KindHTML, KindTruncated, KindSlow, KindLarge, KindLogin, KindReset, KindLostAnswer:
		default:
			return fmt.Errorf("rules[%d].kind: %q is not one of error, html, truncated, slow, large, login, reset, lostAnswer", i, rule.Kind)
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
	fits   []int // how many requests each rule fitted
}

func (f *faultSet) set(faults Faults) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = faults
	f.used, f.fits = make([]int, len(faults.Rules)), make([]int, len(faults.Rules))
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
		if cmp.Or(rule.Method, r.Method) != r.Method || !strings.Contains(r.URL.RequestURI(), rule.Path) {
			continue
		}
		f.fits[i]++
		spent := rule.Times > 0 && f.used[i] >= rule.Times
		if !spent && (rule.Every < 2 || f.fits[i]%rule.Every == 0) {
			f.used[i]++
			return rule, true
		}
	}
	return Rule{}, false
}
