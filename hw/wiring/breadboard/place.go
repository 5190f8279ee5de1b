package breadboard

import (
	"strings"

	"hillock/hw/wiring"
)

// placeGroup puts a group of parts on the board and reports whether it fits.
func (p *plan) placeGroup(group []*wiring.Part) bool {
	for len(group) > 0 {
		n, ok := p.placeFirst(group)
		if !ok {
			return false
		}
		group = group[n:]
	}
	return true
}

// placeFirst puts the first parts of a group on the board, and returns their number.
func (p *plan) placeFirst(group []*wiring.Part) (n int, ok bool) {
	first := group[0]
	var second *wiring.Part
	if len(group) > 1 {
		second = group[1]
	}
	switch first.Kind {
	case wiring.Chip:
		return 1, p.placeChip(first)
	case wiring.Module, wiring.Board:
		return 1, p.placeModule(first)
	case wiring.Servo:
		return 1, p.placeServo(first)
	case wiring.Knob:
		if len(group) == 4 && second.Kind == wiring.Resistor && group[2].Kind == wiring.Capacitor {
			return 4, p.placeCharge(group)
		}
		return 1, p.placeKnob(first)
	case wiring.Button:
		return 1, p.placeButton(first)
	case wiring.Resistor:
		if second == nil {
			break
		}
		for end := 1; end <= 2; end++ {
			for leg := 1; leg <= 2; leg++ {
				if p.same(wiring.End{Part: first.Ref, Pin: end}, wiring.End{Part: second.Ref, Pin: leg}) {
					switch second.Kind {
					case wiring.LED:
						return 2, p.placeLED(first, second, end, leg)
					case wiring.Piezo:
						return 2, p.placePiezo(first, second, end, leg)
					case wiring.Resistor:
						return 2, p.placeDivider(first, second, end, leg)
					}
				}
			}
		}
	case wiring.Light:
		if second != nil && second.Kind == wiring.Resistor {
			for end := 1; end <= 2; end++ {
				if p.same(wiring.End{Part: second.Ref, Pin: end}, wiring.End{Part: first.Ref, Pin: 2}) {
					return 2, p.placeLight(first, second, end)
				}
			}
		}
	}
	p.loose = append(p.loose, first)
	return 1, true
}

// placeChip puts a chip across the gap: pin 1 in column e.
func (p *plan) placeChip(chip *wiring.Part) bool {
	half := len(chip.Pins) / 2
	at, ok := p.room(half+1, leftHalf, rightHalf) // a row above it for wires to its right side
	if !ok {
		return false
	}
	at.row++
	var legs []Leg
	for i := range chip.Pins {
		if i < half {
			legs = append(legs, Leg{Pin: i + 1, Hole: at.hole("e", i)})
		} else {
			legs = append(legs, Leg{Pin: i + 1, Hole: at.hole("f", 2*half-1-i)})
		}
	}
	p.add(chip, at.around(19.4, 24.6, -0.4, float64(half)-0.6), legs...)
	return true
}

// placeKnob puts a potentiometer on one half: its legs in column c or h, leg 1 up in the left half and down in the right one.
func (p *plan) placeKnob(knob *wiring.Part) bool {
	at, half, ok := p.oneHalf(3)
	if !ok {
		return false
	}
	column, body := "c", at.around(16, 21.8, -0.7, 2.7)
	if half == rightHalf {
		column, body = "h", at.around(22.2, 28, -0.7, 2.7)
	}
	var legs []Leg
	for pin := 1; pin <= 3; pin++ {
		row := pin - 1
		if half == rightHalf {
			row = 3 - pin
		}
		legs = append(legs, Leg{Pin: pin, Hole: at.hole(column, row)})
	}
	p.add(knob, body, legs...)
	return true
}

// oneHalf takes rows in one half: in the left one, or where parts are on both, in the half with more room.
func (p *plan) oneHalf(rows int) (spot, int, bool) {
	half := leftHalf
	if p.both {
		for board := range p.next {
			next := p.next[board]
			if min(next[leftHalf], next[rightHalf])+rows-1 <= p.rows {
				if next[rightHalf] < next[leftHalf] {
					half = rightHalf
				}
				break
			}
		}
	}
	at, ok := p.room(rows, half)
	return at, half, ok
}

// placeLED puts an LED in the right half, and its resistor across the gap.
func (p *plan) placeLED(resistor, led *wiring.Part, end, leg int) bool {
	at, ok := p.room(3, leftHalf, rightHalf)
	if !ok {
		return false
	}
	p.across(resistor, end, at, "d", "f", 0)
	p.add(led, at.around(27, 33, 0.05, 1.95), Leg{Pin: leg, Hole: at.hole("g", 0)}, Leg{Pin: 3 - leg, Hole: at.hole("g", 2)})
	return true
}

// across puts a part with two legs across the gap: the given end in the right half.
func (p *plan) across(part *wiring.Part, end int, at spot, left, right string, row int) {
	l, r := float64(columnX(left)), float64(columnX(right))
	p.add(part, at.around(l+0.8, r-0.8, float64(row)-0.4, float64(row)+0.4),
		Leg{Pin: 3 - end, Hole: at.hole(left, row)}, Leg{Pin: end, Hole: at.hole(right, row)})
}

