package breadboard

import (
	"fmt"
	"slices"
	"strings"

	"hillock/hw/wiring"
)

// Step is a step of building: a part, a wire, or a supply beside the Pi.
type Step struct {
	Text   string // "red: header pin 1 to the red rail, left"
	Part   string // ref, or ""
	Wire   string // ID, or ""
	Supply string // ref of the module with a supply of its own, or ""
}

// Steps returns the list of building. The rails come first, then each part with its wires. A supply comes before the first servo on it.
func (b *Board) Steps() []Step {
	var steps []Step
	supplied := map[Hole]bool{}
	for _, s := range b.order() {
		if s.part != nil && s.part.Kind == wiring.Servo {
			ground, supply := s.part.Legs[0].Into, s.part.Legs[1].Into
			if !supplied[supply] {
				text := fmt.Sprintf("%s: 5 V of its own supply, never from the Pi, its minus to %s", b.name(supply), b.name(ground))
				steps, supplied[supply] = append(steps, Step{Text: text, Supply: supply.Column}), true
			}
		}
		if s.part != nil {
			steps = append(steps, Step{Text: b.partText(s.part), Part: s.part.Ref})
		} else {
			steps = append(steps, Step{Text: b.wireText(*s.wire) + b.wireNote(*s.wire), Wire: s.wire.ID})
		}
	}
	return steps
}

type ordered struct {
	part *Part
	wire *Wire
}

// order returns parts and wires in the order of building: a wire follows the last part at its ends.
func (b *Board) order() (all []ordered) {
	owner := map[Hole][]string{} // parts at a row
	for _, p := range b.Parts {
		for _, leg := range p.Legs {
			owner[leg.Hole.strip()] = append(owner[leg.Hole.strip()], p.Ref)
		}
	}
	there, done := map[string]bool{}, map[string]bool{}
	ready := func(h Hole) bool {
		parts := owner[h.strip()]
		return h.rail() || len(parts) == 0 || slices.ContainsFunc(parts, func(ref string) bool { return there[ref] })
	}
	wires := func(which func(Wire) bool) {
		for i := range b.Wires {
			if w := &b.Wires[i]; !done[w.ID] && which(*w) && ready(w.From) && ready(w.To) {
				all, done[w.ID] = append(all, ordered{wire: w}), true
			}
		}
	}
	every := func(Wire) bool { return true }
	wires(func(w Wire) bool { return w.From.Column == Header && w.To.rail() })
	wires(every)
	for i, p := range b.Parts {
		all, there[p.Ref] = append(all, ordered{part: p}), true
		last := i+1 == len(b.Parts)
		if last || !b.Parts[i+1].hangs && (b.Parts[i+1].Group != p.Group || p.hangs || p.Kind == wiring.Chip || p.Kind == wiring.Module || p.Kind == wiring.Knob) {
			wires(every)
		}
	}
	return all
}

// name returns a hole in words: "a12", "the blue rail, left", "header pin 6", "VCC of M1", "pin \"left\" of board \"right\"".
func (b *Board) name(h Hole) string {
	on := ""
	if b.Boards > 1 {
		on = fmt.Sprintf(" on board %d", h.Board)
	}
	switch {
	case h.Column == Header:
		return fmt.Sprintf("header pin %d", h.Row)
	case h.Column == Probe:
		return "the probe of an oscilloscope, its ground clip to a blue rail"
	case h.rail():
		color, side, _ := strings.Cut(h.Column, " ")
		return "the " + color + " rail, " + side + on
	case h.Board > 0:
		return fmt.Sprintf("%s%d", h.Column, h.Row) + on
	}
	for _, p := range b.Parts {
		if p.Ref == h.Column {
			pin := p.Pins[h.Row-1]
			if p.Kind != wiring.Board {
				return pin + " of " + p.Ref
			}
			if pin != "GND" {
				pin = fmt.Sprintf("pin %q", pin)
			}
			return fmt.Sprintf("%s of board %q", pin, p.Model)
		}
	}
	return h.Column
}

