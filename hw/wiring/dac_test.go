package wiring_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/part"
	"hillock/hw/wiring"
)

func slowDAC(name string, address int) config.Output {
	return config.Output{Name: name, Driver: "mcp4725", Part: part.MCP4725{Bus: "I2C1", Address: address, Low: -80, High: -50}}
}

func fastDAC(name, model, port string, channel int) config.Output {
	return config.Output{Name: name, Driver: model, Part: part.MCP49xx{Model: model, Port: port, Channel: channel, Clock: 4e6, Low: -80, High: -50}}
}

// converters returns kits with digital-to-analog converters.
func converters(t *testing.T) map[string]*wiring.Netlist {
	t.Helper()
	adc := []config.Input{knob("knob", "mcp3008", "SPI0.0", 0)}
	return map[string]*wiring.Netlist{
		"an MCP4725":          built(t, &config.Config{Inputs: adc, Outputs: []config.Output{slowDAC("analog", 0x60), led("led", "GPIO17")}}),
		"two MCP4725":         built(t, &config.Config{Outputs: []config.Output{slowDAC("a", 0x62), slowDAC("b", 0x63)}}),
		"an MCP4921":          built(t, &config.Config{Inputs: adc, Outputs: []config.Output{fastDAC("analog", "mcp4921", "SPI0.1", 0), led("led", "GPIO17")}}),
		"an MCP4922 on SPI1":  built(t, &config.Config{Inputs: adc, Outputs: []config.Output{fastDAC("a", "mcp4922", "SPI1.0", 0), fastDAC("b", "mcp4922", "SPI1.0", 1)}}),
		"a display beside it": built(t, &config.Config{Inputs: adc, Outputs: []config.Output{display("scope", 0x3c), slowDAC("a", 0x61), fastDAC("b", "mcp4922", "SPI0.1", 1)}}),
	}
}

// The wires of each converter, written by hand from the prints on the module and from DS21897B, page 1 and section 3.
func TestWiresOfConverters(t *testing.T) {
	for _, c := range []struct {
		name    string
		outputs []config.Output
		want    []string // without the rails
	}{
		{"an MCP4725 at an odd address", []config.Output{slowDAC("analog", 0x61)}, []string{
			"M1 module MCP4725, I2C1 0x61|GND|GND rail||black|",
			"M1 module MCP4725, I2C1 0x61|SCL|GPIO3 SCL|5|orange|",
			"M1 module MCP4725, I2C1 0x61|SDA|GPIO2 SDA|3|green|pull-ups: 1.8 kOhm on the Pi, more on the module",
			"M1 module MCP4725, I2C1 0x61|VCC|3V3 rail||red|never 5V: its pull-ups would lift the bus to it",
			"M1 module MCP4725, I2C1 0x61|A0|3V3 rail||red|address 0x61; or its solder bridge",
			"M1 module MCP4725, I2C1 0x61|OUT|oscilloscope||blue|its ground clip to the GND rail",
		}},
		{"both channels of an MCP4922", []config.Output{fastDAC("a", "mcp4922", "SPI0.1", 0), fastDAC("b", "mcp4922", "SPI0.1", 1)}, []string{
			"IC1 MCP4922, SPI0.1|1 VDD|3V3 rail||red|",
			"IC1 MCP4922, SPI0.1|3 CS|GPIO7 CE1|26|orange|",
			"IC1 MCP4922, SPI0.1|4 SCK|GPIO11 SCLK|23|green|",
			"IC1 MCP4922, SPI0.1|5 SDI|GPIO10 MOSI|19|blue|",
			"IC1 MCP4922, SPI0.1|8 LDAC|GND rail||black|the output follows each write",
			"IC1 MCP4922, SPI0.1|9 SHDN|3V3 rail||red|",
			"IC1 MCP4922, SPI0.1|11 VREFB|3V3 rail||red|",
			"IC1 MCP4922, SPI0.1|12 AVSS|GND rail||black|",
			"IC1 MCP4922, SPI0.1|13 VREFA|3V3 rail||red|",
			"IC1 MCP4922, SPI0.1|14 VOUTA|oscilloscope||violet|its ground clip to the GND rail",
			"C1 capacitor 100 nF, SPI0.1|one leg|3V3 rail||red|close to IC1, 1 VDD",
			"C1 capacitor 100 nF, SPI0.1|other leg|GND rail||black|",
			"IC1 MCP4922, SPI0.1|10 VOUTB|oscilloscope||yellow|its ground clip to the GND rail",
		}},
	} {
		var got []string
		for _, row := range built(t, &config.Config{Outputs: c.outputs}).Rows() {
			if !strings.HasSuffix(row[0], "rail") {
				got = append(got, strings.Join(row, "|"))
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestConvertersRefused(t *testing.T) {
	elsewhere := slowDAC("a", 0x60)
	elsewhere.Part = part.MCP4725{Bus: "I2C3", Address: 0x60}
	_, err := wiring.New(&config.Config{Outputs: []config.Output{elsewhere, fastDAC("b", "mcp4921", "SPI3.0", 0)}})
	want := "output.a.bus: must be on the header of every Pi, got I2C3: use I2C1\n" +
		"output.b.port: must be on the header of every Pi, got SPI3.0: use SPI0.1 or SPI1.0"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
