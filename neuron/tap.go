package neuron

import (
	"math"
	"sync/atomic"
)

// Tap is an observer that keeps the latest steps of a loop for readers, who take them at their own pace. The loop waits for
// none of them, nor do they for each other: what a reader has not taken before the ring comes round is lost to it alone, and
// counted.
//
// V is exact; the current is kept as a float32.
type Tap struct {
	cells int
	rows  uint64          // of the ring, a power of two
	ring  []atomic.Uint64 // rows of two words a cell: V, and the current with the spike above it
	head  atomic.Uint64   // how many steps are in it or were: step n is row n-1

	cell int // the loop's: which one is next
}

// Moment is a cell right after a step: V (mV) after the reset where it spiked.
type Moment struct {
	V       float64
	Current float32 // nA
	Spiked  bool
}

const spikeBit = 1 << 32

// NewTap returns a tap for a loop of so many cells, that keeps at least so many of the latest steps.
func NewTap(cells, steps int) *Tap {
	rows := uint64(1)
	for rows < uint64(max(steps, 2)) {
		rows *= 2
	}
	return &Tap{cells: cells, rows: rows, ring: make([]atomic.Uint64, rows*uint64(2*cells))}
}

// Cells is how many cells a step has.
func (t *Tap) Cells() int { return t.cells }

// Tick is an Observer's.
func (t *Tap) Tick(Tick) {}

// Step is the loop's side: the cells come in their order.
func (t *Tap) Step(s Sample) {
	at := t.at(t.head.Load()) + uint64(2*t.cell)
	word := uint64(math.Float32bits(float32(s.Current)))
	if s.Spiked {
		word |= spikeBit
	}
	t.ring[at].Store(math.Float64bits(s.V))
	t.ring[at+1].Store(word)
	if t.cell++; t.cell == t.cells {
		t.cell = 0
		t.head.Add(1)
	}
}

// at is where a row begins in the ring.
func (t *Tap) at(row uint64) uint64 { return (row & (t.rows - 1)) * uint64(2*t.cells) }

// Reader returns a reader that begins with the next step. It belongs to one goroutine; there may be any number.
func (t *Tap) Reader() *TapReader { return &TapReader{tap: t, next: t.head.Load()} }

// TapReader takes the steps of a Tap.
type TapReader struct {
	tap    *Tap
	next   uint64
	missed int64
}

// Cells is how many moments a step has.
func (r *TapReader) Cells() int { return r.tap.cells }

// Missed is how many steps came round before they were read.
func (r *TapReader) Missed() int64 { return r.missed }

// Read fills moments with the steps that it has not given yet, as many as there are and as have room: all cells of a step,
// then those of the next. It returns the number of the first step, and how many there are. It does not wait.
func (r *TapReader) Read(moments []Moment) (first int64, steps int) {
	t := r.tap
	head := t.head.Load()
	r.skipTo(r.oldest(head))
	n := min(head-r.next, uint64(len(moments)/t.cells))
	for row := range n {
		at := t.at(r.next + row)
		for c := range t.cells {
			v, word := t.ring[at+uint64(2*c)].Load(), t.ring[at+uint64(2*c)+1].Load()
			moments[int(row)*t.cells+c] = Moment{math.Float64frombits(v), math.Float32frombits(uint32(word)), word&spikeBit != 0}
		}
	}
	// Those that the loop has written over meanwhile were not what they are taken for.
	from, end := r.next, r.next+n
	r.skipTo(r.oldest(t.head.Load()))
	if r.next >= end {
		return int64(r.next) + 1, 0
	}
	lost := int(r.next - from)
	copy(moments, moments[lost*t.cells:int(n)*t.cells])
	r.next = end
	return int64(from) + int64(lost) + 1, int(n) - lost
}

// oldest is the oldest row that is certain: the one before it may be under way.
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
