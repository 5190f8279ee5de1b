package wiring_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
)

// knob returns an input with default keys.
func knob(name, driver, port string, channel int) config.Input {
	return config.Input{Name: name, Driver: driver, Part: part.MCP3xxx{Model: driver, Port: port, Channel: channel, Minus: -1, VRef: 3.3}}
}

func led(name, pin string) config.Output {
	return config.Output{Name: name, Driver: "pulse", Part: part.Pulse{Pin: pin}}
}

func row(name, pins string) config.Output {
	return config.Output{Name: name, Driver: "bar", Part: part.Bar{Pins: pins}}
}

func fine(name string, address, channel int) config.Input {
	return config.Input{Name: name, Driver: "ads1115", Part: part.ADS1115{Bus: "I2C1", Address: address, Channel: channel, VRef: 3.3}}
}

func capacitor(name, pin string) config.Input {
	return config.Input{Name: name, Driver: "rc", Part: part.RC{Pin: pin, Resistance: 10e3, Series: 2200, Discharge: 330, Capacitor: 1e-6, Charges: 5}}
}

func strip(name, data, clock string) config.Output {
	return config.Output{Name: name, Driver: "apa102", Part: part.APA102{Data: data, Clock: clock, LEDs: 8, Brightness: 24}}
}

func display(name string, address int) config.Output {
	return config.Output{Name: name, Driver: "oled", Part: part.OLED{Bus: "I2C1", Address: address}}
}

func built(t *testing.T, cfg *config.Config) *wiring.Netlist {
	t.Helper()
	n, err := wiring.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTableFitsInNarrowTerminals(t *testing.T) {
	var table strings.Builder
	if err := built(t, config.Default(part.Kinds())).Table(&table, 80); err != nil {
		t.Fatal(err)
	}
	want := `part
  pin                 to             header pin  wire
3V3 rail
                      3V3            1           red
    the rails of both sides joined; never 5V
GND rail
                      GND            6           black
    the rails of both sides joined
IC1 MCP3008, SPI0.0
  16 VDD              3V3 rail                   red         never 5V
`
	if got := table.String(); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant at its beginning\n%s", got, want)
	}
	for name, kit := range kits(t) {
		table.Reset()
		if err := kit.Table(&table, 80); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(table.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%s: got a line of %d columns, want at most 80: %s", name, n, line)
			}
		}
	}
}

