package jira

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
)

// Request is one request to the product, as the log keeps it.
type Request struct {
	Method string `json:"method"`
	// Route is the resource, such as user/search; the path where there is none.
	Route string `json:"route"`
	Path  string `json:"path"`
	Query string `json:"query,omitempty"`
	// Status is what was answered; 0 if there was no answer.
	Status int `json:"status"`
}

// requestLog keeps every request in the order in which they were answered.
type requestLog struct {
	mu       sync.Mutex
	requests []Request
}

func (l *requestLog) add(contextPath string, r *http.Request, w *statusWriter) {
	name, _ := resourceName(contextPath, r.URL.Path)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, Request{
		Method: r.Method,
		Route:  cmp.Or(name, r.URL.Path),
		Path:   r.URL.Path,
		Query:  r.URL.RawQuery,
		Status: w.status,
	})
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = nil
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader remembers and sends the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
