package config

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/neuron"
)

// Synapse is one table of synapses: from each source to each target.
type Synapse struct {
	Name        string
	From, To    []string // names of neurons, such as "n1" or "n1.3" of a population, and in From of spike inputs
	Kind        neuron.SynapseKind
	Weight      float64 // nA; mV for Delta
	Tau         float64 // ms; 0 for Delta
	Delay       time.Duration
	Probability float64 // of each pair of a source and a target
	Seed        uint64  // of the random graph
	Self        bool    // neurons connect to themselves too
	Gain        string  // name of an input: its position scales the weight from -1 to 1; "": 1
	Plastic     neuron.STDP
}

// synapseKeys are the keys of [synapse.NAME], in the order of printing.
func synapseKeys() []Key {
	return []Key{
		{"from", Text | List}, {"to", Text | List}, {"kind", Text}, {"weight", Text}, {"tau", Text}, {"delay", Text},
		{"probability", Whole | Float}, {"seed", Whole}, {"self", Bool}, {"gain", Text}, {"plastic", tableKind},
	}
}

// MaxDelay is the longest delay of a synapse.
const MaxDelay = 10 * time.Second

// synapse decodes one [synapse.NAME].
func (d *decoder) synapse(t *Table) Synapse {
	s := Synapse{Name: t.name, Probability: 1, Delay: max(t.timing.DT, time.Microsecond)}
	s.From, s.To = t.partners("from", "a neuron or a spike input"), t.partners("to", "a neuron")
	var kinds []string
	for _, k := range neuron.SynapseKinds() {
		kinds = append(kinds, k.String())
	}
	if kind := t.Choice("kind", kinds...); kind != "" {
		s.Kind = neuron.SynapseKinds()[slices.Index(kinds, kind)]
	}
	unit := current()
	if s.Kind == neuron.Delta {
		unit = voltage("8 mV", -3)
	}
	if !t.IsBad("kind") {
		s.Weight = t.weight("weight", unit)
	}
	switch {
	case s.Kind == neuron.Delta && t.Has("tau"):
		t.Wrong("tau", Problem{Rule: "must be left out with kind delta", Hint: "its jump of V takes no time"})
	case s.Kind != neuron.Delta:
		s.Tau = t.tau()
	}
	s.Delay = t.delay(s.Delay)
	if v, ok := t.number("probability", "must be a number between 0 and 1"); ok {
		if s.Probability = v; !(v > 0 && v <= 1) {
			t.Wrong("probability", Problem{Rule: "must be more than 0 and at most 1"})
		}
	}
	s.Seed = uint64(t.Whole("seed", 0, 0, math.MaxInt32))
	s.Self = t.Yes("self")
	s.Gain, _ = t.Text("gain", `must be the name of an input such as "knob"`)
	s.Plastic = t.plastic(unit)
	return s
}

// partners returns the names at one end of a synapse.
func (t *Table) partners(key, what string) []string {
	rule := "must be the name of " + what + " or a list of names"
	if !t.Has(key) {
		t.missing(key, "n1")
		return nil
	}
	n := t.value(key, Text|List, rule)
	if n == nil {
		return nil
	}
	items := n.items
	if n.kind == Text {
		items = []*node{n}
	} else if len(items) == 0 {
		t.Wrong(key, Problem{Rule: "must name at least one"})
	}
	var list []string
	for _, item := range items {
		switch {
		case item.kind != Text:
			t.Wrong(key, Problem{Rule: rule})
		case slices.Contains(list, item.text):
			t.Wrong(key, Problem{Rule: "must name each once", Hint: item.raw + " appears twice"})
		default:
			list = append(list, item.text)
		}
	}
	return list
}

// weight returns a required value with a unit.
func (t *Table) weight(key string, d dimension) float64 {
	if !t.Has(key) {
		t.missing(key, strings.Replace(d.example, "2 nA", "8 nA", 1))
		return 0
	}
	v := t.float(key, d, 0)
	if !t.IsBad(key) && !(math.Abs(v) <= neuron.MaxCurrent) {
		t.Wrong(key, Problem{Rule: fmt.Sprintf("must be between -%g %s and %g %s", neuron.MaxCurrent, d.usual, neuron.MaxCurrent, d.usual)})
	}
	return v
}

