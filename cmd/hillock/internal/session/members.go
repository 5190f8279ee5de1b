package session

import (
	"math"
	"sync/atomic"
	"time"

	"hillock/cmd/hillock/internal/trace"
	"hillock/neuron"
)

// members is an observer: it measures rates and interspike intervals of the neurons of populations. The loop never waits: it writes
// with atomic operations, and a reader repeats a reading that was changed meanwhile.
type members struct {
	cells []*population // by cell; nil for a single neuron
	next  int           // the cell of the next sample
}

// population is the members of a cell, measured since its current or a parameter changed.
type population struct {
	cell     *neuron.Cell
	window   trace.Window // of a steady current
	current  float64      // nA, at the beginning
	adjusted int64        // number of adjustments of the loop
	began    atomic.Int64 // the first step of the measurement
	of       []member
}

// member holds the spikes of a neuron since the beginning of the measurement. Those before it do not count.
type member struct {
	version            atomic.Uint64 // odd during a change
	first, last, count atomic.Int64  // steps of the first and the latest spike; number of spikes
	squares            atomic.Uint64 // sum of the squared intervals, in steps
}

// newMembers returns the members of a loop's populations, or nil without any. The windows are by cell.
func newMembers(cells []*neuron.Cell, windows []trace.Window) *members {
	m := &members{cells: make([]*population, len(cells))}
	some := false
	for i, c := range cells {
		if c.Count > 1 {
			m.cells[i], some = &population{cell: c, window: windows[i], of: make([]member, c.Count)}, true
			m.cells[i].began.Store(1)
		}
	}
	if !some {
		return nil
	}
	return m
}

// Tick implements neuron.Observer. A changed current or a changed parameter begins the measurement anew.
func (m *members) Tick(t neuron.Tick) {
	for _, p := range m.cells {
		if p == nil {
			continue
		}
		if t.Adjusted != p.adjusted || !p.window.Varying && math.Abs(p.cell.Current-p.current) > p.window.Width {
			p.began.Store(t.Steps + 1)
			p.adjusted, p.current = t.Adjusted, p.cell.Current
		}
	}
}

// Step implements neuron.StepObserver.
func (m *members) Step(s neuron.Sample) {
	p := m.cells[m.next]
	if m.next++; m.next == len(m.cells) {
		m.next = 0
	}
	if p == nil {
		return
	}
	for _, i := range s.Cell.Fired {
		p.of[i].add(s.Step, p.began.Load())
	}
}

func (m *member) add(step, began int64) {
	m.version.Add(1)
	if first := m.first.Load(); first == 0 || first < began {
		m.first.Store(step)
		m.count.Store(0)
		m.squares.Store(0)
	} else {
		interval := uint64(step - m.last.Load())
		m.squares.Store(m.squares.Load() + interval*interval)
	}
	m.last.Store(step)
	m.count.Store(m.count.Load() + 1)
	m.version.Add(1)
}

// read returns the number of spikes since a step, and the coefficient of variation of their intervals, NaN without an interval.
func (m *member) read(began int64) (count int64, cv float64) {
	for {
		version := m.version.Load()
		first, last, squares := m.first.Load(), m.last.Load(), float64(m.squares.Load())
		count = m.count.Load()
		if version&1 == 1 || m.version.Load() != version {
			continue
		}
		if count == 0 || first < began {
			return 0, math.NaN()
		}
		intervals := float64(count - 1)
		mean := float64(last-first) / intervals
		return count, math.Sqrt(max(squares/intervals-float64(mean*mean), 0)) / mean
	}
}

// Members describes the neurons of a population, since its current or a parameter changed. It is zero for a single neuron.
type Members struct {
	Low, High float64 // firing rates of the slowest and the fastest neuron, Hz of model time
	N         int     // neurons with more than 10 spikes
	CV        float64 // mean coefficient of variation of the interspike intervals of those N; 0 without any
}

// enough is the smallest number of spikes of a neuron for a coefficient of variation.
const enough = 11

// of returns the members of a cell after a number of steps.
func (m *members) of(cell int, steps int64, dt time.Duration) (all Members) {
	if m == nil || m.cells[cell] == nil {
		return Members{}
	}
	p := m.cells[cell]
	began := p.began.Load()
	seconds := float64(steps-began+1) * dt.Seconds()
	if seconds <= 0 {
		return Members{}
	}
	least, most, sum := int64(math.MaxInt64), int64(0), 0.
	for i := range p.of {
		count, cv := p.of[i].read(began)
		least, most = min(least, count), max(most, count)
		if count >= enough {
			all.N++
			sum += cv
		}
	}
	all.Low, all.High = float64(least)/seconds, float64(most)/seconds
	if all.N > 0 {
		all.CV = sum / float64(all.N)
	}
	return all
}
