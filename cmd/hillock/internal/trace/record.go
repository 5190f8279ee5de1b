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
	sources []Train
	lost    int64 // spikes of populations and sources
}

// Cell holds the latest steps of one cell, its spikes and its measured rates: those of its first neuron.
type Cell struct {
	History *History
	Train   Train
	Rates   *Rates
	Raster  *Raster // all neurons of a population; nil for a single neuron
	steady  steady
}

// Intervals returns the interspike intervals of the cell.
func (c *Cell) Intervals() Intervals { return intervals(&c.Train, c.steady.since) }

// atOnce is the number of steps per read of a tap with few cells.
const atOnce = 1 << 12

// NewRecord returns a record of a tap's next steps, with a window for each cell.
func NewRecord(tap *neuron.Tap, windows []Window) *Record {
	n := tap.Cells()
	r := &Record{sources: make([]Train, tap.SourceCount()), reader: tap.Reader(), moments: make([]neuron.Moment, max(64, min(atOnce, 32*atOnce/n))*n), next: 1, cells: make([]Cell, n)}
	for i := range r.cells {
		of := tap.Of(i)
		r.cells[i] = Cell{History: newHistory(n, of.Inner), Rates: NewRates(windows[i])}
		if of.Members > 1 {
			r.cells[i].Raster = NewRaster(of.Members)
		}
	}
	return r
}

// Look adds the new steps of the tap, and calls see with the number of the next step, the number of missed steps, and the cells.
// No step is added during the call.
func (r *Record) Look(see func(next, missed int64, cells []Cell)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for read := 0; read < maxRead; {
		first, steps := r.reader.Read(r.moments)
		if steps == 0 {
			break
		}
		r.take(first, r.moments[:steps*len(r.cells)])
		read += steps
	}
	r.lost += r.reader.Spikes(r.spike)
	see(r.next, r.reader.Missed(), r.cells)
}

// spike adds a spike of a population or a source.
func (r *Record) spike(cell int, s neuron.MemberSpike) {
	if cell < len(r.cells) {
		r.cells[cell].Raster.Add(s)
		return
	}
	r.sources[cell-len(r.cells)].Add(s.Step)
}

// Sources returns the spikes of the sources. It is for functions called by Look.
func (r *Record) Sources() []Train { return r.sources }

// Lost returns the number of missing spikes of populations and sources.
func (r *Record) Lost() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lost
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

// maxRead limits the steps of one Look: a fast loop always has more.
const maxRead = 16 * atOnce

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
