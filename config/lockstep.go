package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hillock/neuron"
)

// warnLockstep warns of neurons with the same spikes for ever. Nothing breaks the symmetry of such a circuit, so that two
// neurons never take turns, and a population is no more than one neuron.
//
// Colour refinement finds them: two neurons get one colour if they have equal parameters, inputs and starts, and equal synapses from
// neurons with equal colours. A cycle of synapses stays symmetric if each of its neurons shares its colour with another one.
func (d *decoder) warnLockstep(c *Config) {
	net := alikeOf(c)
	if !net.refine() {
		return
	}
	warned := map[string]bool{}
	for _, n := range net.nodes {
		if n.size > 1 && !n.broken && !warned[n.table] {
			warned[n.table] = true
			d.of("neuron", n.table).Warn("", Problem{Rule: "all its neurons stay in step", Hint: `add sigma, or a range such as v_start = ["-70 mV", "-55 mV"]`})
		}
	}
	for _, cycle := range net.cycles() {
		if first, others := net.symmetric(cycle); others != nil {
			slices.SortFunc(others, strings.Compare)
			if len(others) > 3 {
				others = append(others[:2], fmt.Sprintf("%d others", len(others)-2))
			}
			with := others[0]
			if n := len(others); n > 1 {
				with = strings.Join(others[:n-1], ", ") + " and " + others[n-1]
			}
			d.of("neuron", TableOf(first)).Warn("", Problem{Rule: "stays in step with " + with, Hint: "their synapses are alike: give one of them another v_start, or each sigma and a seed"})
		}
	}
}

// alike is the graph of a configuration for colour refinement.
type alike struct {
	nodes []alikeNode
}

// alikeNode is a neuron or a spike input, or the neurons of a population without a name in any synapse.
type alikeNode struct {
	name, table string
	size        int
	broken      bool // noise, a random start or a random graph: its neurons differ
	spikes      bool // a spike input
	colour      int
	in          []alikeEdge
}

// alikeEdge is the part of a synapse from one node.
type alikeEdge struct {
	from, label, times int
}

// The limits of the refinement: it is for circuits written by hand.
const (
	mostAlikeEdges  = 10_000
	mostAlikeRounds = 200
)

// alikeOf returns the graph with the first colours, or an empty one for a large network.
func alikeOf(c *Config) (net alike) {
	members := map[string][]string{} // named in synapses, by table
	edges := 0
	for _, s := range c.Synapses {
		edges += len(s.From) * len(s.To)
		for _, name := range slices.Concat(s.From, s.To) {
			if table := TableOf(name); table != name && !slices.Contains(members[table], name) {
				members[table] = append(members[table], name)
				edges += len(members[table])
			}
		}
		if edges > mostAlikeEdges {
			return alike{}
		}
	}
	labels := map[string]int{}
	label := func(text string) int {
		if _, ok := labels[text]; !ok {
			labels[text] = len(labels)
		}
		return labels[text]
	}
	of := map[string][]int{} // nodes by name
	inputs := map[string]string{}
	for _, in := range c.Inputs {
		inputs[in.Name] = fmt.Sprintf("%s %#v", in.Driver, in.Part)
		if _, ok := in.Part.(interface{ Calibration() Knob }); ok {
			inputs[in.Name] = in.Name // turns on its own
		}
		if _, ok := in.Part.(SpikeInput); ok {
			of[in.Name] = []int{len(net.nodes)}
			net.nodes = append(net.nodes, alikeNode{name: in.Name, size: 1, spikes: true, colour: label(inputs[in.Name])})
		}
	}
	for _, n := range c.Neurons {
		first, broken := n.looks(inputs)
		add := func(name string, size int) {
			if size > 0 {
				of[name] = append(of[name], len(net.nodes))
				if name != n.Name {
					of[n.Name] = append(of[n.Name], len(net.nodes))
				}
				net.nodes = append(net.nodes, alikeNode{name: name, table: n.Name, size: size, broken: broken, colour: label(first)})
			}
		}
		for _, name := range members[n.Name] {
			add(name, 1)
		}
		add(n.Name, n.Count-len(members[n.Name]))
	}
	for _, s := range c.Synapses {
		kind := label(fmt.Sprint("synapse ", s.Kind, s.Weight, s.Tau, s.Delay, s.Gain, s.Plastic))
		sources, targets := ids(of, s.From), ids(of, s.To)
		if len(sources)*len(targets) > mostAlikeEdges {
			return alike{}
		}
		for _, to := range targets {
			node := &net.nodes[to]
			node.broken = node.broken || s.Probability < 1
			for _, from := range sources {
				times := net.nodes[from].size
				if from == to && !s.Self {
					times--
				}
				if times > 0 {
					node.in = append(node.in, alikeEdge{from, kind, times})
				}
			}
		}
	}
	for i := range net.nodes {
		if net.nodes[i].broken {
			net.nodes[i].colour = len(labels) + i
		}
	}
	return net
}

