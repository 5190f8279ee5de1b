package session

import (
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hillock/cmd/hillock/internal/circuit"
	"hillock/neuron"
)

// monitor observes a loop for Status and Summary. The loop never waits: while a reader copies the snapshot, a tick does not renew
// it.
type monitor struct {
	loop  *neuron.Loop
	begin []begin // of its cells
	times *times
	load  load
	every int64    // steps between the marks of a population
	own   snapshot // the loop's

	weigh atomic.Bool // asks the loop for the plastic weights: it takes them at the next tick

	mu     sync.Mutex // the loop only tries it; no other lock is taken under it
	shared snapshot
}

// begin is the start of a cell's prediction: the start of the run, or the tick before all inputs had their first reading.
type begin struct {
	neuron        neuron.Neuron
	steps, spikes int64
	inputs        []beginner // without a reading so far
	current       float64    // nA, in the first tick of the prediction
	begun, varied bool       // there was such a tick; a later tick had another current
}

// beginner is an input with 0 nA until the first answer of its part.
type beginner interface{ Begun() bool }

// tick adds the state of a cell after a tick.
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
	cost    cost    // of a tick; zero without an overload
	speed   float64 // of the model
	changed bool    // the speed, during the run
	skipped Skipped

	synapses []synapseState
	sent     []int64 // spikes by spike input
	dropped  int64   // arrivals
}

// synapseState is a table of synapses' part of a snapshot.
type synapseState struct {
	arrived         int64
	gain            float64
	mean, low, high float64 // of plastic weights, at the latest request
}

// Skipped is the number of skipped ticks, and their model time at the speed of each.
type Skipped struct {
	Ticks int64
	Model time.Duration
}

// cellState is a cell's part of a snapshot.
type cellState struct {
	v, current      float64 // mV, nA
	synaptic, w     float64 // nA
	count           int     // neurons
	spikes          int64
	last            int64   // step of the latest spike, 0: none yet
	lowest, highest float64 // the currents of all ticks so far, nA
	recent          [8]mark // a ring of spike counts with their steps
	marks           int64   // written so far
	changed         bool    // its parameters, during the run
}

// mark is a count of spikes, with the step and the real time of the latest; of a population, those of the mark.
type mark struct {
	spikes, step int64
	at           time.Duration
}

func newMonitor(loop *neuron.Loop, c *circuit.Circuit) *monitor {
	m := &monitor{loop: loop, times: newTimes(loop.Tick), load: newLoad(loop.Tick), every: max(1, int64(125*time.Millisecond/loop.DT))}
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
	for i, c := range loop.Cells {
		m.own.cells[i].count = c.Count
	}
	if net := loop.Net; net != nil {
		m.own.synapses, m.own.sent = make([]synapseState, len(c.Synapses)), make([]int64, len(c.Sources))
		m.own.network(net, true)
	}
	m.shared.copy(&m.own)
	return m
}

// Tick implements neuron.Observer, on the loop's thread.
func (m *monitor) Tick(t neuron.Tick) {
	m.times.record(t)
	first := m.own.tick.Due == 0
	if n := t.Skipped - m.own.tick.Skipped; n > 0 { // before this tick: at the old speed
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
		s.synaptic, s.w = c.Synaptic, c.W
		switch {
		case s.count > 1:
			s.take(c.Spikes, t, m.every)
		case c.Spikes != s.spikes:
			s.recent[s.marks%int64(len(s.recent))] = mark{c.Spikes, c.Last, t.Began}
			s.marks++
			s.spikes, s.last = c.Spikes, c.Last
		}
	}
	if net := m.loop.Network(); net != nil {
		m.own.network(net, m.weigh.Load() && m.weigh.Swap(false))
	}
	if m.mu.TryLock() {
		m.publish()
		m.mu.Unlock()
	}
}

func (m *monitor) publish() {
	m.shared.copy(&m.own)
}

