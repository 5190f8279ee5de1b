package fault

import (
	"math/rand/v2"
	"regexp"
	"strings"

	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	"hillock/hw/sim"
)

// allLEDs stands for the wires of all LEDs.
const allLEDs = "*"

// Together returns several faults as one, with the name "CS loose + LED loose".
func Together(all ...Fault) Fault {
	var several []Fault
	for _, f := range all {
		if f.Name != None {
			several = append(several, f.each()...)
		}
	}
	switch len(several) {
	case 0:
		return Fault{ID: None, Name: None}
	case 1:
		return several[0]
	}
	var ids, names []string
	for _, f := range several {
		ids, names = append(ids, f.ID), append(names, f.Name)
	}
	return Fault{ID: strings.Join(ids, "+"), Name: strings.Join(names, " + "), several: several}
}

// Without returns the fault without one of its faults, and whether it had that one.
func (f Fault) Without(name string) (rest Fault, had bool) {
	var others []Fault
	for _, one := range f.each() {
		if one.Name == name || one.ID == name {
			had = true
		} else {
			others = append(others, one)
		}
	}
	return Together(others...), had
}

// each returns the faults of which this one consists.
func (f Fault) each() []Fault {
	if f.several != nil {
		return f.several
	}
	return []Fault{f}
}

// Dark reports whether the LED of an output is dark.
func (f Fault) Dark(output string) bool {
	for _, one := range f.each() {
		if one.dark == allLEDs || one.dark != "" && one.dark == output {
			return true
		}
	}
	return false
}

var (
	misplaced = regexp.MustCompile(`^(?i:(CS|SCLK|MOSI|MISO)[ -]in[ -](GPIO[0-9]+|3V3|GND))$`)
	lamp      = regexp.MustCompile(`^(?i:LED)[ -](.+)[ -]loose$`)
	inAnyHole = regexp.MustCompile(`^(?i:(CS|SCLK|MOSI|MISO|LED[ -].+|jumper[ -].+)[ -]in[ -].*)$`)
	jumper    = regexp.MustCompile(`^(?i:jumper)[ -](.+)[ -]loose$`)
	jumperIn  = regexp.MustCompile(`^(?i:jumper)[ -](.+)[ -]in[ -](?i:(GPIO[0-9]+))$`)
	lampIn    = regexp.MustCompile(`^(?i:LED)[ -](.+)[ -]in[ -](?i:(GPIO[0-9]+|3V3|GND))$`)
)

// inOtherHole returns the fault of a wire in another hole, "CS in GPIO25", "LED red in GPIO27" or "jumper touch in GPIO25", or of one wire,
// "LED red loose" or "jumper touch loose".
func inOtherHole(name string) (f Fault, ok bool) {
	id := func(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }
	if m := misplaced.FindStringSubmatch(name); m != nil {
		wire, hole := strings.ToUpper(m[1]), sim.Hole(strings.ToUpper(m[2]))
		f = Fault{Name: wire + " in " + string(hole), hole: hole}
		switch wire {
		case "CS":
			f.faults.CS = hole
		case "SCLK":
			f.faults.CLK = hole
		case "MOSI":
			f.faults.DIN = hole
		case "MISO":
			f.faults.DOUT = hole
		}
		f.ID = id(f.Name)
		return f, hole.Exists()
	}
	if m := lampIn.FindStringSubmatch(name); m != nil {
		hole := sim.Hole(strings.ToUpper(m[2]))
		f = Fault{Name: "LED " + m[1] + " in " + string(hole), dark: m[1], hole: hole}
		f.ID = "led-" + m[1] + "-in-" + strings.ToLower(string(hole))
		return f, hole.Exists()
	}
	if m := jumperIn.FindStringSubmatch(name); m != nil {
		hole := sim.Hole(strings.ToUpper(m[2]))
		f = Fault{Name: "jumper " + m[1] + " in " + string(hole), jumper: m[1], hole: hole}
		f.ID = "jumper-" + m[1] + "-in-" + strings.ToLower(string(hole))
		return f, hole.Exists()
	}
	if m := jumper.FindStringSubmatch(name); m != nil {
		return Fault{ID: "jumper-" + m[1] + "-loose", Name: "jumper " + m[1] + " loose", jumper: m[1]}, true
	}
	if m := lamp.FindStringSubmatch(name); m != nil {
		return Fault{ID: "led-" + m[1] + "-loose", Name: "LED " + m[1] + " loose", dark: m[1]}, true
	}
	return f, false
}

// wire returns the name of the fault when its wire is loose.
func (f Fault) wire() string {
	switch wire, _, in := strings.Cut(f.Name, " in "); {
	case !in:
		return f.Name
	case wire == "MISO":
		return "MISO open"
	default:
		return wire + " loose"
	}
}

// Hidden returns a random fault of some wires of a configuration, for a class to find. It has one for each wire at most.
func Hidden(cfg *config.Config, wires int, random *rand.Rand) Fault {
	var all []Fault
	for _, name := range []string{"MISO open", "CS loose", "SCLK loose", "MOSI loose", "VDD loose", "VREF loose", "middle leg loose", "leg to 3V3 loose",
		"leg to GND loose", "LDAC loose"} {
		if f, ok := Named(name); ok && f.Lacks(cfg) == "" {
			all = append(all, f)
		}
	}
	for _, out := range cfg.Outputs {
		if parts.IsLED(out) {
			f, _ := Named("LED " + out.Name + " loose")
			all = append(all, f)
		}
	}
	for _, in := range cfg.Inputs {
		if hasJumper(in) {
			f, _ := Named("jumper " + in.Name + " loose")
			all = append(all, f)
		}
	}
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var chosen []Fault
	legs := 0 // all knobs share the fault of one leg
	for _, f := range all {
		if f.knob != sim.KnobGood {
			legs++
		}
		if len(chosen) < wires && (f.knob == sim.KnobGood || legs == 1) {
			chosen = append(chosen, f)
		}
	}
	return Together(chosen...)
}