// ids returns the nodes of names, each once.
func ids(of map[string][]int, names []string) (all []int) {
	for _, name := range names {
		all = append(all, of[name]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// looks returns the parameters, inputs and start of a neuron as a text, and reports whether random numbers set its neurons apart.
func (n Neuron) looks(inputs map[string]string) (text string, broken bool) {
	p := n.Params
	for _, d := range n.Model().Params {
		if d.Role == neuron.Seed {
			p = d.With(p, 0)
		}
	}
	start := n.VStart
	if l := n.Levels(); slices.Equal(start, []float64{l.Rest.V, l.Rest.V}) && l.Rest.V < l.Threshold.V {
		start = nil // V at rest
	}
	text = fmt.Sprintf("%#v %v", p, start)
	for _, name := range n.Inputs {
		text += " " + inputs[name]
	}
	return text, n.Model().Sum(neuron.Noise, p) > 0 || n.VStart != nil && n.VStart[0] < n.VStart[1]
}

// refine refines the colours until they are stable. It returns false after too many rounds.
func (net alike) refine() bool {
	type arrival struct{ label, colour int }
	count := 0
	for range mostAlikeRounds {
		colours, next := map[string]int{}, make([]int, len(net.nodes))
		for i, n := range net.nodes {
			times := map[arrival]int{}
			for _, e := range n.in {
				times[arrival{e.label, net.nodes[e.from].colour}] += e.times
			}
			var all []string
			for a, k := range times {
				all = append(all, fmt.Sprint(a.label, a.colour, k))
			}
			slices.Sort(all)
			key := strconv.Itoa(n.colour) + ":" + strings.Join(all, ",")
			if _, ok := colours[key]; !ok {
				colours[key] = len(colours)
			}
			next[i] = colours[key]
		}
		for i := range net.nodes {
			net.nodes[i].colour = next[i]
		}
		if len(colours) == count {
			return true
		}
		count = len(colours)
	}
	return false
}

// symmetric returns a neuron of a cycle and the others of its colour, if no neuron of the cycle differs from all others in it.
func (net alike) symmetric(cycle []int) (first string, others []string) {
	sizes, names := map[int]int{}, map[int][]string{}
	for _, i := range cycle {
		n := net.nodes[i]
		sizes[n.colour] += n.size
		names[n.colour] = append(names[n.colour], n.name)
	}
	for _, i := range cycle {
		n := net.nodes[i]
		if sizes[n.colour] == 1 || n.broken {
			return "", nil
		}
		if all := names[n.colour]; others == nil && len(all) > 1 {
			first, others = all[0], all[1:]
		}
	}
	return first, others
}

// cycles returns the strongly connected groups of at least two nodes (R. Tarjan, SIAM J. Comput. 1, 146, 1972).
func (net alike) cycles() (all [][]int) {
	order, low := make([]int, len(net.nodes)), make([]int, len(net.nodes))
	var stack []int
	on, seen := make([]bool, len(net.nodes)), 0
	var visit func(i int)
	visit = func(i int) {
		seen++
		order[i], low[i], on[i] = seen, seen, true
		stack = append(stack, i)
		for _, e := range net.nodes[i].in {
			if order[e.from] == 0 {
				visit(e.from)
				low[i] = min(low[i], low[e.from])
			} else if on[e.from] {
				low[i] = min(low[i], order[e.from])
			}
		}
		if low[i] < order[i] {
			return
		}
		k := slices.Index(stack, i)
		group := slices.Clone(stack[k:])
		for _, j := range group {
			on[j] = false
		}
		if stack = stack[:k]; len(group) > 1 {
			slices.Sort(group)
			all = append(all, group)
		}
	}
	for i := range net.nodes {
		if order[i] == 0 {
			visit(i)
		}
	}
	return all
}
