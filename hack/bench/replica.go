package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// metric adds up the series of one metric of the replica: values, or of a
// summary how many observations there were.
func (t *tenant) metric(ctx context.Context, name string) (sum float64, err error) {
	body, err := t.open(ctx, t.replica.MetricsURL)
	if err != nil {
		return 0, fmt.Errorf("read the metrics of the replica: %w", err)
	}
	defer func() { _ = body.Close() }()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(body)
	if err != nil {
		return 0, fmt.Errorf("read the metrics of the replica: %w", err)
	}
	if family := families[name]; family != nil {
		for _, metric := range family.GetMetric() {
			sum += metric.GetGauge().GetValue() + metric.GetCounter().GetValue() + float64(metric.GetSummary().GetSampleCount())
		}
		return sum, nil
	}
	return 0, fmt.Errorf("the replica has no metric %s", name)
}

// open asks an address of the replica for what is there.
func (t *tenant) open(ctx context.Context, url string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := t.http.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close()
		return nil, fmt.Errorf("GET %s: %s", url, response.Status)
	}
	return response.Body, nil
}
