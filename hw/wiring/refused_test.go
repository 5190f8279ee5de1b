package wiring_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
)

// crystal is a part without wiring.
type crystal struct{}

func (crystal) Print(*config.Printer)      {}
func (crystal) Claims() []config.Claim     { return []config.Claim{{Key: "pin", Pin: "GPIO4"}} }
func (crystal) Range() (low, high float64) { return 0, 1 }

func TestRefused(t *testing.T) {
	low := config.Input{Name: "low", Driver: "mcp3008", Part: part.MCP3xxx{Model: "mcp3008", Port: "SPI0.0", Minus: -1, VRef: 2.5}}
	high := config.Input{Name: "high", Driver: "ads1115", Part: part.ADS1115{Bus: "I2C1", Address: 0x48, VRef: 5}}
	elsewhere := config.Input{Name: "k", Driver: "ads1115", Part: part.ADS1115{Bus: "I2C3", Address: 0x48, VRef: 3.3}}
	third := config.Output{Name: "o", Driver: "oled", Part: part.OLED{Bus: "I2C6", Address: 0x3c}}
	bright := config.Output{Name: "bright", Driver: "apa102", Part: part.APA102{Data: "GPIO23", Clock: "GPIO24", LEDs: 60, Brightness: 255}}
	unknown := config.Input{Name: "k", Driver: "crystal", Part: crystal{}}
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
			"all pins: must give at most 50 mA together, got 51.2 mA: use fewer LEDs"},
		{"inverted ones and a capacitor count too", config.Config{
			Inputs: []config.Input{capacitor("c", "GPIO4")}, Outputs: append(many[3:13:13], config.Output{Name: "i", Driver: "pulse", Part: part.Pulse{Pin: "GPIO27", Invert: true}})},
			"all pins: must give at most 50 mA together, got 53.3 mA: use fewer LEDs"},
		{"a pin of a bar in use", config.Config{Inputs: []config.Input{capacitor("c", "GPIO6")}, Outputs: []config.Output{row("row", "GPIO5 GPIO6")}},
			"GPIO6, header pin 31: must be for one part, got R2 of c and R4 of row 2: give each a pin of its own"},
		{"a pin of a strip in use", config.Config{Outputs: []config.Output{strip("s", "GPIO23", "GPIO24"), led("red", "GPIO24")}},
			"GPIO24, header pin 18: must be for one part, got M1 of s and R1 of red: give each a pin of its own"},
		{"I2C in use", config.Config{Inputs: []config.Input{fine("k", 0x48, 0)}, Outputs: []config.Output{display("o", 0x3c), led("red", "GPIO3")}},
			"GPIO3, header pin 5: must be left to the bus I2C1, got M1 of I2C1 0x48 as its SCL and M2 of I2C1 0x3c as its SCL and R1 of red: give each a pin of its own"},
		{"two displays at one address", config.Config{Outputs: []config.Output{display("o", 0x3c), display("p", 0x3c)}},
			"output.p.address: must be for one part on I2C1, got 0x3c, the address of M1"},
		{"a strip elsewhere", config.Config{Outputs: []config.Output{{Name: "o", Driver: "apa102", Part: part.APA102{Port: "SPI3.0", LEDs: 8, Brightness: 24}}}},
			"output.o.port: must be on the header of every Pi, got SPI3.0: use SPI1.0 or SPI0.1"},
		{"I2C elsewhere", config.Config{Inputs: []config.Input{elsewhere}, Outputs: []config.Output{third}},
			"input.k.bus: must be on the header of every Pi, got I2C3: use I2C1\n" +
				"output.o.bus: must be on the header of every Pi, got I2C6: use I2C1"},
		{"5 V at a knob", config.Config{Inputs: []config.Input{high}},
			"input.high.v_ref: must be the voltage of the 3V3 rail, got 5 V: use 3.3 V"},
		{"a strip that is too bright", config.Config{Outputs: []config.Output{bright}},
			"output.bright.leds: must take at most 1000 mA from the 5V pin, got 60 of 60 mA x brightness 255/255, 3600 mA: lower brightness, use fewer LEDs, or use a supply of its own"},
		{"a capacitor at a pin with a pull-up", config.Config{Inputs: []config.Input{capacitor("c", "GPIO2")}},
			"input.c.pin: must be a pin without a pull-up resistor on the Pi, got \"GPIO2\": that resistor would charge the capacitor: use another pin"},
		{"no GPIO for the others", config.Config{Inputs: []config.Input{capacitor("c", "GPIO28")},
			Outputs: []config.Output{row("row", "GPIO5 GND"), strip("s", "5V", "GPIO99")}},
			"input.c.pin: must be on the header, GPIO0 to GPIO27, got \"GPIO28\"\n" +
				"output.row.pins: must be on the header, GPIO0 to GPIO27, got \"GND\"\n" +
				"output.s.data: must be on the header, GPIO0 to GPIO27, got \"5V\"\n" +
				"output.s.clock: must be on the header, GPIO0 to GPIO27, got \"GPIO99\""},
		{"no GPIO", config.Config{Outputs: []config.Output{led("red", "3V3"), led("green", "GPIO28")}},
			"output.red.pin: must be on the header, GPIO0 to GPIO27, got \"3V3\"\n" +
				"output.green.pin: must be on the header, GPIO0 to GPIO27, got \"GPIO28\""},
		{"a bus elsewhere", config.Config{Inputs: []config.Input{knob("k", "mcp3008", "SPI3.0", 0)}},
			"input.k.port: must be on the header of every Pi, got SPI3.0: use SPI0.0 or SPI0.1"},
		{"another reference", config.Config{Inputs: []config.Input{low}},
			"input.low.v_ref: must be the voltage of the 3V3 rail, got 2.5 V: use 3.3 V"},
		{"unknown parts", config.Config{Inputs: []config.Input{unknown}, Outputs: []config.Output{{Name: "o", Driver: "bell", Part: crystal{}}}},
			"input.k.driver: must be a part with known wires, got \"crystal\"\noutput.o.driver: must be a part with known wires, got \"bell\""},
	} {
		n, err := wiring.New(&c.cfg)
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
	n := &wiring.Netlist{Wires: []wiring.Wire{
		{From: wiring.End{Part: "R1", Pin: 1}, To: wiring.End{Part: wiring.Header, Pin: 11}, Current: 16},
		{From: wiring.End{Part: "R2", Pin: 1}, To: wiring.End{Part: wiring.Header, Pin: 13}, Current: 16.1},
	}}
	var got []string
	for _, err := range n.Check() {
		got = append(got, err.Error())
	}
	want := []string{"GPIO27, header pin 13: must give at most 16 mA, got 16.1 mA: use a larger resistor"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
