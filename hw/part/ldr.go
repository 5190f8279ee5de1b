package part

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/physic"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/sim"
	"hillock/hw/wiring"
)

// Divider is a light-dependent resistor (LDR) between 3V3 and a channel of a converter, and a resistor from the channel to ground.
// Its position is logarithmic, as the eye is: twice the light is the same step in twilight and in the sun.
type Divider struct {
	Resistor     float64 // Ohm
	Dark, Bright float64 // Ohm, of the LDR at positions 0 and 1
	Full         int     // code at 3V3
}

// LDR is a light sensor on a channel of an MCP3xxx.
type LDR struct {
	MCP3xxx
	Divider
}

// SlowLDR is a light sensor on a channel of an ADS1115.
type SlowLDR struct {
	ADS1115
	Divider
}

func ldrKind() config.Kind[config.InputPart] {
	return config.Kind[config.InputPart]{
		Name: "ldr",
		Keys: slices.Concat(keys(config.Text, "chip", "port"), keys(config.Whole, "channel"), keys(config.Text, "clock", "bus"),
			keys(config.Whole, "address"), keys(config.Text, "v_ref", "resistor", "dark", "bright"), config.SensorKeys()),
		Decode: decodeLDR,
	}
}

// ldrChips returns the converters of light sensors with their own keys, the default one first.
func ldrChips() (names []string, own map[string][]string) {
	own = map[string][]string{}
	for _, c := range mcpModels() {
		if names = append(names, c.driver); c.channels == 1 {
			own[c.driver] = []string{"port", "clock", "v_ref"}
			continue
		}
		own[c.driver] = []string{"port", "channel", "clock", "v_ref"}
	}
	own["ads1115"] = []string{"bus", "address", "channel", "v_ref"}
	return append(names, "ads1115"), own
}

func decodeLDR(t *config.Table) config.InputPart {
	chips, own := ldrChips()
	chip := chips[0]
	rule := fmt.Sprintf("must be a chip such as %q", chip)
	if name, ok := t.Text("chip", rule); ok {
		if chip = name; own[chip] == nil {
			hint := "the chips are " + strings.Join(chips, ", ")
			if near := config.Nearest(name, chips); near != "" {
				hint = "did you mean " + near + "?"
			}
			t.Wrong("chip", config.Problem{Rule: rule, Hint: hint})
			chip = chips[0]
		}
	}
	for _, key := range []string{"port", "channel", "clock", "bus", "address"} {
		if t.Has(key) && !t.IsBad("chip") && !slices.Contains(own[chip], key) {
			t.Unknown(key, "the keys of chip "+chip+" are "+strings.Join(own[chip], ", "))
		}
	}
	if chip == "ads1115" {
		a := decodeADS1115(t)
		a.Knob = t.Sensor()
		d := decodeDivider(t, a.FullScale(), &a.Knob)
		return SlowLDR{a, d}
	}
	m := MCP3xxx{Model: chip}.chip().decodeChip(t, "chip")
	m.Knob = t.Sensor()
	d := decodeDivider(t, m.FullScale(), &m.Knob)
	if hz := m.fastest(d); !t.IsBad("resistor") && !t.IsBad("clock") && float64(m.Clock) > hz {
		t.Warn("resistor", config.Problem{Rule: "is too large for a clock of " + config.FormatFrequency(m.Clock) + ": the code of the channel read before stays in the sample",
			Hint: fmt.Sprintf("set clock = %q or less, or use a smaller resistor", config.FormatFrequency(int64(hz/1e4)*1e4))})
	}
	return LDR{m, d}
}

// decodeDivider decodes the resistances, and sets the ends of the sensor to their codes.
func decodeDivider(t *config.Table, full int, sensor *config.Knob) Divider {
	limits := config.Limits{Low: 1, High: 1e8, Words: "1 Ohm and 100 MOhm"}
	d := Divider{
		Full:     full,
		Resistor: t.Ohms("resistor", "10 kOhm", 10e3, config.Limits{Low: 100, High: 1e6, Words: "100 Ohm and 1 MOhm"}),
		Dark:     t.Ohms("dark", "200 kOhm", 200e3, limits),
		Bright:   t.Ohms("bright", "1 kOhm", 1e3, limits),
	}
	sensor.Ends = [2]int{d.code(d.Dark), d.code(d.Bright)}
	switch {
	case t.IsBad("dark") || t.IsBad("bright"):
	case !(d.Dark >= 2*d.Bright):
		key := "dark"
		if !t.Has(key) {
			key = "bright"
		}
		t.Wrong(key, config.Problem{Rule: fmt.Sprintf("must keep dark (%s) at least twice bright (%s)", wiring.Value(d.Dark, "Ohm"), wiring.Value(d.Bright, "Ohm")),
			Hint: "less light is more resistance; " + config.EndsHint})
	case !t.IsBad("resistor") && 8*(sensor.Ends[1]-sensor.Ends[0]) < full:
		t.Warn("resistor", config.Problem{Rule: fmt.Sprintf("leaves only %d of %d codes between dark and bright", sensor.Ends[1]-sensor.Ends[0], full),
			Hint: "use about " + roundOhms(math.Sqrt(d.Dark*d.Bright)) + ", the middle of both"})
	}
	return d
}

