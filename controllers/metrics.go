package controllers

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/atlassync/atlassync/controllers/directory"
)

// Metrics counts what the controllers do. No label ever holds the name of a
// user or a group.
type Metrics struct {
	eventsLeftOut prometheus.Counter

	changes  *prometheus.CounterVec
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	throttle *prometheus.CounterVec
	up       *prometheus.GaugeVec
	drift    *prometheus.CounterVec
	sweeps   *prometheus.HistogramVec
	sweptAt  *prometheus.GaugeVec
	orphans  *prometheus.GaugeVec
	held     *prometheus.GaugeVec

	configs, heldConfigs *prometheus.GaugeVec
}

// NewMetrics makes the collectors and registers them.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		eventsLeftOut: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "atlassync_events_left_out_total",
			Help: "Events of changes made that were not sent, because there were many within a short time.",
		}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atlassync_changes_total",
			Help: "Changes made in directories, by directory and action (an event reason such as UserCreated).",
		}, []string{"directory", "action"}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atlassync_directory_requests_total",
			Help: "Directory operations, by SyncConfig (namespace/name), directory, operation and result.",
		}, []string{"syncconfig", "directory", "operation", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "atlassync_directory_request_duration_seconds",
			Help:    "How long directory operations took, waiting for the request budget included.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"syncconfig", "directory", "operation"}),
		throttle: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atlassync_directory_throttled_seconds_total",
			Help: "How long requests waited for their turn in the budget, and for pauses that the directory asked for.",
		}, []string{"syncconfig", "directory"}),
		up: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "atlassync_directory_up",
			Help: "1 while a directory answers and accepts our credentials, else 0.",
		}, []string{"syncconfig", "directory"}),
		drift: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "atlassync_drift_total",
			Help: "Accounts and groups that others changed, by kind (user, group) and what was done (corrected, reported).",
		}, []string{"kind", "action"}),
		sweeps: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "atlassync_sweep_duration_seconds",
			Help:    "How long complete readings of a directory took.",
			Buckets: []float64{.1, .5, 1, 5, 10, 30, 60, 300, 900, 3600},
		}, []string{"syncconfig", "directory", "result"}),
		sweptAt: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "atlassync_sweep_last_success_timestamp_seconds",
			Help: "When a directory was last read as a whole, in seconds since 1970.",
		}, []string{"syncconfig", "directory"}),
		orphans: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "atlassync_orphans",
			Help: "Accounts in a directory behind which no user of the SyncConfig stands.",
		}, []string{"syncconfig", "directory"}),
		held: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "atlassync_removals_held",
			Help: "Removals that wait for an approval or for room in the removal limit, by kind (Users, Groups, Members, AdoptedMembers). These people keep access.",
		}, []string{"syncconfig", "directory", "kind"}),
		configs: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "atlassync_syncconfig_info",
			Help: "1 for every SyncConfig that there is, in whatever shard.",
		}, []string{"syncconfig"}),
		heldConfigs: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "atlassync_syncconfig_reconciled",
			Help: "1 for every SyncConfig that this manager reconciles.",
		}, []string{"syncconfig"}),
	}
	registry.MustRegister(m.configs, m.heldConfigs, m.eventsLeftOut, m.changes, m.requests, m.duration, m.throttle, m.up, m.drift, m.sweeps, m.sweptAt, m.orphans, m.held)
	return m
}

func (m *Metrics) changed(directoryName, action string) {
	m.changes.WithLabelValues(directoryName, action).Inc()
}

// observer counts the operations on one directory of a SyncConfig.
func (m *Metrics) observer(config, name string) directory.Observer {
	return func(op, result string, took time.Duration) {
		m.requests.WithLabelValues(config, name, op, result).Inc()
		m.duration.WithLabelValues(config, name, op).Observe(took.Seconds())
	}
}

// waited counts the waits of requests to one directory of a SyncConfig.
func (m *Metrics) waited(config, name string) func(time.Duration) {
	counter := m.throttle.WithLabelValues(config, name)
	return func(wait time.Duration) { counter.Add(wait.Seconds()) }
}

func (m *Metrics) setUp(config, name string, up bool) {
	value := 0.0
	if up {
		value = 1
	}
	m.up.WithLabelValues(config, name).Set(value)
}

// swept counts a complete reading.
func (m *Metrics) swept(config, name string, outcome *sweepOutcome) {
	result := directory.ResultOK
	if outcome.err != nil {
		result = "failed"
	}
	m.sweeps.WithLabelValues(config, name, result).Observe(outcome.took.Seconds())
	if outcome.err == nil {
		m.sweptAt.WithLabelValues(config, name).Set(float64(outcome.at.Unix()))
		m.orphans.WithLabelValues(config, name).Set(float64(outcome.orphans))
	}
}

// forgetConfig drops the series of a SyncConfig that is gone.
func (m *Metrics) forgetConfig(config string) {
	labels := prometheus.Labels{"syncconfig": config}
	m.requests.DeletePartialMatch(labels)
	m.duration.DeletePartialMatch(labels)
	m.throttle.DeletePartialMatch(labels)
	m.up.DeletePartialMatch(labels)
	m.sweeps.DeletePartialMatch(labels)
	m.sweptAt.DeletePartialMatch(labels)
	m.orphans.DeletePartialMatch(labels)
	m.held.DeletePartialMatch(labels)
	m.heldConfigs.Delete(labels)
}
