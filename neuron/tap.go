package neuron

import (
	"math"
	"slices"
	"sync/atomic"
)

// Tap is an observer with a ring of the latest steps of a loop, and a ring of the spikes of populations and sources. Its readers read at their
// own pace: neither the loop nor another reader waits for them. A reader loses overwritten steps and counts them.
//
// V is exact; the currents are float32.
type Tap struct {
	cells  []Tapped
	at     []uint64 // by cell: its first word in a row
	width  uint64   // words of a row
	rows   uint64   // of the ring, a power of two
	ring   []atomic.Uint64
	head   atomic.Uint64   // number of steps so far: step n is row n-1
	spikes []atomic.Uint64 // of populations and sources: two words each, the step and the neuron; nil without them
	spiked atomic.Uint64   // number of these spikes so far

	cell int     // the next one, for the loop only
	loop *Loop   // with sources
	sent []int64 // spikes of each source so far, for the loop only
}

// Tapped says what a tap keeps of a cell, beside V, the current from outside and the spikes of the first neuron.
type Tapped struct {
	Inner   bool // the synaptic and the adaptation current
	Members int  // neurons of a population: the tap keeps the spikes of all; 0 or 1: of a single neuron
}

// Moment is the first neuron of a cell right after a step: V (mV) after the reset where it spiked.
type Moment struct {
	V           float64
	Current     float32 // from outside, nA
	Spiked      bool
	Synaptic, W float32 // nA; 0 without Tapped.Inner
}

// MemberSpike is a spike of a population or of a source.
type MemberSpike struct {
	Step   int64
	Member int32 // from 0; 0 of a source
}

const (
	spikeBit  = 1 << 32
	tapSpikes = 1 << 17 // spikes of populations in the ring
)

// NewTap returns a tap for a loop with the given number of cells. It keeps at least the given number of steps.
func NewTap(cells, steps int) *Tap { return NewTapOf(make([]Tapped, cells), steps) }

// NewTapOf returns a tap for a loop with the given cells. It keeps at least the given number of steps.
func NewTapOf(cells []Tapped, steps int) *Tap {
	t := &Tap{cells: cells, rows: 1}
	for t.rows < uint64(max(steps, 2)) {
		t.rows *= 2
	}
	for _, c := range cells {
		t.at = append(t.at, t.width)
		t.width += c.words()
		if c.Members > 1 && t.spikes == nil {
			t.spikes = make([]atomic.Uint64, 2*tapSpikes)
		}
	}
	t.ring = make([]atomic.Uint64, t.rows*t.width)
	return t
}

// Sources makes the tap keep the spikes of the sources of a loop's network too. Call it before the loop runs.
func (t *Tap) Sources(l *Loop) {
	if l.Net == nil || len(l.Net.sources) == 0 {
		return
	}
	t.loop, t.sent = l, slices.Clone(l.Net.sent)
	if t.spikes == nil {
		t.spikes = make([]atomic.Uint64, 2*tapSpikes)
	}
}

// words returns the number of words of a cell in a row: V, the current with the spike above it, and the inner currents.
func (c Tapped) words() uint64 {
	if c.Inner {
		return 3
	}
	return 2
}

// Cells returns the number of cells of a step.
func (t *Tap) Cells() int { return len(t.cells) }

// SourceCount returns the number of sources: see Sources.
func (t *Tap) SourceCount() int { return len(t.sent) }

// Of returns what the tap keeps of a cell.
func (t *Tap) Of(cell int) Tapped { return t.cells[cell] }

// Tick implements Observer.
func (t *Tap) Tick(Tick) {}

// Step implements StepObserver. The cells must come in their order.
func (t *Tap) Step(s Sample) {
	of := t.cells[t.cell]
	at := t.row(t.head.Load()) + t.at[t.cell]
	if of.Members > 1 {
		for _, member := range s.Cell.Fired {
			t.spike(s.Step, t.cell, member)
		}
	}
	word := uint64(math.Float32bits(float32(s.Current)))
	if s.Spiked {
		word |= spikeBit
	}
	t.ring[at].Store(math.Float64bits(s.V))
	t.ring[at+1].Store(word)
	if of.Inner {
		t.ring[at+2].Store(uint64(math.Float32bits(float32(s.Cell.Synaptic))) | uint64(math.Float32bits(float32(s.Cell.W)))<<32)
	}
	if t.cell++; t.cell == len(t.cells) {
		for i := range t.sent {
			if sent := t.loop.Network().Sent(i); sent != t.sent[i] {
				t.sent[i] = sent
				t.spike(s.Step, len(t.cells)+i, 0)
			}
		}
		t.cell = 0
		t.head.Add(1)
	}
}

