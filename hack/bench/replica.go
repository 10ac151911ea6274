package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// profiledSeconds is how long a processor profile is.
const profiledSeconds = 20

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

// profile keeps a processor profile of the replica from now on for a while;
// keep waits for it and adds what the replica has allocated since it started,
// and what it holds. Without a folder for profiles neither does anything.
func (w *world) profile(ctx context.Context, t *tenant) (keep func() error) {
	if w.profiles == "" {
		return func() error { return nil }
	}
	name, ended := w.scenario, make(chan error, 1)
	save := func(kind, path string) error {
		return t.save(ctx, t.pprof+"/debug/pprof/"+path, filepath.Join(w.profiles, name+"."+kind+".pprof"))
	}
	go func() { ended <- save("cpu", fmt.Sprintf("profile?seconds=%d", profiledSeconds)) }()
	return func() error {
		if err := <-ended; err != nil {
			return err
		}
		if err := save("allocs", "allocs"); err != nil {
			return err
		}
		return save("heap", "heap?gc=1")
	}
}

// save writes what is at an address of the replica to a file.
func (t *tenant) save(ctx context.Context, url, file string) error {
	body, err := t.open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, body)
	if closing := out.Close(); err == nil {
		err = closing
	}
	return err
}
