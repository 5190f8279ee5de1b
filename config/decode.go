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

// A key is what a table may have.
type key struct {
	name  string
	kinds kinds
}

// loop decodes [loop].
func (d *decoder) loop() Loop {
	p := d.parts["loop"]
	l := Loop{
		DT:    p.time("dt", 100*time.Microsecond, time.Microsecond, time.Second, ""),
		Tick:  p.time("tick", time.Millisecond, 50*time.Microsecond, time.Second, ""),
		Speed: p.speed(),
	}
	l.MaxLag = p.tickOrMore(l, "max_lag", 250*time.Millisecond, time.Hour)
	l.Realtime, l.Spin, l.CPU = "auto", p.spin(), p.cpu()
	if p.has("realtime") {
		l.Realtime = p.choice("realtime", "auto", "on", "off")
	}
	if l.Spin > l.Tick/2 && !p.isBad("tick") {
		p.wrong("spin", Problem{Rule: fmt.Sprintf("must be at most half a tick, %s: a thread that never sleeps is stopped by the kernel", formatTime(l.Tick/2))})
	}
	if due := float64(l.Tick) * l.Speed / float64(l.DT); !p.isBad("dt") && !p.isBad("tick") && due > neuron.MaxStepsPerTick {
		i := max(0, slices.IndexFunc([]string{"speed", "tick", "dt"}, p.has))
		p.wrong([]string{"speed", "tick", "dt"}[i], Problem{
			Rule: fmt.Sprintf("must leave tick*speed/dt at most %d steps per tick, here %s", neuron.MaxStepsPerTick, formatFloat(math.Round(due))),
		})
	}
	return l
}

// speed is rounded to a multiple of 1e-9, so that the loop can count steps in whole numbers.
func (p *part) speed() float64 {
	const rule, low, high = "must be a number between 0.000001 and 1000", 1e-6, 1000
	v, ok := p.number("speed", rule)
	switch {
	case !ok:
		return 1
	case !(v >= low && v <= high):
		p.wrong("speed", Problem{Rule: rule, Hint: "1 is life, 0.1 ten times slower"})
		return 1
	}
	return math.Round(v*1e9) / 1e9
}

// spin is how long before a deadline the loop wakes: -1 where it is learned.
func (p *part) spin() time.Duration {
	const rule, most = `must be "auto", "off" or a time up to 1 ms such as "30 us"`, time.Millisecond
	n := p.value("spin", textKind, rule)
	switch {
	case n == nil || n.text == "auto":
		return -1
	case n.text == "off":
		return 0
	}
	v, problem := parseDuration(n.text)
	if problem != nil || v < 0 || v > most {
		p.wrong("spin", Problem{Rule: rule, Hint: didYouMean(n.text, []string{"auto", "off"}, "")})
		return -1
	}
	return v
}

// cpu is the CPU that the loop stays on: -1 for any.
func (p *part) cpu() int {
	const rule, most = `must be "any" or a whole number between 0 and 1023`, 1023
	n := p.value("cpu", wholeKind|textKind, rule)
	if n == nil || n.kind == textKind && n.text == "any" {
		return -1
	}
	v, ok := n.number()
	if !ok || v < 0 || v > most {
		p.wrong("cpu", Problem{Rule: rule})
		return -1
	}
	return v
}

// tickOrMore is a time of at least one tick, as the loop does nothing in between; so is its default.
func (p *part) tickOrMore(l Loop, key string, byDefault, high time.Duration) time.Duration {
	if p.parts["loop"].isBad("tick") {
		return p.time(key, byDefault, 0, high, "")
	}
	return p.time(key, max(byDefault, l.Tick), l.Tick, high, "one tick")
}

// neuron decodes one [neuron.NAME].
func (d *decoder) neuron(p *part, l Loop) Neuron {
	p.checkModel()
	n := Neuron{Name: p.name, Params: p.params(p.model(), l)}
	var errs neuron.ParamErrors
	errors.As(neuron.Validate(n.Params), &errs)
	for _, e := range errs {
		switch {
		case p.isBad(e.Name) || e.Name == "dt" && d.parts["loop"].isBad("dt"):
		case e.Name == "dt":
			p.stepTooLong(e)
		default:
			p.wrong(e.Name, Problem{Rule: e.Rule, Got: p.byDefault(e.Name, e)})
		}
	}
	n.Inputs = p.inputs()
	return n
}

