// Package trace keeps the latest steps of a neuron for drawing at any time base. No spike and no extreme gets lost in between. It
// also measures firing rates and interspike intervals. It reads no clock and draws nothing.
package trace

import (
	"math"

	"hillock/neuron"
)

// Bucket summarizes consecutive steps of one cell.
type Bucket struct {
	Outer
	Inner
}

// Outer is the part of a Bucket of all cells.
type Outer struct {
	First      int64 // number of the first step
	Steps      int32 // number of steps; 0: none
	Spikes     int32
	VMin, VMax float32 // mV, after the reset at a spike
	IMin, IMax float32 // nA
	VLast      float32 // mV
}

// Inner is the part of a Bucket of cells with inner currents, else zero: the synaptic current and the adaptation current, nA.
type Inner struct {
	SMin, SMax float32
	WMin, WMax float32
}

// Add adds the next step.
func (b *Bucket) Add(step int64, m neuron.Moment) {
	if b.Steps == 0 {
		b.Inner = Inner{m.Synaptic, m.Synaptic, m.W, m.W}
	}
	b.Inner.merge(Inner{m.Synaptic, m.Synaptic, m.W, m.W})
	b.Outer.add(step, m)
}

func (b *Outer) add(step int64, m neuron.Moment) {
	v := float32(m.V)
	if b.Steps == 0 {
		*b = Outer{First: step, VMin: v, VMax: v, IMin: m.Current, IMax: m.Current}
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
	b.Inner.merge(after.Inner)
}

func (b *Inner) merge(after Inner) {
	b.SMin, b.SMax = min(b.SMin, after.SMin), max(b.SMax, after.SMax)
	b.WMin, b.WMax = min(b.WMin, after.WMin), max(b.WMax, after.WMax)
}

// End returns the number of the step after the last one.
func (b *Outer) End() int64 { return b.First + int64(b.Steps) }

// History is the latest steps of one cell: the newest one by one, older ones in buckets of 16, 256 and 4096.
type History struct {
	steps  ring[instant]
	inner  ring[innerInstant] // empty without inner currents
	levels [3]level
	next   int64 // number of the next step
}

const (
	factor = 16      // buckets of a level in a bucket of the next level
	finest = 1 << 19 // steps one by one: 52 s of model time at dt = 0.1 ms
	coarse = 1 << 16 // buckets of each level above: 105 s, 28 min, 7 h
	piece  = 1 << 12 // largest part of a ring: it grows by parts, without copies and garbage

	most = 8 // full histories in the memory of a record: with more cells each history is shorter
)

// instant is a single step. A missed step has v = NaN.
type instant struct {
	v, i   float32
	spiked bool
}

type innerInstant struct{ s, w float32 }

// level is a ring of buckets with size steps each. Bucket k of a run begins at step k*size+1.
type level struct {
	size  int64
	outer ring[Outer]
	inner ring[Inner] // empty without inner currents
}

// ring is a ring in pieces.
type ring[T any] struct {
	pieces [][]T
	length int64 // a power of two
}

func newRing[T any](length int64) ring[T] {
	return ring[T]{make([][]T, max(1, length/piece)), length}
}

// at returns the place of a number in the ring.
func (r *ring[T]) at(k int64) *T {
	k %= r.length
	if r.pieces[k/piece] == nil {
		r.pieces[k/piece] = make([]T, min(piece, r.length))
	}
	return &r.pieces[k/piece][k%piece]
}

// look is at for reading.
func (r *ring[T]) look(k int64) (v T) {
	if k %= r.length; r.pieces[k/piece] != nil {
		v = r.pieces[k/piece][k%piece]
	}
	return v
}

// NewHistory returns an empty history. It holds half a million single steps, and takes 14 MB when full.
func NewHistory() *History { return newHistory(1, false) }

// newHistory returns an empty history, one of a number of histories. Inner currents take 7 MB more.
func newHistory(of int, inner bool) *History {
	h := &History{next: 1}
	share := int64(1)
	for int64(of) > most*share {
		share *= 2
	}
	h.steps = newRing[instant](max(finest/share, 1<<10))
	if inner {
		h.inner = newRing[innerInstant](h.steps.length)
	}
	for i, size := 0, int64(factor); i < len(h.levels); i, size = i+1, size*factor {
		l := &h.levels[i]
		l.size, l.outer = size, newRing[Outer](max(coarse/share, 1<<8))
		if inner {
			l.inner = newRing[Inner](l.outer.length)
		}
	}
	return h
}

// Inner reports whether the history has the inner currents of its cell.
func (h *History) Inner() bool { return h.inner.length > 0 }

// Add adds a step. Step numbers increase; gaps are missed steps.
func (h *History) Add(step int64, m neuron.Moment) {
	for missed := max(h.next, step-h.steps.length+1); missed < step; missed++ {
		*h.steps.at(missed) = instant{v: float32(math.NaN())}
	}
	*h.steps.at(step) = instant{float32(m.V), m.Current, m.Spiked}
	if h.Inner() {
		*h.inner.at(step) = innerInstant{m.Synaptic, m.W}
	}
	for i := range h.levels {
		h.levels[i].add(step, m)
	}
	h.next = step + 1
}

func (l *level) add(step int64, m neuron.Moment) {
	k := (step - 1) / l.size
	b := l.outer.at(k)
	if b.Steps > 0 && (b.First-1)/l.size != k {
		*b = Outer{}
	}
	if l.inner.length > 0 {
		now, in := Inner{m.Synaptic, m.Synaptic, m.W, m.W}, l.inner.at(k)
		if b.Steps == 0 {
			*in = now
		}
		in.merge(now)
	}
	if b.Steps > 0 && step > b.End() { // with missed steps
		b.Steps = int32(step - b.First)
	}
	b.add(step, m)
}

// Next returns the number of the next step.
func (h *History) Next() int64 { return h.next }

// Oldest returns the number of the oldest kept step, at any level.
func (h *History) Oldest() int64 {
	last := &h.levels[len(h.levels)-1]
	return max(1, h.next-last.kept())
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
	if best < 0 && step > h.next-h.steps.length {
		if m := h.steps.look(step); m.v == m.v {
			var in innerInstant
			if h.Inner() {
				in = h.inner.look(step)
			}
			b.Add(step, neuron.Moment{V: float64(m.v), Current: m.i, Spiked: m.spiked, Synaptic: in.s, W: in.w})
		}
		return b, step + 1
	}
	best = max(best, 0)
	for best < len(h.levels)-1 && step <= h.next-h.levels[best].kept() {
		best++
	}
	l := &h.levels[best]
	k := (step - 1) / l.size
	return l.bucket(k), (k+1)*l.size + 1
}

// kept returns the number of steps in a full level.
func (l *level) kept() int64 { return (l.outer.length - 1) * l.size }

func (l *level) bucket(k int64) (b Bucket) {
	if b.Outer = l.outer.look(k); b.Steps == 0 || (b.First-1)/l.size != k {
		return Bucket{}
	}
	if l.inner.length > 0 {
		b.Inner = l.inner.look(k)
	}
	return b
}
