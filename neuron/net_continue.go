package neuron

import (
	"math"
	"slices"
)

// with returns a network of the same cells and sources with other neurons and synapses. It has no state yet: see Continue.
func (n *Net) with(neurons []Neuron, synapses []Synapse) *Net {
	next := &Net{dt: n.dt, sources: n.sources, sent: make([]int64, len(n.sources))}
	for i, g := range n.groups {
		own := group(&Cell{Neuron: neurons[i]})
		next.groups = append(next.groups, &cellGroup{Group: own, name: g.name, first: g.first, in: make([]float64, own.Len()), spiked: make([]int32, 0, own.Len())})
	}
	next.connect(synapses, n)
	return next
}

// Continue takes over the state of another network: the step, synaptic currents, spikes under way, and weights of
// plastic synapses. Neurons, sources and synapses are the same if their names are. The cells continue on their own. What
// cannot arrive any more counts as dropped.
func (n *Net) Continue(from *Net) {
	ratio := from.dt / n.dt
	c := continued{n: n, from: from, ratio: ratio, numbers: n.numbersOf(from)}
	n.now = int64(math.Round(float64(from.now) * ratio))
	n.dropped = from.dropped
	for i, s := range n.sources {
		if k := slices.IndexFunc(from.sources, func(was Source) bool { return was.Name == s.Name }); k >= 0 {
			n.sent[i] = from.sent[k]
			if n.heard[i] != nil && from.heard[k] != nil {
				n.heard[i].take(from.heard[k], c.step)
				unread := c.step(from.now-from.heard[k].Behind()) + 1
				n.heard[i].dropped.Add(n.heard[i].Count(unread, n.now-n.heard[i].Behind()))
			}
		}
	}
	c.spikes()
	c.currents()
	for _, s := range n.synapses {
		s.taken = n.now // a new synapse: nothing is under way
	}
	for _, old := range from.synapses {
		c.synapse(old, n.synapse(old.Name))
	}
}

// continued is one network after another.
type continued struct {
	n, from *Net
	ratio   float64 // old dt over new dt
	numbers []int32 // by old number: the new one, or -1
}

// numbersOf returns the numbers of another network's neurons and sources in n, -1 for missing ones.
func (n *Net) numbersOf(from *Net) (numbers []int32) {
	for _, was := range from.groups {
		k := slices.IndexFunc(n.groups, func(g *cellGroup) bool { return g.name == was.name })
		for i := range int32(was.Len()) {
			number := int32(-1)
			if k >= 0 && i < int32(n.groups[k].Len()) {
				number = n.groups[k].first + i
			}
			numbers = append(numbers, number)
		}
	}
	for _, was := range from.sources {
		k := slices.IndexFunc(n.sources, func(s Source) bool { return s.Name == was.Name })
		if k >= 0 {
			numbers = append(numbers, n.number(k))
		} else {
			numbers = append(numbers, -1)
		}
	}
	return numbers
}

// step returns the new number of an old step.
func (c *continued) step(old int64) int64 {
	return c.n.now - int64(math.Round(float64(c.from.now-old)*c.ratio))
}

// at returns the new number of an old neuron or source, -1: gone.
func (c *continued) at(old int32) int32 { return c.numbers[old] }

// spikes takes over the spikes of the latest steps. A longer ring keeps spikes for all delays, old and new.
func (c *continued) spikes() {
	old := c.from.history
	if need := int(math.Round(float64(len(old)-1)*c.ratio)) + 1; need > len(c.n.history) {
		c.n.history = newSpikeRing(need, int(c.n.number(len(c.n.sources))))
		c.n.hear()
	}
	for step := max(1, c.from.now-int64(len(old))+1); step <= c.from.now; step++ {
		spiked := c.n.history.at(c.step(step))
		for _, number := range *old.at(step) {
			if now := c.at(number); now >= 0 {
				*spiked = append(*spiked, now)
			}
		}
		slices.Sort(*spiked)
		*spiked = slices.Compact(*spiked)
	}
}

// currents takes over the synaptic currents. A synapse with another time constant takes its current along.
func (c *continued) currents() {
	for _, was := range c.from.groups {
		k := slices.IndexFunc(c.n.groups, func(g *cellGroup) bool { return g.name == was.name })
		if k < 0 {
			continue
		}
		g := c.n.groups[k]
		for _, old := range was.receivers {
			if to := c.receiver(g, old); to != nil {
				to.take(old.receiver, func(i int) int {
					if i < g.Len() {
						return i
					}
					return -1
				})
			}
		}
	}
}

// receiver returns the receiver of a group after an old one, or nil.
func (c *continued) receiver(g *cellGroup, old *slot) *slot {
	for _, r := range g.receivers {
		if r.kind == old.kind && r.tau == old.tau {
			return r
		}
	}
	for _, s := range c.from.synapses {
		now := c.n.synapse(s.Name)
		if now == nil || now.Kind != old.kind || !slices.ContainsFunc(s.onto, func(p projection) bool { return p.receiver == old }) {
			continue
		}
		for _, p := range now.onto {
			if p.group == g {
				return p.receiver
			}
		}
	}
	return nil
}

// synapse takes over the spikes under way and the weights of a synapse. next is nil for a removed one.
func (c *continued) synapse(old, next *synapse) {
	if next != nil {
		next.taken, next.arrived, next.gain = c.step(old.taken), old.arrived, old.gain
		if next.plastic != nil && old.plastic != nil {
			next.plastic.take(old.plastic, old.Weight != next.Weight, c.at, next, old)
		}
	}
	for step := old.taken + 1; step <= c.from.now; step++ {
		for _, number := range *c.from.history.at(step) {
			i := old.source[number]
			if i < 0 {
				continue
			}
			lost := int64(len(old.Targets[i]))
			if now := c.at(number); next != nil && now >= 0 && next.source[now] >= 0 && c.step(step) > next.taken {
				lost -= int64(len(next.Targets[next.source[now]]))
			}
			c.n.dropped += max(0, lost)
		}
	}
}
