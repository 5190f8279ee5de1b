package wiring

import "strings"

// drawChain draws a resistor from the header on the right, and an LED or a piezo disc behind it, to a rail on the left.
func (p *plan) drawChain(b band) {
	y := gridY(b.first)
	r := b.parts[0]
	half := p.drawTwoLegs(r, xy{resistorAt, y}) / 2
	left := resistorAt - half
	use := r.Purpose()
	for _, part := range b.parts[1:] { // an LED or a piezo disc
		wide := p.drawTwoLegs(part, xy{ledAt, y}) / 2
		p.wire(part.Ref, dark, xy{left, y}, xy{ledAt + wide, y})
		left = ledAt - wide
	}
	headed := p.headed(r)
	row := xy{(resistorAt + half + chainPill) / 2, y}
	if len(headed) > 1 {
		const r = 0.8 // a joint between the resistor and the disc
		p.over = append(p.over, shape{rounded, box{row.x - r, y - r, row.x + r, y + r}, dark, dark})
	}
	for i, w := range headed {
		switch {
		case i > 0 || len(b.parts) == 1 && r.Kind == Resistor:
			use = w.Note
		case w.Note != "":
			use += ", " + w.Note
		}
		at := xy{chainPill, y + step*float64(i)}
		from := []xy{{resistorAt + half, y}}
		if i > 0 {
			from = []xy{row, {row.x, at.y}}
		}
		p.wire(r.Ref, w.Color, append(from, at)...)
		text := p.farOf(w, r)
		p.onward(w, at, text)
		at.x += p.pillWidth(text) + 1.5
		p.text(plain, xy{at.x, at.y - 0.8}, 0, 1, p.fit(plain, p.ground[1]-2-at.x, use))
	}
	for _, part := range b.parts {
		for _, w := range p.from(part.Ref) {
			if w.To.Part == Supply || w.To.Part == Ground {
				p.toRail(w, 0, xy{left, y})
			}
		}
	}
}

// drawBypass draws a capacitor from the GND rail on the left to the 3V3 rail on the right.
func (p *plan) drawBypass(b band) {
	y, c := gridY(b.first), b.parts[0]
	half := p.drawTwoLegs(c, xy{resistorAt, y}) / 2
	for _, w := range p.from(c.Ref) {
		if w.To.Part == Ground {
			p.toRail(w, 0, xy{resistorAt - half, y})
			continue
		}
		at, text := xy{chainPill, y}, p.farOf(w, c)
		p.wire(w.To.Part, w.Color, xy{resistorAt + half, y}, at)
		p.onward(w, at, text)
		at.x += p.pillWidth(text) + 1.5
		p.text(plain, xy{at.x, y - 0.8}, 0, 1, p.fit(plain, p.ground[1]-2-at.x, c.Ref+" "+c.Model+", "+w.Note))
	}
}

// drawTwoLegs draws a part with two legs, and returns how wide it is.
func (p *plan) drawTwoLegs(part *Part, at xy) (width float64) {
	around := func(wide, high float64) box { return box{at.x - wide/2, at.y - high/2, at.x + wide/2, at.y + high/2} }
	switch part.Kind {
	case Button:
		return p.drawButton(part, at)
	case Piezo:
		return p.drawPiezo(part, at)
	case LED:
		const wide, high = 8.4, 4.4
		flat, k, a := -1.0, "K", "A" // the cathode's side
		if p.inverted(part) {
			flat, a, k = 1, "K", "A"
		}
		edge := at.x + flat*(wide/2-0.4)
		p.under = append(p.under, shape{rounded, around(wide, high), Color{"", 0xFF, 0xD8, 0xD0}, black},
			shape{rectangle, box{edge - 0.4, at.y - 2, edge + 0.4, at.y + 2}, black, black})
		p.text(bold, at, 0.5, 0.5, part.Ref)
		p.text(plain, xy{at.x - wide/2 - 0.5, at.y - 0.5}, 1, 1, k)
		p.text(plain, xy{at.x + wide/2 + 0.5, at.y - 0.5}, 0, 1, a)
		return wide
	case Capacitor:
		const gap, plate = 1.6, 0.7
		for _, x := range []float64{at.x - gap/2 - plate, at.x + gap/2} {
			p.under = append(p.under, shape{rectangle, box{x, at.y - 2.3, x + plate, at.y + 2.3}, black, black})
		}
		return gap + 2*plate
	}
	const wide, high = 20.5, 3.8
	p.under = append(p.under, shape{rectangle, around(wide, high), Color{"", 0xEE, 0xDC, 0xB8}, black})
	text := strings.TrimSpace(part.Ref + " " + part.Model)
	p.text(bold, at, 0.5, 0.5, p.fit(bold, wide, text))
	return wide
}

// inverted tells whether an LED is wired to the supply.
func (p *plan) inverted(led *Part) bool {
	wires := p.wiresAt(End{led.Ref, 1})
	return len(wires) > 0 && wires[0].To.Part == Supply
}