func TestDefaultKit(t *testing.T) {
	n := built(t, config.Default(part.Kinds()))
	var table strings.Builder
	if err := n.Table(&table, 0); err != nil {
		t.Fatal(err)
	}
	// The table of the README, written by hand.
	want := `part                                  pin                 to             header pin  wire        note
3V3 rail                                                  3V3            1           red         the rails of both sides joined; never 5V
GND rail                                                  GND            6           black       the rails of both sides joined
IC1 MCP3008, SPI0.0                   16 VDD              3V3 rail                   red         never 5V
IC1 MCP3008, SPI0.0                   15 VREF             3V3 rail                   red
IC1 MCP3008, SPI0.0                   14 AGND             GND rail                   black
IC1 MCP3008, SPI0.0                   13 CLK              GPIO11 SCLK    23          orange
IC1 MCP3008, SPI0.0                   12 DOUT             GPIO9 MISO     21          green
IC1 MCP3008, SPI0.0                   11 DIN              GPIO10 MOSI    19          blue
IC1 MCP3008, SPI0.0                   10 CS/SHDN          GPIO8 CE0      24          violet
IC1 MCP3008, SPI0.0                   9 DGND              GND rail                   black
P1 potentiometer 10 kOhm, input knob  middle leg          IC1, 1 CH0                 yellow
P1 potentiometer 10 kOhm, input knob  right leg           3V3 rail                   red         turning right gives more
P1 potentiometer 10 kOhm, input knob  left leg            GND rail                   black
C1 capacitor 100 nF, SPI0.0           one leg             3V3 rail                   red         close to IC1, 16 VDD
C1 capacitor 100 nF, SPI0.0           other leg           GND rail                   black
R1 resistor 10 kOhm, SPI0             one end             GPIO9 MISO     21          green       needed on a Pi 5, optional elsewhere
R1 resistor 10 kOhm, SPI0             other end           3V3 rail                   red
R2 resistor 330 Ohm, output led       one end             GPIO17         11          light blue
D1 LED, output led                    anode, long leg     R2, other end                          in the resistor's row
D1 LED, output led                    cathode, short leg  GND rail                   black       flat side of the rim
`
	if diff := cmp.Diff(want, table.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	want = `          3V3 rail  red  3V3  [ 1]  2
                                3   4
                                5 ( 6)  GND  black  GND rail
                                7   8
                                9  10
      R2  light blue  GPIO17  (11) 12
                               13  14
                               15  16
                               17  18
   IC1.11  blue  GPIO10 MOSI  (19) 20
IC1.12 R1  green  GPIO9 MISO  (21) 22
 IC1.13  orange  GPIO11 SCLK  (23)(24)  GPIO8 CE0  violet  IC1.10
                               25  26
                               27  28
                               29  30
                               31  32
                               33  34
                               35  36
                               37  38
                               39  40
`
	if diff := cmp.Diff(want, n.Header(nil)); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if got, want := fmt.Sprintf("%.2f mA", n.Current()), "3.94 mA"; got != want {
		t.Errorf("got %s of all pins, want (3.3 V - 2 V)/330 Ohm, %s", got, want)
	}
}

// A name such as red or left is not mistaken for a colour or a side. Drawing and table have the same words, in 80 columns.
func TestColorsAndSidesAsNames(t *testing.T) {
	red, green := led("red", "GPIO17"), led("green", "GPIO27")
	n := built(t, &config.Config{Inputs: []config.Input{knob("left", "mcp3008", "SPI0.0", 0), knob("right", "mcp3008", "SPI0.0", 1)}, Outputs: []config.Output{red, green}})
	var table, drawn strings.Builder
	if err := errors.Join(n.Table(&table, 80), n.Pages()[0].SVG(&drawn)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"P1 potentiometer 10 kOhm, input left", "P2 potentiometer 10 kOhm, input right", "R2 resistor 330 Ohm, output red", "D2 LED, output green"} {
		if !strings.Contains(table.String(), want+"\n") {
			t.Errorf("got the table\n%s\nwant a line %q", table.String(), want)
		}
	}
	for _, want := range []string{"input left", "input right", "output red", "output green"} {
		if !strings.Contains(drawn.String(), ">"+want+"</text>") {
			t.Errorf("got no text %q in the drawing", want)
		}
	}
	for line := range strings.Lines(table.String()) {
		if w := len(strings.TrimSuffix(line, "\n")); w > 80 {
			t.Errorf("got a line of %d columns, want at most 80: %s", w, line)
		}
	}
}

// A piezo disc is an alternative to an LED for pulses of at most 1 ms: an eye does not see those.
func TestPiezoDiscAtClicksAlone(t *testing.T) {
	for width, want := range map[time.Duration]bool{time.Millisecond: true, 2 * time.Millisecond: false, 5 * time.Millisecond: false} {
		out := led("led", "GPIO17")
		p := out.Part.(part.Pulse)
		p.Width = width
		out.Part = p
		var table strings.Builder
		if err := built(t, &config.Config{Outputs: []config.Output{out}}).Table(&table, 0); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(table.String(), "piezo"); got != want {
			t.Errorf("pulses of %v: got a piezo disc in the table: %t, want %t", width, got, want)
		}
	}
}

// The wires of each kind of part, written by hand from the circuit of hw/rc, from SBAS444D, table 4, and from the
// prints on the modules.
func TestEveryPart(t *testing.T) {
	short := config.Output{Name: "click", Driver: "pulse", Part: part.Pulse{Pin: "GPIO22", Width: time.Millisecond}}
	sink := config.Output{Name: "sink", Driver: "pulse", Part: part.Pulse{Pin: "GPIO27", Invert: true}}
	for _, c := range []struct {
		name string
		cfg  config.Config
		want []string // without the rails
	}{
		{"a capacitor", config.Config{Inputs: []config.Input{capacitor("plain", "GPIO4")}}, []string{
			"P1 potentiometer 10 kOhm, input plain|left leg|3V3 rail||red|turning right gives more",
			"P1 potentiometer 10 kOhm, input plain|middle leg|R1 2.2 kOhm, one end||orange|",
			"C1 capacitor 1 uF film, plain|one leg|R1 2.2 kOhm, other end|||in its row",
			"C1 capacitor 1 uF film, plain|other leg|GND rail||black|",
			"R2 resistor 330 Ohm, plain|other end|R1 2.2 kOhm, other end|||in the same row",
			"R2 resistor 330 Ohm, plain|one end|GPIO4|7|green|",
		}},
		{"an ADS1115 at SDA", config.Config{Inputs: []config.Input{fine("fine", 0x4a, 3)}}, []string{
			"M1 module ADS1115, I2C1 0x4a|VDD|3V3 rail||red|never 5V: its pull-ups would lift the bus to it",
			"M1 module ADS1115, I2C1 0x4a|GND|GND rail||black|",
			"M1 module ADS1115, I2C1 0x4a|SCL|GPIO3 SCL|5|orange|",
			"M1 module ADS1115, I2C1 0x4a|SDA|GPIO2 SDA|3|green|pull-ups: 1.8 kOhm on the Pi, more on the module",
			"M1 module ADS1115, I2C1 0x4a|ADDR|GPIO2 SDA|3|green|address 0x4a, in SDA's row",
			"P1 potentiometer 10 kOhm, input fine|middle leg|M1, A3||blue|",
			"P1 potentiometer 10 kOhm, input fine|right leg|3V3 rail||red|turning right gives more",
			"P1 potentiometer 10 kOhm, input fine|left leg|GND rail||black|",
		}},
		{"a strip", config.Config{Outputs: []config.Output{strip("blinkt", "GPIO23", "GPIO24")}}, []string{
			"M1 module APA102 x 8, blinkt|5V|5V|2|pink|for its LEDs: up to 45 mA, 8 x 60 mA x brightness 24/255",
			"M1 module APA102 x 8, blinkt|GND|GND rail||black|",
			"M1 module APA102 x 8, blinkt|CLK|GPIO24|18|orange|",
			"M1 module APA102 x 8, blinkt|DATA|GPIO23|16|green|a Blinkt! covers the whole header but uses only these four pins",
		}},
		{"a strip on a port", config.Config{Outputs: []config.Output{{Name: "strip", Driver: "apa102", Part: part.APA102{Port: "SPI1.0", LEDs: 8, Brightness: 24}}}}, []string{
			"M1 module APA102 x 8, strip|5V|5V|2|pink|for its LEDs: up to 45 mA, 8 x 60 mA x brightness 24/255",
			"M1 module APA102 x 8, strip|GND|GND rail||black|",
			"M1 module APA102 x 8, strip|CLK|GPIO21 SCLK|40|orange|",
			"M1 module APA102 x 8, strip|DATA|GPIO20 MOSI|38|green|",
		}},
		{"a display", config.Config{Outputs: []config.Output{display("scope", 0x3d)}}, []string{
			"M1 module SSD1306, I2C1 0x3d|GND|GND rail||black|",
			"M1 module SSD1306, I2C1 0x3d|VCC|3V3 rail||red|never 5V: its pull-ups would lift the bus to it",
			"M1 module SSD1306, I2C1 0x3d|SCL|GPIO3 SCL|5|orange|",
			"M1 module SSD1306, I2C1 0x3d|SDA|GPIO2 SDA|3|green|pull-ups: 1.8 kOhm on the Pi, more on the module",
		}},
		{"a bar, a short pulse and an inverted one", config.Config{Outputs: []config.Output{
			row("row", "GPIO6 GPIO5"), short, sink}}, []string{
			"R1 resistor 330 Ohm, output row 1|one end|GPIO6|31|orange|",
			"D1 LED, output row 1|anode, long leg|R1, other end|||in the resistor's row",
			"D1 LED, output row 1|cathode, short leg|GND rail||black|flat side of the rim",
			"R2 resistor 330 Ohm, output row 2|one end|GPIO5|29|green|",
			"D2 LED, output row 2|anode, long leg|R2, other end|||in the resistor's row",
			"D2 LED, output row 2|cathode, short leg|GND rail||black|flat side of the rim",
			"R3 resistor 330 Ohm, output click|one end|GPIO22|15|blue|or a piezo disc with 1 kOhm",
			"D3 LED, output click|anode, long leg|R3, other end|||in the resistor's row",
			"D3 LED, output click|cathode, short leg|GND rail||black|flat side of the rim",
			"R4 resistor 330 Ohm, output sink|one end|GPIO27|13|violet|",
			"D4 LED, output sink|cathode, short leg|R4, other end|||in the resistor's row; flat side of the rim",
			"D4 LED, output sink|anode, long leg|3V3 rail||red|inverted: lit while the pin is low",
		}},
	} {
		var got []string
		for _, row := range built(t, &c.cfg).Rows() {
			if !strings.Contains(row[0], "rail") {
				got = append(got, strings.Join(row, "|"))
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestAddressOfAnADS1115(t *testing.T) {
	for address, want := range map[int]wiring.End{0x48: {Part: wiring.Ground}, 0x49: {Part: wiring.Supply}, 0x4a: {wiring.Header, 3}, 0x4b: {wiring.Header, 5}} {
		n := built(t, &config.Config{Inputs: []config.Input{fine("k", address, 0)}})
		if wires := n.WiresAt(wiring.End{"M1", 5}); len(wires) != 1 || wires[0].To != want {
			t.Errorf("%#x: got ADDR at %v, want %v", address, wires, want)
		}
	}
}

// Only the supply of a strip is wired to 5V. Its current does not count as current of the pins.
func TestNothingElseOn5V(t *testing.T) {
	n := built(t, everyPart())
	for _, w := range n.Wires {
		if strip := n.Short(w.From) == "M2.5V"; (w.To.Part == wiring.Header && wiring.PinName(w.To.Pin) == "5V") != strip {
			t.Errorf("got %v at %v", w.From, w.To)
		}
	}
	if got, want := fmt.Sprintf("%.2f mA", n.Current()), "49.39 mA"; got != want {
		t.Errorf("got %s, want ten times (3.3 V - 2 V)/330 Ohm and 3.3 V/330 Ohm of the capacitor, %s", got, want)
	}
}

func TestValue(t *testing.T) {
	for v, want := range map[float64]string{10e3: "10 kOhm", 2200: "2.2 kOhm", 330: "330 Ohm", 1e6: "1 MOhm", 207: "207 Ohm", 999: "999 Ohm", 1000: "1 kOhm"} {
		if got := wiring.Value(v, "Ohm"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for v, want := range map[float64]string{1e-6: "1 uF", 470e-9: "470 nF", 1e-9: "1 nF", 1e-4: "100 uF", 2.2e-6: "2.2 uF"} {
		if got := wiring.Value(v, "F"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Chips on one bus share its wires and its resistor. A pin of a chip has one knob, also for several inputs.
func TestSharedWires(t *testing.T) {
	difference := config.Input{Name: "difference", Driver: "mcp3004", Part: part.MCP3xxx{Model: "mcp3004", Port: "SPI0.1", Minus: 1, VRef: 3.3}}
	n := built(t, &config.Config{
		File:   "/etc/hillock/two.toml",
		Inputs: []config.Input{difference, knob("b", "mcp3004", "SPI0.1", 1), knob("a", "mcp3008", "SPI0.0", 7)},
	})
	if n.Title != "two.toml" {
		t.Errorf("got the title %q, want the file's name", n.Title)
	}
	var parts []string
	for _, p := range n.Parts {
		parts = append(parts, n.Label(p.Ref))
	}
	want := []string{
		"IC1 MCP3008, SPI0.0", "P1 potentiometer 10 kOhm, input a", "C1 capacitor 100 nF, SPI0.0", "R1 resistor 10 kOhm, SPI0",
		"IC2 MCP3004, SPI0.1", "P2 potentiometer 10 kOhm, input difference", "P3 potentiometer 10 kOhm, input -difference, b",
		"C2 capacitor 100 nF, SPI0.1",
	}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	at := map[string]string{}
	for position := 1; position <= 40; position++ {
		if ends := n.Ends(n.At(position)); ends != "" {
			at[n.Role(position)] = ends
		}
	}
	if diff := cmp.Diff(map[string]string{
		"3V3": wiring.Supply, "GND": wiring.Ground, "GPIO10 MOSI": "IC1.11 IC2.9", "GPIO9 MISO": "IC1.12 R1 IC2.10",
		"GPIO11 SCLK": "IC1.13 IC2.11", "GPIO8 CE0": "IC1.10", "GPIO7 CE1": "IC2.8",
	}, at); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	for _, c := range []struct{ knob, channel wiring.End }{
		{wiring.End{"P1", 2}, wiring.End{"IC1", 8}}, {wiring.End{"P2", 2}, wiring.End{"IC2", 1}}, {wiring.End{"P3", 2}, wiring.End{"IC2", 2}},
	} {
		if got := n.From(c.knob.Part)[0].To; got != c.channel {
			t.Errorf("%v: got %v, want %v", c.knob, got, c.channel)
		}
	}
}

// No chip is wired to 5V. Each pin of a chip has a wire, except unused channels and pins without connection (NC).
func TestChips(t *testing.T) {
	for _, driver := range drivers() {
		n := built(t, &config.Config{Inputs: []config.Input{knob("k", driver, "SPI1.2", channels(driver)-1)}})
		for i, pin := range n.Parts[0].Pins {
			got := ""
			for _, w := range n.WiresAt(wiring.End{"IC1", i + 1}) {
				got += w.To.Part
			}
			want := map[string]string{"VDD": wiring.Supply, "VDD/VREF": wiring.Supply, "VREF": wiring.Supply, "AGND": wiring.Ground, "DGND": wiring.Ground, "VSS": wiring.Ground,
				"CH" + strconv.Itoa(channels(driver)-1): "IC1", "IN+": "IC1", "IN-": wiring.Ground,
				"CLK": wiring.Header, "DIN": wiring.Header, "DOUT": wiring.Header, "CS/SHDN": wiring.Header}[pin]
			if got != want {
				t.Errorf("%s, pin %d %s: got a wire to %q, want %q", driver, i+1, pin, got, want)
			}
		}
		for position := 1; position <= 40; position++ {
			if wiring.PinName(position) == "5V" && len(n.At(position)) > 0 {
				t.Errorf("%s: got a wire to 5V, pin %d", driver, position)
			}
		}
	}
}

// Each chip has a capacitor between the rails, and the note names its supply pin.
func TestEachChipHasItsCapacitor(t *testing.T) {
	for driver, want := range map[string]string{"mcp3008": "close to IC1, 16 VDD", "mcp3004": "close to IC1, 14 VDD", "mcp3002": "close to IC1, 8 VDD/VREF", "mcp3001": "close to IC1, 8 VDD"} {
		n := built(t, &config.Config{Inputs: []config.Input{knob("k", driver, "SPI0.0", 0)}})
		got := n.From("C1")
		if len(got) != 2 || got[0].To.Part != wiring.Supply || got[0].Note != want || got[1].To.Part != wiring.Ground {
			t.Errorf("%s: got %v, want C1 between the rails, %s", driver, got, want)
		}
	}
}

// The drawing has the whole note of the resistor at MISO.
func TestDrawingSaysWhereTheResistorIsNeeded(t *testing.T) {
	var drawn strings.Builder
	if err := built(t, config.Default(part.Kinds())).Pages()[0].SVG(&drawn); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">needed on a Pi 5, optional elsewhere</text>", ">C1 100 nF, close to IC1, 16 VDD</text>"} {
		if !strings.Contains(drawn.String(), want) {
			t.Errorf("got no text %q in the drawing", want)
		}
	}
}

// The texts beside the header have the colours of their wires. paint marks the beginning and the end of a colour.
func TestHeaderIsPaintedWhereAWireGoes(t *testing.T) {
	n := built(t, &config.Config{Outputs: []config.Output{led("red", "GPIO18")}})
	got := n.Header(func(c wiring.Color, text string) string { return c.Name + "<" + text + ">" })
	for _, want := range []string{" [ 1]  2\n", "black<( 6)>  black<GND  black  GND rail>\n", " 11 orange<(12)>  orange<GPIO18  orange  R1>\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got no %q in\n%s", want, got)
		}
	}
	if strings.Count(got, "<") != 4 {
		t.Errorf("got %d coloured texts, want 4:\n%s", strings.Count(got, "<"), got)
	}
}
