package config

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"hillock/neuron"
)

// modelKeys returns the keys of a model's parameters, without the integration step: it belongs to the loop.
func modelKeys(m neuron.Model) []Key {
	var keys []Key
	for _, d := range m.Params {
		switch {
		case d.Role == neuron.Step:
		case d.Role == neuron.Seed:
			keys = append(keys, Key{d.Key, Whole})
		case d.Unit == "":
			keys = append(keys, Key{d.Key, Whole | Float})
		default:
			keys = append(keys, Key{d.Key, Text})
		}
	}
	return keys
}

// neuronKeys returns the keys of a neuron's table with a model, or those of all models for "".
func neuronKeys(model string) []Key {
	keys := []Key{{"model", Text}}
	add := func(more ...Key) { keys = join(keys, more...) }
	for _, m := range neuron.Models() {
		if model != "" && m.Name != model {
			continue
		}
		add(modelKeys(m)...)
		if _, ok := m.Default.(neuron.LIF); ok {
			add(Key{"integrator", Text})
		}
	}
	add(Key{"seed", Whole}, Key{"input", Text | List}, Key{"count", Whole}, Key{"v_start", Text | List})
	return keys
}

// modelsWith returns the names of the models with a key.
func modelsWith(key string) (all []string) {
	for _, m := range neuron.Models() {
		if contains(neuronKeys(m.Name), key) {
			all = append(all, m.Name)
		}
	}
	return all
}

// model returns the model of a neuron's table, or the first model for an unknown one.
func (t *Table) model() neuron.Model {
	all := neuron.Models()
	if n := t.node.index["model"]; n != nil {
		if i := slices.IndexFunc(all, func(m neuron.Model) bool { return m.Name == n.text }); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// checkModel reports an unknown model.
func (t *Table) checkModel() {
	var known []string
	for _, m := range neuron.Models() {
		known = append(known, m.Name)
	}
	rule := `must be a model such as "` + known[0] + `"`
	if n := t.value("model", Text, rule); n != nil && !slices.Contains(known, n.text) {
		t.Wrong("model", Problem{Rule: rule, Hint: didYouMean(n.text, known, "the models are "+strings.Join(known, ", "))})
	}
}

// params returns the parameters of a neuron. A bad value is reported and becomes NaN: no other rule applies to it.
func (t *Table) params(m neuron.Model, l Loop) neuron.Params {
	all := m.Default
	for _, d := range m.Params {
		all = d.With(all, t.param(d, d.Of(all), l))
	}
	return all
}

func (t *Table) param(d neuron.Param, byDefault float64, l Loop) float64 {
	switch {
	case d.Role == neuron.Step && t.parts["loop"].IsBad("dt"):
		return math.NaN()
	case d.Role == neuron.Step:
		return float64(l.DT) / 1e6
	case d.Role == neuron.Seed:
		return float64(t.Whole(d.Key, int(byDefault), 0, math.MaxInt32))
	case d.Unit != "":
		return t.float(d.Key, dimensionOf(d.Unit, byDefault), byDefault)
	}
	v, ok := t.number(d.Key, "must be a number such as "+formatFloat(byDefault))
	switch {
	case ok:
		return v
	case t.IsBad(d.Key):
		return math.NaN()
	}
	return byDefault
}

// dimensionOf returns the dimension of a unit, with values in this unit.
func dimensionOf(symbol string, example float64) dimension {
	text := formatFloat(example) + " " + symbol
	for _, d := range []dimension{milliseconds(), voltage(text, 0), current(), resistance(), capacitance(), conductance(), frequency()} {
		u, ok := d.unit(symbol)
		if !ok {
			continue
		}
		if symbol != d.usual {
			d.example, d.usual = text, symbol
		}
		d.base = u.exp
		return d
	}
	panic("a parameter has no unit of config: " + symbol) // an error in the list of models
}

// printParams writes the model of a neuron and its keys.
func printParams(w io.Writer, p neuron.Params) {
	m := p.Model()
	fmt.Fprintf(w, "model = %q\n", m.Name)
	for _, k := range modelKeys(m) {
		d, _ := m.Param(k.Name)
		v := formatFloat(d.Of(p))
		if d.Unit != "" {
			v = fmt.Sprintf("%q", v+" "+d.Unit)
		}
		fmt.Fprintf(w, "%s = %s\n", d.Key, v)
	}
}
