package wiring

import "strconv"

// leftEnd is an end left of a chip: a knob, or a wire to a rail or over the chip to the header.
type leftEnd struct {
	pin  int
	knob *Part
	wire Wire
	rows int // in height
}

// leftOf returns the ends on the left of a chip, from the top down.
func (n *Netlist) leftOf(chip *Part) []leftEnd {
	var all []leftEnd
	for pin := 1; pin <= len(chip.Pins)/2; pin++ {
		for _, w := range n.wiresAt(End{chip.Ref, pin}) {
			e := leftEnd{pin: pin, wire: w, rows: 1}
			if w.From.Part != chip.Ref {
				e.knob, e.rows = n.part(w.From.Part), knobRows
			}
			all = append(all, e)
		}
	}
	return all
}

// above returns the number of rows above a chip: one for its name, and those of the ends on its left down to the last wire to the
// header.
func (n *Netlist) above(chip *Part) int {
	rows, above := 0, 1
	for _, e := range n.leftOf(chip) {
		if rows += e.rows; e.knob == nil && e.wire.To.Part == Header {
			above = rows + 1
		}
	}
	return above
}

// pinText returns the text of a pin on side 0, left, or 1, right.
func (p *plan) pinText(part *Part, pin, side int) string {
	text, number := part.Pins[pin], strconv.Itoa(pin+1)
	switch {
	case part.Kind == Board:
		return p.fit(plain, moduleWidth-8, text) + "  " + number
	case part.Kind == Module:
		return text
	case side == 0:
		return number + "  " + text
	}
	return text + "  " + number
}

// drawPinAt draws a leg with its name on a side of a body, and returns the start of its wire.
func (p *plan) drawPinAt(part *Part, pin, side int, edge xy) xy {
	out := float64(2*side - 1)
	p.under = append(p.under, shape{rectangle, box{min(edge.x, edge.x+2*out), edge.y - 0.5, max(edge.x, edge.x+2*out), edge.y + 0.5}, faint, dark})
	st := plain
	if len(p.wiresAt(End{part.Ref, pin + 1})) == 0 {
		st = quiet
	}
	p.text(st, xy{edge.x - 1.2*out, edge.y}, float64(side), 0.5, p.pinText(part, pin, side))
	return xy{edge.x + 2*out, edge.y}
}

// drawChip draws a chip in its column, straight wires to the right, and on the left its knobs.
func (p *plan) drawChip(b band) {
	c := b.parts[0]
	half, above := len(c.Pins)/2, p.above(c)
	left := p.leftOf(c)
	rows := 0
	for _, e := range left {
		rows += e.rows
	}
	first := b.first + above + max(0, (rows-half-above)/2)
	body := box{p.chip[0], gridY(first) - 3.8, p.chip[1], gridY(first+half-1) + 3}
	p.under = append(p.under, shape{rectangle, body, pale, black},
		shape{notch, box{body.middle().x - 2, body.top, body.middle().x + 2, body.top + 2}, white, black})
	p.text(bold, xy{body.left, body.top - 0.5}, 0, 1, p.fit(bold, p.lanes[0]-body.left, c.Ref+" "+c.Model+", "+c.Use))

	legs := map[int]xy{}
	for i := range c.Pins {
		if i < half {
			legs[i+1] = p.drawPinAt(c, i, 0, xy{body.left, gridY(first + i)})
			continue
		}
		at := p.drawPinAt(c, i, 1, xy{body.right, gridY(first + 2*half - 1 - i)})
		for _, w := range p.wiresAt(End{c.Ref, i + 1}) {
			p.onward(w, at, p.farOf(w, c))
		}
	}
	p.drawLeft(b, left, legs)
}

// drawLeft draws the knobs of a chip and routes the wires on its left side.
func (p *plan) drawLeft(b band, left []leftEnd, legs map[int]xy) {
	row, c := b.first, b.parts[0]
	var trunks []*trunk
	for _, e := range left {
		at, text := legs[e.pin], p.farOf(e.wire, c)
		p.pill(at, 1, e.wire.Color, text)
		t := &trunk{net: c.Ref + strconv.Itoa(e.pin), color: e.wire.Color, right: []xy{{at.x - p.pillWidth(text), at.y}}}
		switch over := (xy{p.chip[1] + 2, gridY(row)}); {
		case e.knob != nil:
			t.left = []xy{p.drawChipKnob(e.knob, gridY(row+1))}
		case e.wire.To.Part == Header:
			t.net, t.right = PinName(e.wire.To.Pin), append(t.right, over)
			p.onward(e.wire, over, text)
		default:
			at := xy{p.inner[0] - 1, gridY(row)}
			t.net, t.left = e.wire.To.Part, []xy{at}
			p.toRail(e.wire, 0, at)
		}
		row += e.rows
		trunks = append(trunks, t)
	}
	p.route(trunks, p.inner[0], p.inner[1], laneSpace)
}

const moduleWidth = 34.0

// drawModule draws a module with its row of pins to the right, and its knobs below it on the left.
func (p *plan) drawModule(b band) {
	m := b.parts[0]
	body := box{p.chip[1] - moduleWidth, gridY(b.first) - 2.6, p.chip[1], gridY(b.first+len(m.Pins)-1) + 2.6}
	p.under = append(p.under, shape{rectangle, body, pale, black})
	at := xy{body.left + 1.5, body.top + 1}
	for i, text := range []string{m.Ref, m.Model, m.Use} {
		st := plain
		if i == 0 {
			st = bold
		}
		at.y = p.text(st, at, 0, 0, p.fit(st, moduleWidth-14, text)).bottom
	}
	row := b.first + len(m.Pins)
	var trunks []*trunk
	for i := range m.Pins {
		at := p.drawPinAt(m, i, 1, xy{body.right, gridY(b.first + i)})
		for _, w := range p.wiresAt(End{m.Ref, i + 1}) {
			if w.Color == (Color{}) { // a plug
				continue
			}
			text := p.farOf(w, m)
			if w.From.Part == m.Ref {
				p.onward(w, at, text)
				continue
			}
			p.pill(at, 0, w.Color, text)
			knob := p.drawChipKnob(p.part(w.From.Part), gridY(row))
			trunks = append(trunks, &trunk{net: m.Ref + m.Pins[i], color: w.Color, left: []xy{{at.x + p.pillWidth(text), at.y}, knob}})
			row += knobRows
		}
	}
	p.route(trunks, p.lanes[0], p.lanes[1], laneSpace)
	y := gridY(b.first + len(m.Pins))
	for _, part := range b.parts[1:] {
		if part.Kind == Servo {
			p.drawServo(part, body, y)
			y += servoRows * step
		}
	}
}
