// Package fault holds the faults for the virtual Pi, and runs the doctor on each.
package fault

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	"hillock/hw/board"
	"hillock/hw/sim"
)

// Fault is a fault in the wires or chips of the virtual Pi.
type Fault struct {
	ID      string                                              // for the command line: lower case, digits and dashes, "cs-loose"
	Name    string                                              // for people, "CS loose"
	faults  sim.Faults                                          // of each chip's port
	wires   func(lines map[string]string, ce string) sim.Faults // instead of faults: for a port with these pins and this chip select
	noise   int                                                 // of each chip, in codes
	chip    sim.ChipFault                                       // of each ADC
	dac     sim.ChipFault                                       // of each digital-to-analog converter
	knob    sim.KnobFault                                       // of each knob on a chip, also on an ADS1115
	dark    string                                              // the output with an LED whose wire is loose or in another hole, or allLEDs
	jumper  string                                              // the spike input with a jumper wire that is loose or in another hole, or allJumpers
	hole    sim.Hole                                            // of the wire's end, "" for a fault without another hole
	several []Fault                                             // more than one: these, and none of its own
}

// None is the name and the ID of the first entry: no fault.
const None = "none"

// All returns the faults in the order of the key x in the scope.
func All() []Fault {
	return []Fault{
		{ID: None, Name: None},
		{ID: "miso-open", Name: "MISO open", faults: sim.Faults{MISO: sim.Open}},
		{ID: "miso-shorted", Name: "MISO shorted to ground", faults: sim.Faults{MISO: sim.Shorted}},
		{ID: "io-error", Name: "I/O error", faults: sim.Faults{Err: syscall.EIO}},
		{ID: "slow-transfer", Name: "slow transfer, 5 ms", faults: sim.Faults{Delay: 5 * time.Millisecond}},
		{ID: "transfer-hang", Name: "transfers hang, 1 s", faults: sim.Faults{Delay: time.Second}},
		{ID: "noise", Name: "noise of 20 codes", noise: 20},
		{ID: "miso-flaky", Name: "loose contact at MISO", faults: sim.Faults{MISO: sim.Flaky}},
		{ID: "ce-row-too-high", Name: "CE one row too high", wires: func(lines map[string]string, ce string) sim.Faults {
			header := config.Header()
			return sim.Faults{CS: sim.Hole("GPIO" + header[config.Position(lines[ce])-3])}
		}},
		{ID: "miso-mosi-swapped", Name: "MISO and MOSI swapped", wires: func(lines map[string]string, _ string) sim.Faults {
			return sim.Faults{DIN: sim.Hole(lines["MISO"]), DOUT: sim.Hole(lines["MOSI"])}
		}},
		{ID: "cs-loose", Name: "CS loose", faults: sim.Faults{CS: sim.Loose}},
		{ID: "sclk-loose", Name: "SCLK loose", faults: sim.Faults{CLK: sim.Loose}},
		{ID: "mosi-loose", Name: "MOSI loose", faults: sim.Faults{DIN: sim.Loose}},
		{ID: "vdd-loose", Name: "VDD loose", chip: sim.NoSupply},
		{ID: "vref-loose", Name: "VREF loose", chip: sim.NoReference},
		{ID: "middle-leg-loose", Name: "middle leg loose", knob: sim.WiperOff},
		{ID: "3v3-leg-loose", Name: "leg to 3V3 loose", knob: sim.SupplyOff},
		{ID: "gnd-leg-loose", Name: "leg to GND loose", knob: sim.GroundOff},
		{ID: "led-loose", Name: "LED loose", dark: allLEDs},
		{ID: "ldac-loose", Name: "LDAC loose", dac: sim.NoLatch},
		{ID: "vout-loose", Name: "VOUT loose", dac: sim.NoOutput},
		{ID: "jumper-loose", Name: "jumper loose", jumper: allJumpers},
	}
}

// Names returns the names of all faults.
func Names() (names []string) {
	for _, f := range All() {
		names = append(names, f.Name)
	}
	return names
}

// Named returns the fault with a name or an ID.
func Named(name string) (f Fault, ok bool) {
	if first, rest, more := strings.Cut(name, "+"); more {
		f, ok = Named(strings.TrimSpace(first))
		others, also := Named(strings.TrimSpace(rest))
		return Together(f, others), ok && also
	}
	all := All()
	if i := slices.IndexFunc(all, func(f Fault) bool { return name == f.Name || name == f.ID }); i >= 0 {
		return all[i], true
	}
	return inOtherHole(name)
}

// Step returns the fault by places after f, or before f for a negative by. It counts the faults of the parts in a configuration,
// and starts again at the end.
func Step(cfg *config.Config, f Fault, by int) Fault {
	all := slices.DeleteFunc(All(), func(other Fault) bool { return other.Name != f.Name && other.Lacks(cfg) != "" })
	i := slices.IndexFunc(all, func(other Fault) bool { return other.Name == f.Name })
	return all[((i+by)%len(all)+len(all))%len(all)]
}

