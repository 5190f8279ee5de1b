package wiring

import (
	"slices"
	"strings"
	"unicode"
)

const (
	forward = 2.0   // V, across a red LED, the lowest of the usual colours
	series  = 330.0 // Ohm
)

// LED adds an LED with its resistor, between pin and ground, or inverted between pin and supply. Its current is (3.3 V - 2 V)/330
// Ohm = 3.9 mA. key is that of the pin, for an error; note is the note of its wire.
func (k *Kit) LED(key, pin, use string, inverted bool, note string) {
	if !k.GPIO(key, pin) {
		return
	}
	k.Begin()
	resistor := k.Resistor(series, use)
	led := k.Add(Part{Kind: LED, Lens: lens(use), Use: use, Pins: []string{"anode, long leg", "cathode, short leg"}})
	anode, cathode := End{led, 1}, End{led, 2}
	k.ToHeader(Wire{From: End{resistor, 1}, Current: 1000 * (Volts3V3 - forward) / series, Note: note}, pin)
	if inverted {
		k.SameRow(cathode, End{resistor, 2}, "in the resistor's row; flat side of the rim")
		k.ToSupply(anode, "inverted: lit while the pin is low")
		return
	}
	k.SameRow(anode, End{resistor, 2}, "in the resistor's row")
	k.ToGround(cathode, "flat side of the rim")
}

// lens returns the colour of an LED with a use: a colour in its name, else red.
func lens(use string) Color {
	words := strings.FieldsFunc(strings.ToLower(use), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, c := range lenses() {
		if slices.Contains(words, c.Name) {
			return c
		}
	}
	return lenses()[0]
}

// lenses returns the colours of LEDs on the market, the usual one first.
func lenses() []Color {
	return []Color{
		{"red", 0xE5, 0x39, 0x35},
		{"green", 0x43, 0xA0, 0x47},
		{"yellow", 0xFD, 0xD8, 0x35},
		{"blue", 0x1E, 0x88, 0xE5},
		{"orange", 0xFB, 0x8C, 0x00},
		{"white", 0xFA, 0xFA, 0xFA},
	}
}
