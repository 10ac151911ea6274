package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// measure has the manager collect its garbage and reads its metrics.
func (w *world) measure(ctx context.Context, began time.Time) (sample, error) {
	if _, err := fetch(ctx, "http://"+w.pprof+"/debug/pprof/heap?gc=1"); err != nil {
		return sample{}, err
	}
	text, err := fetch(ctx, w.manager.MetricsURL)
	if err != nil {
		return sample{}, err
	}
	s := sample{Seconds: time.Since(began).Seconds()}
	for _, m := range []struct {
		name string
		unit float64
		into *float64
	}{
		{"go_memstats_heap_alloc_bytes", 1 << 20, &s.HeapMiB},
		{"process_resident_memory_bytes", 1 << 20, &s.RSSMiB},
		{"go_goroutines", 1, &s.Goroutines},
	} {
		value, err := metric(text, m.name)
		if err != nil {
			return sample{}, err
		}
		*m.into = value / m.unit
	}
	return s, nil
}

// metric finds one without labels.
func metric(text, name string) (float64, error) {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("the manager's metrics do not have %s", name)
}

func fetch(ctx context.Context, url string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("GET %s: %s", url, response.Status)
	}
	return string(body), nil
}
