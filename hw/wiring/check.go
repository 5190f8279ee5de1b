package wiring

import (
	"fmt"
	"slices"
	"strings"
)

// Safe currents of a Pi. For one pin, either way, the highest drive strength of a pad,
// https://www.raspberrypi.com/documentation/computers/raspberry-pi.html#gpio-pads-control, and for all pins together the figure
// in common use; Raspberry Pi documents none.
const (
	maxPin = 16.0 // mA
	maxAll = 50.0 // mA
)

// check returns conflicts between wires at the header, and currents above the limits of a Pi.
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
			problems = append(problems, fmt.Errorf("%s: must give at most %g mA, got %.1f mA: use a larger resistor", spot(position), maxPin, current))
		}
	}
	if all := n.Current(); all > maxAll {
		problems = append(problems, fmt.Errorf("all pins: must give at most %g mA together, got %.1f mA: use fewer LEDs", maxAll, all))
	}
	return problems
}

// conflict returns the error of a pin with several parts.
func (n *Netlist) conflict(position int, wires []Wire) error {
	slices.SortStableFunc(wires, func(a, b Wire) int { return len(b.Signal) - len(a.Signal) }) // the bus first
	var users []string
	for _, w := range wires {
		p := n.part(w.From.Part)
		use := strings.TrimSuffix(p.Ref+" of "+p.Use, " of ")
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

// Current returns the largest total current of all pins, mA.
func (n *Netlist) Current() float64 {
	all := 0.0
	for _, w := range n.Wires {
		all += w.Current
	}
	return all
}
