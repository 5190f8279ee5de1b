package wiring

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/config"
)

// kit is a netlist that grows.
type kit struct {
	Netlist
	colors   map[int]Color // of signals, by position on the header
	given    int           // colours so far
	groups   int           // of parts so far
	problems []error
}

func (k *kit) refuse(format string, args ...any) {
	k.problems = append(k.problems, fmt.Errorf(format, args...))
}

// add puts a part in, in the group that has begun last, and gives it its ref.
func (k *kit) add(p Part) string {
	n := 1
	for _, other := range k.Parts {
		if other.Kind == p.Kind {
			n++
		}
	}
	p.Ref, p.Group = p.Kind.prefix()+strconv.Itoa(n), k.groups
	k.Parts = append(k.Parts, p)
	return p.Ref
}

// begin begins a group of parts.
func (k *kit) begin() { k.groups++ }

func (k *kit) nextColor() Color {
	colors := palette()
	k.given++
	return colors[(k.given-1)%len(colors)]
}

// toHeader wires a pin of a part to a pin of the Pi, in the colour that this has.
func (k *kit) toHeader(w Wire, pin string) {
	w.To = End{Header, config.Position(pin)}
	color, ok := k.colors[w.To.Pin]
	if pin == "5V" {
		color, ok = pink, true
	}
	if !ok {
		color = k.nextColor()
		k.colors[w.To.Pin] = color
	}
	w.Color = color
	k.Wires = append(k.Wires, w)
}

func (k *kit) toSupply(from End, note string) {
	k.Wires = append(k.Wires, Wire{From: from, To: End{Part: Supply}, Color: red, Note: note})
}

func (k *kit) toGround(from End, note string) {
	k.Wires = append(k.Wires, Wire{From: from, To: End{Part: Ground}, Color: black, Note: note})
}

// same wires legs that share a row of the breadboard.
func (k *kit) same(from, to End, note string) {
	k.Wires = append(k.Wires, Wire{From: from, To: to, Note: note})
}

// gpio tells whether a pin is on the header; where says whose it is.
func (k *kit) gpio(where, pin string) bool {
	ok := strings.HasPrefix(pin, "GPIO") && config.Position(pin) > 0
	if !ok {
		k.refuse("%s: must be on the header, GPIO0 to GPIO27, got %q", where, pin)
	}
	return ok
}

// rails wires the rails that are in use to the header.
func (k *kit) rails() {
	for _, rail := range []struct {
		name, pin, note string
		color           Color
	}{
		{Ground, "GND", "the rails of both sides joined", black},
		{Supply, "3V3", "the rails of both sides joined; never 5V", red},
	} {
		used := func(w Wire) bool { return w.To.Part == rail.name }
		if slices.ContainsFunc(k.Wires, used) {
			w := Wire{From: End{Part: rail.name}, To: End{Header, config.Position(rail.pin)}, Color: rail.color, Note: rail.note}
			k.Wires = slices.Insert(k.Wires, 0, w)
		}
	}
}

const (
	supply  = 3.3   // V, of a pin that is high
	forward = 2.0   // V, across a red LED, the least of the usual colours
	series  = 330.0 // Ohm
)

func (k *kit) resistor(ohms float64, use string) string {
	return k.add(Part{Kind: Resistor, Model: value(ohms, "Ohm"), Use: use, Pins: []string{"one end", "other end"}})
}

// value is a number with three digits and a unit: "2.2 kOhm", "1 uF".
func value(v float64, unit string) string {
	for _, p := range []struct {
		scale  float64
		prefix string
	}{{1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-6, "u"}, {1e-9, "n"}} {
		if v >= p.scale*(1-1e-9) {
			return fmt.Sprintf("%.4g %s%s", v/p.scale, p.prefix, unit)
		}
	}
	return fmt.Sprintf("%.4g %s", v, unit)
}

// led adds an LED with its resistor, which leaves it (3.3 V - 2 V)/330 Ohm = 3.9 mA: between pin and ground, or where it is
// inverted between pin and supply.
func (k *kit) led(out config.Output, key, pin, use string) {
	if !k.gpio("output."+out.Name+": "+key, pin) {
		return
	}
	k.begin()
	resistor := k.resistor(series, use)
	led := k.add(Part{Kind: LED, Use: use, Pins: []string{"anode, long leg", "cathode, short leg"}})
	anode, cathode := End{led, 1}, End{led, 2}
	note := ""
	if out.Driver == "pulse" && out.Width > 0 && out.Width <= clicks {
		note = "or a piezo disc with 1 kOhm"
	}
	k.toHeader(Wire{From: End{resistor, 1}, Current: 1000 * (supply - forward) / series, Note: note}, pin)
	if out.Invert {
		k.same(cathode, End{resistor, 2}, "in the resistor's row; flat side of the rim")
		k.toSupply(anode, "inverted: lit while the pin is low")
		return
	}
	k.same(anode, End{resistor, 2}, "in the resistor's row")
	k.toGround(cathode, "flat side of the rim")
}

const clicks = 5 * time.Millisecond // pulses up to this are more for an ear than for an eye

// knob adds a potentiometer at a channel. The higher its middle leg, the larger the current.
func (k *kit) knob(channel End, use string) {
	ref := k.potentiometer(10e3, use)
	k.Wires = append(k.Wires, Wire{From: End{ref, 2}, To: channel, Color: k.nextColor()})
	k.toSupply(End{ref, 3}, "turning right gives more")
	k.toGround(End{ref, 1}, "")
}

func (k *kit) potentiometer(ohms float64, use string) string {
	return k.add(Part{Kind: Knob, Model: value(ohms, "Ohm"), Use: use, Pins: []string{"left leg", "middle leg", "right leg"}})
}

// capacitor adds a knob without an ADC; hw/rc has the circuit. Its knob is a resistor that grows as it is turned right,
// away from its left leg, and the longer a charge takes then, the larger is the current.
func (k *kit) capacitor(in config.Input) {
	where := "input." + in.Name + ": pin"
	switch {
	case !k.gpio(where, in.Pin):
		return
	case in.Pin == "GPIO2" || in.Pin == "GPIO3":
		k.refuse("%s: must be one without a resistor to 3V3 on the Pi, which charges the capacitor too, got %q: take another pin", where, in.Pin)
		return
	}
	k.begin()
	knob := k.potentiometer(in.RC.Knob, in.Name)
	charge := k.resistor(in.RC.Series, in.Name)
	made := "film"
	if in.RC.Capacitor > largestFilm {
		made = "ceramic"
	}
	c := k.add(Part{Kind: Capacitor, Model: value(in.RC.Capacitor, "F") + " " + made, Use: in.Name, Pins: []string{"one leg", "other leg"}})
	discharge := k.resistor(in.RC.Discharge, in.Name)
	node := End{charge, 2}
	k.toSupply(End{knob, 1}, "turning right gives more")
	k.Wires = append(k.Wires, Wire{From: End{knob, 2}, To: End{charge, 1}, Color: k.nextColor()})
	k.same(End{c, 1}, node, "in its row")
	k.toGround(End{c, 2}, "")
	k.same(End{discharge, 2}, node, "in the same row")
	k.toHeader(Wire{From: End{discharge, 1}, Current: 1000 * supply / in.RC.Discharge}, in.Pin)
}

const largestFilm = 10e-6 // F, of those that are sold with legs for a breadboard