// tau returns the time constant, ms. The step is forward Euler: it diverges at half of the integration step.
func (t *Table) tau() float64 {
	if !t.Has("tau") {
		t.missing("tau", "5 ms")
		return 0
	}
	v, dt := t.float("tau", milliseconds(), 0), float64(t.timing.DT)/1e6
	switch {
	case t.IsBad("tau"):
	case !(v > 0 && v <= neuron.MaxTime):
		t.Wrong("tau", Problem{Rule: fmt.Sprintf("must be more than 0 ms and at most %g ms", neuron.MaxTime)})
	case !t.parts["loop"].IsBad("dt") && v < dt:
		t.Wrong("tau", Problem{Rule: "must be at least dt (" + FormatTime(t.timing.DT) + ")"})
	}
	return v
}

// delay returns the delay: a whole number of steps.
func (t *Table) delay(byDefault time.Duration) time.Duration {
	if t.parts["loop"].IsBad("dt") {
		return t.Time("delay", byDefault, 0, MaxDelay, "")
	}
	dt := t.timing.DT
	v := t.Time("delay", byDefault, dt, max(dt, MaxDelay), "dt")
	if v%dt != 0 && !t.IsBad("delay") {
		t.Wrong("delay", Problem{Rule: "must be a multiple of dt (" + FormatTime(dt) + ")", Hint: "write " + quote(FormatTime(v.Round(dt)))})
	}
	return v
}

// plastic decodes the inline table of a plastic synapse. The zero value is a constant weight.
func (t *Table) plastic(unit dimension) (p neuron.STDP) {
	const rule = `must be a table such as {a_plus = "0.5 nA", a_minus = "0.6 nA", tau_plus = "20 ms", tau_minus = "20 ms", max = "10 nA"}`
	n := t.value("plastic", tableKind, rule)
	if n == nil {
		return p
	}
	in := &Table{decoder: t.decoder, name: "plastic", path: t.path + ".plastic", node: n}
	keys := []string{"a_plus", "a_minus", "tau_plus", "tau_minus", "max"}
	for _, item := range n.items {
		if !slices.Contains(keys, item.name) {
			in.Unknown(item.name, didYouMean(item.name, keys, "the keys of plastic are "+strings.Join(keys, ", ")))
		}
	}
	for _, k := range keys {
		if !in.Has(k) {
			in.missing(k, map[bool]string{true: "20 ms", false: unit.example}[strings.HasPrefix(k, "tau")])
		}
	}
	p = neuron.STDP{APlus: in.float("a_plus", unit, 0), AMinus: in.float("a_minus", unit, 0), Max: in.float("max", unit, 0),
		TauPlus: in.float("tau_plus", milliseconds(), 0), TauMinus: in.float("tau_minus", milliseconds(), 0)}
	for key, v := range map[string]float64{"a_plus": p.APlus, "a_minus": p.AMinus, "max": p.Max} {
		if in.Has(key) && !in.IsBad(key) && !(v >= 0 && v <= neuron.MaxCurrent) {
			in.Wrong(key, Problem{Rule: "must be at least 0 " + unit.usual})
		}
	}
	for key, v := range map[string]float64{"tau_plus": p.TauPlus, "tau_minus": p.TauMinus} {
		if in.Has(key) && !in.IsBad(key) && !(v >= float64(t.timing.DT)/1e6 && v <= neuron.MaxTime) {
			in.Wrong(key, Problem{Rule: "must be at least dt (" + FormatTime(t.timing.DT) + ")"})
		}
	}
	return p
}

