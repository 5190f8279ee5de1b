package config

import (
	"fmt"
	"slices"
	"strings"

	"hillock/neuron"
)

// plasticKeys are the keys of the inline table plastic, in the order of printing.
func plasticKeys() []Key {
	return []Key{{"a_plus", Text}, {"a_minus", Text}, {"tau_plus", Text}, {"tau_minus", Text}, {"max", Text}}
}

// plastic decodes the inline table of a plastic synapse. The zero value is a constant weight.
func (t *Table) plastic(s Synapse) (p neuron.STDP) {
	unit := weightOf(s.Kind)
	const rule = `must be a table such as {a_plus = "0.5 nA", a_minus = "0.6 nA", tau_plus = "20 ms", tau_minus = "20 ms", max = "10 nA"}`
	n := t.value("plastic", tableKind, rule)
	if n == nil {
		return p
	}
	in := &Table{decoder: t.decoder, name: "plastic", path: t.path + ".plastic", node: n}
	known := names(plasticKeys())
	for _, item := range n.items {
		if !slices.Contains(known, item.name) {
			in.Unknown(item.name, didYouMean(item.name, known, "the keys of plastic are "+strings.Join(known, ", ")))
		}
	}
	strength := Limits{0, neuron.MaxCurrent, "0 " + unit.usual + " and " + mostWeight(s.Kind)}
	for i, at := range []*float64{&p.APlus, &p.AMinus, &p.TauPlus, &p.TauMinus, &p.Max} {
		key := known[i]
		switch time := strings.HasPrefix(key, "tau"); {
		case !in.Has(key) && time:
			in.missing(key, "20 ms")
		case !in.Has(key) && key == "max":
			in.missing(key, "10 "+unit.usual)
		case !in.Has(key):
			in.missing(key, "0.5 "+unit.usual)
		case time:
			*at = in.tau(key)
		default:
			*at = in.between(key, unit, 0, strength)
		}
	}
	t.bad = append(t.bad, in.bad...)
	if len(in.bad) == 0 && !t.IsBad("weight") && !(s.Weight >= 0 && s.Weight <= p.Max) {
		t.Wrong("weight", Problem{Rule: fmt.Sprintf("must be between 0 %s and max (%s %s) with plastic", unit.usual, formatFloat(p.Max), unit.usual)})
	}
	return p
}
