package wiring

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"hillock/config"
)

// kit is a netlist that grows.
type kit struct {
	Netlist
	colors   map[int]Color // of signals, by position on the header
	given    int           // colours so far
	problems []error
}

func (k *kit) refuse(format string, args ...any) {
	k.problems = append(k.problems, fmt.Errorf(format, args...))
}

// add puts a part in and gives it its ref.
func (k *kit) add(p Part) string {
	n := 1
	for _, other := range k.Parts {
		if other.Kind == p.Kind {
			n++
		}
	}
	p.Ref = p.Kind.prefix() + strconv.Itoa(n)
	k.Parts = append(k.Parts, p)
	return p.Ref
}

func (k *kit) nextColor() Color {
	colors := palette()
	k.given++
	return colors[(k.given-1)%len(colors)]
}

// toHeader wires a pin of a part to a pin of the Pi, in the colour that this has.
func (k *kit) toHeader(w Wire, pin string) {
	w.To = End{Header, position(pin)}
	color, ok := k.colors[w.To.Pin]
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

// rails wires the rails that are in use to the header.
func (k *kit) rails() {
	for _, rail := range []struct {
		name, pin, note string
		color           Color
	}{
		{Ground, "GND", "the rails of both sides joined", black},
		{Supply, "3V3", "the rails of both sides joined; nothing goes to 5V", red},
	} {
		used := func(w Wire) bool { return w.To.Part == rail.name }
		if slices.ContainsFunc(k.Wires, used) {
			w := Wire{From: End{Part: rail.name}, To: End{Header, position(rail.pin)}, Color: rail.color, Note: rail.note}
			k.Wires = slices.Insert(k.Wires, 0, w)
		}
	}
}

// chips are the pins of each ADC that a configuration can name, from pin 1. What a pin is called says where it goes.
func chips() map[string][]string {
	// DS21295D, DS21298 and DS21697, package types on page 1: the pins of four channels, and of eight.
	four := []string{"CH0", "CH1", "CH2", "CH3", "NC", "NC", "DGND", "CS/SHDN", "DIN", "DOUT", "CLK", "AGND", "VREF", "VDD"}
	eight := []string{"CH0", "CH1", "CH2", "CH3", "CH4", "CH5", "CH6", "CH7", "DGND", "CS/SHDN", "DIN", "DOUT", "CLK", "AGND", "VREF", "VDD"}
	return map[string][]string{"mcp3004": four, "mcp3204": four, "mcp3302": four, "mcp3008": eight, "mcp3208": eight, "mcp3304": eight}
}

// adc adds a chip, the knobs on its channels, and the resistor that lets the program find it missing.
func (k *kit) adc(inputs []config.Input) {
	in := inputs[0]
	pins := chips()[in.Driver]
	if pins == nil {
		k.refuse("input.%s: driver: no wiring is known for %q", in.Name, in.Driver)
		return
	}
	signals := config.PortPins(in.Port)
	if signals == nil {
		k.refuse("input.%s: port: must be on the header of every Pi, got %s: take SPI0.0 or SPI0.1", in.Name, in.Port)
		return
	}
	const tolerance = 0.05 // of a Pi's 3V3
	if !(math.Abs(in.VRef-supply) <= tolerance*supply) {
		k.refuse("input.%s: v_ref: must be that of the 3V3 rail, from which the sheet wires it, got %g V: take 3.3 V", in.Name, in.VRef)
		return
	}
	ref := k.add(Part{Kind: Chip, Model: strings.ToUpper(in.Driver), Use: in.Port, Pins: pins})
	bus, _, _ := strings.Cut(in.Port, ".")
	for i, pin := range slices.Backward(pins) {
		at := End{ref, i + 1}
		switch pin {
		case "VDD":
			k.toSupply(at, "never 5V")
		case "VREF":
			k.toSupply(at, "")
		case "AGND", "DGND":
			k.toGround(at, "")
		case "CLK":
			k.toHeader(Wire{From: at, Signal: "SCLK", Bus: bus}, signals["SCLK"])
		case "DOUT":
			k.toHeader(Wire{From: at, Signal: "MISO", Bus: bus}, signals["MISO"])
		case "DIN":
			k.toHeader(Wire{From: at, Signal: "MOSI", Bus: bus}, signals["MOSI"])
		case "CS/SHDN":
			role := "CE" + in.Port[len(in.Port)-1:]
			k.toHeader(Wire{From: at, Signal: role}, signals[role])
		}
	}
	for channel := range len(pins) {
		if use := users(inputs, channel); use != "" {
			k.knob(End{ref, slices.Index(pins, "CH"+strconv.Itoa(channel)) + 1}, use)
		}
	}
	k.pullUp(bus, signals["MISO"])
}

// users are the names of the inputs that read a channel of their chip; a minus stands before those that subtract it.
func users(inputs []config.Input, channel int) string {
	var names []string
	for _, in := range inputs {
		if in.Channel == channel {
			names = append(names, in.Name)
		}
		if in.Minus == channel {
			names = append(names, "-"+in.Name)
		}
	}
	return strings.Join(names, ", ")
}

// knob adds a potentiometer at a channel. The higher its middle leg, the larger the current.
func (k *kit) knob(channel End, use string) {
	ref := k.add(Part{Kind: Knob, Model: "10 kOhm", Use: use, Pins: []string{"left leg", "middle leg", "right leg"}})
	k.Wires = append(k.Wires, Wire{From: End{ref, 2}, To: channel, Color: k.nextColor()})
	k.toSupply(End{ref, 3}, "turning right gives more")
	k.toGround(End{ref, 1}, "")
}

// pullUp adds one resistor to each bus: where no chip drives MISO it then reads as ones, which no chip sends.
func (k *kit) pullUp(bus, miso string) {
	if slices.ContainsFunc(k.Parts, func(p Part) bool { return p.Kind == Resistor && p.Use == bus }) {
		return
	}
	ref := k.add(Part{Kind: Resistor, Model: "10 kOhm", Use: bus, Pins: []string{"one end", "other end"}})
	k.toHeader(Wire{From: End{ref, 1}, Signal: "MISO", Bus: bus, Note: "advised: shows when the chip is loose"}, miso)
	k.toSupply(End{ref, 2}, "")
}

const (
	supply  = 3.3   // V, of a pin that is high
	forward = 2.0   // V, across a red LED, the least of the usual colours
	series  = 330.0 // Ohm
)

// led adds an LED with its resistor, which leaves it (3.3 V - 2 V)/330 Ohm = 3.9 mA.
func (k *kit) led(out config.Output) {
	if !strings.HasPrefix(out.Pin, "GPIO") || position(out.Pin) == 0 {
		k.refuse("output.%s: pin: must be on the header, GPIO0 to GPIO27, got %q", out.Name, out.Pin)
		return
	}
	resistor := k.add(Part{Kind: Resistor, Model: fmt.Sprintf("%g Ohm", series), Use: out.Name, Pins: []string{"one end", "other end"}})
	led := k.add(Part{Kind: LED, Use: out.Name, Pins: []string{"anode, long leg", "cathode, short leg"}})
	k.toHeader(Wire{From: End{resistor, 1}, Current: 1000 * (supply - forward) / series}, out.Pin)
	k.Wires = append(k.Wires, Wire{From: End{led, 1}, To: End{resistor, 2}, Note: "in the resistor's row"})
	k.toGround(End{led, 2}, "flat side of the rim")
}
