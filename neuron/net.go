package neuron

import (
	"cmp"
	"slices"
)

// A Net steps the neurons of all cells with the synapses between them. One step of all neurons:
//
//  1. V of each neuron that is not refractory, with the current from outside and the synaptic currents; then w from the old V.
//  2. The synaptic currents decay.
//  3. The spikes of delay steps ago arrive, in the order of the synapses' names: the order of their definition has no effect.
//  4. Neurons at their threshold spike and are reset; then plastic synapses take these spikes.
//
// All delays are at least one step: the order of the neurons has no effect either. This is the order of NEST's iaf_psc_exp.
type Net struct {
	groups   []*cellGroup
	sources  []Source
	synapses []*synapse // in the order of their names

	dt      float64 // ms
	now     int64   // steps taken and skipped
	history spikeRing
	sent    []int64     // spikes by source
	gains   []gained    // by source; nil for a train without gains
	heard   []*Received // by source; nil for another train
	dropped int64       // arrivals
}

// cellGroup is the group of a cell in a network.
type cellGroup struct {
	Group
	name      string
	first     int32     // number of the first neuron
	in        []float64 // currents of the latest step, nA, by neuron
	receivers []*slot
	spiked    []int32 // in the latest step, numbers within the group
}

// slot is a receiver with its key.
type slot struct {
	kind SynapseKind
	tau  float64
	receiver
}

// synapse is the state of a Synapse.
type synapse struct {
	Synapse
	source  []int32      // by number of the network: index in From, or -1
	onto    []projection // by group
	reach   [][]reached  // by source
	taken   int64        // spikes up to this step have arrived
	gain    float64
	arrived int64
	plastic *plastic // nil: the weight is constant
}

// projection is the part of a synapse onto one group.
type projection struct {
	group    *cellGroup
	receiver *slot
}

// reached are the targets of one source in one group.
type reached struct {
	onto    int32   // index of the projection
	targets []int32 // numbers within the group
	places  []int32 // indices of the targets in Synapse.Targets
}

// spikeRing keeps the spikes of the latest steps.
type spikeRing [][]int32 // numbers of the network, ascending

// roomy limits the spikes for which a ring has room from the start: 16 MB. A larger ring grows, and allocates in some steps.
const roomy = 4 << 20

// newSpikeRing returns a ring for a number of steps, and as many numbers of neurons and sources.
func newSpikeRing(steps, numbers int) spikeRing {
	h := make(spikeRing, steps)
	if steps <= roomy/numbers {
		all := make([]int32, steps*numbers)
		for i := range h {
			h[i] = all[i*numbers : i*numbers : (i+1)*numbers]
		}
	}
	return h
}

func (h spikeRing) at(step int64) *[]int32 { return &h[step%int64(len(h))] }

// NewNet returns the network of cells. The neurons of the first cell have the numbers from 0, then come those of the next
// cells, and then the sources. The synapses may come in any order. dt is in ms.
func NewNet(dt float64, cells []*Cell, sources []Source, synapses []Synapse) *Net {
	n := &Net{dt: dt, sources: sources, sent: make([]int64, len(sources))}
	first := int32(0)
	for _, c := range cells {
		g := group(c)
		n.groups = append(n.groups, &cellGroup{Group: g, name: c.Name, first: first, in: make([]float64, g.Len()), spiked: make([]int32, 0, g.Len())})
		first += int32(g.Len())
	}
	n.connect(synapses, nil)
	n.adopt()
	return n
}

// group makes the neuron of a cell a group, unless it is one, and returns the group.
func group(c *Cell) Group {
	s, ok := c.Neuron.(*single)
	if !ok {
		s = &single{Group: c.Params().group(1)}
		s.Continue(c.Neuron)
		c.Neuron = s
	}
	return s.Group
}

// connect makes the synapses. From a network with the same neurons and sources it shares the graphs of unchanged tables.
func (n *Net) connect(synapses []Synapse, like *Net) {
	last := n.groups[len(n.groups)-1]
	numbers := int(last.first) + last.Len() + len(n.sources)
	longest := int64(1)
	for _, s := range slices.SortedFunc(slices.Values(synapses), func(a, b Synapse) int { return cmp.Compare(a.Name, b.Name) }) {
		longest = max(longest, s.Delay)
		c := &synapse{Synapse: s, gain: 1}
		c.adopt(like, n)
		if c.source == nil {
			c.graph(numbers, n)
		}
		for i := range c.onto {
			c.onto[i].receiver = c.onto[i].group.receiver(s.Kind, s.Tau, n.dt)
		}
		if s.Plastic != nil {
			c.plastic = newPlastic(&c.Synapse, n.dt)
		}
		n.synapses = append(n.synapses, c)
	}
	n.history = newSpikeRing(int(longest)+1, numbers)
	n.hear()
}

