package trace

import (
	"math"
	"slices"
	"time"

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

// Intervals are the latest intervals between spikes, in steps, at most so many, the latest one first.
func (t *Train) Intervals(most int) (steps []int64) {
	for after := int64(0); len(steps) < most; after++ {
		before, ok := t.Last(after + 1)
		if !ok {
			break
		}
		if at := t.ring[(t.n-1-after)%trainLength]; at > 0 {
			steps = append(steps, at-before)
		}
	}
	return steps
}

// Spread is the mean of intervals and their coefficient of variation: the standard deviation over the mean. Both are NaN
// without an interval.
func Spread(intervals []int64) (mean, cv float64) {
	sum, squares := 0., 0.
	for _, v := range intervals {
		sum += float64(v)
	}
	mean = sum / float64(len(intervals))
	for _, v := range intervals {
		squares += float64((float64(v) - mean) * (float64(v) - mean))
	}
	return mean, math.Sqrt(squares/float64(len(intervals))) / mean
}

// Rates are the firing rates that a cell was seen to have, by its current: taken while that is steady.
type Rates struct {
	width float64 // of a bin, nA
	hush  int64   // steps without a spike that count without waiting for the next one

	centre, sum float64 // nA: of the steady current, and summed up since the step last
	last        int64   // the latest spike, or the beginning
	next        int64
	spiked      bool // there was a spike since the current is steady
	bins        map[int]*bin
}

type bin struct {
	intervals, steps int64
	sum              float64 // of the current in these steps, nA
}

// Point is a rate that was seen: Current in nA, Rate in Hz of model time.
type Point struct{ Current, Rate float64 }

// NewRates returns none, for currents that count as the same within so many nA.
func NewRates(width float64, dt time.Duration) *Rates {
	return &Rates{width: width, hush: int64(time.Second / dt), bins: map[int]*bin{}}
}

// forget begins anew, with what comes from now on.
func (r *Rates) forget() {
	r.next = 0
	clear(r.bins)
}

// Add takes a step. The interval to the first spike under a current is not one of that current, and does not count.
func (r *Rates) Add(step int64, m neuron.Moment) {
	current := float64(m.Current)
	if step != r.next || math.Abs(current-r.centre) > r.width/2 {
		r.centre, r.sum, r.last, r.spiked = current, 0, step-1, false
	}
	r.next = step + 1
	r.sum += current
	hushed := step-r.last >= r.hush
	if !m.Spiked && !hushed {
		return
	}
	if r.spiked || hushed {
		b := r.bins[int(math.Round(r.centre/r.width))]
		if b == nil {
			b = &bin{}
			r.bins[int(math.Round(r.centre/r.width))] = b
		}
		b.steps += step - r.last
		b.sum += r.sum
		if m.Spiked {
			b.intervals++
		}
	}
	r.sum, r.last, r.spiked = 0, step, true
}

// Points are the rates so far, by ascending current, with steps of dt.
func (r *Rates) Points(dt time.Duration) (points []Point) {
	for _, b := range r.bins {
		points = append(points, Point{b.sum / float64(b.steps), float64(b.intervals) / (float64(b.steps) * dt.Seconds())})
	}
	slices.SortFunc(points, func(a, b Point) int {
		switch {
		case a.Current < b.Current:
			return -1
		case a.Current > b.Current:
			return 1
		}
		return 0
	})
	return points
}
