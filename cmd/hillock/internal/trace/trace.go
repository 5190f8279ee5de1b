// Package trace keeps the latest steps of a neuron so that they can be drawn at any time base: every spike is in a picture of
// them, and every extreme. It reads no clock and draws nothing.
package trace

import (
	"math"

	"hillock/neuron"
)

// Bucket is some steps in a row, of one cell.
type Bucket struct {
	First      int64 // number of the first step
	Steps      int32 // how many; 0: none
	Spikes     int32
	VMin, VMax float32 // mV, after the reset where it spiked
	IMin, IMax float32 // nA
	VLast      float32 // mV
}

// Add takes the step after those that are in it.
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

// Merge takes the steps of another one, which follow those that are in it.
func (b *Bucket) Merge(after Bucket) {
	switch {
	case after.Steps == 0:
		return
	case b.Steps == 0:
		*b = after
		return
	}
	b.Steps = int32(after.First + int64(after.Steps) - b.First) // what was missed between them counts too
	b.Spikes += after.Spikes
	b.VMin, b.VMax, b.VLast = min(b.VMin, after.VMin), max(b.VMax, after.VMax), after.VLast
	b.IMin, b.IMax = min(b.IMin, after.IMin), max(b.IMax, after.IMax)
}

// End is the number of the step after its last one.
func (b *Bucket) End() int64 { return b.First + int64(b.Steps) }

// History is the latest steps of one cell: the very latest one by one, those before them by sixteens, and before these by
// sixteens of these.
type History struct {
	steps  []*[piece]instant // a ring in pieces
	levels [3]level
	next   int64 // the number of the step to come
}

const (
	factor = 16      // steps of a level in a bucket of the next
	finest = 1 << 19 // steps one by one: 52 s at life's speed and 0.1 ms
	coarse = 1 << 16 // buckets of each level above: 105 s, 28 min, 7 h
	piece  = 1 << 12 // of a ring: it grows by so many without a copy and garbage
)

// instant is a single step. V is NaN where it was missed.
type instant struct {
	v, i   float32
	spiked bool
}

// level is a ring of buckets, each of size steps, in pieces; bucket k of a run has the steps from k*size+1 on.
type level struct {
	size   int64
	pieces [coarse / piece]*[piece]Bucket
}

// NewHistory returns an empty one. It has room for half a million steps one by one, and as it fills up takes 14 MB.
func NewHistory() *History {
	h := &History{next: 1, steps: make([]*[piece]instant, finest/piece)}
	for i, size := 0, int64(factor); i < len(h.levels); i, size = i+1, size*factor {
		h.levels[i].size = size
	}
	return h
}

// Add takes a step. Its number is larger than that of the step before; between the two there may be some that were missed.
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

// instant is the place of a step in the ring.
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
	if b.Steps > 0 && step > b.End() { // some were missed within it
		b.Steps = int32(step - b.First)
	}
	b.Add(step, m)
}

// Next is the number of the step to come.
func (h *History) Next() int64 { return h.next }

// Oldest is the number of the first step that is still there at some level.
func (h *History) Oldest() int64 {
	return max(1, h.next-(coarse-1)*h.levels[len(h.levels)-1].size)
}

// Columns fills columns with the steps from one on, so many of them to a column, at least one; what is not there any more,
// or not yet, leaves a column empty. Of steps so long ago that only a coarser level has them, the first column that a bucket
// reaches into has all of it.
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

// bucket is the steps from one on: of the coarsest level that has a bucket from there on and not beyond end, and of a coarser
// one where that does not reach back so far. It is empty where they were missed. After is the step after them.
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
