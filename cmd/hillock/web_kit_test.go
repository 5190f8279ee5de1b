package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/cmd/hillock/internal/web"
	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
)

// The default kit, by hand from the table that hillock wiring prints of it.
func TestTheKitOnThePage(t *testing.T) {
	t.Parallel()
	_, w := newWebBench(t)
	chip := func(pin int) web.End { return web.End{Part: "IC1", Pin: pin} }
	pin := func(part string, pin int) web.End { return web.End{Part: part, Pin: pin} }
	header := func(pin int) web.End { return web.End{Part: "header", Pin: pin} }
	supply, ground := web.End{Part: "3V3 rail"}, web.End{Part: "GND rail"}
	const red, black, orange, green, blue, violet, yellow, light = "#d01010", "#000000", "#e69f00", "#009e73", "#0072b2", "#cc79a7", "#ddcc20", "#56b4e9"
	two := []string{"one end", "other end"}
	want := web.Kit{
		Parts: []web.Part{
			{Ref: "IC1", Kind: "chip", Model: "MCP3008", Group: 1, Label: "SPI0.0", Pins: []string{"CH0", "CH1", "CH2", "CH3", "CH4", "CH5", "CH6", "CH7",
				"DGND", "CS/SHDN", "DIN", "DOUT", "CLK", "AGND", "VREF", "VDD"}},
			{Ref: "P1", Kind: "knob", Model: "10 kOhm", Pins: []string{"left leg", "middle leg", "right leg"}, Group: 1, Label: "knob", Input: "knob"},
			{Ref: "R1", Kind: "resistor", Model: "10 kOhm", Pins: two, Group: 2, Label: "SPI0"},
			{Ref: "R2", Kind: "resistor", Model: "330 Ohm", Pins: two, Group: 3, Label: "led"},
			{Ref: "D1", Kind: "led", Pins: []string{"anode, long leg", "cathode, short leg"}, Group: 3, Label: "led", Output: "led"},
		},
		Wires: []web.Wire{
			{From: supply, To: header(1), Color: red, Name: "3V3 rail to 3V3"},
			{From: ground, To: header(6), Color: black, Name: "GND rail to GND"},
			{From: chip(16), To: supply, Color: red, Name: "VDD of IC1 to 3V3 rail", Fault: "VDD loose"},
			{From: chip(15), To: supply, Color: red, Name: "VREF of IC1 to 3V3 rail", Fault: "VREF loose"},
			{From: chip(14), To: ground, Color: black, Name: "AGND of IC1 to GND rail"},
			{From: chip(13), To: header(23), Color: orange, Name: "CLK of IC1 to SCLK", Fault: "SCLK loose"},
			{From: chip(12), To: header(21), Color: green, Name: "DOUT of IC1 to MISO", Fault: "MISO open"},
			{From: chip(11), To: header(19), Color: blue, Name: "DIN of IC1 to MOSI", Fault: "MOSI loose"},
			{From: chip(10), To: header(24), Color: violet, Name: "CS/SHDN of IC1 to CE0", Fault: "CS loose"},
			{From: chip(9), To: ground, Color: black, Name: "DGND of IC1 to GND rail"},
			{From: pin("P1", 2), To: chip(1), Color: yellow, Name: "middle leg of knob to CH0 of IC1", Fault: "middle leg loose"},
			{From: pin("P1", 3), To: supply, Color: red, Name: "right leg of knob to 3V3 rail", Fault: "leg to 3V3 loose"},
			{From: pin("P1", 1), To: ground, Color: black, Name: "left leg of knob to GND rail", Fault: "leg to GND loose"},
			{From: pin("R1", 1), To: header(21), Color: green, Name: "one end of R1 to MISO"},
			{From: pin("R1", 2), To: supply, Color: red, Name: "other end of R1 to 3V3 rail"},
			{From: pin("R2", 1), To: header(11), Color: light, Name: "one end of R2 to GPIO17", Fault: "LED loose"},
			{From: pin("D1", 1), To: pin("R2", 2), Name: "anode of D1 to other end of R2"},
			{From: pin("D1", 2), To: ground, Color: black, Name: "cathode of D1 to GND rail"},
		},
		Header: map[int]string{1: "3V3", 6: "GND", 11: "GPIO17", 19: "MOSI", 21: "MISO", 23: "SCLK", 24: "CE0"},
	}
	h := w.Hello()
	if diff := cmp.Diff(want, h.Kit); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, wire := range h.Kit.Wires {
		if wire.Fault != "" && !slices.Contains(h.Faults, wire.Fault) {
			t.Errorf("wire %s: the virtual Pi has no fault %q", wire.Name, wire.Fault)
		}
	}
}

