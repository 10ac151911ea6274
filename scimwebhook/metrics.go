package scimwebhook

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics never carry the name of a user or group. The SyncConfig is only
// named once a token proved right, so that strangers cannot make series.
type metrics struct {
	requests     *prometheus.CounterVec
	duration     *prometheus.HistogramVec
	inFlight     prometheus.Gauge
	authFailures prometheus.Counter
	rejected     *prometheus.CounterVec
	tokenUsed    *prometheus.GaugeVec
}

// rejection names the limit that a request was beyond.
type rejection string

const (
	rejectedTokenRate rejection = "token_rate"
	rejectedFailures  rejection = "auth_failure_rate"
	rejectedBody      rejection = "body"
	rejectedJSON      rejection = "json"
	rejectedTooMany   rejection = "too_many"
	rejectedFilter    rejection = "filter"
)

func newMetrics() *metrics {
	return &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atlassync_scim_requests_total",
			Help: "SCIM requests by SyncConfig, resource, method and status code.",
		}, []string{"syncconfig", "resource", "method", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "atlassync_scim_request_duration_seconds",
			Help:    "Time to answer a SCIM request.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"resource", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "atlassync_scim_in_flight",
			Help: "SCIM requests being served.",
		}),
		authFailures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "atlassync_scim_auth_failures_total",
			Help: "SCIM requests without a valid token.",
		}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atlassync_scim_rejected_total",
			Help: "SCIM requests beyond a limit, by limit: token_rate, auth_failure_rate, body, json, filter (and paths) or too_many (members, operations, entries).",
		}, []string{"reason"}),
		tokenUsed: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "atlassync_scim_token_last_used_timestamp_seconds",
			Help: "When this replica was last sent a valid token, by SyncConfig (namespace/name) and the key of its Secret.",
		}, []string{"syncconfig", "key"}),
	}
}

// Collectors are the server's metrics, for the caller to register.
func (s *Server) Collectors() []prometheus.Collector {
	m := s.metrics
	return []prometheus.Collector{m.requests, m.duration, m.inFlight, m.authFailures, m.rejected, m.tokenUsed}
}

// observe counts and times requests.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.metrics.inFlight.Inc()
		defer s.metrics.inFlight.Dec()
		start := time.Now()
		watched := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(watched, r)

		resource, method := resourceLabel(r.URL.Path), methodLabel(r.Method)
		c := callOf(r.Context())
		s.metrics.requests.WithLabelValues(c.syncConfig(), resource, method, strconv.Itoa(watched.status)).Inc()
		s.metrics.duration.WithLabelValues(resource, method).Observe(time.Since(start).Seconds())
		if c.rejected != "" {
			s.metrics.rejected.WithLabelValues(string(c.rejected)).Inc()
		}
	})
}

// other stands for whatever a client makes up.
const other = "other"

func resourceLabel(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, basePath), "/")
	known := []string{"Users", "Groups", "Bulk", ".search", "ServiceProviderConfig", "ResourceTypes", "Schemas"}
	if len(parts) > 2 && slices.Contains(known, parts[2]) {
		return parts[2]
	}
	return other
}

func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return method
	default:
		return other
	}
}

// statusWriter remembers the status of the answer.
type statusWriter struct {
	http.ResponseWriter
	status  int
	written bool
}

func (w *statusWriter) WriteHeader(status int) {
	if !w.written {
		w.status, w.written = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.written = true
	return w.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController and http.MaxBytesReader.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
