package wiring

import (
	"fmt"
	"slices"
	"strconv"

	"hillock/config"
)

// onI2C adds a module on an I2C bus and wires what each has there. It is "" where the bus is not on the header.
func (k *kit) onI2C(where, bus string, address int, model string, pins ...string) (ref string) {
	signals := config.PortPins(bus)
	if signals["SDA"] == "" {
		k.refuse("%s: bus: must be on the header of every Pi, got %s: take I2C1", where, bus)
		return ""
	}
	use := fmt.Sprintf("%s %#x", bus, address)
	if i := slices.IndexFunc(k.Parts, func(p Part) bool { return p.Kind == Module && p.Use == use }); i >= 0 {
		k.refuse("%s: address: must be for one part on %s, got %#x, which %s has", where, bus, address, k.Parts[i].Ref)
		return ""
	}
	k.begin()
	ref = k.add(Part{Kind: Module, Model: model, Use: use, Pins: pins})
	for i, pin := range pins {
		at := End{ref, i + 1}
		switch pin {
		case "VDD", "VCC":
			k.toSupply(at, "never 5V: its pull-ups would lift the bus to it")
		case "GND":
			k.toGround(at, "")
		case "SCL":
			k.toHeader(Wire{From: at, Signal: pin, Bus: bus}, signals[pin])
		case "SDA":
			k.toHeader(Wire{From: at, Signal: pin, Bus: bus, Note: "pull-ups: 1.8 kOhm on the Pi, more on the module"}, signals[pin])
		}
	}
	return ref
}

// ads1115 adds the usual module with this chip, and the knobs on its channels. SBAS444D, table 4: what ADDR is wired to.
func (k *kit) ads1115(inputs []config.Input) {
	in := inputs[0]
	if slices.ContainsFunc(inputs, func(in config.Input) bool { return !k.on3V3(in) }) {
		return
	}
	pins := []string{"VDD", "GND", "SCL", "SDA", "ADDR", "ALRT", "A0", "A1", "A2", "A3"}
	ref := k.onI2C("input."+in.Name, in.Port, in.Address, "ADS1115", pins...)
	if ref == "" {
		return
	}
	at, note := End{ref, slices.Index(pins, "ADDR") + 1}, fmt.Sprintf("address %#x", in.Address)
	switch signals := config.PortPins(in.Port); in.Address {
	case 0x48:
		k.toGround(at, note)
	case 0x49:
		k.toSupply(at, note)
	case 0x4a:
		k.toHeader(Wire{From: at, Signal: "SDA", Bus: in.Port, Note: note + ", in SDA's row"}, signals["SDA"])
	case 0x4b:
		k.toHeader(Wire{From: at, Signal: "SCL", Bus: in.Port, Note: note + ", in SCL's row"}, signals["SCL"])
	}
	for channel := range 4 {
		if use := users(inputs, channel); use != "" {
			k.knob(End{ref, slices.Index(pins, "A"+strconv.Itoa(channel)) + 1}, use)
		}
	}
}

// display adds an SSD1306.
func (k *kit) display(out config.Output) {
	k.onI2C("output."+out.Name, out.Bus, out.Address, "SSD1306", "GND", "VCC", "SCL", "SDA")
}

const (
	perLED = 60.0   // mA, of an APA102 that is white and at its brightest: 20 of each colour
	max5V  = 1000.0 // mA, through the thin wires that breadboards are wired with
)

// strip adds a strip of APA102 LEDs, or a Blinkt!. It runs on 5 V, and takes what comes from pins at 3.3 V.
func (k *kit) strip(out config.Output) {
	where := "output." + out.Name
	if data, clock := k.gpio(where+": data", out.Data), k.gpio(where+": clock", out.Clock); !data || !clock {
		return
	}
	most := perLED * float64(out.LEDs) * float64(out.Brightness) / 255
	if !(most <= max5V) {
		k.refuse("%s: leds: must take at most %g mA from the 5V pin, got %d of %g mA x brightness %d/255, %.0f mA: lower brightness, or take fewer LEDs",
			where, max5V, out.LEDs, perLED, out.Brightness, most)
		return
	}
	k.begin()
	ref := k.add(Part{Kind: Module, Model: "APA102 x " + strconv.Itoa(out.LEDs), Use: out.Name, Pins: []string{"5V", "GND", "CLK", "DATA"}})
	k.toHeader(Wire{From: End{ref, 1}, Bus: "5V", Note: fmt.Sprintf("for its LEDs: up to %.0f mA, %d x %g mA x brightness %d/255", most, out.LEDs, perLED, out.Brightness)}, "5V")
	k.toGround(End{ref, 2}, "")
	note := ""
	if out.Data == "GPIO23" && out.Clock == "GPIO24" && out.LEDs == 8 {
		note = "a Blinkt! covers the whole header, and uses these four pins alone"
	}
	k.toHeader(Wire{From: End{ref, 3}}, out.Clock)
	k.toHeader(Wire{From: End{ref, 4}, Note: note}, out.Data)
}
