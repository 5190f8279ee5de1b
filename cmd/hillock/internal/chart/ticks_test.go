package chart

import (
	"strings"
	"testing"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		n         Ticks
		want      string
	}{
		{0, 5, 5, "0 1 2 3 4 5"},
		{0, 5, 2, "0 5"},
		{0, 291.6, 5, "0 50 100 150 200 250"},
		{1.4, 1.6, 5, "1.40 1.45 1.50 1.55 1.60"},
		{0, 0.3, 3, "0.0 0.1 0.2 0.3"},
		{-0.3, 0.3, 5, "-0.3 -0.2 -0.1 0.0 0.1 0.2 0.3"},
		{-1e6, 1e6, 5, "-1000000 -500000 0 500000 1000000"},
		{1.499999, 1.500001, 5, "1.4999990 1.4999995 1.5000000 1.5000005 1.5000010"},
		{-1, 1, 2, "-1 0 1"},
		{1.499999991, 1.500000009, 5, "1.499999992 . 1.499999996 . 1.500000000 . 1.500000004 . 1.500000008"},
		{0, 1e-300, 5, "0 2e-301 4e-301 6e-301 8e-301 1e-300"},
		{0, 5e-324, 5, ""},
	} {
		var labels []string
		for _, tick := range c.n.Ticks(c.low, c.high) {
			if !(tick.Value >= c.low && tick.Value <= c.high) {
				t.Errorf("%g to %g: got a tick at %g, outside", c.low, c.high, tick.Value)
			}
			if tick.Label == "" {
				tick.Label = "."
			}
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%g to %g: got %q, want %q", c.low, c.high, got, c.want)
		}
	}
}
