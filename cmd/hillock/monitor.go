package main

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"hillock/neuron"
)

// monitor is the observer of a run: what the status shows while it goes, and what the summary says at its end. The
// loop never waits for it: a snapshot that is being read is not renewed in that tick.
type monitor struct {
	cells []*neuron.Cell
	dt    time.Duration
	late  *lateness
	own   snapshot // the loop's

	mu     sync.Mutex
	shared snapshot
}

// snapshot is the state of a run after a tick.
type snapshot struct {
	tick  neuron.Tick
	cells []cellState
}

// cellState is a cell's part of a snapshot.
type cellState struct {
	v, current      float64 // mV, nA
	spikes          int64
	last            int64   // step of the latest spike, 0: none yet
	lowest, highest float64 // the currents of all ticks so far, nA
	recent          [8]mark // a ring of spike counts with their steps
	marks           int     // how many were ever written
}

type mark struct{ spikes, step int64 }

func newMonitor(loop *neuron.Loop) *monitor {
	m := &monitor{cells: loop.Cells, dt: loop.DT, late: newLateness()}
	m.own.cells = make([]cellState, len(loop.Cells))
	m.shared.cells = make([]cellState, len(loop.Cells))
	return m
}

// Tick is the loop's side.
func (m *monitor) Tick(t neuron.Tick) {
	m.late.record(t.Lateness())
	first := m.own.tick.Due == 0
	m.own.tick = t
	for i, c := range m.cells {
		s := &m.own.cells[i]
		s.v, s.current = c.V, c.Current
		if first {
			s.lowest, s.highest = c.Current, c.Current
		}
		s.lowest, s.highest = min(s.lowest, c.Current), max(s.highest, c.Current)
		if c.Spikes != s.spikes {
			s.recent[s.marks%len(s.recent)] = mark{c.Spikes, c.Last}
			s.marks++
			s.spikes, s.last = c.Spikes, c.Last
		}
	}
	if m.mu.TryLock() {
		m.publish()
		m.mu.Unlock()
	}
}

func (m *monitor) publish() {
	m.shared.tick = m.own.tick
	copy(m.shared.cells, m.own.cells)
}

// read copies the latest snapshot into s, whose cells it makes when there are none.
func (m *monitor) read(s *snapshot) {
	if s.cells == nil {
		s.cells = make([]cellState, len(m.cells))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s.tick = m.shared.tick
	copy(s.cells, m.shared.cells)
}

// end is the last state of a loop that has ended.
func (m *monitor) end() *snapshot { return &m.own }

// rate is the firing rate now, in Hz of model time: over the latest spikes, and less as they fail to come.
func (c *cellState) rate(steps int64, dt time.Duration) float64 {
	n := min(c.marks, len(c.recent))
	if n < 2 {
		return 0
	}
	newest := c.recent[(c.marks-1)%len(c.recent)]
	oldest := c.recent[(c.marks-n)%len(c.recent)]
	isi := float64(newest.step-oldest.step) / float64(newest.spikes-oldest.spikes)
	since := float64(steps - c.last)
	switch {
	case since > 4*isi:
		return 0
	case since > 1.5*isi:
		isi = since
	}
	return 1 / (isi * dt.Seconds())
}

// lateness is a histogram of the ticks' lateness. The loop records into one half without a lock; the reader asks for
// that half by offering the other, empty, and adds up what it gets.
type lateness struct {
	active *hdrhistogram.Histogram                // the loop's
	empty  atomic.Pointer[hdrhistogram.Histogram] // offered to the loop
	full   atomic.Pointer[hdrhistogram.Histogram] // given by it
	total  *hdrhistogram.Histogram                // the reader's
}

const latest = int64(time.Hour) // beyond it lateness counts as this

func newLateness() *lateness {
	l := &lateness{active: newHistogram(), total: newHistogram()}
	l.empty.Store(newHistogram())
	return l
}

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, latest, 2) }

func (l *lateness) record(d time.Duration) {
	if e := l.empty.Load(); e != nil {
		l.empty.Store(nil)
		l.full.Store(l.active)
		l.active = e
	}
	_ = l.active.RecordValue(min(max(int64(d), 0), latest)) // inside its range
}

// read adds what the loop gave since the last time.
func (l *lateness) read() percentiles {
	if f := l.full.Swap(nil); f != nil {
		l.total.Merge(f)
		f.Reset()
		l.empty.Store(f)
	}
	return l.percentiles()
}

// end adds also what the loop still held; it has ended.
func (l *lateness) end() percentiles {
	l.read()
	l.total.Merge(l.active)
	l.active.Reset()
	return l.percentiles()
}

// percentiles of a time, in us.
type percentiles struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

func (l *lateness) percentiles() percentiles {
	us := func(v int64) float64 { return float64(v) / 1e3 }
	return percentiles{us(l.total.ValueAtQuantile(50)), us(l.total.ValueAtQuantile(99)), us(l.total.ValueAtQuantile(99.9)), us(l.total.Max())}
}
