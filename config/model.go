package config

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"hillock/neuron"
)

// modelKeys are the keys of a model's parameters in a neuron's table; the integration step is the loop's.
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

// neuronKeys are the keys of a neuron's table with a model, those of all models where it is "".
func neuronKeys(model string) []Key {
	keys := []Key{{"model", Text}}
	for _, m := range neuron.Models() {
		for _, k := range modelKeys(m) {
			if (model == "" || m.Name == model) && !contains(keys, k.Name) {
				keys = append(keys, k)
			}
		}
	}
	return append(keys, Key{"input", Text | List})
}

// model is the model that a neuron's table names, the first of all where it names none that there is.
func (t *Table) model() neuron.Model {
	all := neuron.Models()
	if n := t.node.index["model"]; n != nil {
		if i := slices.IndexFunc(all, func(m neuron.Model) bool { return m.Name == n.text }); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// checkModel reports a model that there is not.
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

// params are the parameters of a neuron's model. Those of no number are NaN, which has been reported, so that no rule is
// checked against it.
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

// dimensionOf is what is measured in a unit, handed out in it.
func dimensionOf(symbol string, example float64) dimension {
	text := formatFloat(example) + " " + symbol
	for _, d := range []dimension{milliseconds(), voltage(text, 0), current(), resistance(), capacitance(), frequency()} {
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
	panic("a parameter has no unit of config: " + symbol) // the list of models is part of the program
}

// printParams writes the keys of a neuron's model. The first model need not be named.
func printParams(w io.Writer, p neuron.Params) {
	m := p.Model()
	if m.Name != neuron.Models()[0].Name {
		fmt.Fprintf(w, "model = %q\n", m.Name)
	}
	for _, k := range modelKeys(m) {
		d, _ := m.Param(k.Name)
		v := formatFloat(d.Of(p))
		if d.Unit != "" {
			v = fmt.Sprintf("%q", v+" "+d.Unit)
		}
		fmt.Fprintf(w, "%s = %s\n", d.Key, v)
	}
}
