package rig

import (
	"bytes"
	"cmp"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"
)

// largePage is how long the page of KindLarge is, in bytes.
const largePage = 10 << 20

// serve answers with the faults in force.
func (r *Rig) serve(w http.ResponseWriter, request *http.Request) {
	latency, limit := r.faults.get()
	if !wait(request, latency) || !r.withinLimit(w, request, limit) {
		return
	}
	rule, found := r.faults.take(request)
	if !found {
		r.config.Product.ServeHTTP(w, request)
		return
	}
	r.spoil(w, request, rule)
}

// wait lets d pass, and reports false if the caller goes away meanwhile.
func wait(request *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-request.Context().Done():
		return false
	}
}

// spoil answers a request as the rule says.
func (r *Rig) spoil(w http.ResponseWriter, request *http.Request, rule Rule) {
	status := cmp.Or(rule.Status, http.StatusInternalServerError)
	if rule.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(rule.RetryAfterSeconds))
	}
	switch rule.Kind {
	case KindError:
		r.config.Fail(w, status, "The simulator was told to fail.")
	case KindHTML:
		WritePage(w, status, r.config.Name)
	case KindLarge:
		w.Header().Set("Content-Type", "text/html;charset=UTF-8")
		w.WriteHeader(status)
		_, _ = w.Write(bytes.Repeat([]byte("<p>error</p>"), largePage/12))
	case KindLogin:
		http.Redirect(w, request, "http://login.invalid/login", http.StatusFound)
	case KindReset:
		reset(w)
	case KindLostAnswer:
		r.config.Product.ServeHTTP(httptest.NewRecorder(), request)
		reset(w)
	case KindTruncated:
		whole := r.answer(w, request)
		_, _ = w.Write(whole[:len(whole)/2])
	case KindSlow:
		r.trickle(w, request)
	}
}

// answer does what was asked, sends the head of the answer and gives its body.
func (r *Rig) answer(w http.ResponseWriter, request *http.Request) []byte {
	whole := httptest.NewRecorder()
	r.config.Product.ServeHTTP(whole, request)
	w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
	w.WriteHeader(whole.Code)
	return whole.Body.Bytes()
}

// trickle does what was asked and sends one byte a second, until the caller
// gives up.
func (r *Rig) trickle(w http.ResponseWriter, request *http.Request) {
	for _, b := range r.answer(w, request) {
		_, _ = w.Write([]byte{b})
		_ = http.NewResponseController(w).Flush()
		if !wait(request, time.Second) {
			return
		}
	}
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
