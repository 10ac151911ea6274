package main

import (
	"fmt"
	"slices"
)

// sample is what the manager used at one time.
type sample struct {
	// Seconds is since the traffic began.
	Seconds float64 `json:"seconds"`
	// HeapMiB is after a garbage collection.
	HeapMiB float64 `json:"heapMiB"`
	RSSMiB  float64 `json:"rssMiB"`
	// Goroutines is how many there are.
	Goroutines float64 `json:"goroutines"`
}

// vital is one of the figures that must not grow.
type vital struct {
	name string
	of   func(sample) float64
	// slack is how much the last third may be above the first, beside a tenth
	// of it: what a bounded cache or a burst may take.
	slack float64
}

var vitals = []vital{
	{"heap after GC, MiB", func(s sample) float64 { return s.HeapMiB }, 4},
	{"resident memory, MiB", func(s sample) float64 { return s.RSSMiB }, 16},
	{"goroutines", func(s sample) float64 { return s.Goroutines }, 25},
}

// growth compares the last third of a vital with the first.
type growth struct {
	Vital string  `json:"vital"`
	First float64 `json:"firstThird"`
	Last  float64 `json:"lastThird"`
	Bar   float64 `json:"bar"`
}

func (g growth) tooMuch() bool { return g.Last > g.Bar }

func (g growth) String() string {
	return fmt.Sprintf("%s grew from %.1f to %.1f, over %.1f: look at the profiles with --pprof", g.Vital, g.First, g.Last, g.Bar)
}

// warmUp is which part of the samples is not looked at: caches fill, and the
// population reaches its bound.
const warmUp = 5 // a fifth

// leastSamples give each third three samples, so that a median means something.
const leastSamples = 12

// growths compares medians of thirds: one spike moves neither, and a leak,
// however slow, moves the last.
func growths(samples []sample) ([]growth, error) {
	if len(samples) < leastSamples {
		return nil, fmt.Errorf("%d samples are too few to tell whether memory grows: there must be %d", len(samples), leastSamples)
	}
	steady := samples[len(samples)/warmUp:]
	third := len(steady) / 3
	var result []growth
	for _, v := range vitals {
		first, last := median(steady[:third], v.of), median(steady[len(steady)-third:], v.of)
		result = append(result, growth{Vital: v.name, First: first, Last: last, Bar: first*1.1 + v.slack})
	}
	return result, nil
}

func median(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, 0, len(samples))
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
