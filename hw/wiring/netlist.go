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
	Group int      // parts of one are drawn together
}

// Kind is what a part looks like.
type Kind int

const (
	Chip      Kind = iota // a DIP: pins down the left side and up the right one, notch up
	Module                // a board with a row of pins
	Knob                  // a potentiometer: legs in a row, seen from the shaft and with the legs down from the left
	LED                   // pin 1 is the anode
	Resistor              // pins alike
	Capacitor             // pins alike
)

// String is the word for it in the table.
func (k Kind) String() string {
	return [...]string{"", "module", "potentiometer", "LED", "resistor", "capacitor"}[k]
}

// prefix is what refs of the kind begin with: as in circuit diagrams, but P for a potentiometer and M for a module.
func (k Kind) prefix() string { return [...]string{"IC", "M", "P", "D", "R", "C"}[k] }

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
	for _, inputs := range chipsOf(cfg.Inputs) {
		switch inputs[0].Driver {
		case "ads1115":
			k.ads1115(inputs)
		case "rc":
			k.capacitor(inputs[0])
		default:
			k.adc(inputs)
		}
	}
	for _, out := range cfg.Outputs {
		switch out.Driver {
		case "pulse":
			k.led(out, "pin", out.Pin, out.Name)
		case "bar":
			for i, pin := range strings.Fields(out.Pins) {
				k.led(out, "pins", pin, fmt.Sprintf("%s %d", out.Name, i+1)) // 1 is the lowest level
			}
		case "apa102":
			k.strip(out)
		case "oled":
			k.display(out)
		default:
			k.refuse("output.%s: driver: no wiring is known for %q", out.Name, out.Driver)
		}
	}
	k.rails()
	if err := errors.Join(append(k.problems, k.check()...)...); err != nil {
		return nil, err
	}
	return &k.Netlist, nil
}

// chipsOf are the inputs that have a wire, by what they share: the port of a chip, and its address there. A capacitor is
// shared by none.
func chipsOf(inputs []config.Input) [][]config.Input {
	shared := func(in config.Input) string {
		if in.Driver == "rc" {
			return in.Pin + " " + in.Name
		}
		return fmt.Sprint(in.Port, " ", in.Address)
	}
	wired := slices.DeleteFunc(slices.Clone(inputs), func(in config.Input) bool { return in.Driver == "wave" || in.Driver == "file" })
	slices.SortStableFunc(wired, func(a, b config.Input) int { return strings.Compare(shared(a), shared(b)) })
	var all [][]config.Input
	for i, in := range wired {
		if i == 0 || shared(in) != shared(wired[i-1]) {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], in)
	}
	return all
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

// PinName is what is at a position of the header: "3V3", "GPIO17".
func PinName(position int) string {
	at := config.Header()[position-1]
	if '0' <= at[0] && at[0] <= '9' && at != "3V3" && at != "5V" {
		return "GPIO" + at
	}
	return at
}

// spot is a position for a message.
func spot(position int) string { return fmt.Sprintf("%s, header pin %d", PinName(position), position) }

// role is the name of a position with the signal that a bus has on it: "GPIO11 SCLK".
func (n *Netlist) role(position int) string {
	for _, w := range n.at(position) {
		if w.Signal != "" {
			return PinName(position) + " " + w.Signal
		}
	}
	return PinName(position)
}
