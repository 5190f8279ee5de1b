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
			v.pull(v.placed(input))
			delete(v.Jumpers, input)
		}
	}
	for _, input := range slices.Sorted(maps.Keys(want)) {
		j := want[input]
		if v.Jumpers[input] == j {
			continue
		}
		v.Jumpers[input] = j
		if err := v.push(v.placed(input)); err != nil {
			return fmt.Errorf("input %s: %w", input, err)
		}
	}
	return nil
}

// MoveJumpers moves the ends of jumper wires, by the names of their inputs, from the inputs' pins to other pins; "" is a loose wire. It
// puts all other wires back into their places.
func (v *Virtual) MoveJumpers(pins map[string]string) error {
	for input := range v.Jumpers {
		v.pull(v.placed(input))
	}
	v.moved = pins
	for _, input := range slices.Sorted(maps.Keys(v.Jumpers)) {
		if err := v.push(v.placed(input)); err != nil {
			return fmt.Errorf("input %s: %w", input, err)
		}
	}
	return nil
}

// placed returns the wire of an input as it lies.
func (v *Virtual) placed(input string) Jumper {
	j := v.Jumpers[input]
	if to, ok := v.moved[input]; ok {
		j.To = to
	}
	return j
}

// push puts a wire into its holes.
func (v *Virtual) push(j Jumper) error {
	if j.To == "" {
		return nil
	}
	return v.Connect(j.From, j.To)
}

// pull removes a wire. A person may have pulled it already.
func (v *Virtual) pull(j Jumper) {
	if j.To != "" {
		_ = v.Disconnect(j.From, j.To)
	}
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
