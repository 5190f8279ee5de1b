package trace

import (
	"cmp"
	"math"
	"slices"

	"hillock/neuron"
)

// Train is the latest spikes of a cell, by the numbers of their steps.
type Train struct {
	ring   []int64 // negative: it is not known what was between it and the spike before
	n      int64   // how many there ever were
	missed bool
}

const trainLength = 1 << 14 // half a minute at the fastest that a nerve fires

// Add takes the next spike.
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

// Miss tells that some steps were missed.
func (t *Train) Miss() { t.missed = true }

// Last is the step of the spike that has so many after it, false where it is not known any more.
func (t *Train) Last(after int64) (step int64, ok bool) {
	if after < 0 || after >= min(t.n, trainLength) {
		return 0, false
	}
	return max(t.ring[(t.n-1-after)%trainLength], -t.ring[(t.n-1-after)%trainLength]), true
}

// Between are the spikes from one step on and before another, as far as they are still there.
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

// Rates are the firing rates that a cell was seen to have, by its current: taken while that is steady. This is the only
// definition of a measured point: the terminal and the page draw these.
type Rates struct {
	window Window

	centre, sum float64 // nA: of the steady current, and summed up since the step last
	last        int64   // the latest spike, or the beginning
	next        int64
	spiked      bool // there was a spike since the current is steady
	bins        map[int]*bin
	since       int64 // the step to come when the rates were forgotten
}

// Window is what counts as a measurement of a rate.
type Window struct {
	Width   float64 // nA: the current is steady within it
	Silence int64   // steps without a spike that count without waiting for the next one
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
	sum              float64 // of the current in these steps, nA
	changed          int64   // the latest step that counted
}

// Point is a rate that was seen: Current in nA, Rate in Hz of model time. A later point of the same bin replaces it.
type Point struct {
	Bin           int
	Current, Rate float64
}

// NewRates returns none.
func NewRates(w Window) *Rates { return &Rates{window: w, bins: map[int]*bin{}} }

// forget begins anew, with the steps from next on.
func (r *Rates) forget(next int64) {
	r.next, r.since = 0, next
	clear(r.bins)
}

// Add takes a step. The interval to the first spike under a current is not one of that current, and does not count.
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

// bin is the number of the steady current's bin.
func (r *Rates) bin() int { return int(math.Round(r.centre / r.window.Width)) }

// Points are the rates so far, by ascending current.
func (r *Rates) Points() []Point {
	points, _ := r.Since(0)
	return points
}

// Since returns the points that changed in a step or after it, by ascending current. Anew reports that the earlier ones were
// forgotten since.
func (r *Rates) Since(step int64) (points []Point, anew bool) {
	for k, b := range r.bins {
		if b.changed >= step {
			points = append(points, Point{k, b.sum / float64(b.steps), 1000 * float64(b.intervals) / (float64(b.steps) * r.window.DT)})
		}
	}
	slices.SortFunc(points, func(a, b Point) int { return cmp.Compare(a.Current, b.Current) })
	return points, r.since >= step
}
