package wiring

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

// knob is an input as configurations have it by default.
func knob(name, driver, port string, channel int) config.Input {
	return config.Input{Name: name, Driver: driver, Port: port, Channel: channel, Minus: -1, VRef: 3.3}
}

func led(name, pin string) config.Output { return config.Output{Name: name, Driver: "pulse", Pin: pin} }

func built(t *testing.T, cfg *config.Config) *Netlist {
	t.Helper()
	n, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDefaultKit(t *testing.T) {
	n := built(t, config.Default())
	var table strings.Builder
	if err := n.Table(&table); err != nil {
		t.Fatal(err)
	}
	// README's table, by hand.
	want := `part                            pin                 to             header pin  wire        note
3V3 rail                                            3V3            1           red         the rails of both sides joined; nothing goes to 5V
GND rail                                            GND            6           black       the rails of both sides joined
IC1 MCP3008, SPI0.0             16 VDD              3V3 rail                   red         never 5V
IC1 MCP3008, SPI0.0             15 VREF             3V3 rail                   red
IC1 MCP3008, SPI0.0             14 AGND             GND rail                   black
IC1 MCP3008, SPI0.0             13 CLK              GPIO11 SCLK    23          orange
IC1 MCP3008, SPI0.0             12 DOUT             GPIO9 MISO     21          green
IC1 MCP3008, SPI0.0             11 DIN              GPIO10 MOSI    19          blue
IC1 MCP3008, SPI0.0             10 CS/SHDN          GPIO8 CE0      24          violet
IC1 MCP3008, SPI0.0             9 DGND              GND rail                   black
P1 potentiometer 10 kOhm, knob  middle leg          IC1, 1 CH0                 yellow
P1 potentiometer 10 kOhm, knob  right leg           3V3 rail                   red         turning right gives more
P1 potentiometer 10 kOhm, knob  left leg            GND rail                   black
R1 resistor 10 kOhm, SPI0       one end             GPIO9 MISO     21          green       advised: shows when the chip is loose
R1 resistor 10 kOhm, SPI0       other end           3V3 rail                   red
R2 resistor 330 Ohm, led        one end             GPIO17         11          light blue
D1 LED, led                     anode, long leg     R2, other end                          in the resistor's row
D1 LED, led                     cathode, short leg  GND rail                   black       flat side of the rim
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

// Chips on one bus share its wires and its resistor; a pin of a chip has one knob, however many inputs read it.
func TestSharedWires(t *testing.T) {
	difference := knob("difference", "mcp3004", "SPI0.1", 0)
	difference.Minus = 1
	n := built(t, &config.Config{
		File:   "/etc/hillock/two.toml",
		Inputs: []config.Input{difference, knob("b", "mcp3004", "SPI0.1", 1), knob("a", "mcp3008", "SPI0.0", 7)},
	})
	if n.Title != "two.toml" {
		t.Errorf("got the title %q, want the file's name", n.Title)
	}
	var parts []string
	for _, p := range n.Parts {
		parts = append(parts, n.label(p.Ref))
	}
	want := []string{
		"IC1 MCP3008, SPI0.0", "P1 potentiometer 10 kOhm, a", "R1 resistor 10 kOhm, SPI0",
		"IC2 MCP3004, SPI0.1", "P2 potentiometer 10 kOhm, difference", "P3 potentiometer 10 kOhm, -difference, b",
	}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
	at := map[string]string{}
	for position := 1; position <= 40; position++ {
		if ends := n.ends(n.at(position)); ends != "" {
			at[n.role(position)] = ends
		}
	}
	if diff := cmp.Diff(map[string]string{
		"3V3": Supply, "GND": Ground, "GPIO10 MOSI": "IC1.11 IC2.9", "GPIO9 MISO": "IC1.12 R1 IC2.10",
		"GPIO11 SCLK": "IC1.13 IC2.11", "GPIO8 CE0": "IC1.10", "GPIO7 CE1": "IC2.8",
	}, at); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	for _, c := range []struct{ knob, channel End }{
		{End{"P1", 2}, End{"IC1", 8}}, {End{"P2", 2}, End{"IC2", 1}}, {End{"P3", 2}, End{"IC2", 2}},
	} {
		if got := n.from(c.knob.Part)[0].To; got != c.channel {
			t.Errorf("%v: got %v, want %v", c.knob, got, c.channel)
		}
	}
}

// On no chip does the supply touch 5V, and every pin with a name other than a channel's or NC is wired.
func TestChips(t *testing.T) {
	for driver, pins := range chips() {
		n := built(t, &config.Config{Inputs: []config.Input{knob("k", driver, "SPI1.2", 3)}})
		for i, pin := range pins {
			got := ""
			for _, w := range n.wiresAt(End{"IC1", i + 1}) {
				got += w.To.Part
			}
			want := map[string]string{"VDD": Supply, "VREF": Supply, "AGND": Ground, "DGND": Ground, "CH3": "IC1",
				"CLK": Header, "DIN": Header, "DOUT": Header, "CS/SHDN": Header}[pin]
			if got != want {
				t.Errorf("%s, pin %d %s: got a wire to %q, want %q", driver, i+1, pin, got, want)
			}
		}
		for position := 1; position <= 40; position++ {
			if name(position) == "5V" && len(n.at(position)) > 0 {
				t.Errorf("%s: got a wire to 5V, pin %d", driver, position)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	low := knob("low", "mcp3008", "SPI0.0", 0)
	low.VRef = 2.5
	var many []config.Output
	for i := range 13 {
		many = append(many, led(fmt.Sprint("l", i), fmt.Sprint("GPIO", 2+i)))
	}
	for _, c := range []struct {
		name string
		cfg  config.Config
		want string
	}{
		{"two LEDs on one pin", config.Config{Outputs: []config.Output{led("red", "GPIO17"), led("green", "GPIO17")}},
			"GPIO17, header pin 11: must be for one part, got R1 of red and R2 of green: give each a pin of its own"},
		{"a bus in use", config.Config{Inputs: []config.Input{knob("k", "mcp3008", "SPI0.0", 0)}, Outputs: []config.Output{led("red", "GPIO10")}},
			"GPIO10, header pin 19: must be left to the bus SPI0, got IC1 of SPI0.0 as its MOSI and R2 of red: give each a pin of its own"},
		{"a chip select in use", config.Config{Inputs: []config.Input{knob("k", "mcp3008", "SPI0.1", 0)}, Outputs: []config.Output{led("red", "GPIO7")}},
			"GPIO7, header pin 26: must be for one part, got IC1 of SPI0.1 as its CE1 and R2 of red: give each a pin of its own"},
		{"two buses on one pin and more", config.Config{
			Inputs: []config.Input{knob("k", "mcp3008", "SPI1.1", 0)}, Outputs: []config.Output{led("red", "GPIO17"), led("blue", "GPIO19")}},
			"GPIO17, header pin 11: must be for one part, got IC1 of SPI1.1 as its CE1 and R2 of red: give each a pin of its own\n" +
				"GPIO19, header pin 35: must be left to the bus SPI1, got IC1 of SPI1.1 as its MISO and R1 of SPI1 as its MISO and R3 of blue: give each a pin of its own"},
		{"too much in all", config.Config{Outputs: many},
			"all pins: must give at most 50 mA together, got 51.2 mA: leave out parts, or take larger resistors"},
		{"no GPIO", config.Config{Outputs: []config.Output{led("red", "3V3"), led("green", "GPIO28")}},
			"output.red: pin: must be on the header, GPIO0 to GPIO27, got \"3V3\"\n" +
				"output.green: pin: must be on the header, GPIO0 to GPIO27, got \"GPIO28\""},
		{"a bus elsewhere", config.Config{Inputs: []config.Input{knob("k", "mcp3008", "SPI3.0", 0)}},
			"input.k: port: must be on the header of every Pi, got SPI3.0: take SPI0.0 or SPI0.1"},
		{"another reference", config.Config{Inputs: []config.Input{low}},
			"input.low: v_ref: must be that of the 3V3 rail, from which the sheet wires it, got 2.5 V: take 3.3 V"},
		{"unknown parts", config.Config{Inputs: []config.Input{knob("k", "crystal", "SPI0.0", 0)}, Outputs: []config.Output{{Name: "o", Driver: "bell"}}},
			"input.k: driver: no wiring is known for \"crystal\"\noutput.o: driver: no wiring is known for \"bell\""},
	} {
		n, err := New(&c.cfg)
		if err == nil || n != nil {
			t.Errorf("%s: got a netlist and %v, want an error alone", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestCurrentOfAPin(t *testing.T) {
	n := &Netlist{Wires: []Wire{
		{From: End{"R1", 1}, To: End{Header, 11}, Current: 16},
		{From: End{"R2", 1}, To: End{Header, 13}, Current: 16.1},
	}}
	var got []string
	for _, err := range n.check() {
		got = append(got, err.Error())
	}
	want := []string{"GPIO27, header pin 13: must give at most 16 mA, got 16.1 mA: take a larger resistor"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// painted shows where a colour begins and ends.
func TestHeaderIsPaintedWhereAWireGoes(t *testing.T) {
	n := built(t, &config.Config{Outputs: []config.Output{led("red", "GPIO18")}})
	got := n.Header(func(c Color, text string) string { return c.Name + "<" + text + ">" })
	for _, want := range []string{" [ 1]  2\n", "black<( 6)>  black<GND  black  GND rail>\n", " 11 orange<(12)>  orange<GPIO18  orange  R1>\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got no %q in\n%s", want, got)
		}
	}
	if strings.Count(got, "<") != 4 {
		t.Errorf("got %d coloured texts, want 4:\n%s", strings.Count(got, "<"), got)
	}
}