// checkSynapses checks the names at both ends, and the knob of a gain.
func (d *decoder) checkSynapses(c *Config) {
	for _, s := range c.Synapses {
		t := d.of("synapse", s.Name)
		for _, name := range s.From {
			if in := d.of("input", name); in != nil && d.of("neuron", name) == nil {
				if !c.isTrain(name) {
					t.wrongItem("from", name, Problem{Rule: "must be a neuron or a spike input", Hint: "the input " + dotted(name) + " is a current: name it in the neuron's key input"})
				}
				continue
			}
			d.checkMember(c, t, "from", name)
		}
		for _, name := range s.To {
			d.checkMember(c, t, "to", name)
		}
		if s.Gain != "" && t.refer("gain", "input", s.Gain) && c.isTrain(s.Gain) {
			t.Wrong("gain", Problem{Rule: "must be the name of a knob"})
		}
		if !t.IsBad("from") && !t.IsBad("to") && !s.Self && len(s.From) == 1 && len(s.To) == 1 && s.From[0] == s.To[0] && c.count(s.From[0]) == 1 {
			t.Wrong("to", Problem{Rule: "must name another neuron", Hint: "self = true connects a neuron to itself"})
		}
	}
}

// checkMember checks the name of a neuron, or of one neuron of a population: "n1.3".
func (d *decoder) checkMember(c *Config, t *Table, key, name string) {
	population, number, one := strings.Cut(name, ".")
	if !t.refer(key, "neuron", population) || !one {
		return
	}
	if i, err := strconv.Atoi(number); err != nil || i < 1 || i > c.count(population) {
		t.wrongItem(key, name, Problem{Rule: fmt.Sprintf("must be between %s.1 and %s.%d", population, population, c.count(population))})
	}
}

// wrongItem reports a problem of a name, alone or in a list.
func (t *Table) wrongItem(key, name string, p Problem) {
	n := t.node.index[key]
	at := n.at
	p.Key, p.Got = t.path+"."+key, n.raw
	for _, item := range n.items {
		if item.text == name {
			at, p.Got = item.at, item.raw
		}
	}
	t.bad = append(t.bad, key)
	t.problems.add(at, p)
}

// count returns the number of neurons of a table, 0 for an unknown one.
func (c *Config) count(name string) int {
	name, _, one := strings.Cut(name, ".")
	for _, n := range c.Neurons {
		switch {
		case n.Name == name && one:
			return 1
		case n.Name == name:
			return n.Count
		}
	}
	return 0
}

// isTrain reports whether an input is a train of spikes.
func (c *Config) isTrain(name string) bool {
	for _, in := range c.Inputs {
		if _, ok := in.Part.(interface{ Train() }); ok && in.Name == name {
			return true
		}
	}
	return false
}

// print writes the table of a synapse.
func (s Synapse) print(w io.Writer) {
	unit := "nA"
	if s.Kind == neuron.Delta {
		unit = "mV"
	}
	list := func(names []string) string {
		if len(names) == 1 {
			return quote(names[0])
		}
		return "[" + strings.Join(quoted(names), ", ") + "]"
	}
	value := func(v float64, unit string) string { return quote(formatFloat(v) + " " + unit) }
	fmt.Fprintf(w, "\n[synapse.%s]\nfrom = %s\nto = %s\nkind = %q\nweight = %s\n", s.Name, list(s.From), list(s.To), s.Kind, value(s.Weight, unit))
	if s.Kind != neuron.Delta {
		fmt.Fprintf(w, "tau = %s\n", value(s.Tau, "ms"))
	}
	fmt.Fprintf(w, "delay = %q\n", FormatTime(s.Delay))
	if s.Probability < 1 {
		fmt.Fprintf(w, "probability = %s\nseed = %d\n", formatFloat(s.Probability), s.Seed)
	}
	if s.Self {
		fmt.Fprintln(w, "self = true")
	}
	if s.Gain != "" {
		fmt.Fprintf(w, "gain = %s\n", quote(s.Gain))
	}
	if p := s.Plastic; p != (neuron.STDP{}) {
		fmt.Fprintf(w, "plastic = {a_plus = %s, a_minus = %s, tau_plus = %s, tau_minus = %s, max = %s}\n",
			value(p.APlus, unit), value(p.AMinus, unit), value(p.TauPlus, "ms"), value(p.TauMinus, "ms"), value(p.Max, unit))
	}
}
