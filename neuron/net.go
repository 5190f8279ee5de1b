package neuron

import (
	"cmp"

	"math"
	"slices"
)

// A Synapse connects neurons and sources of spikes to neurons.
type Synapse struct {
	Name   string
	Kind   SynapseKind
	Weight float64 // nA: the peak of the current of one spike; mV for Delta: a jump of V; negative: inhibits
	Tau    float64 // time constant, ms; not of Delta
	Delay  int64   // steps from the spike to its arrival, at least 1
	Gain   float64 // factor of the weight

	// Targets are the neurons at the other end, by source. From and targets are numbers of the network: see Net.
	From    []int32
	Targets [][]int32

	Plastic *STDP // nil: the weight is constant
}

// SynapseKind is the form of the current of a spike.
type SynapseKind int

const (
	Exp   SynapseKind = iota // jumps to the weight and decays with tau
	Alpha                    // rises to the weight within tau, and decays
	Delta                    // no current: V jumps at once
)

// SynapseKinds returns all kinds, the usual one first.
func SynapseKinds() []SynapseKind { return []SynapseKind{Exp, Alpha, Delta} }

// String returns the name in a configuration.
func (k SynapseKind) String() string { return [...]string{"exp", "alpha", "delta"}[k] }

// STDP is the spike-timing-dependent plasticity of a synapse: pairs of all spikes, traces by forward Euler
// (S. Song, K. D. Miller and L. F. Abbott, Nature Neurosci. 3, 919, 2000). A spike counts when it arrives.
type STDP struct {
	APlus, AMinus     float64 // change of the weight, nA or mV
	TauPlus, TauMinus float64 // ms
	Max               float64 // of the weight; the smallest is 0
}

// A Source emits spikes without being a neuron.
type Source interface {
	// Spikes reports whether the source spikes in a step of the network. The network asks for each step once, in their order.
	Spikes(step int64) bool
}

// A Net steps the neurons of all cells with the synapses between them.
//
// A step has four phases (see Group). Arrivals come in the order of the synapses' names, so that the order of their definition has
// no effect. All delays are at least one step: the order of the neurons has none either.
type Net struct {
	groups   []*cellGroup
	sources  []Source
	synapses []*synapse // in the order of their names

	dt      float64
	now     int64 // steps taken, and skipped
	history spikeRing
	dropped int64 // arrivals
}

type cellGroup struct {
	Group
	first  int32     // number of the first neuron
	in     []float64 // currents of the latest step, nA, by neuron
	states []*state
	spiked []int32 // in the latest step, numbers within the group
}

// state is a synaptic current of each neuron of a group. Synapses of one kind and time constant share one, as in NEST.
type state struct {
	kind SynapseKind
	tau  float64
	k    float64   // decay in one step
	s, x []float64 // nA, nA/ms; x only of Alpha
}

// projection is the part of a synapse onto one group.
type projection struct {
	group   int
	state   *state    // nil for Delta
	targets [][]int32 // numbers within the group, by source
}

type synapse struct {
	Synapse
	onto    []projection
	taken   int64   // spikes up to this step have arrived
	source  []int32 // by number of the network: index in From, or -1
	plastic *plastic
}

// spikeRing keeps the spikes of the latest steps, in a ring.
type spikeRing struct {
	steps [][]int32 // numbers of the network, ascending
}

func (h *spikeRing) at(step int64) *[]int32 { return &h.steps[step%int64(len(h.steps))] }

