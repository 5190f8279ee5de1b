//go:build unix

package main

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"hillock/neuron"
)

// spikes are those of a steady current in the raster and in the histogram.
func (p *tab) spikes(t *testing.T) {
	p.turn(t, 4)
	p.until(t, "text('#isi-note').match(/latest (\\d+)/)?.[1] >= 200 && text('#isi-note').includes('CV 0.000')")
	rates := firing(neuron.Default(), p.text(t, "i"))
	say := func(ms float64) string { return fmt.Sprintf("%.1f Hz", 1000/ms) }
	intervals := p.table(t, "#csv-isi", "hillock-isi.csv", "interval_ms")
	for _, r := range intervals {
		if ms := numbers(t, r...)[0]; !slices.Contains(rates, say(ms)) {
			t.Errorf("got an interval of %g ms, %s, want %v", ms, say(ms), rates)
		}
	}
	if n := len(intervals); n < 200 || n > 1000 {
		t.Errorf("got %d intervals, want at least 200 of the present current", n)
	}
	var at []float64
	for _, r := range p.table(t, "#csv-raster", "hillock-spikes.csv", "neuron", "step", "ms") {
		n := numbers(t, r[1:]...)
		if at = append(at, n[0]); r[0] != "n1" || math.Abs(n[0]*0.1-n[1]) > 1e-5 {
			t.Errorf("got %v, want a step of n1 and its ms", r)
		}
	}
	slices.Sort(at)
	for i := range len(at) - 1 {
		if ms := (at[i+1] - at[i]) * 0.1; !slices.Contains(rates, say(ms)) {
			t.Errorf("got a spike %g ms after another in the raster, %s, want %v", ms, say(ms), rates)
		}
	}
	if len(at) < 20 {
		t.Errorf("got %d spikes in the raster, want those of eight rows of 50 ms", len(at))
	}
}

// sweep measures the firing rate at all currents: each point lies on the discrete curve.
func (p *tab) sweep(t *testing.T) {
	p.turn(t, 2)
	const underWay = "$('#sweep').ariaPressed === 'true' && /^Sweep \\d+ %$/.test(text('#sweep'))"
	const ended = "$('#sweep').ariaPressed === 'false' && text('#sweep') === 'Sweep'"
	p.click(t, "#sweep")
	p.until(t, underWay)
	p.until(t, "number('#i') > 4.5")
	p.until(t, ended)
	p.fires(t, neuron.Default(), 2) // where it was
	p.shot(t, "swept")
	points := func() (all [][]float64) {
		for _, r := range p.table(t, "#csv-fi", "hillock-fi.csv", "current_na", "rate_hz") {
			all = append(all, numbers(t, r...))
		}
		if !slices.IsSortedFunc(all, slices.Compare) {
			t.Errorf("got the points %v, want them sorted", all)
		}
		return all
	}
	const known = 1e-5      // nA: the current of a point has six digits
	const silence = 8 * 100 // steps without a spike, 8 tau_m, count as 0 Hz
	steps := func(current float64) float64 {
		if n, ok := neuron.Default().StepsBetweenSpikes(current); ok {
			return float64(n)
		}
		return math.Inf(1)
	}
	all := points()
	last := 0.0
	for _, point := range all {
		i, n := point[0], math.Round(1000/(point[1]*0.1))
		least, most := steps(i+known), steps(i-known)
		if on := least <= n && n <= most || n >= silence && most >= silence; !on {
			t.Errorf("got a point at %g nA and %g Hz, an interval of %g steps, want %g to %g", i, point[1], n, least, most)
		}
		if i-last > 0.2 {
			t.Errorf("got no point between %g and %g nA", last, i)
		}
		last = i
	}
	if last < 4.9 {
		t.Errorf("got no point beyond %g nA, want them up to 5 nA", last)
	}
	t.Logf("%d points", len(all))
	p.click(t, "#clear")
	if left := points(); len(left) > 0 && left[0][0] < 1.9 {
		t.Errorf("got %v after Clear, want what was measured since", left)
	}
	p.click(t, "#sweep")
	p.until(t, underWay)
	p.click(t, "#sweep")
	p.until(t, ended)
	p.turn(t, 2)
}
