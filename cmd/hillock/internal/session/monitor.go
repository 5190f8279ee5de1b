package session

import (
	"math"
	"slices"
	"sync"
	"time"

	"hillock/neuron"
)

// monitor observes a loop for Status and Summary. The loop never waits for it: a snapshot that is being read is not renewed in
// that tick.
type monitor struct {
	loop  *neuron.Loop
	begin []begin // of its cells
	times *times
	load  load
	own   snapshot // the loop's

	mu     sync.Mutex // the loop only tries it; no other lock is taken under it
	shared snapshot
}

// begin is where the prediction of a cell begins: at first, or before the tick in which the last of its inputs gave its first
// reading.
type begin struct {
	neuron        neuron.Neuron
	steps, spikes int64
	inputs        []beginner // that have not given a reading
	current       float64    // in the first tick from there on, nA
	begun, varied bool       // there was such a tick; and one with another current
}

// beginner is an input that gives 0 nA until its part has answered.
type beginner interface{ Begun() bool }

// tick takes the state of a cell after a tick.
func (b *begin) tick(c *neuron.Cell, t neuron.Tick) {
	if !b.begun {
		b.inputs = slices.DeleteFunc(b.inputs, beginner.Begun)
		if len(b.inputs) > 0 {
			b.neuron.Continue(c.Neuron)
			b.steps, b.spikes = t.Steps, c.Spikes
			return
		}
		b.begun, b.current = true, c.Current
	}
	b.varied = b.varied || c.Current != b.current
}

// snapshot is the state of a run after a tick.
type snapshot struct {
	tick    neuron.Tick
	cells   []cellState
	cost    cost    // of a tick, where that is more than it is long
	speed   float64 // of the model
	changed bool    // the speed, while it ran
	skipped Skipped
}

// Skipped is how many ticks were skipped, and their model time, each at the speed that it had.
type Skipped struct {
	Ticks int64
	Model time.Duration
}

// cellState is a cell's part of a snapshot.
type cellState struct {
	v, current      float64 // mV, nA
	spikes          int64
	last            int64   // step of the latest spike, 0: none yet
	lowest, highest float64 // the currents of all ticks so far, nA
	recent          [8]mark // a ring of spike counts with their steps
	marks           int64   // how many were ever written
	changed         bool    // its parameters, while it ran
}

// mark is a count of spikes with the step of the last of them and the wall time of its tick.
type mark struct {
	spikes, step int64
	at           time.Duration
}

func newMonitor(loop *neuron.Loop) *monitor {
	m := &monitor{loop: loop, times: newTimes(loop.Tick), load: newLoad(loop.Tick)}
	m.own.speed, m.shared.speed = loop.Speed, loop.Speed
	for _, c := range loop.Cells {
		b := begin{neuron: c.Copy()}
		for _, in := range c.Inputs {
			if in, ok := in.(beginner); ok {
				b.inputs = append(b.inputs, in)
			}
		}
		m.begin = append(m.begin, b)
	}
	m.own.cells = make([]cellState, len(loop.Cells))
	m.shared.cells = make([]cellState, len(loop.Cells))
	return m
}

// Tick is the loop's side.
func (m *monitor) Tick(t neuron.Tick) {
	m.times.record(t)
	first := m.own.tick.Due == 0
	if n := t.Skipped - m.own.tick.Skipped; n > 0 { // before this tick, and so before what changed with it
		m.own.skipped.Ticks += n
		m.own.skipped.Model += time.Duration(math.Round(float64(n) * float64(m.loop.Tick) * m.own.speed))
	}
	adjusted := t.Adjusted != m.own.tick.Adjusted
	m.own.changed = m.own.changed || !first && m.loop.Speed != m.own.speed
	m.own.speed = m.loop.Speed
	m.own.tick = t
	m.own.cost = m.load.cost(t)
	for i, c := range m.loop.Cells {
		s := &m.own.cells[i]
		m.begin[i].tick(c, t)
		if adjusted && c.Params() != m.begin[i].neuron.Params() {
			s.changed = true
		}
		s.v, s.current = c.V(), c.Current
		if first {
			s.lowest, s.highest = c.Current, c.Current
		}
		s.lowest, s.highest = min(s.lowest, c.Current), max(s.highest, c.Current)
		if c.Spikes != s.spikes {
			s.recent[s.marks%int64(len(s.recent))] = mark{c.Spikes, c.Last, t.Began}
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
	m.shared.copy(&m.own)
}

// read copies the latest snapshot into s, whose cells it makes when there are none.
func (m *monitor) read(s *snapshot) {
	if s.cells == nil {
		s.cells = make([]cellState, len(m.begin))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s.copy(&m.shared)
}

// copy makes s what another snapshot is, in its own cells.
func (s *snapshot) copy(other *snapshot) {
	cells := s.cells
	copy(cells, other.cells)
	*s = *other
	s.cells = cells
}

// end is the last state of a loop that has ended.
func (m *monitor) end() *snapshot { return &m.own }

// rate is the firing rate now, in Hz of model time: over the latest spikes, and less as they fail to come.
func (c *cellState) rate(steps int64, dt time.Duration) float64 {
	oldest, newest, ok := c.span()
	if !ok {
		return 0
	}
	isi := float64(newest.step-oldest.step) / float64(newest.spikes-oldest.spikes)
	return 1 / (fading(isi, float64(steps-c.last)) * dt.Seconds())
}

// blinks is the same a second of the wall, as measured.
func (c *cellState) blinks(now time.Duration) float64 {
	oldest, newest, ok := c.span()
	if !ok || newest.at == oldest.at {
		return 0
	}
	isi := float64(newest.at-oldest.at) / float64(newest.spikes-oldest.spikes)
	return float64(time.Second) / fading(isi, float64(now-newest.at))
}

// span is the latest spikes since the last silence, false before there are two.
func (c *cellState) span() (oldest, newest mark, ok bool) {
	at := func(back int64) mark { return c.recent[(c.marks-1-back)%int64(len(c.recent))] }
	isi := func(back int64) float64 { // before the mark so far back
		return float64(at(back).step-at(back+1).step) / float64(at(back).spikes-at(back+1).spikes)
	}
	n := min(c.marks, int64(len(c.recent))) - 1
	if n < 1 {
		return mark{}, mark{}, false
	}
	back := int64(1)
	for back < n && isi(back) < 4*isi(0) {
		back++
	}
	return at(back), at(0), true
}

// fading is an interval that grows as the next spike fails to come, and then is without end.
func fading(isi, since float64) float64 {
	switch {
	case since > 4*isi:
		return math.Inf(1)
	case since > 1.5*isi:
		return since
	}
	return isi
}
