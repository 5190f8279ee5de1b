package wiring

import (
	"fmt"
	"slices"
	"strings"

	"hillock/config"
)

// Safe currents of a Pi. For one pin, either way, the highest drive strength of a pad,
// https://www.raspberrypi.com/documentation/computers/raspberry-pi.html#gpio-pads-control, and for all pins together the figure
// in common use; Raspberry Pi documents none.
const (
	maxPin = 16.0 // mA
	maxAll = 50.0 // mA
)

// check returns conflicts between wires at the header, and currents above the limits of a Pi.
func (n *Netlist) check() (problems []config.Problem) {
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
			problems = append(problems, config.Problem{Key: spot(position), Rule: fmt.Sprintf("must give at most %g mA", maxPin),
				Got: fmt.Sprintf("%.1f mA", current), Hint: "use a larger resistor"})
		}
	}
	if all := n.Current(); all > maxAll {
		problems = append(problems, config.Problem{Key: "all pins", Rule: fmt.Sprintf("must give at most %g mA together", maxAll),
			Got: fmt.Sprintf("%.1f mA", all), Hint: "use fewer LEDs"})
	}
	return problems
}

// conflict returns the problem of a pin with several parts.
func (n *Netlist) conflict(position int, wires []Wire) config.Problem {
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
	return config.Problem{Key: spot(position), Rule: rule, Got: strings.Join(users, " and "), Hint: "give each a pin of its own"}
}

// Current returns the largest total current of all pins, mA.
func (n *Netlist) Current() float64 {
	all := 0.0
	for _, w := range n.Wires {
		all += w.Current
	}
	return all
}