// What each knob turns and each part shows, and which wires can be pulled out.
func TestNamesOfTheKit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, toml string
		want       []string // input of a knob, output of a part, fault of a wire
	}{
		{"a capacitor, whose knob has other faults", "[input.knob]\ndriver = 'rc'\npin = 'GPIO4'\n", []string{"P1 turns knob"}},
		{"a module", "[input.knob]\ndriver = 'ads1115'\n", []string{"P1 turns knob",
			"middle leg of knob to A0 of M1: middle leg loose", "right leg of knob to 3V3 rail: leg to 3V3 loose", "left leg of knob to GND rail: leg to GND loose"}},
		{"two of a chip without VREF", "[input.knob]\ndriver = 'mcp3002'\ndifferential = [1, 0]\n", []string{"P2 turns knob",
			"VDD/VREF of IC1 to 3V3 rail: VDD loose", "CLK of IC1 to SCLK: SCLK loose", "DOUT of IC1 to MISO: MISO open", "DIN of IC1 to MOSI: MOSI loose",
			"CS/SHDN of IC1 to CE0: CS loose",
			"middle leg of -knob to CH0 of IC1: middle leg loose", "right leg of -knob to 3V3 rail: leg to 3V3 loose", "left leg of -knob to GND rail: leg to GND loose",
			"middle leg of knob to CH1 of IC1: middle leg loose", "right leg of knob to 3V3 rail: leg to 3V3 loose", "left leg of knob to GND rail: leg to GND loose"}},
		{"an input without a part", "[input.knob]\ndriver = 'rc'\npin = 'GPIO4'\n[input.tone]\ndriver = 'wave'\nshape = 'sine'\namplitude = '1 nA'\nfrequency = '1 Hz'\n",
			[]string{"P1 turns knob", "input tone turns tone"}},
		{"outputs", "[input.knob]\ndriver = 'rc'\npin = 'GPIO4'\n[output.row]\ndriver = 'bar'\npins = ['GPIO5', 'GPIO6']\nneuron = 'n1'\n" +
			"[output.strip]\ndriver = 'apa102'\nneuron = 'n1'\ndata = 'GPIO23'\nclock = 'GPIO24'\n[output.scope]\ndriver = 'oled'\nneuron = 'n1'\n[output.led]\ndriver = 'pulse'\npin = 'GPIO17'\nneuron = 'n1'\n",
			[]string{"P1 turns knob", "D1 shows led", "D2 shows row", "D3 shows row", "M1 shows scope", "M2 shows strip", "one end of R3 to GPIO17: LED loose"}},
		{"a kit that has no wiring", "[input.knob]\ndriver = 'rc'\npin = 'GPIO2'\n[output.led]\ndriver = 'pulse'\npin = 'GPIO17'\nneuron = 'n1'\n",
			[]string{"output led shows led", "input knob turns knob"}},
	} {
		cfg, err := config.Parse("kit.toml", []byte(tt.toml+"[neuron.n1]\ninput = 'knob'\n"), nil, part.Kinds())
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		kit, _ := wiring.New(cfg) // nil where it is refused
		got := onPage(cfg, kit)
		var names []string
		for _, p := range got.Parts {
			if p.Input != "" {
				names = append(names, p.Ref+" turns "+p.Input)
			}
			if p.Output != "" {
				names = append(names, p.Ref+" shows "+p.Output)
			}
		}
		for _, w := range got.Wires {
			if w.Fault != "" {
				names = append(names, fmt.Sprintf("%s: %s", w.Name, w.Fault))
			}
		}
		if diff := cmp.Diff(tt.want, names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
