package breadboard

import (
	"slices"

	"hillock/hw/wiring"
)

// edges sets the left edge of each board, and moves the parts there.
func (p *plan) edges() {
	const between = 9
	for i := 1; i < p.Boards; i++ {
		p.left = append(p.left, p.left[i-1]+boardWide+p.hang[i-1]+between)
	}
	for _, part := range p.Parts {
		p.shift(part)
	}
	p.edged = true
}

// shift moves a part from its place on a board to its place in the drawing.
func (p *plan) shift(part *Part) {
	if board := part.Legs[0].Hole.Board; board > 0 {
		part.body.left += float64(p.left[board-1])
		part.body.right += float64(p.left[board-1])
	}
}

// placeLoose puts a part with two legs between rows of other parts with its nets, else across the gap.
func (p *plan) placeLoose(part *wiring.Part) bool {
	if p.placeUpright(part, true) || p.placeUpright(part, false) {
		return true
	}
	for board := 1; board <= p.Boards; board++ {
		for row := 1; row <= p.rows; row++ {
			if p.toRail(part, Hole{board, "j", row}) || p.toRail(part, Hole{board, "a", row}) {
				return true
			}
		}
	}
	at, ok := p.room(1, leftHalf, rightHalf)
	if ok {
		p.across(part, 2, at, "d", "f", 0)
	}
	return ok
}

// placeUpright puts a part along a column where both its nets are in rows of one half. At first both rows are those of its chip.
func (p *plan) placeUpright(part *wiring.Part, atChip bool) bool {
	first, last := 4, 6 // rows between the legs
	if part.Kind == wiring.Capacitor || part.Kind == wiring.Light {
		first, last = 2, 3
	}
	for board := 1; board <= p.Boards; board++ {
		for span := first; span <= last; span++ {
			for row := 1; row+span <= p.rows; row++ {
				for _, column := range []string{"h", "g", "i", "c", "d", "b"} {
					if p.upright(part, spot{board, row}, column, span, atChip) {
						return true
					}
				}
			}
		}
	}
	return false
}

// upright puts a part along a column if its legs then meet their nets.
func (p *plan) upright(part *wiring.Part, at spot, column string, span int, atChip bool) bool {
	upper, lower := at.hole(column, 0), at.hole(column, span)
	first := p.legFor(part, upper)
	if first == 0 || p.legFor(part, lower) != 3-first {
		return false
	}
	if atChip && !(p.near(part, upper) && p.near(part, lower)) || part.Kind == wiring.Capacitor && !p.near(part, upper, lower) {
		return false
	}
	x := float64(columnX(column) + p.left[at.board-1])
	body := at.around(x-0.95, x+0.95, 0.15, float64(span)-0.15)
	if !p.free(body) || !p.open(upper) || !p.open(lower) {
		return false
	}
	if part.Kind == wiring.Resistor {
		body = at.around(x-0.8, x+0.8, float64(span)/2-1.5, float64(span)/2+1.5)
	}
	p.attach(part, body, Leg{Pin: first, Hole: upper}, Leg{Pin: 3 - first, Hole: lower})
	return true
}

// attach adds a part after the parts at its legs: the list has it there. Its body is a place in the drawing.
func (p *plan) attach(part *wiring.Part, body box, legs ...Leg) {
	placed := p.add(part, body, legs...)
	placed.body, placed.hangs = body, true
	last := len(p.Parts) - 1
	at := 0
	for _, own := range legs {
		at = max(at, slices.IndexFunc(p.Parts, func(other *Part) bool {
			return slices.ContainsFunc(other.Legs, func(leg Leg) bool { return leg.Hole.strip() == own.Hole.strip() })
		}))
	}
	at = min(at, last-1)
	for at+1 < last && p.Parts[at+1].hangs {
		at++
	}
	copy(p.Parts[at+2:], p.Parts[at+1:last])
	p.Parts[at+1] = placed
}

// near reports whether a hole is in a row of a part's chip: the latest one before it in the kit.
func (p *plan) near(part *wiring.Part, holes ...Hole) bool {
	chip := ""
	for _, other := range p.kit.Parts {
		if other.Kind == wiring.Chip {
			chip = other.Ref
		}
		if other.Ref == part.Ref {
			break
		}
	}
	for _, placed := range p.Parts {
		for _, leg := range placed.Legs {
			for _, h := range holes {
				if placed.Ref == chip && leg.Hole.strip() == h.strip() {
					return true
				}
			}
		}
	}
	return chip == ""
}

