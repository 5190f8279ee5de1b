package trace

import (
	"sync"

	"hillock/neuron"
)

// Record holds the latest steps of a run by cell, read from its tap in time. Any goroutine may call its methods.
type Record struct {
	mu      sync.Mutex // the last of all locks: functions called by Look must take no other
	reader  *neuron.TapReader
	moments []neuron.Moment
	next    int64
	cells   []Cell
}

// Cell holds the latest steps of one cell, its spikes and its measured rates.
type Cell struct {
	History *History
	Train   Train
	Rates   *Rates
	steady  steady
}

// Intervals returns the interspike intervals of the cell.
func (c *Cell) Intervals() Intervals { return intervals(&c.Train, c.steady.since) }

// atOnce is the number of steps per read of a tap.
const atOnce = 1 << 12

// NewRecord returns a record of a tap's next steps, with a window for each cell.
func NewRecord(tap *neuron.Tap, windows []Window) *Record {
	r := &Record{reader: tap.Reader(), moments: make([]neuron.Moment, atOnce*tap.Cells()), next: 1, cells: make([]Cell, tap.Cells())}
	for i := range r.cells {
		r.cells[i] = Cell{History: NewHistory(), Rates: NewRates(windows[i])}
	}
	return r
}

// Look adds the new steps of the tap, and calls see with the number of the next step, the number of missed steps, and the cells.
// No step is added during the call.
func (r *Record) Look(see func(next, missed int64, cells []Cell)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for range maxPieces {
		first, steps := r.reader.Read(r.moments)
		if steps == 0 {
			break
		}
		r.take(first, r.moments[:steps*len(r.cells)])
	}
	see(r.next, r.reader.Missed(), r.cells)
}

// ForgetRates forgets all measured rates.
func (r *Record) ForgetRates() {
	r.Look(func(next, _ int64, cells []Cell) {
		for i := range cells {
			cells[i].Rates.forget(next)
		}
	})
}

// ClearIntervals forgets the interspike intervals of all cells.
func (r *Record) ClearIntervals() {
	r.Look(func(next, _ int64, cells []Cell) {
		for i := range cells {
			cells[i].steady.forget(next)
		}
	})
}

// Measure begins the rates and the interspike intervals anew, for neurons with other parameters.
func (r *Record) Measure(params []neuron.Params) {
	r.Look(func(next, _ int64, cells []Cell) {
		for i := range cells {
			rates := cells[i].Rates
			rates.forget(next)
			rates.window = rates.window.of(params[i])
			cells[i].steady.forget(next)
		}
	})
}

// maxPieces limits the reads of one Look: a fast loop always has more steps.
const maxPieces = 16

func (r *Record) take(first int64, moments []neuron.Moment) {
	n := len(r.cells)
	for i := range r.cells {
		c := &r.cells[i]
		if first != r.next {
			c.Train.Miss()
		}
		for step, k := first, i; k < len(moments); step, k = step+1, k+n {
			m := moments[k]
			c.History.Add(step, m)
			c.Rates.Add(step, m)
			c.steady.add(step, float64(m.Current), m.Spiked, c.Rates.window)
			if m.Spiked {
				c.Train.Add(step)
			}
		}
	}
	r.next = first + int64(len(moments)/n)
}