// adopt takes the graph of the same table in another network.
func (s *synapse) adopt(like, n *Net) {
	if like == nil {
		return
	}
	was := like.synapse(s.Name)
	if was == nil || len(was.Targets) == 0 || len(s.Targets) != len(was.Targets) || &s.Targets[0] != &was.Targets[0] {
		return
	}
	s.source, s.reach = was.source, was.reach
	for _, p := range was.onto {
		s.onto = append(s.onto, projection{group: n.groups[slices.Index(like.groups, p.group)]})
	}
}

// graph sorts the targets by group.
func (s *synapse) graph(numbers int, n *Net) {
	s.source, s.reach = slices.Repeat([]int32{-1}, numbers), make([][]reached, len(s.From))
	known := slices.Repeat([]int32{-1}, len(n.groups)) // projection of each group
	place := make([]int, len(n.groups))                // of each group in the present source's list
	for i, from := range s.From {
		s.source[from] = int32(i)
		for j, to := range s.Targets[i] {
			at, found := slices.BinarySearchFunc(n.groups, to, func(g *cellGroup, to int32) int { return cmp.Compare(g.first, to) })
			if !found {
				at--
			}
			if known[at] < 0 {
				known[at] = int32(len(s.onto))
				s.onto = append(s.onto, projection{group: n.groups[at]})
			}
			if k := place[at]; k >= len(s.reach[i]) || s.reach[i][k].onto != known[at] {
				place[at] = len(s.reach[i])
				s.reach[i] = append(s.reach[i], reached{onto: known[at]})
			}
			r := &s.reach[i][place[at]]
			r.targets, r.places = append(r.targets, to-n.groups[at].first), append(r.places, int32(j))
		}
	}
}

// receiver returns the receiver of a kind and time constant. It makes a missing one.
func (g *cellGroup) receiver(kind SynapseKind, tau, dt float64) *slot {
	for _, r := range g.receivers {
		if r.kind == kind && r.tau == tau {
			return r
		}
	}
	r := &slot{kind, tau, synapseKinds()[kind].open(place{g.Group, tau, dt})}
	g.receivers = append(g.receivers, r)
	return r
}

// synapse returns the synapse of a name, or nil.
func (n *Net) synapse(name string) *synapse {
	i, ok := slices.BinarySearchFunc(n.synapses, name, func(s *synapse, name string) int { return cmp.Compare(s.Name, name) })
	if !ok {
		return nil
	}
	return n.synapses[i]
}

