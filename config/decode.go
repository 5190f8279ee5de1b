package config

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/neuron"
)

// loop decodes [loop].
func (d *decoder) loop() Loop {
	p := d.parts["loop"]
	l := Loop{
		DT:    p.Time("dt", 100*time.Microsecond, time.Microsecond, time.Second, ""),
		Tick:  p.Time("tick", time.Millisecond, 50*time.Microsecond, time.Second, ""),
		Speed: p.speed(),
	}
	d.timing = l
	l.MaxLag = p.TickOrMore("max_lag", 250*time.Millisecond, time.Hour)
	l.Realtime, l.Spin, l.CPU = "auto", p.spin(), p.cpu()
	if p.Has("realtime") {
		l.Realtime = p.Choice("realtime", "auto", "on", "off")
	}
	if l.Spin > l.Tick/2 && !p.IsBad("tick") {
		p.Wrong("spin", Problem{Rule: fmt.Sprintf("must be at most half a tick, %s: a thread that never sleeps is stopped by the kernel", FormatTime(l.Tick/2))})
	}
	if due := float64(l.Tick) * l.Speed / float64(l.DT); !p.IsBad("dt") && !p.IsBad("tick") && due > neuron.MaxStepsPerTick {
		i := max(0, slices.IndexFunc([]string{"speed", "tick", "dt"}, p.Has))
		p.Wrong([]string{"speed", "tick", "dt"}[i], Problem{
			Rule: fmt.Sprintf("must leave tick*speed/dt at most %d steps per tick, here %s", neuron.MaxStepsPerTick, formatFloat(math.Round(due))),
		})
	}
	d.timing = l
	return l
}

// speed is rounded to a multiple of 1e-9, so that the loop can count steps in whole numbers.
func (p *Table) speed() float64 {
	const rule, low, high = "must be a number between 0.000001 and 1000", 1e-6, 1000
	v, ok := p.number("speed", rule)
	switch {
	case !ok:
		return 1
	case !(v >= low && v <= high):
		p.Wrong("speed", Problem{Rule: rule, Hint: "1 is life, 0.1 ten times slower"})
		return 1
	}
	return math.Round(v*1e9) / 1e9
}

// spin is how long before a deadline the loop wakes: -1 where it is learned.
func (p *Table) spin() time.Duration {
	const rule, most = `must be "auto", "off" or a time up to 1 ms such as "30 us"`, time.Millisecond
	n := p.value("spin", Text, rule)
	switch {
	case n == nil || n.text == "auto":
		return -1
	case n.text == "off":
		return 0
	}
	v, problem := parseTime(n.text, 0, most, "")
	if problem != nil {
		p.Wrong("spin", Problem{Rule: rule, Hint: didYouMean(n.text, []string{"auto", "off"}, "")})
		return -1
	}
	return v
}

// cpu is the CPU that the loop stays on: -1 for any.
func (p *Table) cpu() int {
	const rule, most = `must be "any" or a whole number between 0 and 1023`, 1023
	n := p.value("cpu", Whole|Text, rule)
	if n == nil || n.kind == Text && n.text == "any" {
		return -1
	}
	v, ok := n.number()
	if !ok || v < 0 || v > most {
		p.Wrong("cpu", Problem{Rule: rule})
		return -1
	}
	return v
}

// neuron decodes one [neuron.NAME].
func (d *decoder) neuron(p *Table, l Loop) Neuron {
	p.checkModel()
	n := Neuron{Name: p.name, Params: p.params(p.model(), l)}
	var errs neuron.ParamErrors
	errors.As(neuron.Validate(n.Params), &errs)
	for _, e := range errs {
		switch {
		case p.IsBad(e.Name) || e.Name == "dt" && d.parts["loop"].IsBad("dt"):
		case e.Name == "dt":
			p.stepTooLong(e)
		default:
			p.Wrong(e.Name, Problem{Rule: e.Rule, Got: p.byDefault(e.Name, e)})
		}
	}
	n.Inputs = p.inputs()
	return n
}

// stepTooLong reports a rule of dt, which is a key of [loop]; where it is not given, the neuron's time constant is at
// fault.
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

// byDefault is the value of a parameter that breaks a rule although it is not given: another one, which is, leaves it
// no room.
func (p *Table) byDefault(key string, e neuron.ParamError) string {
	if p.Has(key) {
		return ""
	}
	return strconv.Quote(strings.TrimSpace(formatFloat(e.Value)+" "+e.Unit)) + " by default"
}

// inputs are the names in a neuron's input key, sorted, so that the sum does not depend on the order in the file.
func (p *Table) inputs() []string {
	const rule = `must be a name such as "knob" or a list of names`
	if !p.Has("input") {
		p.Wrong("input", Problem{Rule: "must be given", Hint: `add input = "knob" with the name of an input`})
		return nil
	}
	n := p.value("input", Text|List, rule)
	if n == nil {
		return nil
	}
	items := n.items
	if n.kind == Text {
		items = []*node{n}
	} else if len(items) == 0 {
		p.Wrong("input", Problem{Rule: "must name at least one input"})
	}
	var list []string
	for _, item := range items {
		switch {
		case item.kind != Text:
			p.Wrong("input", Problem{Rule: rule})
		case slices.Contains(list, item.text):
			p.Wrong("input", Problem{Rule: "must name each input once", Hint: item.raw + " is there twice"})
		default:
			list = append(list, item.text)
		}
	}
	slices.Sort(list)
	return list
}
