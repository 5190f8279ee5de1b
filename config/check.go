package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/neuron"
)

// check applies the rules between tables.
func (d *decoder) check(c *Config) {
	d.graph = graphOf(c)
	d.checkSynapses(c)
	d.checkNeurons(c)
	for _, o := range c.Outputs {
		if t := d.of("output", o.Name); t.Has("neuron") && !t.IsBad("neuron") {
			t.referMember("neuron", o.Neuron)
		}
	}
	d.checkOracles(c)
	d.checkJumpers(c)
	d.checkNet(c)
	d.checkClaims(c)
	d.warnUnused(c)
	if d.problems.found == nil {
		d.warnSeeds(c)
		d.warnLockstep(c)
	}
}

// warnUnused warns of inputs without effect.
func (d *decoder) warnUnused(c *Config) {
	for _, in := range c.Inputs {
		used := slices.ContainsFunc(c.Neurons, func(n Neuron) bool { return slices.Contains(n.Inputs, in.Name) }) ||
			slices.ContainsFunc(c.Synapses, func(s Synapse) bool { return s.Gain == in.Name || slices.Contains(s.From, in.Name) })
		switch t := d.of("input", in.Name); {
		case used:
		case d.isTrain(in.Name):
			t.Warn("", Problem{Rule: "is not in the key from of any synapse"})
		default:
			t.Warn("", Problem{Rule: "is not the input of any neuron"})
		}
	}
}

func (d *decoder) of(section, name string) *Table { return d.parts[dotted(section, name)] }

// checkNeurons checks the names of inputs, and warns of silent and inexact neurons.
func (d *decoder) checkNeurons(c *Config) {
	misspelt := slices.ContainsFunc(d.root.items, func(n *node) bool {
		return d.kinds.keysOf(n.name) == nil && Nearest(n.name, sections()) == "neuron"
	})
	if n := d.root.index["neuron"]; !misspelt && (n == nil || n.kind == tableKind && len(n.items) == 0) {
		at := d.root.at
		if n != nil {
			at = n.at
		}
		d.problems.add(at, Problem{Key: "neuron", Rule: "must have at least one table", Hint: "add [neuron.n1]"})
	}
	unclear := d.unclearTargets()
	shown := map[string]bool{}
	for _, o := range c.Outputs {
		shown[TableOf(o.Neuron)] = true
	}
	for _, n := range c.Neurons {
		t := d.of("neuron", n.Name)
		known := t.checkInputs(n)
		if !t.Has("input") && !d.targets[n.Name] && !n.firesAlone() && !unclear {
			t.undriven(n, len(c.Synapses) > 0)
		}
		if !shown[n.Name] && !d.sources[n.Name] {
			t.Warn("", Problem{Rule: "has no output", Hint: "to see its spikes, add [output.NAME] with neuron = " + strconv.Quote(shorten(n.Name))})
		}
		if len(t.bad) == 0 && !d.parts["loop"].IsBad("dt") {
			t.warnSteps(n, c.Loop)
			if known {
				t.warnSilent(n, c.Inputs)
			}
		}
	}
}

// firesAlone reports whether a neuron fires without input: with noise, from another start than rest, or above its threshold.
func (n Neuron) firesAlone() bool {
	theory, _ := n.Theory()
	return n.Model().Sum(neuron.Noise, n.Params) > 0 || n.VStart != nil || theory != nil && theory.Rheobase() < 0
}

// undriven reports a neuron without an input and without a synapse onto it. A model without closed forms may fire all the same.
func (t *Table) undriven(n Neuron, synapses bool) {
	currents := t.currents()
	input := t.free(currents, "neuron", "input", "knob")
	if theory, _ := n.Theory(); theory == nil {
		t.Warn("", Problem{Rule: "has no input and no synapse", Hint: "add input = " + quote(input) + ", or name it in the key to of a synapse"})
		return
	}
	switch way := "name " + dotted(n.Name) + " in the key to of a synapse"; {
	case synapses && len(currents) == 0:
		t.Wrong("input", Problem{Rule: "must be given", Hint: way})
	case synapses:
		t.Wrong("input", Problem{Rule: "must be given", Hint: "add input = " + quote(input) + ", or " + way})
	default:
		t.missing("input", input)
	}
}

// unclearTargets reports whether the target of some synapse has a problem already.
func (d *decoder) unclearTargets() bool {
	for _, t := range d.named["synapse"] {
		if t.IsBad("to") {
			return true
		}
	}
	return slices.ContainsFunc(d.root.items, func(n *node) bool {
		return n.name == "synapse" && (n.kind != tableKind || len(n.items) != len(d.named["synapse"])) ||
			d.kinds.keysOf(n.name) == nil && Nearest(n.name, sections()) == "synapse"
	})
}

