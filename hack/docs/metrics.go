package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/atlassync/atlassync/controllers"
	"github.com/atlassync/atlassync/controllers/manager"
	"github.com/atlassync/atlassync/scimwebhook"
	"github.com/atlassync/atlassync/scimwebhook/store"
)

const metricsHead = `# Metrics

Generated from the code by ` + "`make generate`" + `. They are served on
` + "`--metrics-bind-address`" + `, path ` + "`/metrics`" + `, beside those of controller-runtime and of
the Go runtime. No label ever holds the name of a user or a group.

| metric | type | labels | meaning |
|---|---|---|---|
`

// metricsPage lists the metrics that atlassync itself registers.
func metricsPage() (string, error) {
	server, err := scimwebhook.New(scimwebhook.Options{Store: &store.Store{}})
	if err != nil {
		return "", err
	}
	found := &collection{}
	controllers.NewMetrics(found)
	found.MustRegister(server.Collectors()...)
	found.MustRegister(manager.BuildInfo(""))

	var rows []string
	for _, collector := range found.collectors {
		row, err := metricRow(collector)
		if err != nil {
			return "", err
		}
		rows = append(rows, row)
	}
	slices.Sort(rows)
	return metricsHead + strings.Join(rows, ""), nil
}

// collection is a prometheus.Registerer that keeps what it is given.
type collection struct{ collectors []prometheus.Collector }

func (c *collection) Register(collector prometheus.Collector) error {
	c.collectors = append(c.collectors, collector)
	return nil
}

func (c *collection) MustRegister(collectors ...prometheus.Collector) {
	c.collectors = append(c.collectors, collectors...)
}

func (c *collection) Unregister(prometheus.Collector) bool { return false }

// description is how prometheus.Desc prints itself, the only way it tells.
var description = regexp.MustCompile(`fqName: "([^"]*)", help: "([^"]*)".*variableLabels: \{([^}]*)\}`)

func metricRow(collector prometheus.Collector) (string, error) {
	descriptions := make(chan *prometheus.Desc, 1)
	collector.Describe(descriptions)
	text := (<-descriptions).String()
	parts := description.FindStringSubmatch(text)
	if parts == nil {
		return "", fmt.Errorf("a metric describes itself in an unknown way: %s", text)
	}
	labels := strings.Join(strings.Split(parts[3], ","), ", ")
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", parts[1], kindOf(collector), labels, cell(parts[2])), nil
}

func kindOf(collector prometheus.Collector) string {
	switch collector.(type) {
	case *prometheus.CounterVec:
		return "counter"
	case *prometheus.HistogramVec, prometheus.Histogram:
		return "histogram"
	case *prometheus.GaugeVec, prometheus.Gauge: // before Counter, whose methods a Gauge has too
		return "gauge"
	default:
		return "counter"
	}
}