// spike adds a spike of a population or a source.
func (t *Tap) spike(step int64, cell int, member int32) {
	n := t.spiked.Load()
	k := 2 * (n % tapSpikes)
	t.spikes[k].Store(uint64(step))
	t.spikes[k+1].Store(uint64(cell)<<32 | uint64(uint32(member)))
	t.spiked.Store(n + 1)
}

// row returns the index of a row in the ring.
func (t *Tap) row(n uint64) uint64 { return (n & (t.rows - 1)) * t.width }

// Reader returns a new reader. It begins with the next step and belongs to one goroutine. A tap can have any number of readers.
func (t *Tap) Reader() *TapReader {
	return &TapReader{tap: t, next: t.head.Load(), spike: t.spiked.Load()}
}

// TapReader reads the steps of a Tap.
type TapReader struct {
	tap    *Tap
	next   uint64
	missed int64
	spike  uint64 // number of the next spike of a population
}

// Cells returns the number of moments of a step.
func (r *TapReader) Cells() int { return len(r.tap.cells) }

// Missed returns the number of steps lost to this reader.
func (r *TapReader) Missed() int64 { return r.missed }

// Read fills moments with new steps, as many as fit: all cells of a step, then all cells of the next. It returns the number of the
// first step and the number of steps. It does not wait.
func (r *TapReader) Read(moments []Moment) (first int64, steps int) {
	t := r.tap
	head := t.head.Load()
	r.skipTo(r.oldest(head))
	n := min(head-r.next, uint64(len(moments)/len(t.cells)))
	for row := range n {
		first := t.row(r.next + row)
		for c, of := range t.cells {
			at := first + t.at[c]
			v, word := t.ring[at].Load(), t.ring[at+1].Load()
			m := Moment{V: math.Float64frombits(v), Current: math.Float32frombits(uint32(word)), Spiked: word&spikeBit != 0}
			if of.Inner {
				inner := t.ring[at+2].Load()
				m.Synaptic, m.W = math.Float32frombits(uint32(inner)), math.Float32frombits(uint32(inner>>32))
			}
			moments[int(row)*len(t.cells)+c] = m
		}
	}
	// Drop the rows overwritten by the loop meanwhile.
	from, end := r.next, r.next+n
	r.skipTo(r.oldest(t.head.Load()))
	if r.next >= end {
		return int64(r.next) + 1, 0
	}
	lost := int(r.next - from)
	copy(moments, moments[lost*len(t.cells):int(n)*len(t.cells)])
	r.next = end
	return int64(from) + int64(lost) + 1, int(n) - lost
}

// Spikes calls each with the new spikes of populations and sources, in their order, and returns the number of lost ones. Sources count
// as cells after the last one. After a Read, they include all spikes of the steps read.
func (r *TapReader) Spikes(each func(cell int, s MemberSpike)) (lost int64) {
	t := r.tap
	for head := t.spiked.Load(); r.spike < head; r.spike++ {
		k := 2 * (r.spike % tapSpikes)
		step, neuron := t.spikes[k].Load(), t.spikes[k+1].Load()
		if now := t.spiked.Load(); now-r.spike >= tapSpikes { // overwritten, or about to be
			lost += int64(now - tapSpikes + 1 - r.spike)
			r.spike = now - tapSpikes
			continue
		}
		each(int(neuron>>32), MemberSpike{int64(step), int32(uint32(neuron))})
	}
	return lost
}

// oldest returns the oldest complete row: the loop may be writing the one before it.
func (r *TapReader) oldest(head uint64) uint64 {
	if head < r.tap.rows {
		return 0
	}
	return head - r.tap.rows + 1
}

func (r *TapReader) skipTo(row uint64) {
	if row > r.next {
		r.missed += int64(row - r.next)
		r.next = row
	}
}

var _ StepObserver = &Tap{}
