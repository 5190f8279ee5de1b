package part

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hillock/config"
	"hillock/hw/bar"
	"hillock/hw/board"
	"hillock/hw/doctor"
	"hillock/hw/wiring"
)

// Bar is a row of LEDs, each on its own pin. It shows the membrane.
type Bar struct {
	Pins   string // the lowest level first, "GPIO5 GPIO6"
	Invert bool   // active low: the pins are high at rest
}

func barKind() config.Kind[config.Part] {
	return config.Kind[config.Part]{
		Name: "bar",
		Keys: slices.Concat(keys(config.List, "pins"), keys(config.Text, "neuron"), keys(config.Bool, "invert")),
		Decode: func(t *config.Table) config.Part {
			return Bar{Pins: t.Pins("pins", "the LEDs, the lowest level first"), Invert: t.Yes("invert")}
		},
	}
}

// Print implements config.Part.
func (o Bar) Print(p *config.Printer) {
	p.Texts("pins", strings.Fields(o.Pins)...)
	p.Yes("invert", o.Invert)
	p.Neuron()
}

// Claims implements config.Part.
func (o Bar) Claims() (all []config.Claim) {
	for _, pin := range strings.Fields(o.Pins) {
		all = append(all, config.Claim{Key: "pins", Pin: pin})
	}
	return all
}

// Wires implements wiring.Wired.
func (o Bar) Wires(k *wiring.Kit, uses []wiring.Use) {
	name := uses[0].Name
	for i, pin := range strings.Fields(o.Pins) {
		k.LED("output."+name+".pins", pin, fmt.Sprintf("%s %d", name, i+1), o.Invert, "") // 1 is the lowest level
	}
}

// Open implements board.OutputPart.
func (o Bar) Open(pi board.Pi, shown board.Shown) (board.Output, error) {
	leds, err := openLines(pi, o.Invert, strings.Fields(o.Pins)...)
	if err != nil {
		return nil, err
	}
	b, err := bar.New(leds, bar.Opts{Low: shown.Low, High: shown.High})
	if err != nil {
		return nil, err
	}
	return &row{b, nil}, nil
}

// row is an open row of LEDs, on pins or on a strip.
type row struct {
	*bar.Bar
	port io.Closer // of a strip, nil for pins
}

// Close implements board.Output.
func (r *row) Close() error {
	return halt(r.Bar, func() error {
		if r.port == nil {
			return nil
		}
		return r.port.Close()
	})
}

// Called implements doctor.Seen.
func (Bar) Called() string { return "LEDs" }

// Dark implements doctor.Seen.
func (o Bar) Dark() (means, do string) {
	var places []string
	for _, pin := range strings.Fields(o.Pins) {
		places = append(places, doctor.Spot(pin))
	}
	return darkLED(strings.Join(places, "; "), o.Invert)
}

// Lamps returns the number of LEDs on the page.
func (o Bar) Lamps() int { return len(strings.Fields(o.Pins)) }
