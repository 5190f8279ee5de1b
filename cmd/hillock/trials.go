package main

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/sim"
)

// trial is something wrong with the wires of the virtual Pi: the key x of run goes through them, doctor has --fault.
type trial struct {
	name   string
	faults sim.Faults                                          // of each chip's port
	wires  func(lines map[string]string, ce string) sim.Faults // of a port with these pins and this chip select, in its place
	noise  int                                                 // of each chip, in counts
	chip   sim.ChipFault
	knob   sim.KnobFault // of each knob on a chip, an ADS1115 too
	dark   bool          // the LEDs' wires are loose
}

func trials() []trial {
	return []trial{
		{name: "none"},
		{name: "MISO open", faults: sim.Faults{MISO: sim.Open}},
		{name: "MISO shorted to ground", faults: sim.Faults{MISO: sim.Shorted}},
		{name: "I/O error", faults: sim.Faults{Err: syscall.EIO}},
		{name: "slow transfer, 5 ms", faults: sim.Faults{Delay: 5 * time.Millisecond}},
		{name: "transfers hang, 1 s", faults: sim.Faults{Delay: time.Second}},
		{name: "noise of 20 counts", noise: 20},
		{name: "loose contact at MISO", faults: sim.Faults{MISO: sim.Flaky}},
		{name: "CE one row too high", wires: func(lines map[string]string, ce string) sim.Faults {
			header := config.Header()
			return sim.Faults{CS: sim.Hole("GPIO" + header[config.Position(lines[ce])-3])}
		}},
		{name: "MISO and MOSI swapped", wires: func(lines map[string]string, _ string) sim.Faults {
			return sim.Faults{DIN: sim.Hole(lines["MISO"]), DOUT: sim.Hole(lines["MOSI"])}
		}},
		{name: "CS loose", faults: sim.Faults{CS: sim.Loose}},
		{name: "SCLK loose", faults: sim.Faults{CLK: sim.Loose}},
		{name: "MOSI loose", faults: sim.Faults{DIN: sim.Loose}},
		{name: "VDD loose", chip: sim.NoSupply},
		{name: "VREF loose", chip: sim.NoReference},
		{name: "middle leg loose", knob: sim.WiperOff},
		{name: "leg to 3V3 loose", knob: sim.SupplyOff},
		{name: "leg to GND loose", knob: sim.GroundOff},
		{name: "LED loose", dark: true},
	}
}

// nextOf is the trial after one, of those whose parts a configuration has.
func nextOf(cfg *config.Config, trial int) int {
	all := trials()
	for {
		if trial = (trial + 1) % len(all); all[trial].lacks(cfg) == "" {
			return trial
		}
	}
}

// lacks is what a configuration would need for it, "" where it has that.
func (t trial) lacks(cfg *config.Config) string {
	// has tells whether there is a knob on a chip on such a bus.
	has := func(bus string) bool {
		return slices.ContainsFunc(cfg.Inputs, func(in config.Input) bool {
			port, _ := config.Place(in.Part)
			return isKnob(in) && port != "" && strings.HasPrefix(port, bus)
		})
	}
	switch {
	case t.name == "none":
		return ""
	case t.dark:
		if slices.ContainsFunc(cfg.Outputs, isLED) {
			return ""
		}
		return "an LED"
	case has("SPI"):
		return ""
	case t.knob == sim.KnobGood:
		return "an MCP3xxx"
	case has("I2C"):
		return ""
	}
	return "a knob on a chip"
}

// check refuses a fault of a part that the configuration has not.
func (t trial) check(cfg *config.Config) error {
	if part := t.lacks(cfg); part != "" {
		return fmt.Errorf("fault: %q is of %s, and the configuration has none", t.name, part)
	}
	return nil
}

// faulty is a chip of the virtual Pi that can have faults of its own.
type faulty interface {
	SetNoise(counts int, seed uint64)
	SetFault(sim.ChipFault)
}

// apply makes it so, and undoes the one before.
func (t trial) apply(v *board.Virtual) {
	for name, port := range v.Ports {
		faults := t.faults
		if t.wires != nil {
			faults = t.wires(config.PortPins(name), "CE"+name[len(name)-1:])
		}
		port.SetFaults(faults)
		if chip, ok := v.Parts[name].(faulty); ok {
			chip.SetNoise(t.noise, 1)
			chip.SetFault(t.chip)
		}
	}
	for _, k := range v.Knobs {
		k.SetFault(t.knob)
	}
	v.SetDark(t.dark)
}
