package web

import (
	"fmt"
	"slices"
	"strings"

	"hillock/cmd/hillock/internal/parts"
	"hillock/config"
	"hillock/hw/wiring"
)

// onPage returns a kit for the page's drawing; n is nil for a kit without wiring. Each input has a knob with its current. An input
// without a knob on the breadboard has one without legs.
func onPage(cfg *config.Config, inputs []config.Input, n *wiring.Netlist) Kit {
	if n == nil {
		n = &wiring.Netlist{}
		for i, out := range cfg.Outputs {
			n.Parts = append(n.Parts, wiring.Part{Ref: "output " + out.Name, Kind: wiring.LED, Use: out.Name, Group: i, Output: out.Name})
		}
	}
	kit := Kit{Parts: []Part{}, Wires: []Wire{}, Header: map[int]string{}}
	byRef := map[string]wiring.Part{}
	last := 0 // group
	for _, p := range n.Parts {
		byRef[p.Ref], last = p, max(last, p.Group)
		kit.Parts = append(kit.Parts, Part{Ref: p.Ref, Kind: kindOf(p.Kind), Model: p.Model, Pins: append([]string{}, p.Pins...),
			Group: p.Group, Label: p.Use})
		named(&kit.Parts[len(kit.Parts)-1], p.Output)
	}
	for _, in := range inputs {
		if !turns(kit.Parts, in.Name) {
			last++
			kit.Parts = append(kit.Parts, Part{Ref: "input " + in.Name, Kind: kindOf(wiring.Knob), Pins: []string{}, Group: last,
				Label: in.Name, Input: in.Name})
		}
	}
	for _, w := range n.Wires {
		wire := Wire{From: End(w.From), To: End(w.To), Name: from(byRef, w.From) + " to " + to(byRef, w), Fault: pulledOut(cfg, byRef, w)}
		if w.Color != (wiring.Color{}) {
			wire.Color = fmt.Sprintf("#%02x%02x%02x", w.Color.R, w.Color.G, w.Color.B)
		}
		kit.Wires = append(kit.Wires, wire)
		if w.To.Part == wiring.Header {
			kit.Header[w.To.Pin] = to(byRef, w)
		}
	}
	return kit
}

func kindOf(k wiring.Kind) string {
	return [...]string{wiring.Chip: "chip", wiring.Module: "module", wiring.Knob: "knob", wiring.LED: "led",
		wiring.Resistor: "resistor", wiring.Capacitor: "capacitor",
		wiring.Button: "button", wiring.Piezo: "piezo", wiring.Light: "light", wiring.Servo: "servo"}[k]
}

// named gives a knob its input, and an LED or a module its output. A difference of two channels has two knobs: the first one is
// the input's.
func named(p *Part, output string) {
	switch p.Kind {
	case "knob":
		if uses := slices.DeleteFunc(strings.Split(p.Label, ", "), func(use string) bool { return use[0] == '-' }); len(uses) > 0 {
			p.Input = uses[0]
		}
	case "led":
		p.Output = output
	case "module":
		if p.Output = output; output != "" {
			p.Label = output
		}
	}
}

// turns reports whether an input has a knob.
func turns(parts []Part, input string) bool {
	return slices.ContainsFunc(parts, func(p Part) bool { return p.Input == input })
}

// from returns a pin of a part, or a rail, in words.
func from(byRef map[string]wiring.Part, e wiring.End) string {
	p, ok := byRef[e.Part]
	if !ok {
		return e.Part
	}
	leg, _, _ := strings.Cut(p.Pins[e.Pin-1], ",")
	if p.Kind == wiring.Knob {
		return leg + " of " + p.Use
	}
	return leg + " of " + p.Ref
}

// to returns the end of a wire in words. A header pin on a bus has the name of its signal.
func to(byRef map[string]wiring.Part, w wiring.Wire) string {
	switch {
	case w.To.Part != wiring.Header:
		return from(byRef, w.To)
	case w.Signal != "":
		return w.Signal
	}
	return wiring.PinName(w.To.Pin)
}

// pulledOut returns the virtual Pi's fault for a wire: the effect of pulling it out. A fault concerns all chips or all knobs on
// chips, with a wire at each. A knob with a capacitor has other faults and other legs.
func pulledOut(cfg *config.Config, byRef map[string]wiring.Part, w wiring.Wire) string {
	p := byRef[w.From.Part]
	switch {
	case w.From.Pin == 0:
		return ""
	case p.Kind == wiring.Chip && w.Signal == "MISO":
		return "MISO open"
	case p.Kind == wiring.Chip && (w.Signal == "SCLK" || w.Signal == "MOSI"):
		return w.Signal + " loose"
	case p.Kind == wiring.Chip && strings.HasPrefix(w.Signal, "CE"):
		return "CS loose"
	case p.Kind == wiring.Chip && strings.HasPrefix(p.Pins[w.From.Pin-1], "VDD"): // VREF is the same pin on some
		return "VDD loose"
	case p.Kind == wiring.Chip && p.Pins[w.From.Pin-1] == "VREF":
		return "VREF loose"
	case p.Kind == wiring.Chip && p.Pins[w.From.Pin-1] == "LDAC":
		return "LDAC loose"
	case w.To.Part == wiring.Scope:
		return "VOUT loose"
	case p.Kind == wiring.Resistor && w.To.Part == wiring.Header && slices.ContainsFunc(cfg.Outputs, func(out config.Output) bool {
		return parts.IsLED(out) && out.Name == p.Use && config.Position(config.Pins(out.Part)[0]) == w.To.Pin // and not the pin of a jumper wire's input
	}):
		return "LED loose"
	case p.Kind == wiring.Knob && w.From.Pin == 2 && byRef[w.To.Part].Kind != wiring.Resistor, p.Kind == wiring.Light && w.From.Pin == 2:
		return "middle leg loose"
	case p.Kind == wiring.Knob && w.From.Pin == 3, p.Kind == wiring.Light && w.From.Pin == 1:
		return "leg to 3V3 loose"
	case w.To.Part == wiring.Ground && (p.Kind == wiring.Knob && w.From.Pin == 1 || p.Kind == wiring.Resistor && ofLight(byRef, p)):
		return "leg to GND loose"
	}
	return ""
}

// ofLight reports whether a resistor belongs to a light sensor.
func ofLight(byRef map[string]wiring.Part, resistor wiring.Part) bool {
	for _, p := range byRef {
		if p.Kind == wiring.Light && p.Use == resistor.Use {
			return true
		}
	}
	return false
}
