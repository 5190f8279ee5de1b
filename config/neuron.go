package config

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"hillock/neuron"
)

// MaxNeurons is the largest number of neurons in a configuration. They need some 10 MB, and sim about a second for 2 ms of
// model time on a Pi.
const MaxNeurons = 100_000

// neuron decodes one [neuron.NAME].
func (d *decoder) neuron(p *Table, l Loop) Neuron {
	p.checkModel()
	n := Neuron{Name: p.name, Params: p.integrator(p.params(p.model(), l))}
	p.checkParams(n.Params)
	n.Inputs, n.VStart, n.Seed = p.inputs(), p.vStart(), p.seed(n.Params)
	n.Count = p.Whole("count", 1, 1, MaxNeurons)
	return n
}

// checkParams reports the broken rules of the parameters.
func (p *Table) checkParams(params neuron.Params) {
	var errs neuron.ParamErrors
	errors.As(neuron.Validate(params), &errs)
	for _, e := range errs {
		switch {
		case p.IsBad(e.Name) || e.Name == "dt" && p.parts["loop"].IsBad("dt"):
		case e.Name == "dt":
			p.stepTooLong(e)
		default:
			p.Wrong(e.Name, Problem{Rule: e.Rule, Got: p.byDefault(e.Name, e)})
		}
	}
}

// stepTooLong reports a broken rule of dt. Its place is dt in [loop], or without it the time constant of the neuron.
func (p *Table) stepTooLong(e neuron.ParamError) {
	problem := Problem{Rule: e.Rule + " in " + p.path}
	loop := p.parts["loop"]
	if loop.Has("dt") {
		loop.Wrong("dt", problem)
		return
	}
	problem.Key, problem.Got = "loop.dt", loop.byDefault("dt", e)
	at := p.node.at
	for _, d := range p.model().Params {
		if n := p.node.index[d.Key]; n != nil && d.Role == neuron.TimeConstant {
			at = n.at
		}
	}
	p.problems.add(at, problem)
}

// byDefault returns the default value of a parameter for a message, or "" for a given one. A default can break a rule together
// with a given parameter.
func (p *Table) byDefault(key string, e neuron.ParamError) string {
	if p.Has(key) {
		return ""
	}
	return strconv.Quote(strings.TrimSpace(formatFloat(e.Value)+" "+e.Unit)) + " by default"
}

// inputs returns the sorted names in a neuron's input key. The sum must not depend on the order in the file.
func (p *Table) inputs() []string {
	list := p.list("input", `must be a name such as "knob" or a list of names`, " input")
	slices.Sort(list)
	return list
}

// vStart returns the range of V at the start in mV: two equal values for one, or nil for V at rest.
func (p *Table) vStart() []float64 {
	const key, rule = "v_start", `must be a voltage such as "-70 mV", or two such as ["-70 mV", "-55 mV"]`
	volts := voltage("-70 mV", -3)
	limits := Limits{-neuron.MaxVoltage, neuron.MaxVoltage, "-10000 mV and 10000 mV"}
	n := p.node.index[key]
	switch {
	case n == nil:
		return nil
	case n.kind != List:
		v := p.between(key, volts, 0, limits)
		if p.IsBad(key) {
			return nil
		}
		return []float64{v, v}
	case len(n.items) != 2:
		p.Wrong(key, Problem{Rule: rule})
		return nil
	}
	ends := p.items(key, volts, limits)
	switch {
	case p.IsBad(key):
	case ends[0] == ends[1]:
		p.Wrong(key, Problem{Rule: "must be two different voltages", Hint: "write one voltage for the same start of all"})
	case ends[0] > ends[1]:
		p.Wrong(key, Problem{Rule: "must have the lower voltage first"})
	}
	if p.IsBad(key) {
		return nil
	}
	return ends
}

// seed returns the seed of the neuron: of the noise, and of a random v_start.
func (p *Table) seed(params neuron.Params) uint64 {
	for _, d := range params.Model().Params {
		if d.Role == neuron.Seed {
			return uint64(d.Of(params))
		}
	}
	return uint64(p.Whole("seed", 0, 0, math.MaxInt32))
}

// integrator returns the parameters with the integrator of the table.
func (p *Table) integrator(params neuron.Params) neuron.Params {
	lif, ok := params.(neuron.LIF)
	if !ok || !p.Has("integrator") {
		return params
	}
	lif.Exact = p.Choice("integrator", "euler", "exact") == "exact"
	if lif.Exact && (lif.Sigma != 0 || lif.Adapts()) {
		p.Wrong("integrator", Problem{Rule: `must be "euler" with sigma, a or b`, Hint: "exact steps have no noise and no adaptation"})
	}
	return lif
}

// print writes the table of a neuron.
func (n Neuron) print(w io.Writer) {
	fmt.Fprintf(w, "\n[neuron.%s]\n", n.Name)
	printParams(w, n.Params)
	if _, ok := n.Model().Param("seed"); !ok {
		fmt.Fprintf(w, "seed = %d\n", n.Seed)
	}
	if lif, ok := n.Params.(neuron.LIF); ok {
		fmt.Fprintf(w, "integrator = %q\n", map[bool]string{false: "euler", true: "exact"}[lif.Exact])
	}
	if len(n.Inputs) > 0 {
		fmt.Fprintf(w, "input = %s\n", oneOrList(n.Inputs))
	}
	fmt.Fprintf(w, "count = %d\n", n.Count)
	if v := n.VStart; v != nil {
		low, high := quote(formatFloat(v[0])+" mV"), quote(formatFloat(v[1])+" mV")
		if low == high {
			fmt.Fprintf(w, "v_start = %s\n", low)
		} else {
			fmt.Fprintf(w, "v_start = [%s, %s]\n", low, high)
		}
	}
}

// oneOrList writes one name as a text, and any other number of names as a list.
func oneOrList(names []string) string {
	if len(names) == 1 {
		return quote(names[0])
	}
	return "[" + strings.Join(quoted(names), ", ") + "]"
}
