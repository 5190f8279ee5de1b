package wiring

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"hillock/config"
)

// Netlist is a kit with its parts and wires, in the order of assembly.
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
	Use   string   // its input, output or bus: "knob", "led", "SPI0.0"
	Pins  []string // their names, from pin 1
	Group int      // parts of one are drawn together

	Output string // its output; "" for a part of an input

	Ohms float64 // of a resistor, for its colour bands
	Lens Color   // of an LED
}

// End is the end of a wire.
type End struct {
	Part string // a part's Ref, or Header, Supply, Ground or Scope
	Pin  int    // from 1; 0 for a rail and Scope
}

// Every kit has the Pi's header and the rails of the breadboard.
const (
	Header = "header"
	Supply = "3V3 rail"
	Ground = "GND rail"
)

// Scope is the far end of a wire to the probe of an oscilloscope. Nothing on the breadboard is there.
const Scope = "oscilloscope"

// A Wire goes from a part, or from a rail, towards the Pi.
type Wire struct {
	From, To End
	Color    Color
	Signal   string  // on a bus: "SCLK"
	Bus      string  // "SPI0" for a header pin shared by several parts, else ""
	Current  float64 // largest of the header's pin, mA
	Note     string  // for the table
}

// title returns the name of a configuration.
func title(cfg *config.Config) string {
	if cfg.File == "" {
		return "built-in configuration"
	}
	return filepath.Base(cfg.File)
}

// Wired is a part on the breadboard.
type Wired interface {
	// Wires adds the part and its wires to the kit. Inputs on channels of one chip come together in uses.
	Wires(k *Kit, uses []Use)
}

// A Use is the use of a part by an input or output.
type Use struct {
	Name string // of the input or output
	Part config.Part
}

// New returns the netlist of a configuration. The error is its Problems.
func New(cfg *config.Config) (*Netlist, error) {
	k := kitOf(cfg)
	if k.problems != nil {
		return nil, config.Problems(k.problems)
	}
	return &k.Netlist, nil
}

// Problems returns the problems of the kit of a configuration. Their keys are those of the configuration, or a pin of the header.
func Problems(cfg *config.Config) []config.Problem { return kitOf(cfg).problems }

func kitOf(cfg *config.Config) *Kit {
	k := &Kit{Netlist: Netlist{Title: title(cfg)}, colors: map[int]Color{}}
	for _, uses := range together(cfg.Inputs) {
		if w, ok := uses[0].Part.(Wired); ok {
			w.Wires(k, uses)
			continue
		}
		k.Refuse(unwired("input", uses[0].Name, driver(cfg, uses[0].Name)))
	}
	for _, out := range cfg.Outputs {
		w, ok := out.Part.(Wired)
		if !ok {
			k.Refuse(unwired("output", out.Name, out.Driver))
			continue
		}
		k.output = out.Name
		w.Wires(k, []Use{{out.Name, out.Part}})
	}
	k.distantEnds()
	k.rails()
	k.problems = append(k.problems, k.check()...)
	return k
}

// unwired returns the problem of a part without wires.
func unwired(section, name, driver string) config.Problem {
	return config.Problem{Key: section + "." + name + ".driver", Rule: "must be a part with known wires", Got: strconv.Quote(driver)}
}

// driver returns the driver of an input.
func driver(cfg *config.Config, name string) string {
	i := slices.IndexFunc(cfg.Inputs, func(in config.Input) bool { return in.Name == name })
	return cfg.Inputs[i].Driver
}

// together groups the inputs with claims by their chip's place on a bus. No inputs share a pin.
func together(inputs []config.Input) (all [][]Use) {
	type placed struct {
		Use
		place string
	}
	var wired []placed
	for _, in := range inputs {
		place := ""
		for _, c := range in.Part.Claims() {
			if place = c.Port + " " + strconv.Itoa(c.Address); c.Port == "" {
				place = c.Pin + " " + in.Name
			}
		}
		if place != "" {
			wired = append(wired, placed{Use{in.Name, in.Part}, place})
		}
	}
	slices.SortStableFunc(wired, func(a, b placed) int { return strings.Compare(a.place, b.place) })
	for i, w := range wired {
		if i == 0 || w.place != wired[i-1].place {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], w.Use)
	}
	return all
}

// at returns the wires to a position of the header.
func (n *Netlist) at(position int) []Wire {
	var wires []Wire
	for _, w := range n.Wires {
		if w.To == (End{Header, position}) {
			wires = append(wires, w)
		}
	}
	return wires
}

// part returns the part of a ref, nil for a rail and the header.
func (n *Netlist) part(ref string) *Part {
	for i := range n.Parts {
		if n.Parts[i].Ref == ref {
			return &n.Parts[i]
		}
	}
	return nil
}

// from returns the wires from a part.
func (n *Netlist) from(ref string) []Wire {
	var wires []Wire
	for _, w := range n.Wires {
		if w.From.Part == ref {
			wires = append(wires, w)
		}
	}
	return wires
}

// headed returns the wires from a part to the header.
func (n *Netlist) headed(p *Part) []Wire {
	return slices.DeleteFunc(n.from(p.Ref), func(w Wire) bool { return w.To.Part != Header })
}

// PinName returns the name of a position of the header: "3V3", "GPIO17".
func PinName(position int) string {
	at := config.Header()[position-1]
	if '0' <= at[0] && at[0] <= '9' && at != "3V3" && at != "5V" {
		return "GPIO" + at
	}
	return at
}

// spot returns a position for a message.
func spot(position int) string { return fmt.Sprintf("%s, header pin %d", PinName(position), position) }

// role returns the name of a position with its bus signal: "GPIO11 SCLK".
func (n *Netlist) role(position int) string {
	for _, w := range n.at(position) {
		if w.Signal != "" {
			return PinName(position) + " " + w.Signal
		}
	}
	return PinName(position)
}
