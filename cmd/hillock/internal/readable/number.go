// Package readable writes numbers, times and lines of text for people.
package readable

import (
	"fmt"
	"math"
	"strconv"
)

// Count returns a number of things, "1 spike" or "2 spikes".
func Count[N int | int64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Round keeps five digits of a number, and all digits before the point.
func Round(v float64) float64 { return roundTo(v, 5) }

// Digits writes a number with at most n digits, but with all digits before the point, and never with an exponent.
func Digits(v float64, n int) string { return strconv.FormatFloat(roundTo(v, n), 'f', -1, 64) }

// roundTo keeps n digits of a number, and all digits before the point.
func roundTo(v float64, n int) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	places := max(0, n-1-int(math.Floor(math.Log10(math.Abs(v)))))
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', places, 64), 64) // no error: FormatFloat writes a valid number
	return r
}

// Gain returns the gain of a synapse in words, with the position of its knob from 0 to 1: "gain -0.2 (knob volume at 40 %)".
func Gain(gain float64, knob string, position float64) string {
	return fmt.Sprintf("gain %g (knob %s at %.0f %%)", math.Round(gain*100)/100+0, knob, 100*position)
}