// wireNote returns the purpose of a wire: its signal, or the legs at its ends.
func (b *Board) wireNote(w Wire) string {
	switch {
	case w.From.rail() || w.To.rail():
		if w.From.Column == Header {
			return " (" + wiring.PinName(w.From.Row) + ")"
		}
		return ""
	case w.From.Column == Header:
		return " (" + b.pinName(w.From.Row) + ")"
	}
	var legs []string
	for _, h := range []Hole{w.From, w.To} {
		if leg := b.legAt(h); leg != "" && h.Board > 0 {
			legs = append(legs, leg)
		}
	}
	if len(legs) < 2 {
		return ""
	}
	return " (" + strings.Join(legs, " to ") + ")"
}

// pinName returns a pin of the header with its signal: "GPIO11 SCLK".
func (b *Board) pinName(position int) string {
	for _, w := range b.kit.Wires {
		if w.To == (wiring.End{Part: wiring.Header, Pin: position}) && w.Signal != "" {
			return wiring.PinName(position) + " " + w.Signal
		}
	}
	return wiring.PinName(position)
}

// legAt returns the first leg in the row of a hole: "IC1 CH0".
func (b *Board) legAt(h Hole) string {
	for _, p := range b.Parts {
		for _, leg := range p.Legs {
			if leg.Hole.strip() == h.strip() {
				name, _, _ := strings.Cut(p.Pins[leg.Pin-1], ",")
				return p.Ref + " " + name
			}
		}
	}
	return ""
}

// partText returns a part with its holes.
func (b *Board) partText(p *Part) string {
	in := func(leg int) string { return b.name(p.Legs[leg].Hole) }
	title := p.Ref
	for _, word := range []string{p.Kind.String(), p.Model} {
		if word != "" {
			title += " " + word
		}
	}
	use := ""
	if purpose := p.Purpose(); purpose != "" && p.Kind != wiring.Chip && p.Kind != wiring.Module && p.Kind != wiring.Capacitor && p.Kind != wiring.Resistor {
		use = ", " + purpose
	}
	switch p.Kind {
	case wiring.Chip:
		half := len(p.Pins) / 2
		return fmt.Sprintf("%s: across the gap, notch up, pin 1 in %s, pin %d in %s", title, in(0), half+1, in(half))
	case wiring.Module, wiring.Board:
		if p.Legs[0].Hole.Board == 0 {
			return strings.TrimSuffix(title+", "+p.Use, ", ") + ": put it beside the breadboard"
		}
		var legs []string
		for i := range p.Legs {
			legs = append(legs, p.Pins[i]+" in "+in(i))
		}
		if len(legs) > 4 {
			last := len(legs) - 1
			return fmt.Sprintf("%s, %s: %s down to %s", title, p.Use, legs[0], legs[last])
		}
		return title + ", " + p.Use + ": " + strings.Join(legs, ", ")
	case wiring.LED:
		anode, cathode := in(0), in(1)
		if p.Legs[0].Pin == 2 {
			anode, cathode = cathode, anode
		}
		return fmt.Sprintf("%s %s LED%s: long leg in %s, short leg, flat side, in %s", p.Ref, p.Lens.Name, use, anode, cathode)
	case wiring.Resistor:
		return fmt.Sprintf("%s (%s): %s and %s", title, strings.Join(bandNames(p.Ohms), " "), in(0), in(1))
	case wiring.Button:
		return fmt.Sprintf("%s%s: upper legs in %s and %s, lower legs in %s and %s", title, use, in(0), in(1), in(3), in(2))
	case wiring.Servo:
		into := p.Legs[len(p.Legs)-1].Into
		return fmt.Sprintf("%s%s: its plug on %s, brown to GND", title, use, b.name(into))
	}
	var legs []string
	for i, leg := range p.Legs {
		if p.Kind == wiring.Knob {
			legs = append(legs, p.Pins[leg.Pin-1]+" in "+in(i))
		} else {
			legs = append(legs, in(i))
		}
	}
	if p.Kind == wiring.Knob {
		return title + use + ": " + strings.Join(legs, ", ")
	}
	return title + use + ": " + strings.Join(legs, " and ")
}