// legFor returns the leg of a part with the net of a hole's row, or 0.
func (p *plan) legFor(part *wiring.Part, h Hole) int {
	net, ok := p.net[h.strip()]
	if !ok {
		return 0
	}
	for pin := 1; pin <= 2; pin++ {
		if p.root(wiring.End{Part: part.Ref, Pin: pin}) == net {
			return pin
		}
	}
	return 0
}

// toRail puts a part from a row's outer hole to the rail beside it.
func (p *plan) toRail(part *wiring.Part, h Hole) bool {
	leg := p.legFor(part, h)
	if leg == 0 || !railRow(p.rows, h.Row) || part.Kind == wiring.Capacitor && !p.near(part, h) {
		return false
	}
	rail := ""
	for _, r := range []struct{ name, left, right string }{{wiring.Ground, BlueLeft, BlueRight}, {wiring.Supply, RedLeft, RedRight}} {
		if p.same(wiring.End{Part: part.Ref, Pin: 3 - leg}, wiring.End{Part: r.name}) {
			if rail = r.left; h.right() {
				rail = r.right
			}
		}
	}
	if rail == "" {
		return false
	}
	end := Hole{h.Board, rail, h.Row}
	from, to := p.at(h), p.at(end)
	body := box{float64(min(from.x, to.x)) + 1, float64(from.y) - 0.8, float64(max(from.x, to.x)) - 1, float64(from.y) + 0.8}
	if !p.free(body) || !p.open(h) || !p.open(end) {
		return false
	}
	p.attach(part, body, Leg{Pin: leg, Hole: h}, Leg{Pin: 3 - leg, Hole: end})
	return true
}

// free reports whether no part is in a place of the drawing.
func (p *plan) free(place box) bool {
	for _, part := range p.Parts {
		if part.body.meets(place) {
			return false
		}
	}
	for h := range p.taken {
		if at := p.at(h); h.Board > 0 && place.has(float64(at.x), float64(at.y)) {
			return false
		}
	}
	return true
}

// open reports whether a hole is free and can be seen from above.
func (p *plan) open(h Hole) bool {
	if p.taken[h] != "" {
		return false
	}
	if p.covered != nil {
		return !p.covered[h]
	}
	return !p.under(h)
}

// under reports whether a part lies over a hole.
func (p *plan) under(h Hole) bool {
	at := p.at(h)
	for _, part := range p.Parts {
		if part.body.has(float64(at.x), float64(at.y)) {
			return true
		}
	}
	return false
}

// placeAside puts the modules beside the boards in a column, right of the last board. A servo is at the right edge of its module.
func (p *plan) placeAside() {
	const wide, servoWide, servoHigh = 22, 20, 6
	p.wide, p.high = piWide, piHigh
	if p.Boards > 0 {
		p.wide = p.left[p.Boards-1] + boardWide + p.hang[p.Boards-1]
		p.high = max(p.high, boardHigh(p.rows))
	}
	p.beside = p.wide + 9
	y := 2.0
	var module *Part
	servos := 0
	for _, part := range p.aside {
		if part.Kind == wiring.Servo {
			top := module.body.top + 1 + float64(servoHigh*servos)
			part.body = box{module.body.right, top, module.body.right + servoWide, top + servoHigh - 1}
			module.body.bottom = max(module.body.bottom, part.body.bottom+1)
			servos++
			p.wide = max(p.wide, p.beside+wide+servoWide)
		} else {
			module, servos = part, 0
			part.body = box{float64(p.beside), y, float64(p.beside + wide), y + float64(2*len(part.Pins)+2)}
			p.wide = max(p.wide, p.beside+wide)
		}
		y = max(y, module.body.bottom+3)
	}
	p.probes = int(y)
	for _, w := range p.kit.Wires {
		if w.To.Part == wiring.Scope {
			y += 4
			p.wide = max(p.wide, p.beside+wide)
		}
	}
	p.high = max(p.high, int(y))
}
