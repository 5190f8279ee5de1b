package part

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hillock/config"
	"hillock/hw/wiring"
)

// pins returns the names of the chip's pins, from pin 1. The name of a pin tells its wire. Datasheets DS21293C, DS21290D
// and DS21700E (one channel), DS21294D and DS21034D (two), DS21295D, DS21298 and DS21697 (four and eight): package types on
// page 1.
func (m MCP3xxx) pins() []string {
	switch m.chip().channels {
	case 1:
		return []string{"VREF", "IN+", "IN-", "VSS", "CS/SHDN", "DOUT", "CLK", "VDD"}
	case 2:
		return []string{"CS/SHDN", "CH0", "CH1", "VSS", "DIN", "DOUT", "CLK", "VDD/VREF"}
	case 4:
		return []string{"CH0", "CH1", "CH2", "CH3", "NC", "NC", "DGND", "CS/SHDN", "DIN", "DOUT", "CLK", "AGND", "VREF", "VDD"}
	}
	return []string{"CH0", "CH1", "CH2", "CH3", "CH4", "CH5", "CH6", "CH7", "DGND", "CS/SHDN", "DIN", "DOUT", "CLK", "AGND", "VREF", "VDD"}
}

// mcpSensor is a sensor on a channel of a chip: a knob, or the part that embeds one.
type mcpSensor interface {
	adc() MCP3xxx
	wire(k *wiring.Kit, channel wiring.End, use string) // adds the sensor at its channel
}

func (m MCP3xxx) adc() MCP3xxx { return m }

func (MCP3xxx) wire(k *wiring.Kit, channel wiring.End, use string) { k.Knob(channel, use) }

// Wires implements wiring.Wired: the chip, the knobs on its channels, a capacitor at its supply, and a pull-up at MISO that makes a
// missing chip visible.
func (m MCP3xxx) Wires(k *wiring.Kit, uses []wiring.Use) {
	name := uses[0].Name
	signals := config.PortPins(m.Port)
	if signals == nil {
		k.Refuse(config.Problem{Key: "input." + name + ".port", Rule: "must be on the header of every Pi", Got: m.Port, Hint: "use SPI0.0 or SPI0.1"})
		return
	}
	if !k.On3V3(name, m.VRef) {
		return
	}
	pins := m.pins()
	k.Begin()
	ref := k.Add(wiring.Part{Kind: wiring.Chip, Model: strings.ToUpper(m.Model), Use: m.Port, Pins: pins})
	bus, _, _ := strings.Cut(m.Port, ".")
	for i, pin := range slices.Backward(pins) {
		at := wiring.End{Part: ref, Pin: i + 1}
		switch pin {
		case "VDD", "VDD/VREF":
			k.ToSupply(at, "never 5V")
		case "VREF":
			k.ToSupply(at, "")
		case "AGND", "DGND", "VSS":
			k.ToGround(at, "")
		case "IN-":
			k.ToGround(at, "the knob is measured against it")
		case "CLK":
			k.ToHeader(wiring.Wire{From: at, Signal: "SCLK", Bus: bus}, signals["SCLK"])
		case "DOUT":
			k.ToHeader(wiring.Wire{From: at, Signal: "MISO", Bus: bus}, signals["MISO"])
		case "DIN":
			k.ToHeader(wiring.Wire{From: at, Signal: "MOSI", Bus: bus}, signals["MOSI"])
		case "CS/SHDN":
			k.ToHeader(wiring.Wire{From: at, Signal: m.selects()}, signals[m.selects()])
		}
	}
	for channel := range len(pins) {
		var on mcpSensor
		reads := func(u wiring.Use) string {
			sensor, _ := u.Part.(mcpSensor)
			switch adc := sensor.adc(); channel {
			case adc.Channel:
				on = sensor
				return u.Name
			case adc.Minus:
				on = cmp.Or(on, mcpSensor(MCP3xxx{}))
				return "-" + u.Name // an input that is subtracted
			}
			return ""
		}
		if use := wiring.Names(uses, reads); use != "" {
			pin := max(slices.Index(pins, "CH"+strconv.Itoa(channel)), slices.Index(pins, "IN+"))
			on.wire(k, wiring.End{Part: ref, Pin: pin + 1}, use)
		}
	}
	vdd := slices.IndexFunc(pins, func(pin string) bool { return strings.HasPrefix(pin, "VDD") })
	k.Bypass(ref, m.Port, fmt.Sprintf("%d %s", vdd+1, pins[vdd]))
	k.PullUp(bus, signals["MISO"])
}
