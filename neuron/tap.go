package neuron

import (
	"math"
	"sync/atomic"
)

// Tap is an observer with a ring of the latest steps of a loop. Its readers read at their own pace: neither the loop nor
// another reader waits for them. A reader loses overwritten steps and counts them.
//
// V is exact; the current is a float32.
type Tap struct {
	cells int
	rows  uint64          // of the ring, a power of two
	ring  []atomic.Uint64 // rows of two words a cell: V, and the current with the spike above it
	head  atomic.Uint64   // number of steps so far: step n is row n-1

	cell int // the next one, for the loop only
}

// Moment is a cell right after a step: V (mV) after the reset where it spiked.
type Moment struct {
	V       float64
	Current float32 // nA
	Spiked  bool
}

const spikeBit = 1 << 32

// NewTap returns a tap for a loop with the given number of cells. It keeps at least the given number of steps.
func NewTap(cells, steps int) *Tap {
	rows := uint64(1)
	for rows < uint64(max(steps, 2)) {
		rows *= 2
	}
	return &Tap{cells: cells, rows: rows, ring: make([]atomic.Uint64, rows*uint64(2*cells))}
}

// Cells returns the number of cells of a step.
func (t *Tap) Cells() int { return t.cells }

// Tick implements Observer.
func (t *Tap) Tick(Tick) {}

// Step implements StepObserver. The cells must come in their order.
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

// at returns the index of a row in the ring.
func (t *Tap) at(row uint64) uint64 { return (row & (t.rows - 1)) * uint64(2*t.cells) }

// Reader returns a new reader. It begins with the next step and belongs to one goroutine. A tap can have any number of readers.
func (t *Tap) Reader() *TapReader { return &TapReader{tap: t, next: t.head.Load()} }

// TapReader reads the steps of a Tap.
type TapReader struct {
	tap    *Tap
	next   uint64
	missed int64
}

// Cells returns the number of moments of a step.
func (r *TapReader) Cells() int { return r.tap.cells }

// Missed returns the number of steps lost to this reader.
func (r *TapReader) Missed() int64 { return r.missed }

// Read fills moments with new steps, as many as fit: all cells of a step, then all cells of the next. It returns the number of the
// first step and the number of steps. It does not wait.
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
	// Drop the rows overwritten by the loop meanwhile.
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
