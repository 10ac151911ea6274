// Package rig is what every simulated product stands on: a log of requests,
// faults on demand, rate limits, and the addresses that steer all that over
// HTTP. It knows nothing of what the products do, and nothing of any client.
package rig

import (
	"net/http"
	"strings"
	"time"
)

// Config says what stands on the rig.
type Config struct {
	// Name is the product's name, as its HTML pages show it.
	Name string
	// Product answers as the product does when nothing disturbs it.
	Product http.Handler
	// Route names the resource that a request is for, such as user/search;
	// empty where there is none.
	Route func(*http.Request) string
	// Caller is who is signed in; empty for nobody.
	Caller func(*http.Request) string
	// Fail answers an error in the product's own form.
	Fail func(w http.ResponseWriter, status int, message string)
	// Steer are more addresses below /_sim/, by method and path, such as
	// "GET /_sim/state".
	Steer map[string]http.HandlerFunc
	// Clock tells the time; time.Now if nil.
	Clock func() time.Time
}

// Rig serves a product. It is safe for concurrent use.
type Rig struct {
	config  Config
	log     requestLog
	faults  faultSet
	limiter rateLimiter
}

// New makes a rig without faults.
func New(config Config) *Rig {
	if config.Clock == nil {
		config.Clock = time.Now
	}
	r := &Rig{config: config}
	r.Clear()
	return r
}

// ServeHTTP answers the product's addresses and, under /_sim/, those that
// steer the simulation.
func (r *Rig) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if strings.HasPrefix(request.URL.Path, steerPrefix) {
		r.serveSteering(w, request)
		return
	}
	r.serve(r.log.begin(r.config.Route(request), request, w), request)
}

// Clear forgets the requests so far and ends all faults.
func (r *Rig) Clear() {
	r.log.clear()
	r.limiter.reset()
	r.faults.set(Faults{})
}

// Requests lists the requests so far.
func (r *Rig) Requests() []Request { return r.log.all() }

// ClearRequests forgets the requests so far.
func (r *Rig) ClearRequests() { r.log.clear() }

// Count says how many requests of that method went to that resource, such as
// POST and group/user.
func (r *Rig) Count(method, route string) int {
	n := 0
	for _, request := range r.log.all() {
		if request.Method == method && request.Route == route {
			n++
		}
	}
	return n
}

// SetFaults replaces the faults in force; Faults{} ends them. It refuses
// values that make no sense and then changes nothing.
func (r *Rig) SetFaults(faults Faults) error {
	if err := faults.valid(); err != nil {
		return err
	}
	r.limiter.reset()
	r.faults.set(faults)
	return nil
}