// stepTooLong reports a rule of dt, which is a key of [loop]; where it is not given, the neuron's time constant is at
// fault.
func (p *part) stepTooLong(e neuron.ParamError) {
	problem := Problem{Rule: e.Rule + " in " + p.path}
	loop := p.parts["loop"]
	if loop.has("dt") {
		loop.wrong("dt", problem)
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
func (p *part) byDefault(key string, e neuron.ParamError) string {
	if p.has(key) {
		return ""
	}
	return strconv.Quote(strings.TrimSpace(formatFloat(e.Value)+" "+e.Unit)) + " by default"
}

// inputs are the names in a neuron's input key, sorted, so that the sum does not depend on the order in the file.
func (p *part) inputs() []string {
	const rule = `must be a name such as "knob" or a list of names`
	if !p.has("input") {
		p.wrong("input", Problem{Rule: "must be given", Hint: `add input = "knob" with the name of an input`})
		return nil
	}
	n := p.value("input", textKind|listKind, rule)
	if n == nil {
		return nil
	}
	items := n.items
	if n.kind == textKind {
		items = []*node{n}
	} else if len(items) == 0 {
		p.wrong("input", Problem{Rule: "must name at least one input"})
	}
	var list []string
	for _, item := range items {
		switch {
		case item.kind != textKind:
			p.wrong("input", Problem{Rule: rule})
		case slices.Contains(list, item.text):
			p.wrong("input", Problem{Rule: "must name each input once", Hint: item.raw + " is there twice"})
		default:
			list = append(list, item.text)
		}
	}
	slices.Sort(list)
	return list
}

// output decodes one [output.NAME].
func (d *decoder) output(p *part, l Loop) Output {
	out := Output{Name: p.name, Driver: p.driver("output")}
	switch out.Driver {
	case "bar":
		out.Pins = p.pins()
		out.Invert = p.yes("invert")
	case "apa102":
		out.Data, out.Clock = p.pin("data", "GPIO23"), p.pin("clock", "GPIO24")
		out.LEDs = p.whole("leds", 8, 1, 900)
		out.Color = p.color()
		out.Brightness = p.whole("brightness", 24, 1, 255)
	case "oled":
		out.Bus = p.bus()
		out.Address = p.whole("address", 0x3c, 0x3c, 0x3d)
		out.Span = p.time("span", time.Duration(float64(200*time.Millisecond)/l.Speed), 10*time.Millisecond, time.Hour, "")
	default:
		out.Pin = p.pin("pin", "GPIO17")
		out.Width = p.tickOrMore(l, "width", 20*time.Millisecond, time.Minute)
		out.Every = p.whole("every", 1, 1, 1_000_000)
		out.Invert = p.yes("invert")
	}
	out.Neuron, _ = p.given("neuron", "must be the name of a neuron", "n1")
	return out
}

// pin is a pin that has to be given.
func (p *part) pin(key, example string) string {
	s, ok := p.given(key, pinRule, example)
	if !ok {
		return ""
	}
	pin, problem := parsePin(s)
	if problem != nil {
		p.wrong(key, *problem)
	}
	return pin
}

// pins are those of a row of LEDs, parted by blanks.
func (p *part) pins() string {
	const rule = `must be a list of pins such as ["GPIO5", "GPIO6"]`
	if !p.has("pins") {
		p.wrong("pins", Problem{Rule: "must be given", Hint: `add pins = ["GPIO5", "GPIO6"] with the pins of the LEDs, the lowest level first`})
		return ""
	}
	n := p.value("pins", listKind, rule)
	if n == nil {
		return ""
	}
	var all []string
	for _, item := range n.items {
		pin, problem := parsePin(item.text)
		switch {
		case item.kind != textKind:
			p.wrong("pins", Problem{Rule: rule})
			return ""
		case problem != nil:
			problem.Got = item.raw
			p.wrong("pins", *problem)
			return ""
		case slices.Contains(all, pin):
			p.wrong("pins", Problem{Rule: "must name each pin once", Hint: pin + " is there twice"})
			return ""
		}
		all = append(all, pin)
	}
	if len(all) == 0 {
		p.wrong("pins", Problem{Rule: rule})
	}
	return strings.Join(all, " ")
}

// color is a colour as web pages have it.
func (p *part) color() (rgb [3]uint8) {
	const rule = `must be a colour such as "#00ff00"`
	n := p.value("color", textKind, rule)
	if n == nil {
		return [3]uint8{0, 255, 0}
	}
	hex, ok := strings.CutPrefix(n.text, "#")
	v, err := strconv.ParseUint(hex, 16, 24)
	if !ok || err != nil || len(hex) != 6 {
		p.wrong("color", Problem{Rule: rule, Hint: "two digits each for red, green and blue"})
		return rgb
	}
	return [3]uint8{uint8(v >> 16), uint8(v >> 8), uint8(v)}
}

// bus is an I2C bus.
func (p *part) bus() string {
	n := p.value("bus", textKind, busRule)
	if n == nil {
		return "I2C1"
	}
	bus, problem := parseBus(n.text)
	if problem != nil {
		p.wrong("bus", *problem)
	}
	return bus
}
