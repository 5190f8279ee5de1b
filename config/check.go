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

// check holds the parts against each other, in the order of the file.
func (d *decoder) check(c *Config) {
	d.checkPorts(c.Inputs)
	d.checkNeurons(c)
	d.checkOutputs(c)
	for _, in := range c.Inputs {
		used := slices.ContainsFunc(c.Neurons, func(n Neuron) bool { return slices.Contains(n.Inputs, in.Name) })
		if !used {
			d.of("input", in.Name).warn("", Problem{Rule: "is the input of no neuron"})
		}
	}
}

func (d *decoder) of(section, name string) *part { return d.parts[dotted(section, name)] }

// checkPorts finds inputs that cannot share a port: it has one chip, one clock and one reference.
func (d *decoder) checkPorts(inputs []Input) {
	first := map[string]Input{}
	type wire struct {
		port        string
		plus, minus int
	}
	taken := map[wire]string{}
	for _, in := range inputs {
		p := d.of("input", in.Name)
		if !strings.HasPrefix(in.Port, "SPI") {
			continue
		}
		other, shared := first[in.Port]
		if !shared {
			first[in.Port] = in
		}
		differs := func(key string, same bool) {
			if shared && !same && !p.isBad(key) && !d.of("input", other.Name).isBad(key) {
				p.differs(key, "must be that of "+d.of("input", other.Name).path+", the same chip on "+in.Port)
			}
		}
		differs("driver", in.Driver == other.Driver)
		differs("clock", in.Clock == other.Clock)
		differs("v_ref", in.VRef == other.VRef)
		if p.isBad("channel") || p.isBad("differential") {
			continue
		}
		at := wire{in.Port, in.Channel, in.Minus}
		if name, ok := taken[at]; ok {
			p.differs(p.channelKey(), "must not be that of "+name+" on "+in.Port)
			continue
		}
		taken[at] = p.path
	}
}

func (p *part) channelKey() string {
	if p.has("differential") {
		return "differential"
	}
	return "channel"
}

// differs reports a key that does not go with another part, also where it is not given.
func (p *part) differs(key, rule string) {
	problem := Problem{Rule: rule}
	if !p.has(key) {
		driver := ""
		if n := p.node.index["driver"]; n != nil {
			driver = n.text
		}
		problem.Got = adcOf(driver).byDefault(key) + " by default"
	}
	if key == "channel" || key == "differential" {
		problem.Hint = "neurons may share one input"
	}
	p.wrong(key, problem)
}

// checkNeurons checks the names of inputs, and warns of what makes a neuron silent or inexact.
func (d *decoder) checkNeurons(c *Config) {
	misspelt := slices.ContainsFunc(d.root.items, func(n *node) bool {
		return keysOf(n.name) == nil && nearest(n.name, sections()) == "neuron"
	})
	if n := d.root.index["neuron"]; !misspelt && (n == nil || n.kind == tableKind && len(n.items) == 0) {
		at := d.root.at
		if n != nil {
			at = n.at
		}
		d.problems.add(at, Problem{Key: "neuron", Rule: "must have at least one table", Hint: "add [neuron.n1]"})
	}
	shown := map[string]bool{}
	for _, o := range c.Outputs {
		shown[o.Neuron] = true
	}
	for _, n := range c.Neurons {
		p := d.of("neuron", n.Name)
		known := true
		for _, name := range n.Inputs {
			known = p.refer("input", "input", name) && known
		}
		if !shown[n.Name] {
			p.warn("", Problem{Rule: "has no output, its spikes show on no pin", Hint: "add [output.NAME] with neuron = " + strconv.Quote(shorten(n.Name))})
		}
		if len(p.bad) == 0 && !d.parts["loop"].isBad("dt") {
			p.warnSteps(n, c.Loop)
			if known {
				p.warnSilent(n, c.Inputs)
			}
		}
	}
}

// refer reports a name that no table of a section has. The name may stand in a list.
func (p *part) refer(key, section, name string) bool {
	if p.of(section, name) != nil {
		return true
	}
	if p.misplaced(section, name) {
		return false
	}
	at, raw := p.node.index[key].at, p.node.index[key].raw
	for _, item := range p.node.index[key].items {
		if item.text == name {
			at, raw = item.at, item.raw
		}
	}
	rule := "must be the name of an input"
	if section == "neuron" {
		rule = "must be the name of a neuron"
	}
	p.bad = append(p.bad, key)
	p.problems.add(at, Problem{Key: p.path + "." + key, Rule: rule, Got: raw, Hint: p.instead(section, name)})
	return false
}

// instead is what to do about a name that no table of a section has.
func (d *decoder) instead(section, name string) string {
	const fewNames, manyNames = 8, 1000 // to list, and to search
	var known, shown []string
	for _, p := range d.named[section] {
		known, shown = append(known, p.name), append(shown, dotted(p.name))
	}
	if len(known) < manyNames {
		if near := nearest(name, known); near != "" {
			return "did you mean " + dotted(near) + "?"
		}
	}
	switch {
	case 0 < len(known) && len(known) <= fewNames:
		return "there is " + strings.Join(shown, ", ")
	case validName(name):
		return "add [" + dotted(section, name) + "]"
	}
	return ""
}

// misplaced tells whether a name is that of a table that has a problem of its own: one of another kind, or in a section
// that does not exist.
func (d *decoder) misplaced(section, name string) bool {
	for _, n := range d.root.items {
		if n.name == section && n.index[name] != nil || keysOf(n.name) == nil && (n.name == name || n.index[name] != nil) {
			return true
		}
	}
	return false
}

