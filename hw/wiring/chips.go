package wiring

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"hillock/config"
)

// chips are the pins of each ADC that a configuration can name, from pin 1. What a pin is called says where it goes.
// Datasheets DS21293C, DS21290D and DS21700E (one channel), DS21294D and DS21034D (two), DS21295D, DS21298 and DS21697 (four
// and eight): package types on page 1.
func chips() map[string][]string {
	one := []string{"VREF", "IN+", "IN-", "VSS", "CS/SHDN", "DOUT", "CLK", "VDD"}
	two := []string{"CS/SHDN", "CH0", "CH1", "VSS", "DIN", "DOUT", "CLK", "VDD/VREF"}
	four := []string{"CH0", "CH1", "CH2", "CH3", "NC", "NC", "DGND", "CS/SHDN", "DIN", "DOUT", "CLK", "AGND", "VREF", "VDD"}
	eight := []string{"CH0", "CH1", "CH2", "CH3", "CH4", "CH5", "CH6", "CH7", "DGND", "CS/SHDN", "DIN", "DOUT", "CLK", "AGND", "VREF", "VDD"}
	return map[string][]string{
		"mcp3001": one, "mcp3201": one, "mcp3301": one, "mcp3002": two, "mcp3202": two,
		"mcp3004": four, "mcp3204": four, "mcp3302": four, "mcp3008": eight, "mcp3208": eight, "mcp3304": eight,
	}
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
	if !k.on3V3(in) {
		return
	}
	k.begin()
	ref := k.add(Part{Kind: Chip, Model: strings.ToUpper(in.Driver), Use: in.Port, Pins: pins})
	bus, _, _ := strings.Cut(in.Port, ".")
	for i, pin := range slices.Backward(pins) {
		at := End{ref, i + 1}
		switch pin {
		case "VDD", "VDD/VREF":
			k.toSupply(at, "never 5V")
		case "VREF":
			k.toSupply(at, "")
		case "AGND", "DGND", "VSS":
			k.toGround(at, "")
		case "IN-":
			k.toGround(at, "the knob is measured against it")
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
			pin := max(slices.Index(pins, "CH"+strconv.Itoa(channel)), slices.Index(pins, "IN+"))
			k.knob(End{ref, pin + 1}, use)
		}
	}
	k.pullUp(bus, signals["MISO"])
}

// on3V3 tells whether the upper end of an input's knob is that of the 3V3 rail.
func (k *kit) on3V3(in config.Input) bool {
	const tolerance = 0.05 // of a Pi's 3V3
	ok := math.Abs(in.VRef-supply) <= tolerance*supply
	if !ok {
		k.refuse("input.%s: v_ref: must be that of the 3V3 rail, from which the sheet wires it, got %g V: take 3.3 V", in.Name, in.VRef)
	}
	return ok
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

// pullUp adds one resistor to each bus: where no chip drives MISO it then reads as ones, which no chip sends.
func (k *kit) pullUp(bus, miso string) {
	if slices.ContainsFunc(k.Parts, func(p Part) bool { return p.Kind == Resistor && p.Use == bus }) {
		return
	}
	k.begin()
	ref := k.resistor(10e3, bus)
	k.toHeader(Wire{From: End{ref, 1}, Signal: "MISO", Bus: bus, Note: "advised: shows when the chip is loose"}, miso)
	k.toSupply(End{ref, 2}, "")
}