// Of returns the names of the faults of the parts in a configuration.
func Of(cfg *config.Config) (names []string) {
	for _, f := range All() {
		if f.Lacks(cfg) == "" {
			names = append(names, f.Name)
		}
	}
	return names
}

// Lacks returns the part missing from a configuration for this fault, or "".
func (f Fault) Lacks(cfg *config.Config) string {
	// has reports whether a knob is on a chip on this kind of bus.
	has := func(bus string) bool {
		return slices.ContainsFunc(cfg.Inputs, func(in config.Input) bool {
			port, _ := config.Place(in.Part)
			return parts.IsKnob(in) && port != "" && strings.HasPrefix(port, bus)
		})
	}
	switch {
	case f.Name == None:
		return ""
	case f.several != nil:
		for _, one := range f.several {
			if part := one.Lacks(cfg); part != "" {
				return part
			}
		}
		return ""
	case f.dark == allLEDs:
		if slices.ContainsFunc(cfg.Outputs, parts.IsLED) {
			return ""
		}
		return "an LED"
	case f.dark != "":
		if slices.ContainsFunc(cfg.Outputs, func(out config.Output) bool { return out.Name == f.dark && parts.IsLED(out) }) {
			return ""
		}
		return "an LED called " + f.dark
	case f.jumper != "":
		return f.lacksJumper(cfg)
	case f.dac == sim.NoLatch && !slices.ContainsFunc(cfg.Outputs, parts.HasLatch):
		return "a DAC on SPI"
	case f.dac == sim.NoOutput && !slices.ContainsFunc(cfg.Outputs, parts.IsDAC):
		return "a DAC"
	case f.dac != sim.ChipGood, has("SPI"):
		return ""
	case f.knob == sim.KnobGood:
		return "an MCP3xxx"
	case has("I2C"):
		return ""
	}
	return "a knob on a chip"
}

// Check returns an error if the configuration lacks the part of the fault, or if an input uses the hole of its wire.
func (f Fault) Check(cfg *config.Config) error {
	for _, in := range cfg.Inputs {
		for _, pin := range config.Pins(in.Part) {
			if slices.ContainsFunc(f.each(), func(one Fault) bool { return one.hole == sim.Hole(pin) && !(one.jumper != "" && hasJumper(in)) }) {
				return fmt.Errorf("fault: %q needs a pin that no input uses: input %s uses %s", f.Name, in.Name, pin)
			}
		}
	}
	if part := f.Lacks(cfg); part != "" {
		return fmt.Errorf("fault: %q needs %s, and the configuration has none", f.Name, part)
	}
	return nil
}

// faulty is a chip of the virtual Pi with faults of its own.
type faulty interface {
	SetNoise(counts int, seed uint64)
	SetFault(sim.ChipFault)
}

// Apply injects the fault into a virtual Pi, instead of the one before.
func (f Fault) Apply(v *board.Virtual) {
	all := f.each()
	for name, port := range v.Ports {
		var faults sim.Faults
		noise, bad := 0, sim.ChipGood
		for _, one := range all {
			if one.wires != nil {
				one.faults = one.wires(config.PortPins(name), "CE"+name[len(name)-1:])
			}
			faults = add(faults, one.faults)
			noise, bad = max(noise, one.noise), max(bad, one.chip)
		}
		port.SetFaults(faults)
		if chip, ok := v.Parts[name].(faulty); ok {
			chip.SetNoise(noise, 1)
			chip.SetFault(bad)
		}
	}
	knob, dac := sim.KnobGood, sim.ChipGood
	for _, one := range all {
		knob, dac = max(knob, one.knob), max(dac, one.dac)
	}
	for _, p := range v.Parts {
		if _, adc := p.(faulty); adc {
			continue
		}
		if chip, ok := p.(interface{ SetFault(sim.ChipFault) }); ok {
			chip.SetFault(dac)
		}
	}
	for _, k := range v.Knobs {
		k.SetFault(knob)
	}
	v.SetDark(f.Dark)
	_ = v.MoveJumpers(f.moved(v)) // a pin in use refuses the wire: it then stays loose
}

// add returns the faults of both. Where both have one of the same wire, the later one counts.
func add(f, later sim.Faults) sim.Faults {
	return sim.Faults{MISO: cmp.Or(later.MISO, f.MISO), CS: cmp.Or(later.CS, f.CS), CLK: cmp.Or(later.CLK, f.CLK), DIN: cmp.Or(later.DIN, f.DIN),
		DOUT: cmp.Or(later.DOUT, f.DOUT), Err: cmp.Or(later.Err, f.Err), Delay: cmp.Or(later.Delay, f.Delay)}
}
