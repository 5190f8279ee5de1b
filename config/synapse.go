package config

import (
	"fmt"
	"io"
	"math"
	"slices"
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

// synapse decodes one [synapse.NAME].
func (d *decoder) synapse(t *Table) Synapse {
	s := Synapse{Name: t.name}
	s.From, s.To = t.partners("from", "a neuron or a spike input"), t.partners("to", "a neuron")
	var kinds []string
	for _, k := range neuron.SynapseKinds() {
		kinds = append(kinds, k.String())
	}
	if !t.Has("kind") {
		t.missing("kind", t.kindOfWeight())
	} else if kind := t.Choice("kind", kinds...); kind != "" {
		s.Kind = neuron.SynapseKinds()[slices.Index(kinds, kind)]
	}
	if !t.IsBad("kind") {
		s.Weight = t.weight(s.Kind)
	}
	switch {
	case !s.Kind.HasTau() && t.Has("tau"):
		t.Wrong("tau", Problem{Rule: "must be left out with kind " + s.Kind.String(), Hint: "V jumps at once"})
	case s.Kind.HasTau() && !t.IsBad("kind"):
		s.Tau = t.givenTau()
	}
	delay := d.timing.DT
	if slices.ContainsFunc(s.From, func(name string) bool { _, ok := remote(name); return ok }) {
		delay = max(delay, d.remoteDelay.Truncate(delay))
	}
	s.Delay = t.Steps("delay", delay, MaxDelay)
	s.Probability = t.probability()
	s.Seed = uint64(t.Whole("seed", 0, 0, math.MaxInt32))
	s.Self = t.Yes("self")
	s.Gain, _ = t.Text("gain", `must be the name of a knob such as "knob"`)
	s.Plastic = t.plastic(s)
	return s
}

// partners returns the names at one end of a synapse.
func (t *Table) partners(key, what string) []string {
	rule := "must be the name of " + what + " or a list of names"
	if !t.Has(key) {
		t.missing(key, t.suggest(key))
		return nil
	}
	return t.list(key, rule, "")
}

// kindOfWeight returns the first kind with the unit of the weight.
func (t *Table) kindOfWeight() string {
	kinds := neuron.SynapseKinds()
	if n := t.node.index["weight"]; n != nil {
		for _, k := range kinds {
			if _, problem := weightOf(k).parse(n.text); problem == nil {
				return k.String()
			}
		}
	}
	return kinds[0].String()
}

// weightOf returns the dimension of a weight.
func weightOf(k neuron.SynapseKind) dimension {
	d := dimensionOf(k.Unit(), 8)
	d.example = "8 " + k.Unit()
	return d
}

// mostWeight returns the largest weight for messages: neuron.MaxCurrent in the unit of the kind.
func mostWeight(k neuron.SynapseKind) string {
	return map[string]string{"nA": "1 mA", "mV": "1 kV"}[k.Unit()]
}

// weight returns the weight in the unit of its kind.
func (t *Table) weight(kind neuron.SynapseKind) float64 {
	d := weightOf(kind)
	n := t.node.index["weight"]
	if n == nil {
		t.missing("weight", d.example)
		return 0
	}
	for _, other := range neuron.SynapseKinds() {
		if _, problem := weightOf(other).parse(n.text); n.kind == Text && problem == nil && other.Unit() != kind.Unit() {
			t.Wrong("weight", Problem{Rule: d.rule(), Hint: fmt.Sprintf("%s needs kind = %q", weightOf(other).name, other)})
			return 0
		}
	}
	most := mostWeight(kind)
	return t.between("weight", d, 0, Limits{-neuron.MaxCurrent, neuron.MaxCurrent, "-" + most + " and " + most})
}

// givenTau returns the required time constant of a synaptic current, ms.
func (t *Table) givenTau() float64 {
	if !t.Has("tau") {
		t.missing("tau", "5 ms")
		return 0
	}
	return t.tau("tau")
}

// tau returns a time constant, ms. One step of forward Euler may not pass the end of the decay.
func (t *Table) tau(key string) float64 {
	dt := float64(t.timing.DT) / 1e6
	words := "dt (" + FormatTime(t.timing.DT) + ")"
	if t.parts["loop"].IsBad("dt") {
		dt, words = 0, "0 ms"
	}
	return t.between(key, milliseconds(), 0, Limits{dt, neuron.MaxTime, words + " and " + formatFloat(neuron.MaxTime) + " ms"})
}

// MaxDelay returns the longest delay of a synapse: 10 s, and at most 100,000 steps. The network keeps the spikes of this time.
func MaxDelay(dt time.Duration) time.Duration { return min(10*time.Second, 100_000*dt) }

// probability returns the probability of each pair.
func (t *Table) probability() float64 {
	const key, rule = "probability", "must be a number above 0 and at most 1"
	v, ok := t.number(key, rule)
	switch {
	case !ok:
		return 1
	case !(v > 0 && v <= 1):
		t.Wrong(key, Problem{Rule: rule})
		return 1
	}
	return v
}

// print writes the table of a synapse.
func (s Synapse) print(w io.Writer) {
	unit := weightOf(s.Kind).usual
	value := func(v float64, unit string) string { return quote(formatFloat(v) + " " + unit) }
	fmt.Fprintf(w, "\n[synapse.%s]\nfrom = %s\nto = %s\nkind = %q\nweight = %s\n", s.Name, oneOrList(s.From), oneOrList(s.To), s.Kind, value(s.Weight, unit))
	if s.Kind.HasTau() {
		fmt.Fprintf(w, "tau = %s\n", value(s.Tau, "ms"))
	}
	fmt.Fprintf(w, "delay = %q\n", FormatTime(s.Delay))
	fmt.Fprintf(w, "probability = %s\nseed = %d\nself = %t\n", formatFloat(s.Probability), s.Seed, s.Self)
	if s.Gain != "" {
		fmt.Fprintf(w, "gain = %s\n", quote(s.Gain))
	}
	if p := s.Plastic; p != (neuron.STDP{}) {
		fmt.Fprintf(w, "plastic = {a_plus = %s, a_minus = %s, tau_plus = %s, tau_minus = %s, max = %s}\n",
			value(p.APlus, unit), value(p.AMinus, unit), value(p.TauPlus, "ms"), value(p.TauMinus, "ms"), value(p.Max, unit))
	}
}
