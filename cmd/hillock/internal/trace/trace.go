// Package trace keeps the latest steps of a neuron so that they can be drawn at any time base: every spike is in a picture of
// them, and every extreme. It reads no clock and draws nothing.
package trace

import "hillock/neuron"

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
	levels [levels]level
	next   int64 // the number of the step to come
}

const (
	levels = 4
	factor = 16      // steps of a level in a bucket of the next
	finest = 1 << 19 // steps one by one: 52 s at life's speed and 0.1 ms
	coarse = 1 << 16 // buckets of each level above: 105 s, 28 min, 7 h
	piece  = 1 << 12 // buckets that a ring grows by, without a copy and garbage
)

// level is a ring of buckets, each of size steps, in pieces; bucket k of a run has the steps from k*size+1 on.
type level struct {
	size   int64
	pieces []*[piece]Bucket
}

// NewHistory returns an empty one. It has room for half a million steps, and as it fills up takes 22 MB.
func NewHistory() *History {
	h := &History{next: 1}
	size := int64(1)
	for i := range h.levels {
		h.levels[i].size = size
		h.levels[i].pieces = make([]*[piece]Bucket, h.levels[i].length()/piece)
		size *= factor
	}
	return h
}

// Add takes a step. Its number is larger than that of the step before; between the two there may be some that were missed.
func (h *History) Add(step int64, m neuron.Moment) {
	for i := range h.levels {
		h.levels[i].add(step, m)
	}
	h.next = step + 1
}

func (l *level) add(step int64, m neuron.Moment) {
	k := (step - 1) / l.size
	at := k % l.length()
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
	l := &h.levels[levels-1]
	return max(1, h.next-int64(coarse-1)*l.size)
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
			l := h.level(step, end)
			k := (step - 1) / l.size
			if b, ok := l.bucket(k); ok {
				columns[i].Merge(b)
			}
			step = (k+1)*l.size + 1
		}
	}
}

// level is the one to take a step from: the coarsest that has a bucket from it on and not beyond end, and a coarser one where
// that does not reach back so far.
func (h *History) level(step, end int64) *level {
	best := 0
	for i := range h.levels {
		if size := h.levels[i].size; (step-1)%size == 0 && step+size <= end {
			best = i
		}
	}
	for best < levels-1 && step <= h.next-(h.levels[best].length()-1)*h.levels[best].size {
		best++
	}
	return &h.levels[best]
}

// length is how many buckets the ring has when it is full.
func (l *level) length() int64 {
	if l.size == 1 {
		return finest
	}
	return coarse
}

func (l *level) bucket(k int64) (Bucket, bool) {
	at := k % l.length()
	if k < 0 || l.pieces[at/piece] == nil {
		return Bucket{}, false
	}
	b := l.pieces[at/piece][at%piece]
	return b, b.Steps > 0 && (b.First-1)/l.size == k
}
