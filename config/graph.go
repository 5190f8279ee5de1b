package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hillock/neuron"
)

// The limits of a network. A synapse takes 4 bytes, a plastic one about 40. Each pair of a random graph takes a random number: 200
// million of them take a second on a laptop and ten on a Pi.
const (
	MaxSynapses = 5_000_000
	maxPairs    = 200_000_000
)

// Neuron returns the table of a neuron, "n1", or of a neuron in a population, "n1.3". It returns false for an unknown one.
func (c *Config) Neuron(name string) (Neuron, bool) {
	i := slices.IndexFunc(c.Neurons, func(n Neuron) bool { return n.Name == TableOf(name) })
	if i < 0 {
		return Neuron{}, false
	}
	return c.Neurons[i], true
}

// A graph has the neurons, spike inputs and knobs of a configuration by name, and the tables at the ends of its synapses.
type graph struct {
	counts, trains           map[string]int // numbers of neurons or spike inputs
	knobs                    map[string]bool
	sources, targets, excite map[string]bool // by table: with a synapse from it, onto it, and with one onto it that may raise V
}

func graphOf(c *Config) graph {
	g := graph{map[string]int{}, map[string]int{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, n := range c.Neurons {
		g.counts[n.Name] = n.Count
	}
	for _, in := range c.Inputs {
		if _, ok := in.Part.(SpikeInput); ok {
			g.trains[in.Name] = 1
		}
		_, g.knobs[in.Name] = in.Part.(interface{ Calibration() Knob })
	}
	for _, s := range c.Synapses {
		for _, name := range s.From {
			g.sources[TableOf(name)] = true
		}
		for _, name := range s.To {
			g.targets[TableOf(name)] = true
			if s.Weight > 0 || s.Gain != "" || s.Plastic != (neuron.STDP{}) { // a knob may change the sign
				g.excite[TableOf(name)] = true
			}
		}
	}
	return g
}

// isTrain reports whether an input has spikes.
func (g graph) isTrain(name string) bool { return g.trains[name] > 0 }

// count returns the number of neurons or spike inputs with a name, 0 for an unknown one.
func (g graph) count(name string) int {
	switch n := g.counts[TableOf(name)]; {
	case n > 0 && TableOf(name) == name:
		return n
	case n > 0:
		return 1
	}
	return g.trains[name]
}

// checkSynapses checks the names at both ends, the knob of a gain, and the size of the network.
func (d *decoder) checkSynapses(c *Config) {
	for _, s := range c.Synapses {
		t := d.of("synapse", s.Name)
		t.checkEnd("from", s.From)
		t.checkEnd("to", s.To)
		if s.Gain != "" && t.refer("gain", "input", s.Gain) && !d.knobs[s.Gain] {
			t.Wrong("gain", Problem{Rule: "must be the name of a knob", Hint: "the gain follows the knob's position from -1 to 1"})
		}
	}
	for _, in := range c.Inputs {
		if d.isTrain(in.Name) && d.of("neuron", in.Name) != nil {
			d.of("input", in.Name).Wrong("", Problem{Rule: "must have a name of its own", Hint: "a neuron has this name too"})
		}
	}
	d.checkSize(c)
}

// checkEnd checks the names at one end of a synapse.
func (t *Table) checkEnd(key string, names []string) {
	for _, name := range names {
		if r, ok := remote(name); ok && key == "from" {
			t.checkRemote(r, name)
			continue
		}
		in := t.of("input", name)
		isInput := in != nil && t.of("neuron", name) == nil
		switch {
		case isInput && in.IsBad("driver"):
		case isInput && key == "to":
			t.wrongItem(key, t.item(key, name), Problem{Rule: "must be the name of a neuron", Hint: dotted(name) + " is an input: name it in from"})
		case isInput && !t.isTrain(name):
			t.wrongItem(key, t.item(key, name), Problem{Rule: "must be a neuron or a spike input", Hint: dotted(name) + " is a current: name it in the key input of a neuron"})
		case !isInput && key == "from" && t.of("neuron", TableOf(name)) == nil:
			t.wrongSource(name)
		case !isInput:
			t.referMember(key, name)
		}
	}
}

// wrongSource reports an unknown name in from.
func (t *Table) wrongSource(name string) {
	if t.misplaced("neuron", TableOf(name)) || t.misplaced("input", name) {
		return
	}
	hint := t.several("from", name)
	if hint == "" {
		hint = didYouMean(name, slices.Sorted(maps.Keys(t.trains)), t.instead("neuron", TableOf(name)))
	}
	t.wrongItem("from", t.item("from", name), Problem{Rule: "must be the name of a neuron or a spike input", Hint: hint})
}

// set returns names as a set.
func set(names []string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
	}
	return all
}

// referMember reports an unknown name of a neuron, or of a neuron in a population.
func (t *Table) referMember(key, name string) {
	table, number, member := strings.Cut(name, ".")
	if !t.refer(key, "neuron", name) || len(t.of("neuron", table).bad) > 0 {
		return
	}
	count := t.counts[table]
	if i, err := strconv.Atoi(number); member && (err != nil || i < 1 || i > count || strconv.Itoa(i) != number) {
		p := Problem{Rule: fmt.Sprintf("must be between %s.1 and %s.%d", table, table, count)}
		if err != nil {
			p.Hint = quote(table) + " means all"
		}
		if hint := t.several(key, name); hint != "" {
			p = Problem{Rule: "must be the name of a neuron", Hint: hint}
		} else if count == 1 {
			p = Problem{Rule: "must be " + strconv.Quote(table), Hint: "it is one neuron: for a population add count to [neuron." + table + "]"}
		}
		t.wrongItem(key, t.item(key, name), p)
	}
}

// checkSize checks the numbers of neurons and of synapses.
func (d *decoder) checkSize(c *Config) {
	neurons, synapses, pairs := 0, 0.0, 0.0
	for _, n := range c.Neurons {
		t := d.of("neuron", n.Name)
		if neurons += n.Count; neurons > MaxNeurons && !t.IsBad("count") {
			t.Wrong("count", Problem{Rule: fmt.Sprintf("must keep the neurons of the file at most %d", MaxNeurons), Hint: fmt.Sprintf("up to here there are %d", neurons)})
			break
		}
	}
	for _, s := range c.Synapses {
		t := d.of("synapse", s.Name)
		if len(t.bad) > 0 || !d.sized(s) {
			continue
		}
		own := d.pairs(s)
		switch {
		case own == 0:
			t.Wrong("to", Problem{Rule: "must name another neuron", Hint: "self = true connects a neuron to itself"})
		case own == 1 && s.Probability < 1:
			t.Wrong("probability", Problem{Rule: "must be left out between two neurons", Hint: "a random graph needs a population or a list of names"})
		case t.Has("seed") && s.Probability == 1:
			t.Warn("seed", Problem{Rule: "has no effect without probability"})
		}
		t.warnDecay(s, c)
		if pairs += own; pairs > maxPairs {
			t.Wrong("to", Problem{Rule: fmt.Sprintf("must keep the pairs of neurons at most %d", maxPairs),
				Hint: fmt.Sprintf("up to here there are %.0f, use smaller populations", pairs)})
			break
		}
		if synapses += own * s.Probability; synapses > MaxSynapses {
			t.Wrong("to", Problem{Rule: fmt.Sprintf("must keep the synapses of the file at most %d", MaxSynapses),
				Hint: fmt.Sprintf("up to here there are about %.0f, lower probability or count", synapses)})
			break
		}
	}
}

// sized reports whether the numbers of neurons at both ends of a synapse are known. A mistake elsewhere can hide them.
func (d *decoder) sized(s Synapse) bool {
	return !slices.ContainsFunc(slices.Concat(s.From, s.To), func(name string) bool {
		t := d.of("neuron", TableOf(name))
		return d.count(name) == 0 || t != nil && t.IsBad("count")
	})
}

// warnDecay warns of a coarse step for the decay of a synaptic current. An exact neuron has exact currents.
func (t *Table) warnDecay(s Synapse, c *Config) {
	if !s.Kind.HasTau() || float64(c.Loop.DT)/1e6 <= s.Tau/10 || t.parts["loop"].IsBad("dt") {
		return
	}
	for _, name := range s.To {
		n, _ := c.Neuron(name)
		if lif, ok := n.Params.(neuron.LIF); !ok || !lif.Exact {
			t.warnCoarse("tau", s.Tau/10)
			return
		}
	}
}

// pairs returns the number of pairs of a source and a target.
func (g graph) pairs(s Synapse) float64 {
	sources, targets := set(s.From), set(s.To)
	members := map[string]int{} // number of sources of each table
	for name := range sources {
		members[TableOf(name)] += g.once(name, sources)
	}
	same := 0
	for name := range targets {
		switch table := TableOf(name); {
		case s.Self || name != table && targets[table]:
		case name == table:
			same += members[table]
		case sources[table] || sources[name]:
			same++
		}
	}
	return float64(g.size(sources))*float64(g.size(targets)) - float64(same)
}

// size returns the number of neurons at one end of a synapse.
func (g graph) size(names map[string]bool) (sum int) {
	for name := range names {
		sum += g.once(name, names)
	}
	return sum
}

// once is count without the neurons of another name: "n1" includes "n1.3".
func (g graph) once(name string, names map[string]bool) int {
	if table := TableOf(name); name != table && names[table] {
		return 0
	}
	return g.count(name)
}