// warnSteps warns of a step that is coarse for the neuron, and of a time that is no multiple of it.
func (p *part) warnSteps(n Neuron, l Loop) {
	dt := float64(l.DT) / 1e6
	for _, d := range n.Model().Params {
		v := d.Of(n.Params)
		switch d.Role {
		case neuron.TimeConstant:
			if dt > v/10 {
				p.warnCoarse(d.Key, v/10)
			}
		case neuron.Refractory:
			steps := int64(math.Round(v / dt))
			if counted := float64(steps) * dt; math.Abs(v-counted) > 1e-9*v {
				p.warn(d.Key, Problem{
					Rule: fmt.Sprintf("is no multiple of dt, %s", formatTime(l.DT)),
					Hint: fmt.Sprintf("it is rounded to %d steps, %s", steps, formatTime(time.Duration(steps)*l.DT)),
				})
			}
		}
	}
}

// warnCoarse warns of a step of more than the most, ms, that a time constant permits.
func (p *part) warnCoarse(key string, most float64) {
	if loop := p.parts["loop"]; loop.has("dt") {
		loop.warn("dt", Problem{Rule: "is more than a tenth of " + key + " of " + p.path + ", spikes come at the wrong time", Hint: "take " + brief(most) + " ms or less"})
		return
	}
	p.warn(key, Problem{Rule: "is less than ten steps, spikes come at the wrong time", Hint: "take a dt of " + brief(most) + " ms or less"})
}

// warnSilent warns of a neuron that fires at no position of its knobs.
func (p *part) warnSilent(n Neuron, inputs []Input) {
	most := 0.0
	for _, in := range inputs {
		if slices.Contains(n.Inputs, in.Name) {
			if p.of("input", in.Name).isBad("current") {
				return
			}
			most += max(in.Low, in.High)
		}
	}
	if theory, reason := n.Theory(); reason == "" && most < theory.Rheobase() {
		p.warn("input", Problem{
			Rule: fmt.Sprintf("gives at most %s nA, the neuron fires above %s nA", brief(most), brief(theory.Rheobase())),
			Hint: "widen the input's current or lower v_t",
		})
	}
}

// brief is v in six digits, for reading.
func brief(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// checkOutputs checks the names of neurons, and that each pin and each address has one use.
func (d *decoder) checkOutputs(c *Config) {
	taken, displays := map[string]string{}, map[string]string{}
	for _, in := range c.Inputs {
		d.checkPin(d.of("input", in.Name), "pin", in.Pin, taken, c)
	}
	for _, o := range c.Outputs {
		p := d.of("output", o.Name)
		if p.has("neuron") && !p.isBad("neuron") {
			p.refer("neuron", "neuron", o.Neuron)
		}
		d.checkPin(p, "pin", o.Pin, taken, c)
		for _, pin := range strings.Fields(o.Pins) {
			d.checkPin(p, "pins", pin, taken, c)
		}
		d.checkPin(p, "data", o.Data, taken, c)
		d.checkPin(p, "clock", o.Clock, taken, c)
		if o.Driver == "oled" && !p.isBad("bus") && !p.isBad("address") {
			d.checkAddress(p, o, displays)
		}
	}
}

// checkAddress takes an address on a bus for a display. Those of displays and of ADCs are different ones.
func (d *decoder) checkAddress(p *part, o Output, displays map[string]string) {
	at := fmt.Sprintf("%#x on %s", o.Address, o.Bus)
	if name, ok := displays[at]; ok {
		problem := Problem{Rule: "must not be that of " + name + ", " + at, Hint: "a display has 0x3c or 0x3d"}
		if !p.has("address") {
			problem.Got = "0x3c by default"
		}
		p.wrong("address", problem)
		return
	}
	displays[at] = p.path
}

// checkPin takes a pin for a part, "" for one that has none.
func (d *decoder) checkPin(p *part, key, pin string, taken map[string]string, c *Config) {
	if pin == "" {
		return
	}
	if name, ok := taken[pin]; ok {
		p.wrong(key, Problem{Rule: "must not be that of " + name + ", " + pin})
		return
	}
	taken[pin] = p.path
	p.checkBuses(key, pin, c)
	if pin == "GPIO0" || pin == "GPIO1" {
		p.warn(key, Problem{Rule: "is for the EEPROM of an add-on board", Hint: "take GPIO2 to GPIO27"})
	}
}

// checkBuses holds a pin against the buses in use. A chip select that no input uses is only a warning, as the overlay in use
// decides whether the kernel claims it.
func (p *part) checkBuses(key, pin string, c *Config) {
	type use struct{ port, by string }
	var uses []use
	for _, in := range c.Inputs {
		uses = append(uses, use{in.Port, dotted("input", in.Name)})
	}
	for _, o := range c.Outputs {
		uses = append(uses, use{o.Bus, dotted("output", o.Name)})
	}
	warned := false
	for _, u := range uses {
		if u.port == "" {
			continue
		}
		bus, needed, ok := busPinOf(pin, u.port)
		switch {
		case !ok:
		case needed:
			p.wrong(key, Problem{Rule: fmt.Sprintf("must not be a pin of %s, which %s is on: %s is its %s", u.port, u.by, pin, bus.role)})
			return
		case !warned && !slices.ContainsFunc(uses, func(other use) bool { return needs(other.port, pin) }):
			warned = true
			p.warn(key, Problem{
				Rule: fmt.Sprintf("is %s of %s, which the kernel may hold as long as %s is on that bus", bus.role, u.port[:4], u.by),
				Hint: "take another pin, or an overlay without " + bus.role,
			})
		}
	}
}

func needs(port, pin string) bool {
	if port == "" {
		return false
	}
	_, needed, ok := busPinOf(pin, port)
	return ok && needed
}
