package rig

import (
	"cmp"
	"net/http"
	"sync"
	"time"
)

// Request is one request to the product, as the log keeps it.
type Request struct {
	Method string `json:"method"`
	// Route is the resource, such as user/search; the path where there is none.
	Route string `json:"route"`
	Path  string `json:"path"`
	Query string `json:"query,omitempty"`
	// Status is what was answered; 0 if there is no answer.
	Status int `json:"status"`
	// At is when the request came in.
	At time.Time `json:"at"`
}

// requestLog keeps every request in the order in which they came.
type requestLog struct {
	mu       sync.Mutex
	requests []*Request
}

// begin adds a request for the named resource that has no answer yet, and gives a writer that notes
// the answer's status.
func (l *requestLog) begin(name string, r *http.Request, w http.ResponseWriter) *loggedWriter {
	entry := &Request{
		Method: r.Method,
		Route:  cmp.Or(name, r.URL.Path),
		Path:   r.URL.Path,
		Query:  r.URL.RawQuery,
		At:     time.Now(),
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, entry)
	return &loggedWriter{ResponseWriter: w, log: l, entry: entry}
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = nil
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	copies := make([]Request, 0, len(l.requests))
	for _, r := range l.requests {
		copies = append(copies, *r)
	}
	return copies
}

// loggedWriter notes the status of an answer in the log.
type loggedWriter struct {
	http.ResponseWriter
	log   *requestLog
	entry *Request
}

// WriteHeader notes the status, then sends it.
func (w *loggedWriter) WriteHeader(status int) {
	w.log.mu.Lock()
	w.entry.Status = status
	w.log.mu.Unlock()
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *loggedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
