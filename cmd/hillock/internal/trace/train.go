package trace

import (
	"cmp"
	"math"
	"slices"

	"hillock/neuron"
)

// Train holds the latest spikes of a cell, by step number.
type Train struct {
	ring   []int64 // negative: steps before this spike were missed
	n      int64   // all spikes so far
	missed bool
}

const trainLength = 1 << 14 // half a minute of the fastest firing nerve

// Add adds the next spike.
func (t *Train) Add(step int64) {
	if t.ring == nil {
		t.ring = make([]int64, trainLength)
	}
	if t.missed {
		step, t.missed = -step, false
	}
	t.ring[t.n%trainLength] = step
	t.n++
}

// Miss records a gap of missed steps.
func (t *Train) Miss() { t.missed = true }

// Last returns the step of a spike, counted back from the latest, or false for a forgotten one.
func (t *Train) Last(after int64) (step int64, ok bool) {
	if after < 0 || after >= min(t.n, trainLength) {
		return 0, false
	}
	return max(t.ring[(t.n-1-after)%trainLength], -t.ring[(t.n-1-after)%trainLength]), true
}

// Between returns the kept spikes from a step on, before end.
func (t *Train) Between(from, end int64) (steps []int64) {
	for after := int64(0); ; after++ {
		step, ok := t.Last(after)
		if !ok || step < from {
			slices.Reverse(steps)
			return steps
		}
		if step < end {
			steps = append(steps, step)
		}
	}
}

// Rates are the measured firing rates of a cell under steady currents. Terminal and page draw these points; there is no other
// definition.
type Rates struct {
	window Window

	centre, sum float64 // nA: the steady current; sum since step last
	last        int64   // step of the latest spike, or of the beginning
	next        int64
	spiked      bool // a spike under the present current
	bins        map[int]*bin
	since       int64 // first step after the rates were forgotten
}

// Window defines a measurement of a rate.
type Window struct {
	Width   float64 // nA: a steady current stays within it
	Silence int64   // steps without a spike that count as a silence
	DT      float64 // ms: of a step
	Varying bool    // the current changes by itself, as that of a wave: no change of it begins the intervals anew
}

// NewWindow returns the window of a neuron with a steady current within width nA.
func NewWindow(width float64, p neuron.Params) Window { return Window{Width: width}.of(p) }

// of returns the window for a neuron's parameters. A silent membrane settles to within e^-8 of its end in eight time constants.
func (w Window) of(p neuron.Params) Window {
	m := p.Model()
	memory := cmp.Or(m.Sum(neuron.TimeConstant, p), 10) // ms
	w.DT = m.Sum(neuron.Step, p)
	w.Silence = int64(math.Ceil((8*memory + m.Sum(neuron.Refractory, p)) / w.DT))
	return w
}

type bin struct {
	intervals, steps int64
	sum              float64 // nA, over these steps
	changed          int64   // step of the latest measurement
}

// Point is a measured rate: Current in nA, Rate in Hz of model time. A later point replaces an earlier one of its bin.
type Point struct {
	Bin           int
	Current, Rate float64
}

// NewRates returns empty rates.
func NewRates(w Window) *Rates { return &Rates{window: w, bins: map[int]*bin{}} }

// forget begins anew with step next.
func (r *Rates) forget(next int64) {
	r.next, r.since = 0, next
	clear(r.bins)
}

// Add adds a step. The interval before the first spike under a current does not count.
func (r *Rates) Add(step int64, m neuron.Moment) {
	current := float64(m.Current)
	if step != r.next || math.Abs(current-r.centre) > r.window.Width/2 {
		r.centre, r.sum, r.last, r.spiked = current, 0, step-1, false
	}
	r.next = step + 1
	r.sum += current
	silent := step-r.last >= r.window.Silence
	if !m.Spiked && !silent {
		return
	}
	if r.spiked || silent {
		b := r.bins[r.bin()]
		if b == nil {
			b = &bin{}
			r.bins[r.bin()] = b
		}
		b.steps += step - r.last
		b.sum += r.sum
		b.changed = step
		if m.Spiked {
			b.intervals++
		}
	}
	r.sum, r.last, r.spiked = 0, step, true
}

// bin returns the bin of the steady current.
func (r *Rates) bin() int { return int(math.Round(r.centre / r.window.Width)) }

// Points returns all rates, by ascending current.
func (r *Rates) Points() []Point {
	points, _ := r.Since(0)
	return points
}

// Since returns the points changed from a step on, by ascending current. anew reports that earlier points were forgotten.
func (r *Rates) Since(step int64) (points []Point, anew bool) {
	for k, b := range r.bins {
		if b.changed >= step {
			points = append(points, Point{k, b.sum / float64(b.steps), 1000 * float64(b.intervals) / (float64(b.steps) * r.window.DT)})
		}
	}
	slices.SortFunc(points, func(a, b Point) int { return cmp.Compare(a.Current, b.Current) })
	return points, r.since >= step
}
