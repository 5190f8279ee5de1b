package brian2

import (
	"fmt"
	"slices"
	"strings"

	"hillock/config"
	"hillock/neuron"
)

// A projection is the part of a synapse table between two groups. The sources of a plastic projection are neighbours in the network too:
// their spikes arrive in the order of the neurons.
type projection struct {
	neuron.Synapse
	table  config.Synapse
	gain   float64 // factor of the weight
	source int     // index of the group, -1 for the spike inputs
	target int
	state  int               // number of the state in the target group, from 1; 0 for Delta
	graph  map[int32][]int32 // by number in the source group: numbers in the target group
	order  []int32           // keys of graph
}

// projections returns those of all synapses, in the order of their arrivals.
func (s *Script) projections(groups []*group) (all []*projection) {
	spots := s.spots(groups)
	for i, syn := range s.Synapses {
		var own []*projection
		for k, from := range syn.From {
			source, at := spots[from].group, spots[from].number
			if len(own) > 0 && syn.Plastic != nil && own[len(own)-1].source != source {
				all, own = append(all, own...), nil
			}
			for _, to := range syn.Targets[k] {
				target, number := spots[to].group, spots[to].number
				j := slices.IndexFunc(own, func(p *projection) bool { return p.source == source && p.target == target })
				if j < 0 {
					j = len(own)
					p := &projection{Synapse: syn, source: source, target: target, graph: map[int32][]int32{}}
					p.table, p.gain = s.Config.Synapses[i], s.Gains[i]
					p.state = 1 + slices.Index(groups[target].states, state{syn.Kind, syn.Tau})
					own = append(own, p)
				}
				p := own[j]
				if p.graph[at] == nil {
					p.order = append(p.order, at)
				}
				p.graph[at] = append(p.graph[at], number)
			}
		}
		all = append(all, own...)
	}
	return all
}

// A spot is the place of a neuron in a group. The group of a spike input is -1.
type spot struct {
	group  int
	number int32
}

// spots returns the places of all numbers of the network.
func (s *Script) spots(groups []*group) []spot {
	all := make([]spot, s.Len())
	for at, g := range groups {
		for k, t := range g.tables {
			first, n := s.Number(s.Config.Neurons[t].Name)
			for i := range n {
				all[first+i] = spot{at, int32(g.first[k] + i)}
			}
		}
	}
	for i := range s.Sources {
		all = append(all, spot{-1, int32(i)})
	}
	return all
}

// writeProjection writes one of all projections.
func writeProjection(w *writer, groups []*group, all []*projection, i int) {
	p := all[i]
	name := fmt.Sprintf("synapses%d", i+1)
	source, target, delay := "trains", groups[p.target], p.Delay
	if p.source >= 0 {
		source = groups[p.source].name
	}
	if i > 0 && all[i-1].Name == p.Name {
		w.line("\n# Synapse %s, from %s to %s", p.Name, source, target.name)
	} else {
		w.line("\n# Synapse %s: %s", p.Name, p.about())
	}
	if p.Kind == neuron.Delta {
		delay--
	}
	constants := ""
	if p.Plastic != nil {
		constants = "'dt_ms': dt_ms"
	}
	begin := fmt.Sprintf("%s = Synapses(%s, %s, ", name, source, target.name)
	end := fmt.Sprintf("delay=%d*step, name='%s', namespace={%s})", delay, name, constants)
	if p.Plastic != nil {
		p.plastic(w, begin, p.arrival(target), end)
		w.line("%s.run_regularly('''", name)
		w.line("    before -= before*dt_ms/%s", number(p.Plastic.TauPlus))
		w.line("    after -= after*dt_ms/%s", number(p.Plastic.TauMinus))
		w.line("    ''', when='groups')")
		w.line("%s.post.order = %d", name, len(all))
	} else {
		w.line("%son_pre='%s', %s", begin, p.arrival(target), end)
	}
	w.line("%s.pre.order = %d", name, i)
	if p.Kind == neuron.Delta {
		w.line("%s.pre.when = 'after_groups'  # in the next step: the delay is one step less", name)
	}
	p.connect(w, name)
	if p.Plastic != nil {
		w.line("%s.weight = %s", name, number(p.Weight))
	}
}

// arrival returns the effect of an arriving spike, as a statement.
func (p *projection) arrival(target *group) string {
	switch weight := p.weight(); {
	case p.Kind == neuron.Alpha:
		return fmt.Sprintf("x%d_post += %s*e/%s", p.state, weight, number(p.Tau))
	case p.Kind == neuron.Exp:
		return fmt.Sprintf("s%d_post += %s", p.state, weight)
	case target.refSteps == nil:
		return "v_post += " + weight
	default:
		return "v_post += " + weight + "*int(not_refractory_post)"
	}
}

// weight returns the weight of an arriving spike with its gain, as Python.
func (p *projection) weight() string {
	switch {
	case p.Plastic == nil:
		return number(float64(p.gain * p.Weight))
	case p.gain == 1:
		return "weight"
	}
	return number(p.gain) + "*weight"
}

// about describes the synapse in a line.
func (p *projection) about() string {
	t, unit := p.table, p.Kind.Unit()
	text := fmt.Sprintf("%s -> %s, %s, %s %s", strings.Join(t.From, ", "), strings.Join(t.To, ", "), p.Kind, number(p.Weight), unit)
	if p.Kind.HasTau() {
		text += fmt.Sprintf(", tau %s ms", number(p.Tau))
	}
	text += ", delay " + config.FormatTime(t.Delay)
	if t.Probability < 1 {
		text += fmt.Sprintf(", probability %s", number(t.Probability))
	}
	if t.Gain != "" {
		text += fmt.Sprintf(", gain %s from %s", number(p.gain), t.Gain)
	}
	return text
}

// plastic writes the Synapses with changing weights, between begin and end.
func (p *projection) plastic(w *writer, begin, arrival, end string) {
	c := p.Plastic
	w.line("# Plastic: traces of the spikes before and after the synapse decay with %s ms and %s ms.", number(c.TauPlus), number(c.TauMinus))
	w.line("%s'''", begin)
	w.line("    weight : 1")
	w.line("    before : 1  # trace of the arrived spikes")
	w.line("    after : 1  # trace of the spikes of the target")
	w.line("    ''', on_pre='''")
	w.line("    %s", arrival)
	w.line("    weight = clip(weight - %s*after, 0, inf)", number(c.AMinus))
	w.line("    before += 1")
	w.line("    ''', on_post='''")
	w.line("    weight = clip(weight + %s*before, -inf, %s)", number(c.APlus), number(c.Max))
	w.line("    after += 1")
	w.line("    ''', %s", end)
}

// connect writes the graph.
func (p *projection) connect(w *writer, name string) {
	var items []string
	for _, from := range p.order {
		items = append(items, fmt.Sprintf("%d: %s", from, list(p.graph[from], 4)))
	}
	line := fmt.Sprintf("connect(%s, {%s})", name, strings.Join(items, ", "))
	if len(line) <= width {
		w.line("%s", line)
		return
	}
	w.line("connect(%s, {", name)
	for _, item := range items {
		w.line("    %s,", item)
	}
	w.line("})")
}