// placePiezo puts a piezo disc at the right edge, and its resistor across the gap.
func (p *plan) placePiezo(resistor, piezo *wiring.Part, end, leg int) bool {
	at, ok := p.room(5, leftHalf, rightHalf)
	if !ok {
		return false
	}
	at.row++
	p.across(resistor, end, at, "d", "f", 0)
	p.add(piezo, at.around(34.5, 43.5, -1.25, 3.25), Leg{Pin: leg, Hole: at.hole("j", 0)}, Leg{Pin: 3 - leg, Hole: at.hole("j", 2)})
	return true
}

// placeDivider puts a resistor across the gap, and a second one down from its row.
func (p *plan) placeDivider(upper, lower *wiring.Part, end, leg int) bool {
	at, ok := p.room(5, leftHalf, rightHalf)
	if !ok {
		return false
	}
	p.across(upper, end, at, "d", "f", 0)
	p.add(lower, at.around(26.2, 27.8, 0.5, 3.5), Leg{Pin: leg, Hole: at.hole("g", 0)}, Leg{Pin: 3 - leg, Hole: at.hole("g", 4)})
	return true
}

// placeLight puts a light sensor in the left half, and its resistor across the gap.
func (p *plan) placeLight(sensor, resistor *wiring.Part, end int) bool {
	at, ok := p.room(3, leftHalf, rightHalf)
	if !ok {
		return false
	}
	p.across(resistor, 3-end, at, "e", "g", 2)
	p.add(sensor, at.around(11, 17, 0.05, 1.95), Leg{Pin: 1, Hole: at.hole("d", 0)}, Leg{Pin: 2, Hole: at.hole("d", 2)})
	return true
}

// placeButton puts a button across the gap. The legs of a side are opposite each other.
func (p *plan) placeButton(button *wiring.Part) bool {
	at, ok := p.room(3, leftHalf, rightHalf)
	if !ok {
		return false
	}
	p.add(button, at.around(19.6, 24.4, -0.2, 2.2),
		Leg{Pin: 1, Hole: at.hole("e", 0)}, Leg{Pin: 1, Hole: at.hole("f", 0)},
		Leg{Pin: 2, Hole: at.hole("f", 2)}, Leg{Pin: 2, Hole: at.hole("e", 2)})
	return true
}

// placeCharge puts a knob on the board, and below it the resistor across the gap, the capacitor and the second resistor at its row.
func (p *plan) placeCharge(group []*wiring.Part) bool {
	charge, capacitor, discharge := group[1], group[2], group[3]
	if !p.placeKnob(group[0]) {
		return false
	}
	at, ok := p.room(5, leftHalf, rightHalf)
	if !ok {
		return false
	}
	p.across(charge, 2, at, "d", "f", 0)
	p.add(discharge, at.around(26.2, 27.8, 0.5, 3.5), Leg{Pin: 2, Hole: at.hole("g", 0)}, Leg{Pin: 1, Hole: at.hole("g", 4)})
	p.add(capacitor, at.around(30.1, 31.9, -0.2, 2.2), Leg{Pin: 1, Hole: at.hole("i", 0)}, Leg{Pin: 2, Hole: at.hole("i", 2)})
	return true
}

// overhang returns the width and height of a module on the board, in cells: it hangs over the right edge.
func overhang(m *wiring.Part) (wide, rows int, ok bool) {
	rows = len(m.Pins)
	switch {
	case m.Model == "SSD1306":
		return 20, max(rows, 10), true
	case m.Model == "ADS1115":
		return 14, rows, true
	case strings.HasPrefix(m.Model, "MCP4725"):
		return 13, rows, true
	}
	return 0, 0, false
}

// placeModule puts a module on the board, or beside it: then wires go from its own pins.
func (p *plan) placeModule(m *wiring.Part) bool {
	wide, rows, ok := overhang(m)
	if !ok {
		legs := make([]Leg, len(m.Pins))
		for i := range m.Pins {
			legs[i] = Leg{Pin: i + 1, Hole: Hole{0, m.Ref, i + 1}}
		}
		p.aside = append(p.aside, p.add(m, box{}, legs...))
		return true
	}
	at, ok := p.room(rows, rightHalf)
	if !ok {
		return false
	}
	skip := (rows - len(m.Pins)) / 2
	var legs []Leg
	for i := range m.Pins {
		legs = append(legs, Leg{Pin: i + 1, Hole: at.hole("j", skip+i)})
	}
	p.add(m, at.around(34.2, 34+float64(wide), -0.4, float64(rows)-0.6), legs...)
	p.hang[at.board-1] = max(p.hang[at.board-1], 34+wide-boardWide)
	return true
}

// placeServo puts a servo's plug on the pins of its module.
func (p *plan) placeServo(servo *wiring.Part) bool {
	var legs []Leg
	for _, w := range p.kit.Wires {
		if w.From.Part == servo.Ref {
			legs = append(legs, Leg{w.From.Pin, Hole{0, servo.Ref, w.From.Pin}, Hole{0, w.To.Part, w.To.Pin}})
		}
	}
	p.aside = append(p.aside, p.add(servo, box{}, legs...))
	return true
}
