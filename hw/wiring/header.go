package wiring

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Header draws the 40-pin header in characters. Pin 1, in square brackets, is at the top; odd pins are left, even ones right.
// Pins in use have name, wire and parts. paint colours a text; nil leaves it plain.
func (n *Netlist) Header(paint func(Color, string) string) string {
	if paint == nil {
		paint = func(_ Color, text string) string { return text }
	}
	var left, right [20]string
	widest := 0
	for row := range left {
		left[row], right[row] = n.beside(2*row+1, true), n.beside(2*row+2, false)
		widest = max(widest, utf8.RuneCountInString(left[row]))
	}
	var b strings.Builder
	for row := range left {
		odd, even := 2*row+1, 2*row+2
		line := strings.Repeat(" ", widest-utf8.RuneCountInString(left[row])) +
			n.paintAt(odd, paint, left[row]) + "  " + n.paintAt(odd, paint, n.mark(odd)) +
			n.paintAt(even, paint, n.mark(even)) + "  " + n.paintAt(even, paint, right[row])
		fmt.Fprintln(&b, strings.TrimRight(line, " "))
	}
	return b.String()
}

func (n *Netlist) paintAt(position int, paint func(Color, string) string, text string) string {
	if wires := n.at(position); len(wires) > 0 && text != "" {
		return paint(wires[0].Color, text)
	}
	return text
}

// mark returns a pin: a wired one in brackets, pin 1 in square ones.
func (n *Netlist) mark(position int) string {
	switch {
	case position == 1:
		return fmt.Sprintf("[%2d]", position)
	case len(n.at(position)) > 0:
		return fmt.Sprintf("(%2d)", position)
	}
	return fmt.Sprintf(" %2d ", position)
}

// beside returns the text beside a pin in use, with its name nearest to the pin.
func (n *Netlist) beside(position int, left bool) string {
	wires := n.at(position)
	if len(wires) == 0 {
		return ""
	}
	words := []string{n.role(position), wires[0].Color.Name, n.ends(wires)}
	if left {
		words[0], words[2] = words[2], words[0]
	}
	return strings.Join(words, "  ")
}

// ends returns the parts at the far ends of wires: "IC1.13 R1".
func (n *Netlist) ends(wires []Wire) string {
	var ends []string
	for _, w := range wires {
		ends = append(ends, n.short(w.From))
	}
	return strings.Join(ends, " ")
}

// short returns an end in few characters. The ends of a resistor are alike.
func (n *Netlist) short(e End) string {
	p := n.part(e.Part)
	switch {
	case p == nil || p.Kind == Resistor || p.Kind == Button:
		return e.Part
	case p.Kind == Module:
		return e.Part + "." + p.Pins[e.Pin-1]
	}
	return fmt.Sprintf("%s.%d", e.Part, e.Pin)
}
