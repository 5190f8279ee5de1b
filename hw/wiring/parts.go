package wiring

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hillock/config"
)

// Kit is a growing netlist. Parts add themselves and their wires, in the order of assembly.
type Kit struct {
	Netlist
	output   string        // output of the parts being added; "" for an input
	colors   map[int]Color // of signals, by position on the header
	given    int           // colours so far
	groups   int           // of parts so far
	distant  []distant     // wires to add at the end
	problems []config.Problem
}

// Refuse adds a problem of the kit. Its key is that of the configuration, such as "input.touch.pull".
func (k *Kit) Refuse(p config.Problem) { k.problems = append(k.problems, p) }

// Add adds a part to the latest group and returns its ref.
func (k *Kit) Add(p Part) (ref string) {
	n := 1
	for _, other := range k.Parts {
		if other.Kind == p.Kind {
			n++
		}
	}
	p.Ref, p.Group, p.Output = p.Kind.prefix()+strconv.Itoa(n), k.groups, k.output
	k.Parts = append(k.Parts, p)
	return p.Ref
}

// Begin begins a group of parts.
func (k *Kit) Begin() { k.groups++ }

func (k *Kit) nextColor() Color {
	colors := palette()
	k.given++
	return colors[(k.given-1)%len(colors)]
}

// ToHeader wires a pin of a part to a pin of the Pi, in the colour of that pin.
func (k *Kit) ToHeader(w Wire, pin string) {
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

// ToSupply wires a pin of a part to the 3V3 rail.
func (k *Kit) ToSupply(from End, note string) {
	k.Wires = append(k.Wires, Wire{From: from, To: End{Part: Supply}, Color: red, Note: note})
}

// ToGround wires a pin of a part to the GND rail.
func (k *Kit) ToGround(from End, note string) {
	k.Wires = append(k.Wires, Wire{From: from, To: End{Part: Ground}, Color: black, Note: note})
}

// Jumper wires one part to another, in a new colour.
func (k *Kit) Jumper(from, to End) {
	k.Wires = append(k.Wires, Wire{From: from, To: to, Color: k.nextColor()})
}

// SameRow connects legs in one row of the breadboard.
func (k *Kit) SameRow(from, to End, note string) {
	k.Wires = append(k.Wires, Wire{From: from, To: to, Note: note})
}

// GPIO reports whether a pin is on the header. key is its key for the error.
func (k *Kit) GPIO(key, pin string) bool {
	ok := strings.HasPrefix(pin, "GPIO") && config.Position(pin) > 0
	if !ok {
		k.Refuse(config.Problem{Key: key, Rule: "must be on the header, GPIO0 to GPIO27", Got: strconv.Quote(pin)})
	}
	return ok
}

// rails wires the rails in use to the header.
func (k *Kit) rails() {
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

// Volts3V3 is the voltage of the 3V3 rail and of a high pin, V.
const Volts3V3 = 3.3

// Resistor adds a resistor.
func (k *Kit) Resistor(ohms float64, use string) (ref string) {
	return k.Add(Part{Kind: Resistor, Model: Value(ohms, "Ohm"), Ohms: ohms, Use: use, Pins: []string{"one end", "other end"}})
}

// Value returns a number with a unit: "2.2 kOhm", "1 uF".
func Value(v float64, unit string) string {
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

// Probe wires a pin of a part to the probe of an oscilloscope.
func (k *Kit) Probe(from End) {
	k.Wires = append(k.Wires, Wire{From: from, To: End{Part: Scope}, Color: k.nextColor(), Note: "its ground clip to the GND rail"})
}

// Knob adds a potentiometer at a channel. A higher voltage at its middle leg gives a larger current.
func (k *Kit) Knob(channel End, use string) {
	ref := k.Potentiometer(10e3, use)
	k.Jumper(End{ref, 2}, channel)
	k.ToSupply(End{ref, 3}, "turning right gives more")
	k.ToGround(End{ref, 1}, "")
}

// Potentiometer adds a potentiometer without wires.
func (k *Kit) Potentiometer(ohms float64, use string) (ref string) {
	return k.Add(Part{Kind: Knob, Model: Value(ohms, "Ohm"), Use: use, Pins: []string{"left leg", "middle leg", "right leg"}})
}

// Bypass adds a capacitor between the rails, close to a chip's supply pin.
func (k *Kit) Bypass(chip, use, supply string) {
	k.Begin()
	ref := k.Add(Part{Kind: Capacitor, Model: "100 nF", Use: use, Pins: []string{"one leg", "other leg"}})
	k.ToSupply(End{ref, 1}, fmt.Sprintf("close to %s, %s", chip, supply))
	k.ToGround(End{ref, 2}, "")
}

// PullUp adds one resistor to each SPI bus. If MISO is not driven, it then reads as ones; no chip sends only ones. On a Pi 5 MISO has no
// pull of its own (rp1.dtsi, rp1_spi0_gpio9: bias-disable), and without the resistor a missing chip reads as noise.
func (k *Kit) PullUp(bus, miso string) {
	if slices.ContainsFunc(k.Parts, func(p Part) bool { return p.Kind == Resistor && p.Use == bus }) {
		return
	}
	k.Begin()
	ref := k.Resistor(10e3, bus)
	k.ToHeader(Wire{From: End{ref, 1}, Signal: "MISO", Bus: bus, Note: missing}, miso)
	k.ToSupply(End{ref, 2}, "")
}

// missing is the note of the resistor at MISO.
const missing = "needed on a Pi 5, optional elsewhere"

// Module adds a module on an I2C bus with the wires of every module. table is that of its part for an error. It returns "" for a bus
// that is not on the header.
func (k *Kit) Module(table, bus string, address int, model string, pins ...string) (ref string) {
	signals := config.PortPins(bus)
	if signals["SDA"] == "" {
		k.Refuse(config.Problem{Key: table + ".bus", Rule: "must be on the header of every Pi", Got: bus, Hint: "use I2C1"})
		return ""
	}
	use := fmt.Sprintf("%s %#x", bus, address)
	if i := slices.IndexFunc(k.Parts, func(p Part) bool { return p.Kind == Module && p.Use == use }); i >= 0 {
		k.Refuse(config.Problem{Key: table + ".address", Rule: "must be for one part on " + bus, Got: fmt.Sprintf("%#x, the address of %s", address, k.Parts[i].Ref)})
		return ""
	}
	k.Begin()
	ref = k.Add(Part{Kind: Module, Model: model, Use: use, Pins: pins})
	for i, pin := range pins {
		at := End{ref, i + 1}
		switch pin {
		case "VDD", "VCC":
			k.ToSupply(at, "never 5V: its pull-ups would lift the bus to it")
		case "GND":
			k.ToGround(at, "")
		case "SCL":
			k.ToHeader(Wire{From: at, Signal: pin, Bus: bus}, signals[pin])
		case "SDA":
			k.ToHeader(Wire{From: at, Signal: pin, Bus: bus, Note: "pull-ups: 1.8 kOhm on the Pi, more on the module"}, signals[pin])
		}
	}
	return ref
}

// On3V3 reports whether vRef, the upper end of an input's knob in V, is the voltage of the 3V3 rail.
func (k *Kit) On3V3(input string, vRef float64) bool {
	const tolerance = 0.05 // of a Pi's 3V3
	ok := math.Abs(vRef-Volts3V3) <= tolerance*Volts3V3
	if !ok {
		k.Refuse(config.Problem{Key: "input." + input + ".v_ref", Rule: "must be the voltage of the 3V3 rail", Got: fmt.Sprintf("%g V", vRef), Hint: "use 3.3 V"})
	}
	return ok
}

// Names returns the names of uses, joined. name returns "" for unused ends.
func Names(uses []Use, name func(Use) string) string {
	var all []string
	for _, u := range uses {
		if s := name(u); s != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, ", ")
}
