package breadboard

import (
	"strconv"
	"strings"
)

// module draws a module: a board with a row of pins, and its face.
func (p *picture) module(g *element, part *Part) {
	b := part.body
	aside := part.Legs[0].Hole.Board == 0
	g.add(p.slab(b, 0.8, module, ink))
	right := b.left + 1
	for i, leg := range part.Legs {
		at := p.at(leg.Hole)
		x, y := float64(at.x), float64(at.y)
		if aside {
			e := grouped("leg", p.legID(part, leg), "hole", leg.Hole.ID())
			g.add(e.add(disc(p.mm(x, y), 0.6*p.cell, pad, metal)))
		} else {
			p.leg(g, part, i, pt{b.left + 0.9, y})
			g.add(disc(p.mm(b.left+0.9, y), 0.5*p.cell, pad, metal))
		}
		name := p.say(b.left+1.8, y, 7.4, false, 0, onEpoxy, part.Pins[i])
		g.add(name)
		wide, _ := p.fonts.Measure(7.4, false, name.text)
		right = max(right, b.left+2.2+wide/p.cell)
	}
	face := box{right + 0.6, b.top + 1.2, b.right - 1.2, b.bottom - 2.6}
	kind, count, _ := strings.Cut(part.Model, " x ")
	switch {
	case part.Model == "SSD1306" && face.right-face.left > 4:
		p.oled(g, part, face)
	case kind == "APA102":
		n, _ := strconv.Atoi(count) // 0 for a model without a number
		p.pixels(g, part, box{face.left, face.top, b.right - 1.2, b.bottom - 2.6}, min(max(n, 1), 8))
	default:
		size := min(3.0, (face.right-face.left)/1.5, (face.bottom-face.top)/1.5)
		x, y := (face.left+face.right)/2, (face.top+face.bottom)/2
		g.add(p.slab(box{x - size/2, y - size/2, x + size/2, y + size/2}, 0.2, epoxy, ink))
	}
	title := part.Ref + " " + part.Model
	room := b.right - 0.8 - right
	if float64(p.at(part.Legs[len(part.Legs)-1].Hole).y) < b.bottom-2.6 { // no name of a pin beside it
		room = b.right - b.left - 1.6
	}
	if wide, _ := p.fonts.Measure(7.4, true, title); wide > room*p.cell {
		title = part.Ref
	}
	g.add(p.say(b.right-0.8, b.bottom-1.1, 7.4, true, 1, onEpoxy, title))
}

// fit cuts a text to a width in mm.
func (p *picture) fit(s string, size float64, bold bool, width float64) string {
	for r := []rune(s); len(r) > 0; r = r[:len(r)-1] {
		if wide, _ := p.fonts.Measure(size, bold, string(r)); wide <= width {
			return string(r)
		}
	}
	return ""
}

// oled draws a display with a spike.
func (p *picture) oled(g *element, part *Part, face box) {
	s := grouped("screen", part.Ref)
	s.add(p.slab(face, 0.3, screen, ink))
	at := func(x, y float64) pt {
		return p.mm(face.left+x*(face.right-face.left), face.top+y*(face.bottom-face.top))
	}
	s.add(line(0.3*p.cell, trace, at(0.08, 0.75), at(0.35, 0.45), at(0.38, 0.12), at(0.42, 0.8), at(0.7, 0.45), at(0.73, 0.12), at(0.77, 0.8), at(0.92, 0.68)))
	g.add(s)
}

// pixels draws the LEDs of a strip.
func (p *picture) pixels(g *element, part *Part, face box, n int) {
	high := (face.bottom - face.top) / float64(n)
	side := min(high*0.8, 2.6, face.right-face.left)
	x := (face.left + face.right) / 2
	for i := range n {
		y := face.top + high*(float64(i)+0.5)
		e := p.slab(box{x - side/2, y - side/2, x + side/2, y + side/2}, 0.2, shaft, ink)
		e.data = []string{"lamp", strconv.Itoa(i), "lens", part.Ref}
		g.add(e)
	}
}

// servo draws a servo with its plug at the module.
func (p *picture) servo(g *element, part *Part) {
	b := part.body
	colors := []tone{digits()[1].tone, digits()[2].tone, digits()[3].tone}
	for i := range part.Legs {
		y := b.top + 1 + float64(i)*1.2
		g.add(line(0.4*p.cell, colors[i%3], p.mm(b.left-0.5, y), p.mm(b.left+6, y)))
	}
	g.add(p.slab(box{b.left - 0.8, b.top + 0.3, b.left + 1.6, b.bottom - 0.6}, 0.2, epoxy, ink),
		p.slab(box{b.left + 6, b.top, b.right - 1, b.bottom}, 0.6, case_, ink),
		disc(p.mm(b.right-4, (b.top+b.bottom)/2), 1.4*p.cell, shaft, ink),
		p.say(b.left+7, (b.top+b.bottom)/2, 7.4, true, 0, onEpoxy, part.Ref))
}