// network takes the state of the synapses, and also of plastic weights.
func (s *snapshot) network(n *neuron.Net, weights bool) {
	s.dropped = n.Dropped()
	for i := range s.sent {
		s.sent[i] = n.Sent(i)
	}
	for i := range s.synapses {
		at := &s.synapses[i]
		at.arrived, at.gain = n.Arrived(i), n.Gain(i)
		if weights {
			at.weigh(n.Weights(i))
		}
	}
}

// weigh takes the mean, the smallest and the largest of plastic weights.
func (s *synapseState) weigh(weights [][]float64) {
	sum, n := 0., 0
	for _, targets := range weights {
		for _, w := range targets {
			if n == 0 {
				s.low, s.high = w, w
			}
			s.low, s.high = min(s.low, w), max(s.high, w)
			sum += w
			n++
		}
	}
	if n > 0 {
		s.mean = sum / float64(n)
	}
}

// read copies the latest snapshot into s, and asks the loop for the plastic weights of the next one.
func (m *monitor) read(s *snapshot) {
	m.weigh.Store(true)
	m.mu.Lock()
	defer m.mu.Unlock()
	s.copy(&m.shared)
}

// copy copies another snapshot into s. It allocates only if s has no room.
func (s *snapshot) copy(other *snapshot) {
	cells, synapses, sent := s.cells, s.synapses, s.sent
	*s = *other
	s.cells = append(cells[:0], other.cells...)
	s.synapses = append(synapses[:0], other.synapses...)
	s.sent = append(sent[:0], other.sent...)
}

// end returns the last state of an ended loop.
func (m *monitor) end() *snapshot {
	if net := m.loop.Network(); net != nil {
		m.own.network(net, true)
	}
	return &m.own
}

// take counts the spikes of a population, with a mark for each eighth of a second of model time.
func (c *cellState) take(spikes int64, t neuron.Tick, every int64) {
	c.spikes = spikes
	if c.marks == 0 {
		c.recent[0], c.marks = mark{0, 0, t.Began}, 1
	}
	if latest := c.recent[(c.marks-1)%int64(len(c.recent))]; t.Steps-latest.step >= every {
		c.recent[c.marks%int64(len(c.recent))] = mark{spikes, t.Steps, t.Began}
		c.marks++
	}
}

// oldest returns the oldest mark of a population: about a second of model time ago.
func (c *cellState) oldest() mark {
	return c.recent[max(0, c.marks-int64(len(c.recent)))%int64(len(c.recent))]
}

// rate returns the firing rate now, in Hz of model time: the mean over the latest spikes, falling during silence. For a population it
// is the mean of its neurons over the latest second.
func (c *cellState) rate(steps int64, dt time.Duration) float64 {
	if c.count > 1 {
		was := c.oldest()
		return float64(c.spikes-was.spikes) / (float64(c.count) * max(float64(steps-was.step), 1) * dt.Seconds())
	}
	oldest, newest, ok := c.span()
	if !ok {
		return 0
	}
	isi := float64(newest.step-oldest.step) / float64(newest.spikes-oldest.spikes)
	return 1 / (fading(isi, float64(steps-c.last)) * dt.Seconds())
}

// blinks returns the measured rate in spikes per second of real time.
func (c *cellState) blinks(now time.Duration) float64 {
	if c.count > 1 {
		was := c.oldest()
		return float64(c.spikes-was.spikes) / (float64(c.count) * max((now-was.at).Seconds(), 1e-3))
	}
	oldest, newest, ok := c.span()
	if !ok || newest.at == oldest.at {
		return 0
	}
	isi := float64(newest.at-oldest.at) / float64(newest.spikes-oldest.spikes)
	return float64(time.Second) / fading(isi, float64(now-newest.at))
}

// span returns the first and the latest mark since the last silence, false with fewer than two.
func (c *cellState) span() (oldest, newest mark, ok bool) {
	at := func(back int64) mark { return c.recent[(c.marks-1-back)%int64(len(c.recent))] }
	isi := func(back int64) float64 { // interval before a mark
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

// fading returns an interval, longer while the next spike is overdue, and infinite after four intervals.
func fading(isi, since float64) float64 {
	switch {
	case since > 4*isi:
		return math.Inf(1)
	case since > 1.5*isi:
		return since
	}
	return isi
}