// Step takes one step. currents are those from outside in nA, one for each cell.
func (n *Net) Step(currents []float64) {
	n.now++
	for i, g := range n.groups {
		g.sum(currents[i])
		g.Integrate(g.in)
		for _, r := range g.receivers {
			r.decay()
		}
	}
	for _, s := range n.synapses {
		if s.plastic != nil {
			s.plastic.decay()
		}
		for ; s.taken < n.now-s.Delay; s.taken++ {
			n.arrive(s, s.taken+1)
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
		if r := n.heard[i]; r != nil && r.Remote {
			n.read(i, r)
		} else if s.Train.Spikes(n.now) {
			*spiked = append(*spiked, last.first+int32(last.Len()+i))
			n.sent[i]++
		}
	}
}

// sum sets the currents of a step: that from outside and the synaptic currents.
func (g *cellGroup) sum(outside float64) {
	in, terms := g.in, 0
	for _, r := range g.receivers {
		drive := r.drive()
		switch {
		case drive == nil:
			continue
		case terms == 0:
			copy(in, drive)
		default:
			for i, s := range drive {
				in[i] += s
			}
		}
		terms++
	}
	if terms == 0 {
		for i := range in {
			in[i] = outside
		}
		return
	}
	for i, s := range in {
		in[i] = outside + s
	}
}

// arrive delivers the spikes of one step.
func (n *Net) arrive(s *synapse, step int64) {
	neurons := n.number(0)
	for _, from := range *n.history.at(step) {
		i := s.source[from]
		if i < 0 {
			continue
		}
		gain := s.gain
		if from >= neurons && n.gains[from-neurons] != nil {
			gain = float64(gain * n.gains[from-neurons].Gain(step))
		}
		for k := range s.reach[i] {
			r := &s.reach[i][k]
			onto := s.onto[r.onto].receiver
			if s.plastic == nil {
				onto.arrive(r.targets, float64(gain*s.Weight))
				continue
			}
			for j := range r.targets {
				onto.arrive(r.targets[j:j+1], float64(gain*s.plastic.weights[i][r.places[j]]))
			}
		}
		if s.plastic != nil {
			s.plastic.arrived(int(i), s.Targets[i])
		}
		s.arrived += int64(len(s.Targets[i]))
	}
}

// Skip drops the spikes that would have arrived in the given number of steps, those of the sources in these steps included. The
// states stay.
func (n *Net) Skip(steps int64) {
	before := n.now
	n.now += steps
	for _, s := range n.synapses {
		last := n.now - s.Delay
		for ; s.taken < min(last, before); s.taken++ {
			n.dropped += s.arrivals(*n.history.at(s.taken + 1))
		}
		s.taken = max(s.taken, last)
	}
	for i, source := range n.sources {
		number := n.number(i)
		behind := int64(0)
		if r := n.heard[i]; r != nil {
			behind = r.Behind()
		}
		if count := source.Train.Count(before+1-behind, n.now-behind); count > 0 {
			for _, s := range n.synapses {
				if k := s.source[number]; k >= 0 {
					n.dropped += count * int64(len(s.Targets[k]))
				}
			}
		}
	}
	for step := max(before, n.now-int64(len(n.history))) + 1; step <= n.now; step++ {
		spiked := n.history.at(step)
		*spiked = (*spiked)[:0]
	}
}

// number returns the number of a source in the network.
func (n *Net) number(source int) int32 {
	last := n.groups[len(n.groups)-1]
	return last.first + int32(last.Len()+source)
}

// arrivals returns the number of arrivals of some spikes.
func (s *synapse) arrivals(spikes []int32) (count int64) {
	for _, from := range spikes {
		if i := s.source[from]; i >= 0 {
			count += int64(len(s.Targets[i]))
		}
	}
	return count
}

// Spiked returns the neurons of a cell with a spike in the latest step, from 0. The slice is valid until the next step.
func (n *Net) Spiked(cell int) []int32 { return n.groups[cell].spiked }

// V returns the membrane potential of a neuron of a cell, mV.
func (n *Net) V(cell, i int) float64 { return n.groups[cell].V(i) }

// W returns the adaptation current of a neuron of a cell, nA.
func (n *Net) W(cell, i int) float64 { return n.groups[cell].W(i) }

// Synaptic returns the synaptic current of a neuron of a cell, nA.
func (n *Net) Synaptic(cell, i int) (sum float64) {
	for _, r := range n.groups[cell].receivers {
		if s := r.current(); s != nil {
			sum += s[i]
		}
	}
	return sum
}

// UnderWay returns the number of arrivals of spikes until now that are still to come.
func (n *Net) UnderWay() (count int64) {
	for _, s := range n.synapses {
		for step := s.taken + 1; step <= n.now; step++ {
			count += s.arrivals(*n.history.at(step))
		}
	}
	return count
}

// Dropped returns the number of arrivals lost so far: in skipped time, and by changes of the network.
func (n *Net) Dropped() int64 { return n.dropped }

// Sent returns the number of spikes of a source so far.
func (n *Net) Sent(source int) int64 { return n.sent[source] }

// Arrived returns the number of arrivals of a synapse so far. Synapses count in the order of their names.
func (n *Net) Arrived(synapse int) int64 { return n.synapses[synapse].arrived }

// Gain returns the present factor of a synapse's weight.
func (n *Net) Gain(synapse int) float64 { return n.synapses[synapse].gain }

// Weights returns the present weights of a plastic synapse by source and target, nil for a constant weight. They are read only, and
// change in each step.
func (n *Net) Weights(synapse int) [][]float64 {
	if p := n.synapses[synapse].plastic; p != nil {
		return p.weights
	}
	return nil
}