// checkInputs checks the names of a neuron's inputs. It returns false for an unknown one.
func (t *Table) checkInputs(n Neuron) bool {
	known := true
	for _, name := range n.Inputs {
		if t.of("input", name) == nil && t.of("neuron", TableOf(name)) != nil {
			known = false
			t.wrongItem("input", t.item("input", name), Problem{Rule: "must be the name of an input",
				Hint: fmt.Sprintf("%s is a neuron: add [synapse.NAME] with from = %q and to = %q", shorten(name), shorten(name), n.Name)})
		} else if !t.refer("input", "input", name) {
			known = false
		} else if t.isTrain(name) {
			t.wrongItem("input", t.item("input", name), Problem{Rule: "must be the name of a current", Hint: dotted(name) + " has spikes: name it in the key from of a synapse"})
		}
	}
	return known
}

// refer reports an unknown name of a table in a section, alone or in a list.
func (t *Table) refer(key, section, name string) bool {
	table := name
	if section == "neuron" {
		table = TableOf(name)
	}
	if t.of(section, table) != nil {
		return true
	}
	if t.misplaced(section, table) {
		return false
	}
	rule := "must be the name of an input"
	if section == "neuron" {
		rule = "must be the name of a neuron"
	}
	hint := t.several(key, name)
	if hint == "" {
		hint = t.instead(section, table)
	}
	t.wrongItem(key, t.item(key, name), Problem{Rule: rule, Hint: hint})
	return false
}

// instead returns the hint for an unknown name of a table in a section.
func (d *decoder) instead(section, name string) string {
	const fewNames = 8 // limit for a list
	switch {
	case section == "input" && d.of("neuron", name) != nil:
		return dotted(name) + " is a neuron"
	case section == "neuron" && d.of("input", name) != nil:
		return dotted(name) + " is an input"
	}
	var known, shown []string
	for _, t := range d.named[section] {
		if section == "input" && d.isTrain(t.name) {
			continue
		}
		known, shown = append(known, t.name), append(shown, dotted(t.name))
	}
	if len(known) < manyNames {
		if near := Nearest(name, known); near != "" {
			return "did you mean " + dotted(near) + "?"
		}
	}
	switch {
	case 0 < len(known) && len(known) <= fewNames:
		return "known " + section + "s: " + strings.Join(shown, ", ")
	case ValidName(name):
		return "add [" + dotted(section, name) + "]"
	}
	return ""
}

// misplaced reports whether a table with this name has a problem already: its type is wrong, or its section unknown.
func (d *decoder) misplaced(section, name string) bool {
	for _, n := range d.root.items {
		if n.name == section && n.index[name] != nil || d.kinds.keysOf(n.name) == nil && (n.name == name || n.index[name] != nil) {
			return true
		}
	}
	return false
}

// warnSteps warns of a coarse step, and of a refractory time between two steps.
func (t *Table) warnSteps(n Neuron, l Loop) {
	dt := float64(l.DT) / 1e6
	for _, d := range n.Model().Params {
		v := d.Of(n.Params)
		switch d.Role {
		case neuron.TimeConstant:
			if dt > v/10 {
				t.warnCoarse(d.Key, v/10)
			}
		case neuron.Refractory:
			steps := int64(math.Round(v / dt))
			if counted := float64(steps) * dt; math.Abs(v-counted) > 1e-9*v {
				t.Warn(d.Key, Problem{
					Rule: fmt.Sprintf("is not a multiple of dt (%s)", FormatTime(l.DT)),
					Hint: fmt.Sprintf("it is rounded to %d steps, %s", steps, FormatTime(time.Duration(steps)*l.DT)),
				})
			}
		}
	}
}

// warnCoarse warns of a step above the largest one for a time constant, in ms.
func (t *Table) warnCoarse(key string, most float64) {
	if loop := t.parts["loop"]; loop.Has("dt") {
		loop.Warn("dt", Problem{Rule: "is more than a tenth of " + key + " of " + t.path, Hint: "spikes come at the wrong time; use " + brief(most) + " ms or less"})
		return
	}
	t.Warn(key, Problem{Rule: "is less than 10 steps of dt", Hint: "spikes come at the wrong time; use a dt of " + brief(most) + " ms or less"})
}

// warnSilent warns of a neuron below its rheobase at every position of its knobs, without a synapse to excite it.
func (t *Table) warnSilent(n Neuron, inputs []Input) {
	most := 0.0
	for _, in := range inputs {
		if slices.Contains(n.Inputs, in.Name) {
			if t.of("input", in.Name).IsBad("current") {
				return
			}
			low, high := in.Part.Range()
			most += max(low, high)
		}
	}
	theory, reason := n.Theory()
	switch {
	case reason != "" || most >= theory.Rheobase() || t.excite[n.Name] || n.VStart != nil && n.VStart[1] >= n.Levels().Threshold.V:
	case len(n.Inputs) == 0:
		t.Warn("", Problem{Rule: "never fires", Hint: "it has no input, and no synapse excites it"})
	default:
		t.Warn("input", Problem{
			Rule: fmt.Sprintf("gives at most %s nA, the rheobase is %s nA", brief(most), brief(theory.Rheobase())),
			Hint: "raise the input's current or lower v_t",
		})
	}
}

// brief writes v with six digits.
func brief(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
