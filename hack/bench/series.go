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
	unitRequests    = "requests"
	unitWrites      = "writes"
	unitShares      = "each"
	unitBytes       = "B"
	unitShare       = "%"
)

// series is what was measured, round by round.
type series struct {
	unit   string
	values []float64
}

// single is a series of one value.
func single(unit string, value float64) series { return series{unit, []float64{value}} }

// spent is a series of one time.
func spent(d time.Duration) series { return single(unitTime, float64(d)) }

// with is the series with one more time.
func (s series) with(d time.Duration) series { return series{s.unit, append(s.values, float64(d))} }

// median of at least one value.
func (s series) median() float64 { return s.quantile(0.5) }

// mean of at least one value.
func (s series) mean() float64 {
	sum := 0.0
	for _, value := range s.values {
		sum += value
	}
	return sum / float64(len(s.values))
}

// quantile is the value below which that share of the values is.
func (s series) quantile(share float64) float64 {
	return slices.Sorted(slices.Values(s.values))[min(int(share*float64(len(s.values))), len(s.values)-1)]
}

// String is the median for people.
func (s series) String() string {
	switch s.unit {
	case unitTime:
		return short(time.Duration(s.median()))
	case unitRate:
		return fmt.Sprintf("%.0f/s", s.median())
	case unitBytes:
		return size(s.median())
	case unitShares:
		return fmt.Sprintf("%.3f", s.median())
	case unitShare:
		return fmt.Sprintf("%.2g %%", s.median())
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

// size is a number of bytes for people.
func size(bytes float64) string {
	for _, unit := range []string{"B", "KiB", "MiB"} {
		if bytes < 1024 {
			return fmt.Sprintf("%.4g %s", bytes, unit)
		}
		bytes /= 1024
	}
	return fmt.Sprintf("%.4g GiB", bytes)
}
