package wiring_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
	"hillock/hw/wiring"
)

// wired is an input or an output with wires alone.
type wired struct {
	config.InputPart
	claim config.Claim
	wires func(k *wiring.Kit, name string)
}

func (w wired) Claims() []config.Claim                 { return []config.Claim{w.claim} }
func (w wired) Wires(k *wiring.Kit, uses []wiring.Use) { w.wires(k, uses[0].Name) }
func button(name, pin, rail string) config.Input {
	return config.Input{Name: name, Part: wired{claim: config.Claim{Pin: pin}, wires: func(k *wiring.Kit, name string) {
		k.Button("input."+name+".pin", pin, name, rail)
	}}}
}

func buzzer(name, pin string) config.Output {
	return config.Output{Name: name, Part: wired{wires: func(k *wiring.Kit, name string) { k.Piezo("output."+name+".pin", pin, name) }}}
}

// retina returns light sensors at all channels of a chip.
func retina(name string) config.Input {
	return config.Input{Name: name, Part: wired{claim: config.Claim{Port: "SPI0.0"}, wires: func(k *wiring.Kit, name string) {
		k.Begin()
		ref := k.Add(wiring.Part{Kind: wiring.Chip, Model: "MCP3008", Use: "SPI0.0", Pins: strings.Fields("CH0 CH1 CH2 CH3 CH4 CH5 CH6 CH7 DGND CS DIN DOUT CLK AGND VREF VDD")})
		k.ToSupply(wiring.End{Part: ref, Pin: 16}, "")
		k.ToHeader(wiring.Wire{From: wiring.End{Part: ref, Pin: 12}}, "GPIO9")
		for channel := range 8 {
			k.Light(wiring.End{Part: ref, Pin: channel + 1}, 10e3, name)
		}
	}}}
}

// eye returns a light sensor on a module.
func eye(name string) config.Input {
	return config.Input{Name: name, Part: wired{claim: config.Claim{Port: "I2C1", Address: 0x48}, wires: func(k *wiring.Kit, name string) {
		ref := k.Module("input."+name, "I2C1", 0x48, "ADS1115", "VDD", "GND", "SCL", "SDA", "ADDR", "ALRT", "A0", "A1", "A2", "A3")
		k.Light(wiring.End{Part: ref, Pin: 7}, 10e3, name)
		k.Knob(wiring.End{Part: ref, Pin: 8}, name)
	}}}
}

// arms returns servos on a module.
func arms(name string, servos int) config.Output {
	return config.Output{Name: name, Part: wired{wires: func(k *wiring.Kit, name string) {
		pins := []string{"GND", "OE", "SCL", "SDA", "VCC", "V+", "PWM0", "PWM1", "PWM2", "PWM3", "PWM4"}
		ref := k.Module("output."+name, "I2C1", 0x40, "PCA9685", pins[:6+servos]...)
		for i := range servos {
			k.Servo(wiring.End{Part: ref, Pin: 7 + i}, wiring.End{Part: ref, Pin: 6}, wiring.End{Part: ref, Pin: 1}, name)
		}
	}}}
}

// analog returns a digital-to-analog converter with its bus on its left side, and one on a module.
func analog(port string, model string, pins string) config.Output {
	return config.Output{Name: "analog", Part: wired{wires: func(k *wiring.Kit, name string) {
		signals := config.PortPins(port)
		if signals["SDA"] != "" {
			k.Probe(wiring.End{Part: k.Module("output."+name, port, 0x60, model, strings.Fields(pins)...), Pin: 1})
			return
		}
		k.Begin()
		ref := k.Add(wiring.Part{Kind: wiring.Chip, Model: model, Use: port, Pins: strings.Fields(pins)})
		for i, pin := range strings.Fields(pins) {
			at := wiring.End{Part: ref, Pin: i + 1}
			bus, cs, _ := strings.Cut(port, ".")
			switch pin {
			case "VDD", "VREFA", "VREFB", "SHDN":
				k.ToSupply(at, "")
			case "LDAC", "AVSS":
				k.ToGround(at, "")
			case "CS":
				k.ToHeader(wiring.Wire{From: at, Signal: "CE" + cs}, signals["CE"+cs])
			case "SCK":
				k.ToHeader(wiring.Wire{From: at, Signal: "SCLK", Bus: bus}, signals["SCLK"])
			case "SDI":
				k.ToHeader(wiring.Wire{From: at, Signal: "MOSI", Bus: bus}, signals["MOSI"])
			case "VOUTA", "VOUTB":
				k.Probe(at)
			}
		}
		k.Bypass(ref, port, "1 VDD")
	}}}
}

// The pins of the two DACs with SPI, DS21897B, page 1.
const (
	mcp4921 = "VDD CS SCK SDI LDAC VREFA AVSS VOUTA"
	mcp4922 = "VDD NC CS SCK SDI NC NC LDAC SHDN VOUTB VREFB AVSS VREFA VOUTA"
)