// NewNet returns the network of cells. The neurons of the first cell have the numbers 0 to Len-1, then come those of the next
// cells, and then the sources. The synapses may come in any order. dt is in ms.
func NewNet(dt float64, cells []*Cell, sources []Source, synapses []Synapse) *Net {
	n := &Net{dt: dt, sources: sources}
	first := int32(0)
	for _, c := range cells {
		g := group(c)
		n.groups = append(n.groups, &cellGroup{Group: g, first: first, in: make([]float64, g.Len())})
		first += int32(g.Len())
	}
	longest := int64(1)
	synapses = slices.Clone(synapses)
	slices.SortFunc(synapses, func(a, b Synapse) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range synapses {
		longest = max(longest, s.Delay)
		n.synapses = append(n.synapses, n.connect(s, int(first)+len(sources)))
	}
	n.history.steps = make([][]int32, longest+1)
	return n
}

// connect finds the states of a synapse and makes those that do not exist yet.
func (n *Net) connect(s Synapse, numbers int) *synapse {
	c := &synapse{Synapse: s, source: slices.Repeat([]int32{-1}, numbers)}
	for i, from := range s.From {
		c.source[from] = int32(i)
	}
	for at, g := range n.groups {
		p := projection{group: at, targets: make([][]int32, len(s.From))}
		some := false
		for i, targets := range s.Targets {
			for _, to := range targets {
				if to >= g.first && to < g.first+int32(g.Len()) {
					p.targets[i] = append(p.targets[i], to-g.first)
					some = true
				}
			}
		}
		if !some {
			continue
		}
		if s.Kind != Delta {
			p.state = g.state(s.Kind, s.Tau, n.dt)
		}
		c.onto = append(c.onto, p)
	}
	if s.Plastic != nil {
		c.plastic = newPlastic(*s.Plastic, c, n.dt)
	}
	return c
}

func (g *cellGroup) state(kind SynapseKind, tau, dt float64) *state {
	for _, s := range g.states {
		if s.kind == kind && s.tau == tau {
			return s
		}
	}
	s := &state{kind: kind, tau: tau, k: 1 - dt/tau, s: make([]float64, g.Len())}
	if kind == Alpha {
		s.x = make([]float64, g.Len())
	}
	g.states = append(g.states, s)
	return s
}

// Step takes one step. currents are those from outside in nA, one for each group.
func (n *Net) Step(currents []float64) {
	n.now++
	for i, g := range n.groups {
		g.sum(currents[i])
		g.Integrate(g.in)
		for _, s := range g.states {
			s.decay(n.dt)
		}
	}
	for _, s := range n.synapses {
		if s.plastic != nil {
			s.plastic.decay()
		}
		for ; s.taken < n.now-s.Delay; s.taken++ {
			n.arrive(s, *n.history.at(s.taken + 1))
		}
	}
	spiked := n.history.at(n.now)
	*spiked = (*spiked)[:0]
	for _, g := range n.groups {
		g.spiked = g.Fire(g.spiked[:0])
		for _, i := range g.spiked {
			*spiked = append(*spiked, g.first+i)
		}
	}
	for _, s := range n.synapses {
		if s.plastic != nil {
			s.plastic.fired(*spiked)
		}
	}
	last := n.groups[len(n.groups)-1]
	for i, s := range n.sources {
		if s.Spikes(n.now) {
			*spiked = append(*spiked, last.first+int32(last.Len()+i))
		}
	}
}

// group makes the neuron of a cell a group, if it is none, and returns it.
func group(c *Cell) Group {
	s, ok := c.Neuron.(*single)
	if !ok {
		s = &single{Group: c.Params().group(1)}
		s.Continue(c.Neuron)
		c.Neuron = s
	}
	return s.Group
}

// replace takes the new neurons of a cell.
func (n *Net) replace(i int, c *Cell) { n.groups[i].Group = group(c) }

// Synaptic returns the synaptic current of a neuron of a group, nA.
func (n *Net) Synaptic(at, i int) (sum float64) {
	for _, s := range n.groups[at].states {
		sum += s.s[i]
	}
	return sum
}

// Dropped returns the number of arrivals lost in skipped time.
func (n *Net) Dropped() int64 { return n.dropped }

// Spiked returns the neurons of a group with a spike in the latest step.
func (n *Net) Spiked(group int) []int32 { return n.groups[group].spiked }

// sum sets the currents: that from outside and those of the synapses.
func (g *cellGroup) sum(outside float64) {
	switch in := g.in; len(g.states) {
	case 0:
		for i := range in {
			in[i] = outside
		}
	case 1:
		for i, s := range g.states[0].s {
			in[i] = outside + s
		}
	case 2:
		b := g.states[1].s
		for i, s := range g.states[0].s {
			in[i] = outside + (s + b[i])
		}
	default:
		copy(in, g.states[0].s)
		for _, state := range g.states[1:] {
			for i, s := range state.s {
				in[i] += s
			}
		}
		for i := range in {
			in[i] = outside + in[i]
		}
	}
}

// decay is the step of the synaptic currents without arrivals.
func (s *state) decay(dt float64) {
	if s.kind == Alpha {
		for i, x := range s.x {
			s.s[i] = float64(s.s[i]*s.k) + float64(x*dt)
			s.x[i] = x * s.k
		}
		return
	}
	k := s.k
	for i := range s.s {
		s.s[i] *= k
	}
}

// arrive delivers the spikes of one step that come from sources of a synapse.
func (n *Net) arrive(s *synapse, spikes []int32) {
	weight := float64(s.Gain * s.Weight)
	if s.Kind == Alpha {
		weight = float64(weight * math.E / s.Tau)
	}
	for _, from := range spikes {
		i := s.source[from]
		if i < 0 {
			continue
		}
		for k := range s.onto {
			p := &s.onto[k]
			switch {
			case s.plastic != nil:
				for j, to := range p.targets[i] {
					w := float64(s.Gain * s.plastic.weights[i][j])
					if p.state != nil {
						p.state.s[to] += w
					} else {
						n.groups[p.group].Jump(int(to), w)
					}
				}
			case s.Kind == Delta:
				for _, to := range p.targets[i] {
					n.groups[p.group].Jump(int(to), weight)
				}
			default:
				at := p.state.s
				if s.Kind == Alpha {
					at = p.state.x
				}
				for _, to := range p.targets[i] {
					at[to] += weight
				}
			}
		}
		if s.plastic != nil {
			s.plastic.arrived(i)
		}
	}
}

// Skip drops the spikes that would have arrived in the given number of steps. The states stay.
func (n *Net) Skip(steps int64) {
	n.now += steps
	for _, s := range n.synapses {
		for ; s.taken < n.now-s.Delay; s.taken++ {
			if s.taken+1 > n.now-steps { // no step of the network
				continue
			}
			for _, from := range *n.history.at(s.taken + 1) {
				if i := s.source[from]; i >= 0 {
					n.dropped += int64(len(s.Targets[i]))
				}
			}
		}
	}
}

// plastic is the state of a plastic synapse.
type plastic struct {
	STDP
	weights [][]float64 // by source and target
	pre     []float64   // traces by source
	post    map[int32]*postTrace
	order   []*postTrace
	dt      float64
	targets [][]int32
}

type postTrace struct {
	x    float64
	in   []*float64 // weights onto this target
	from []int32    // their sources
}

func newPlastic(p STDP, s *synapse, dt float64) *plastic {
	c := &plastic{STDP: p, pre: make([]float64, len(s.From)), post: map[int32]*postTrace{}, dt: dt, targets: s.Targets}
	for i, targets := range s.Targets {
		weights := make([]float64, len(targets))
		for j, to := range targets {
			weights[j] = s.Weight
			t := c.post[to]
			if t == nil {
				t = new(postTrace)
				c.post[to] = t
				c.order = append(c.order, t)
			}
			t.in = append(t.in, &weights[j])
			t.from = append(t.from, int32(i))
		}
		c.weights = append(c.weights, weights)
	}
	return c
}

func (p *plastic) decay() {
	for i := range p.pre {
		p.pre[i] -= p.pre[i] * p.dt / p.TauPlus
	}
	for _, t := range p.order {
		t.x -= t.x * p.dt / p.TauMinus
	}
}

// arrived takes the spike of a source after its current.
func (p *plastic) arrived(source int32) {
	for j, to := range p.targets[source] {
		w := &p.weights[source][j]
		*w = max(0, *w-float64(p.AMinus*p.post[to].x))
	}
	p.pre[source]++
}

// fired takes the spikes of the targets.
func (p *plastic) fired(spiked []int32) {
	for _, number := range spiked {
		t := p.post[number]
		if t == nil {
			continue
		}
		for k, w := range t.in {
			*w = min(p.Max, *w+float64(p.APlus*p.pre[t.from[k]]))
		}
		t.x++
	}
}

// A Train is a Source of given steps, ascending.
type Train struct {
	Steps []int64
	next  int
}

// Spikes implements Source.
func (t *Train) Spikes(step int64) bool {
	for t.next < len(t.Steps) && t.Steps[t.next] < step {
		t.next++
	}
	return t.next < len(t.Steps) && t.Steps[t.next] == step
}
