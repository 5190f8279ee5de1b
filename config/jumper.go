package config

import (
	"fmt"
	"strings"
	"time"
)

// A Jumper is the part of a spike input on a pin.
type Jumper interface {
	SpikeInput
	From() string            // the output at the other end of the wire: "red" of this file, "left/red" of another board; "": none
	DeadTime() time.Duration // a pulse counts at least this long after the edge before it, real time
	Low() bool               // a pulse is low
}

// Pulsed is the part of an output with a pulse on a pin at each spike.
type Pulsed interface {
	Part
	Pulses() Pulses
}

// Pulses are the pulses of an output.
type Pulses struct {
	Width time.Duration // real time
	Every int           // spikes per pulse
	Low   bool          // a pulse is low
}

// apart returns the shortest time between two pulses with a gap for an input, in ticks. Pulses begin and end with ticks.
func (p Pulses) apart(dead, tick time.Duration) int64 {
	return int64((p.Width+tick-1)/tick + dead/tick + 1)
}

// ShortestInterval returns the interspike interval of a neuron at the largest current of its inputs, in model time, and the current in
// nA. It returns false for a silent neuron, and for one without a prediction.
func (c *Config) ShortestInterval(n Neuron) (interval time.Duration, current float64, ok bool) {
	if c.NoPrediction(n) != "" {
		return 0, 0, false
	}
	for _, in := range c.Inputs {
		low, high := in.Part.Range()
		for _, name := range n.Inputs {
			if name == in.Name {
				current += max(low, high)
			}
		}
	}
	theory, _ := c.Theory(n)
	rate := theory.DiscreteRate(current)
	if !(rate > 0) || !(current < MaxCurrent) { // the range of a file is not that of its current
		return 0, 0, false
	}
	return time.Duration(1e9/rate + 0.5), current, true
}

// checkJumpers checks the other end of each wire from an output of this file.
func (d *decoder) checkJumpers(c *Config) {
	for _, in := range c.Inputs {
		t := d.of("input", in.Name)
		part, ok := in.Part.(Jumper)
		if !ok || part.From() == "" || strings.Contains(part.From(), "/") || t.IsBad("from") {
			continue
		}
		var names []string
		var out *Output
		for i, o := range c.Outputs {
			if names = append(names, o.Name); o.Name == part.From() {
				out = &c.Outputs[i]
			}
		}
		if out == nil {
			t.Wrong("from", Problem{Rule: "must be the name of an output", Hint: didYouMean(part.From(), names, t.otherEnd(part.From(), c))})
			continue
		}
		if pulsed, ok := out.Part.(Pulsed); ok {
			d.checkPulses(c, t, part, out, pulsed.Pulses())
		} else if !d.of("output", out.Name).IsBad("driver") {
			t.Wrong("from", Problem{Rule: "must be an output with pulses on a pin", Hint: fmt.Sprintf("%s has driver %q: use one with driver \"pulse\"", dotted("output", out.Name), out.Driver)})
		}
	}
}

// otherEnd returns the hint for an unknown output.
func (t *Table) otherEnd(name string, c *Config) string {
	for _, out := range c.Outputs {
		if TableOf(out.Neuron) == name {
			return dotted("neuron", name) + " is a neuron: name its output " + dotted(out.Name)
		}
	}
	return `name an output of this file, or "board/output" of another board`
}

// checkPulses refuses pulses that run together at the largest current of their neuron, and warns of the wrong edge.
func (d *decoder) checkPulses(c *Config, t *Table, part Jumper, out *Output, p Pulses) {
	output := d.of("output", out.Name)
	if t.IsBad("edge") || t.IsBad("dead") || output.IsBad("width") || output.IsBad("every") || output.IsBad("invert") || d.parts["loop"] != nil && len(d.parts["loop"].bad) > 0 {
		return
	}
	if part.Low() != p.Low {
		use := map[bool]string{true: "falling", false: "rising"}[p.Low]
		problem := Problem{Rule: "is the end of a pulse of " + dotted("output", out.Name), Hint: "use edge = " + quote(use)}
		if !t.Has("edge") {
			problem.Got = map[bool]string{true: `"falling" by default`, false: `"rising" by default`}[part.Low()]
		}
		t.Warn("edge", problem)
	}
	n, known := c.Neuron(out.Neuron)
	if !known || len(d.of("neuron", n.Name).bad) > 0 {
		return
	}
	interval, current, ok := c.ShortestInterval(n)
	apart := time.Duration(float64(interval) / c.Loop.Speed * float64(max(1, p.Every)))
	need := p.apart(part.DeadTime(), c.Loop.Tick)
	if !ok || int64(apart/c.Loop.Tick) >= need {
		return
	}
	t.Wrong("from", Problem{Rule: "must be an output whose pulses stay apart", Hint: fmt.Sprintf("a pulse of %s with a dead time of %s needs %s, and at %s nA one comes every %s: lower width in %s, dead, or loop.speed",
		FormatTime(p.Width), FormatTime(part.DeadTime()), FormatTime(time.Duration(need)*c.Loop.Tick), brief(current), FormatTime(apart.Round(time.Microsecond)), dotted("output", out.Name))})
}

// Latencies returns a line for each spike input on a pin: its latency, and the rate up to which the pulses of its wire stay apart.
func (c *Config) Latencies() (lines []string) {
	tick := c.Loop.Tick
	for _, in := range c.Inputs {
		part, ok := in.Part.(Jumper)
		if !ok {
			continue
		}
		line := fmt.Sprintf("%s: a spike acts one tick after its edge: %s", dotted("input", in.Name), FormatTime(tick))
		if c.Loop.Speed != 1 {
			line += fmt.Sprintf(", %s of model time", FormatTime(time.Duration(float64(tick)*c.Loop.Speed)))
		}
		for _, out := range c.Outputs {
			pulsed, ok := out.Part.(Pulsed)
			if !ok || out.Name != part.From() {
				continue
			}
			p := pulsed.Pulses()
			hz := float64(max(1, p.Every)) / ((time.Duration(p.apart(part.DeadTime(), tick)) * tick).Seconds() * c.Loop.Speed)
			line += fmt.Sprintf("; pulses of %s stay apart up to %s Hz", dotted("output", out.Name), brief(float64(int(hz*10))/10))
		}
		lines = append(lines, line)
	}
	return lines
}
