package main

import (
	"fmt"
	"slices"
	"time"
)

// Units of what is measured, in the words of `go test -bench`.
const (
	unitTime        = "ns/op"
	unitAllocations = "allocs/op"
	unitRate        = "users/s"
)

// series is what was measured, round by round.
type series struct {
	unit   string
	values []float64
}

// median of at least one value.
func (s series) median() float64 {
	return slices.Sorted(slices.Values(s.values))[len(s.values)/2]
}

// String is the median for people.
func (s series) String() string {
	switch s.unit {
	case unitTime:
		return short(time.Duration(s.median()))
	case unitRate:
		return fmt.Sprintf("%.0f/s", s.median())
	default:
		return fmt.Sprintf("%.0f", s.median())
	}
}

// short rounds a time to three digits or so.
func short(d time.Duration) string {
	for unit := time.Second; unit > time.Microsecond; unit /= 10 {
		if d >= unit {
			return d.Round(unit / 100).String()
		}
	}
	return d.Round(time.Nanosecond).String()
}
