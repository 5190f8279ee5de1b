// Package trace keeps the latest steps of a neuron for drawing at any time base. No spike and no extreme gets lost in between. It
// also measures firing rates and interspike intervals. It reads no clock and draws nothing.
package trace

import (
	"math"

	"hillock/neuron"
)

// Bucket summarizes consecutive steps of one cell.
type Bucket struct {
	First      int64 // number of the first step
	Steps      int32 // number of steps; 0: none
	Spikes     int32
	VMin, VMax float32 // mV, after the reset at a spike
	IMin, IMax float32 // nA
	VLast      float32 // mV
}

// Add adds the next step.
func (b *Bucket) Add(step int64, m neuron.Moment) {
	v := float32(m.V)
	if b.Steps == 0 {
		*b = Bucket{First: step, VMin: v, VMax: v, IMin: m.Current, IMax: m.Current}
	}
	b.Steps++
	b.VMin, b.VMax, b.VLast = min(b.VMin, v), max(b.VMax, v), v
	b.IMin, b.IMax = min(b.IMin, m.Current), max(b.IMax, m.Current)
	if m.Spiked {
		b.Spikes++
	}
}

// Merge adds the steps of a later bucket.
func (b *Bucket) Merge(after Bucket) {
	switch {
	case after.Steps == 0:
		return
	case b.Steps == 0:
		*b = after
		return
	}
	b.Steps = int32(after.First + int64(after.Steps) - b.First) // missed steps between them count too
	b.Spikes += after.Spikes
	b.VMin, b.VMax, b.VLast = min(b.VMin, after.VMin), max(b.VMax, after.VMax), after.VLast
	b.IMin, b.IMax = min(b.IMin, after.IMin), max(b.IMax, after.IMax)
}

// End returns the number of the step after the last one.
func (b *Bucket) End() int64 { return b.First + int64(b.Steps) }

// History is the latest steps of one cell: the newest one by one, older ones in buckets of 16, 256 and 4096.
type History struct {
	steps  []*[piece]instant // a ring in pieces
	levels [3]level
	next   int64 // number of the next step
}

const (
	factor = 16      // buckets of a level in a bucket of the next level
	finest = 1 << 19 // steps one by one: 52 s of model time at dt = 0.1 ms
	coarse = 1 << 16 // buckets of each level above: 105 s, 28 min, 7 h
	piece  = 1 << 12 // part of a ring: it grows by parts, without copies and garbage
)

// instant is a single step. A missed step has v = NaN.
type instant struct {
	v, i   float32
	spiked bool
}

// level is a ring of buckets with size steps each, in pieces. Bucket k of a run begins at step k*size+1.
type level struct {
	size   int64
	pieces [coarse / piece]*[piece]Bucket
}

// NewHistory returns an empty history. It holds half a million single steps, and takes 14 MB when full.
func NewHistory() *History {
	h := &History{next: 1, steps: make([]*[piece]instant, finest/piece)}
	for i, size := 0, int64(factor); i < len(h.levels); i, size = i+1, size*factor {
		h.levels[i].size = size
	}
	return h
}

// Add adds a step. Step numbers increase; gaps are missed steps.
func (h *History) Add(step int64, m neuron.Moment) {
	for missed := max(h.next, step-finest+1); missed < step; missed++ {
		*h.instant(missed) = instant{v: float32(math.NaN())}
	}
	*h.instant(step) = instant{float32(m.V), m.Current, m.Spiked}
	for i := range h.levels {
		h.levels[i].add(step, m)
	}
	h.next = step + 1
}

// instant returns the place of a step in the ring.
func (h *History) instant(step int64) *instant {
	at := step % finest
	if h.steps[at/piece] == nil {
		h.steps[at/piece] = new([piece]instant)
	}
	return &h.steps[at/piece][at%piece]
}

func (l *level) add(step int64, m neuron.Moment) {
	k := (step - 1) / l.size
	at := k % coarse
	if l.pieces[at/piece] == nil {
		l.pieces[at/piece] = new([piece]Bucket)
	}
	b := &l.pieces[at/piece][at%piece]
	if b.Steps > 0 && (b.First-1)/l.size != k {
		*b = Bucket{}
	}
	if b.Steps > 0 && step > b.End() { // with missed steps
		b.Steps = int32(step - b.First)
	}
	b.Add(step, m)
}

// Next returns the number of the next step.
func (h *History) Next() int64 { return h.next }

// Oldest returns the number of the oldest kept step, at any level.
func (h *History) Oldest() int64 {
	return max(1, h.next-(coarse-1)*h.levels[len(h.levels)-1].size)
}

// Columns fills columns with perColumn steps each, at least one, from a step on. Forgotten and future steps leave a column empty.
// Old steps exist in coarse buckets alone: the first column under such a bucket gets all of it.
func (h *History) Columns(from, perColumn int64, columns []Bucket) {
	perColumn = max(perColumn, 1)
	step := max(from, 1)
	for i := range columns {
		columns[i] = Bucket{}
		for end := from + int64(i+1)*perColumn; step < min(end, h.next); {
			b, after := h.bucket(step, end)
			columns[i].Merge(b)
			step = after
		}
	}
}

// bucket returns the longest bucket from a step on that ends before end, or a coarser one for old steps. It is empty for missed
// steps. after is the step after the bucket.
func (h *History) bucket(step, end int64) (b Bucket, after int64) {
	best := -1
	for i := range h.levels {
		if size := h.levels[i].size; (step-1)%size == 0 && step+size <= end {
			best = i
		}
	}
	if best < 0 && step > h.next-finest {
		if m := h.instant(step); m.v == m.v {
			b.Add(step, neuron.Moment{V: float64(m.v), Current: m.i, Spiked: m.spiked})
		}
		return b, step + 1
	}
	best = max(best, 0)
	for best < len(h.levels)-1 && step <= h.next-(coarse-1)*h.levels[best].size {
		best++
	}
	l := &h.levels[best]
	k := (step - 1) / l.size
	return l.bucket(k), (k+1)*l.size + 1
}

func (l *level) bucket(k int64) Bucket {
	at := k % coarse
	if l.pieces[at/piece] == nil {
		return Bucket{}
	}
	b := l.pieces[at/piece][at%piece]
	if b.Steps == 0 || (b.First-1)/l.size != k {
		return Bucket{}
	}
	return b
}