// shapes returns kits with the shapes of parts without a kind of their own in this test.
func shapes(t *testing.T) map[string]*wiring.Netlist {
	t.Helper()
	return map[string]*wiring.Netlist{
		"buttons and a buzzer": built(t, &config.Config{
			Inputs: []config.Input{button("up", "GPIO17", wiring.Supply), button("down", "GPIO27", wiring.Ground)}, Outputs: []config.Output{buzzer("click", "GPIO22")}}),
		"a retina":          built(t, &config.Config{Inputs: []config.Input{retina("retina")}, Outputs: []config.Output{led("led", "GPIO17")}}),
		"an eye and a knob": built(t, &config.Config{Inputs: []config.Input{eye("eye")}, Outputs: []config.Output{led("led", "GPIO17")}}),
		"a DAC":             built(t, &config.Config{Outputs: []config.Output{analog("SPI0.1", "MCP4921", mcp4921)}}),
		"two DACs and a knob": built(t, &config.Config{Inputs: []config.Input{knob("knob", "mcp3008", "SPI0.0", 0)},
			Outputs: []config.Output{analog("SPI0.1", "MCP4922", mcp4922), led("led", "GPIO17"), analog("I2C1", "MCP4725", "OUT GND SCL SDA VCC")}}),
		"one servo":   built(t, &config.Config{Outputs: []config.Output{arms("arm", 1)}}),
		"five servos": built(t, &config.Config{Inputs: []config.Input{button("up", "GPIO17", wiring.Supply)}, Outputs: []config.Output{arms("arm", 5), display("scope", 0x3c)}}),
	}
}

func TestShapes(t *testing.T) {
	all := shapes(t)
	for name, want := range map[string][]string{
		"buttons and a buzzer": {
			"S1 button, input up|one side|GPIO17|11|orange|",
			"S1 button, input up|other side|3V3 rail||red|",
			"S2 button, input down|one side|GPIO27|13|green|",
			"S2 button, input down|other side|GND rail||black|",
			"R1 resistor 1 kOhm, output click|one end|GPIO22|15|blue|",
			"BZ1 piezo disc, output click|one leg|R1, other end|||in the resistor's row",
			"BZ1 piezo disc, output click|other leg|GND rail||black|",
		},
		"an eye and a knob": {
			"M1 module ADS1115, I2C1 0x48|VDD|3V3 rail||red|never 5V: its pull-ups would lift the bus to it",
			"M1 module ADS1115, I2C1 0x48|GND|GND rail||black|",
			"M1 module ADS1115, I2C1 0x48|SCL|GPIO3 SCL|5|orange|",
			"M1 module ADS1115, I2C1 0x48|SDA|GPIO2 SDA|3|green|pull-ups: 1.8 kOhm on the Pi, more on the module",
			"LDR1 light sensor, input eye|other leg|M1, A0||blue|",
			"LDR1 light sensor, input eye|one leg|3V3 rail||red|more light gives more",
			"R1 resistor 10 kOhm, eye|one end|LDR1, other leg|||in the light sensor's row",
			"R1 resistor 10 kOhm, eye|other end|GND rail||black|",
			"P1 potentiometer 10 kOhm, input eye|middle leg|M1, A1||violet|",
			"P1 potentiometer 10 kOhm, input eye|right leg|3V3 rail||red|turning right gives more",
			"P1 potentiometer 10 kOhm, input eye|left leg|GND rail||black|",
			"R2 resistor 330 Ohm, output led|one end|GPIO17|11|yellow|",
			"D1 LED, output led|anode, long leg|R2, other end|||in the resistor's row",
			"D1 LED, output led|cathode, short leg|GND rail||black|flat side of the rim",
		},
		"a DAC": {
			"IC1 MCP4921, SPI0.1|1 VDD|3V3 rail||red|",
			"IC1 MCP4921, SPI0.1|2 CS|GPIO7 CE1|26|orange|",
			"IC1 MCP4921, SPI0.1|3 SCK|GPIO11 SCLK|23|green|",
			"IC1 MCP4921, SPI0.1|4 SDI|GPIO10 MOSI|19|blue|",
			"IC1 MCP4921, SPI0.1|5 LDAC|GND rail||black|",
			"IC1 MCP4921, SPI0.1|6 VREFA|3V3 rail||red|",
			"IC1 MCP4921, SPI0.1|7 AVSS|GND rail||black|",
			"IC1 MCP4921, SPI0.1|8 VOUTA|oscilloscope||violet|its ground clip to the GND rail",
			"C1 capacitor 100 nF, SPI0.1|one leg|3V3 rail||red|close to IC1, 1 VDD",
			"C1 capacitor 100 nF, SPI0.1|other leg|GND rail||black|",
		},
		"one servo": {
			"M1 module PCA9685, I2C1 0x40|GND|GND rail||black|",
			"M1 module PCA9685, I2C1 0x40|SCL|GPIO3 SCL|5|orange|",
			"M1 module PCA9685, I2C1 0x40|SDA|GPIO2 SDA|3|green|pull-ups: 1.8 kOhm on the Pi, more on the module",
			"M1 module PCA9685, I2C1 0x40|VCC|3V3 rail||red|never 5V: its pull-ups would lift the bus to it",
			"SV1 servo, output arm|GND, brown|M1, GND|||",
			"SV1 servo, output arm|V+, red|M1, V+|||5 V of its own supply at the module, never from the Pi",
			"SV1 servo, output arm|signal, orange|M1, PWM0|||",
		},
	} {
		var got []string
		for _, row := range all[name].Rows() {
			if !strings.HasSuffix(row[0], "rail") {
				got = append(got, strings.Join(row, "|"))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The colour of an LED is in its name.
func TestLensHasTheColorInTheName(t *testing.T) {
	n := built(t, &config.Config{Outputs: []config.Output{led("green-led", "GPIO17"), led("left_blue", "GPIO27"), led("led", "GPIO22")}})
	var got []string
	for _, p := range n.Parts {
		if p.Kind == wiring.LED {
			got = append(got, p.Lens.Name)
		}
	}
	if diff := cmp.Diff([]string{"green", "blue", "red"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
