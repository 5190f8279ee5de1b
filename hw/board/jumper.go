package board

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"periph.io/x/conn/v3/gpio"

	"hillock/config"
	"hillock/hw/sim"
)

// Jumpered is the part of a spike input with a jumper wire or a button.
type Jumpered interface {
	OnEdge
	// From returns the output at the other end of the wire: "red" of the same file, or "left/red" of another board. Without a wire
	// it is "", and the pin has a button.
	From() string
}

// Jumper is a jumper wire between two pins of a virtual Pi.
type Jumper struct{ From, To string }

// wireEdges puts the wires and the buttons of the spike inputs in place. It removes wires of an older configuration. A wire to another
// board hangs loose.
func (v *Virtual) wireEdges(cfg *config.Config) error {
	want := map[string]Jumper{}
	clear(v.Buttons)
	for _, in := range cfg.Inputs {
		part, ok := in.Part.(Jumpered)
		if !ok {
			continue
		}
		switch pin, from := part.Edges().Pin, part.From(); {
		case from == "":
			v.button(in.Name, part)
		case !strings.Contains(from, "/"):
			output := pinOf(cfg, from)
			if output == "" {
				return fmt.Errorf("input %s: from: must be an output with one pin, got %q", in.Name, from)
			}
			want[in.Name] = Jumper{output, pin}
		}
	}
	for input, j := range v.Jumpers {
		if want[input] != j {
			_ = v.Disconnect(j.From, j.To) // a person may have pulled the wire
			delete(v.Jumpers, input)
		}
	}
	for _, input := range slices.Sorted(maps.Keys(want)) {
		j := want[input]
		if v.Jumpers[input] == j {
			continue
		}
		if err := v.Connect(j.From, j.To); err != nil {
			return fmt.Errorf("input %s: %w", input, err)
		}
		v.Jumpers[input] = j
	}
	return nil
}

// button puts a button on the pin of an input: to 3V3 against a pull-down, to ground against a pull-up.
func (v *Virtual) button(input string, part Jumpered) {
	o := part.Edges()
	level := gpio.Level(o.Pull == gpio.PullDown || o.Pull == gpio.Float && !o.Falling)
	b, _ := v.Parts[o.Pin].(*sim.Button)
	if b == nil || b.Level() != level {
		pin := v.Pin(o.Pin)
		b = sim.NewButton(pin, level, uint64(pin.Number()))
		v.Parts[o.Pin] = b
	}
	v.Buttons[input] = b
}

// pinOf returns the pin of an output, "" for none or several.
func pinOf(cfg *config.Config, output string) string {
	for _, out := range cfg.Outputs {
		if pins := config.Pins(out.Part); out.Name == output && len(pins) == 1 {
			return pins[0]
		}
	}
	return ""
}
