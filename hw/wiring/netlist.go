package wiring

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"hillock/config"
)

// Netlist is a kit as it is to be wired, parts and wires in the order in which one would put them in.
type Netlist struct {
	Title string // of the configuration
	Parts []Part
	Wires []Wire
}

// A Part is something on the breadboard.
type Part struct {
	Ref   string // "IC1": its name in table and drawing
	Kind  Kind
	Model string   // "MCP3008", "330 Ohm"
	Use   string   // what the configuration has it for: "knob", "led", "SPI0.0"
	Pins  []string // their names, from pin 1
}

// Kind is what a part looks like.
type Kind int

const (
	Chip     Kind = iota // a DIP: pins down the left side and up the right one, notch up
	Knob                 // a potentiometer: legs in a row, seen from the shaft and with the legs down from the left
	LED                  // pin 1 is the anode
	Resistor             // pins alike
)

// String is the word for it in the table.
func (k Kind) String() string { return [...]string{"", "potentiometer", "LED", "resistor"}[k] }

// prefix is what refs of the kind begin with: as in circuit diagrams, but P for a potentiometer.
func (k Kind) prefix() string { return [...]string{"IC", "P", "D", "R"}[k] }

// End is where a wire ends.
type End struct {
	Part string // a part's Ref, or Header, Supply or Ground
	Pin  int    // from 1; 0 for a rail
}

// What is there in every kit: the Pi's header, and the rails of the breadboard.
const (
	Header = "header"
	Supply = "3V3 rail"
	Ground = "GND rail"
)

// A Wire goes from a part, or from a rail, towards the Pi.
type Wire struct {
	From, To End
	Color    Color
	Signal   string  // on a bus: "SCLK"
	Bus      string  // "SPI0" where several parts may share this wire's header pin, else ""
	Current  float64 // that the header's pin gives at most, mA
	Note     string  // for the table
}

// title is the name of a configuration.
func title(cfg *config.Config) string {
	if cfg.File == "" {
		return "built-in configuration"
	}
	return filepath.Base(cfg.File)
}

// New is the netlist of a configuration. The error joins everything that keeps it from being wired.
func New(cfg *config.Config) (*Netlist, error) {
	k := &kit{Netlist: Netlist{Title: title(cfg)}, colors: map[int]Color{}}
	for _, port := range ports(cfg.Inputs) {
		k.adc(port)
	}
	for _, out := range cfg.Outputs {
		if out.Driver != "pulse" {
			k.refuse("output.%s: driver: no wiring is known for %q", out.Name, out.Driver)
			continue
		}
		if out.Invert {
			k.refuse("output.%s: invert: no wiring is known for an LED between 3V3 and the pin", out.Name)
			continue
		}
		k.led(out)
	}
	k.rails()
	if err := errors.Join(append(k.problems, k.check()...)...); err != nil {
		return nil, err
	}
	return &k.Netlist, nil
}

// ports are the inputs that have a wire, by the port that their chip is on, in the order of the ports.
func ports(inputs []config.Input) [][]config.Input {
	wired := slices.DeleteFunc(slices.Clone(inputs), func(in config.Input) bool { return in.Driver == "wave" || in.Driver == "file" })
	sorted := slices.SortedStableFunc(slices.Values(wired), func(a, b config.Input) int { return strings.Compare(a.Port, b.Port) })
	var all [][]config.Input
	for i, in := range sorted {
		if i == 0 || in.Port != sorted[i-1].Port {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], in)
	}
	return all
}

// The current that a Pi gives without harm: of one pin, the highest drive strength of a pad,
// https://www.raspberrypi.com/documentation/computers/raspberry-pi.html#gpio-pads-control, and of all together, the figure
// in common use, which Raspberry Pi documents for no board.
const (
	maxPin = 16.0 // mA
	maxAll = 50.0 // mA
)

// check holds the wires to the header against each other and against what a Pi gives.
func (n *Netlist) check() []error {
	var problems []error
	for position := 1; position <= 40; position++ {
		wires := n.at(position)
		current := 0.0
		for _, w := range wires {
			current += w.Current
		}
		if len(wires) > 1 && slices.ContainsFunc(wires, func(w Wire) bool { return w.Bus == "" || w.Bus != wires[0].Bus || w.Signal != wires[0].Signal }) {
			problems = append(problems, n.conflict(position, wires))
		}
		if current > maxPin {
			problems = append(problems, fmt.Errorf("%s: must give at most %g mA, got %.1f mA: take a larger resistor", spot(position), maxPin, current))
		}
	}
	if all := n.Current(); all > maxAll {
		problems = append(problems, fmt.Errorf("all pins: must give at most %g mA together, got %.1f mA: leave out parts, or take larger resistors", maxAll, all))
	}
	return problems
}

// conflict tells who is on one pin.
func (n *Netlist) conflict(position int, wires []Wire) error {
	slices.SortStableFunc(wires, func(a, b Wire) int { return len(b.Signal) - len(a.Signal) }) // the bus first
	var users []string
	for _, w := range wires {
		p := n.part(w.From.Part)
		use := p.Ref + " of " + p.Use
		if w.Signal != "" {
			use += " as its " + w.Signal
		}
		users = append(users, use)
	}
	rule := "must be for one part"
	if wires[0].Bus != "" {
		rule = "must be left to the bus " + wires[0].Bus
	}
	return fmt.Errorf("%s: %s, got %s: give each a pin of its own", spot(position), rule, strings.Join(users, " and "))
}

// at are the wires to a position of the header.
func (n *Netlist) at(position int) []Wire {
	var wires []Wire
	for _, w := range n.Wires {
		if w.To == (End{Header, position}) {
			wires = append(wires, w)
		}
	}
	return wires
}

// Current is what all pins give together at most, mA.
func (n *Netlist) Current() float64 {
	all := 0.0
	for _, w := range n.Wires {
		all += w.Current
	}
	return all
}

// part is the part of a ref, nil for a rail and the header.
func (n *Netlist) part(ref string) *Part {
	for i := range n.Parts {
		if n.Parts[i].Ref == ref {
			return &n.Parts[i]
		}
	}
	return nil
}

// from are the wires that begin at a part.
func (n *Netlist) from(ref string) []Wire {
	var wires []Wire
	for _, w := range n.Wires {
		if w.From.Part == ref {
			wires = append(wires, w)
		}
	}
	return wires
}

// name is what is at a position of the header: "3V3", "GPIO17".
func name(position int) string {
	at := config.Header()[position-1]
	if '0' <= at[0] && at[0] <= '9' && at != "3V3" && at != "5V" {
		return "GPIO" + at
	}
	return at
}

// spot is a position for a message.
func spot(position int) string { return fmt.Sprintf("%s, header pin %d", name(position), position) }

// position is where a pin is on the header, the first where there are several; 0 when it is nowhere.
func position(pin string) int {
	for p := 1; p <= 40; p++ {
		if name(p) == pin {
			return p
		}
	}
	return 0
}

// role is the name of a position with the signal that a bus has on it: "GPIO11 SCLK".
func (n *Netlist) role(position int) string {
	for _, w := range n.at(position) {
		if w.Signal != "" {
			return name(position) + " " + w.Signal
		}
	}
	return name(position)
}