// fastest returns the highest SPI clock for a full sample, Hz: the capacitor of 20 pF must come within 1 % of the voltage in 1.5
// clocks, through 1 kOhm in the chip and both resistors in parallel (DS21295D, section 1.0 and figure 4-1).
func (m MCP3xxx) fastest(d Divider) float64 {
	ohms := 1e3 + d.Resistor*d.Dark/(d.Resistor+d.Dark)
	return 1.5 / (math.Log(100) * ohms * 20e-12)
}

// code returns the code at a resistance of the sensor, Ohm.
func (d Divider) code(ohms float64) int {
	return int(math.Round(float64(d.Full) * d.Resistor / (d.Resistor + ohms)))
}

// Ohms implements doctor.Lit. It returns the resistance of the sensor at a code, +Inf at 0.
func (d Divider) Ohms(code float64) float64 { return d.Resistor * (float64(d.Full) - code) / code }

// Position implements board.Curved. It is rounded: logarithms differ between architectures in their last bit.
func (d Divider) Position(code float64) float64 {
	const steps = 1 << 30
	at := math.Log(d.Dark/d.Ohms(code)) / math.Log(d.Dark/d.Bright)
	return math.Round(min(max(at, 0), 1)*steps) / steps
}

// Measured returns the keys for measured codes at both ends.
func (d Divider) Measured(ends [2]int) [][2]string {
	ohms := func(code int) string {
		return strconv.Quote(roundOhms(min(d.Ohms(float64(min(max(code, 1), d.Full-1))), 1e8)))
	}
	return [][2]string{{"dark", ohms(ends[0])}, {"bright", ohms(ends[1])}}
}

// roundOhms writes a resistance with two digits.
func roundOhms(v float64) string {
	scale := math.Pow(10, math.Floor(math.Log10(v))-1)
	return wiring.Value(math.Round(v/scale)*scale, "Ohm")
}

// Handling implements board.Handled.
func (Divider) Handling(input string) board.Handling {
	return board.Handling{
		Low:      "cover " + input + " with a hand",
		High:     "light " + input + " with a lamp",
		Both:     "cover " + input + " with a hand, and light it with a lamp after that",
		Reversed: "the code falls as the light gets brighter: put the light sensor to 3V3, and its resistor to GND",
		Near:     "cover the sensor well, hold a lamp close to it, or check its legs, 3V3 and its resistor",
		Zero:     "it is dark",
		Raise:    "light the sensor",
	}
}

// print writes the keys of the divider and of the sensor's current.
func (d Divider) print(p *config.Printer, sensor config.Knob) {
	p.Quantity("resistor", d.Resistor, "Ohm")
	p.Quantity("dark", d.Dark, "Ohm")
	p.Quantity("bright", d.Bright, "Ohm")
	p.Sensor(sensor)
}

// sensor returns the sensor and its resistor for the virtual Pi.
func (d Divider) sensor() *sim.LDR {
	ohms := func(v float64) physic.ElectricResistance { return physic.ElectricResistance(v * float64(physic.Ohm)) }
	return &sim.LDR{Dark: ohms(d.Dark), Bright: ohms(d.Bright), Resistor: ohms(d.Resistor)}
}

// Print implements config.Part.
func (l LDR) Print(p *config.Printer) {
	p.Text("chip", l.Model)
	p.Text("port", l.Port)
	if l.chip().channels > 1 {
		p.Whole("channel", l.Channel)
	}
	p.Hertz("clock", l.Clock)
	p.Quantity("v_ref", l.VRef, "V")
	l.print(p, l.Knob)
}

// Print implements config.Part.
func (l SlowLDR) Print(p *config.Printer) {
	p.Text("chip", "ads1115")
	p.Text("bus", l.Bus)
	p.Hex("address", l.Address)
	p.Whole("channel", l.Channel)
	p.Quantity("v_ref", l.VRef, "V")
	l.print(p, l.Knob)
}

// Claims implements config.Part. Knobs may have other channels of the chip.
func (l LDR) Claims() []config.Claim { return onChip(l.MCP3xxx.Claims(), l.Model) }

// Claims implements config.Part. Knobs may have other channels of the chip.
func (l SlowLDR) Claims() []config.Claim { return onChip(l.ADS1115.Claims(), "ads1115") }

// onChip names the chip of claims.
func onChip(claims []config.Claim, model string) []config.Claim {
	claims[0].Model = config.Setting{Key: "chip", Value: model, Default: `"mcp3008"`}
	return claims
}

func (l LDR) wire(k *wiring.Kit, channel wiring.End, use string) { k.Light(channel, l.Resistor, use) }
func (l SlowLDR) wire(k *wiring.Kit, channel wiring.End, use string) {
	k.Light(channel, l.Resistor, use)
}

// Plug implements board.Twin: the chip, and a light on the channel.
func (l LDR) Plug(v *board.Virtual, name string) error {
	knob, err := l.plug(v)
	if err == nil {
		v.Lights(name, knob, l.sensor())
	}
	return err
}

// Plug implements board.Twin: the chip, and a light on the channel.
func (l SlowLDR) Plug(v *board.Virtual, name string) error {
	knob, err := l.plug(v)
	if err == nil {
		v.Lights(name, knob, l.sensor())
	}
	return err
}
