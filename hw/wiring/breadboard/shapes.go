package breadboard

import (
	"math"
	"slices"
	"strings"

	"hillock/hw/wiring"
)

// part draws a part with its legs.
func (p *picture) part(part *Part) *element {
	g := grouped("part", part.Ref, "kind", kindName(part.Kind))
	if part.Output != "" {
		g.data = append(g.data, "output", part.Output)
	}
	if input := inputOf(part); input != "" {
		g.data = append(g.data, "input", input)
	}
	g.title = p.partText(part)
	if p.newest == part.Ref {
		b := part.body
		q, s := p.mm(b.left-1.2, b.top-1.2), p.mm(b.right+1.2, b.bottom+1.2)
		g.add(slab(q.x, q.y, s.x, s.y, 1.2*p.cell, glow, none))
	}
	switch part.Kind {
	case wiring.Chip:
		p.chip(g, part)
	case wiring.Knob:
		p.knob(g, part)
	case wiring.LED:
		p.led(g, part)
	case wiring.Resistor:
		p.resistor(g, part)
	case wiring.Capacitor:
		p.capacitor(g, part)
	case wiring.Button:
		p.button(g, part)
	case wiring.Piezo:
		p.piezo(g, part)
	case wiring.Light:
		p.lightSensor(g, part)
	case wiring.Servo:
		p.servo(g, part)
	case wiring.Module, wiring.Board:
		p.module(g, part)
	}
	return g
}

func kindName(k wiring.Kind) string {
	return [...]string{wiring.Chip: "chip", wiring.Module: "module", wiring.Knob: "knob", wiring.LED: "led", wiring.Resistor: "resistor",
		wiring.Capacitor: "capacitor", wiring.Button: "button", wiring.Piezo: "piezo", wiring.Light: "light", wiring.Servo: "servo", wiring.Board: "board"}[k]
}

// inputOf returns the input of a knob, a light sensor or a button. A difference of two channels has two knobs: the first one is the
// input's.
func inputOf(part *Part) string {
	if part.Kind != wiring.Knob && part.Kind != wiring.Light && part.Kind != wiring.Button {
		return ""
	}
	uses := strings.Split(part.Use, ", ")
	if i := slices.IndexFunc(uses, func(use string) bool { return use != "" && use[0] != '-' }); i >= 0 {
		return uses[i]
	}
	return ""
}

// leg draws the metal of a leg from its hole to a point of the body, in cells.
func (p *picture) leg(g *element, part *Part, i int, to ...pt) {
	leg := part.Legs[i]
	at := p.at(leg.Hole)
	points := []pt{p.mm(float64(at.x), float64(at.y))}
	for _, q := range to {
		points = append(points, p.mm(q.x, q.y))
	}
	e := grouped("leg", p.Board.legID(part, leg), "hole", leg.Hole.ID())
	e.add(line(0.42*p.cell, metal, points...), disc(points[0], 0.5*p.cell, metal, ink))
	g.add(e)
}

// legID returns a leg for an attribute: "IC1.13".
func (b *Board) legID(part *Part, leg Leg) string { return part.Ref + "." + number(float64(leg.Pin)) }

func (p *picture) slab(b box, round float64, fill, stroke tone) *element {
	q, s := p.mm(b.left, b.top), p.mm(b.right, b.bottom)
	return slab(q.x, q.y, s.x, s.y, round*p.cell, fill, stroke)
}

func (p *picture) say(x, y, size float64, bold bool, anchor float64, color tone, s string) *element {
	q := p.mm(x, y)
	return text(pt{q.x, q.y + 0.12*size}, size, bold, anchor, color, s)
}

// chip draws a DIP from above: legs, notch, the dot at pin 1.
func (p *picture) chip(g *element, part *Part) {
	b := part.body
	for i, leg := range part.Legs {
		at := p.at(leg.Hole)
		x := b.left
		if leg.Hole.right() {
			x = b.right
		}
		p.leg(g, part, i, pt{x, float64(at.y)})
	}
	body := p.slab(box{b.left + 0.5, b.top, b.right - 0.5, b.bottom}, 0.4, epoxy, ink)
	middle := (b.left + b.right) / 2
	q := p.mm(middle, b.top)
	notch := &element{form: curve, fill: plastic, steps: append(append([]step{{'M', []pt{{q.x + 0.9*p.cell, q.y}}}}, arc(q, 0.9*p.cell, 0, math.Pi)...), step{'Z', nil})}
	g.add(body, notch, disc(p.mm(b.left+1.4, b.top+1.1), 0.35*p.cell, onEpoxy, none))
	name := p.say(middle, (b.top+b.bottom)/2+0.6, 8, true, 0.5, onEpoxy, part.Ref+" "+part.Model)
	if wide, _ := p.fonts.Measure(8, true, name.text); wide > (b.bottom-b.top-2.2)*p.cell {
		name.text = part.Ref
	}
	name.turned = true
	q = p.mm(middle, (b.top+b.bottom)/2+0.8)
	name.at = pt{q.x + 1, q.y}
	g.add(name)
}

// knob draws a potentiometer from its shaft.
func (p *picture) knob(g *element, part *Part) {
	b := part.body
	for i, leg := range part.Legs {
		at := p.at(leg.Hole)
		x := b.left
		if leg.Hole.right() {
			x = b.right
		}
		p.leg(g, part, i, pt{x, float64(at.y)})
	}
	middle := pt{(b.left + b.right) / 2, (b.top+b.bottom)/2 - 0.5}
	g.add(p.slab(b, 0.7, case_, ink))
	turn := grouped("shaft", part.Ref)
	c := p.mm(middle.x, middle.y)
	turn.add(disc(c, 2.1*p.cell, shaft, ink), line(0.45*p.cell, ink, p.mm(middle.x, middle.y-0.5), p.mm(middle.x, middle.y-1.8)))
	g.add(turn, p.say(middle.x, b.bottom-0.95, 7.4, true, 0.5, onEpoxy, part.Ref))
}

// led draws an LED from above, with its flat side at the short leg and a bend in the long one.
func (p *picture) led(g *element, part *Part) {
	b := part.body
	middle, r := pt{b.right - 2.35, (b.top + b.bottom) / 2}, 2.2
	anode, cathode := 0, 1
	if part.Legs[0].Pin == 2 {
		anode, cathode = 1, 0
	}
	up := 1.0 // the side of the anode
	if anode == 1 {
		up = -1
	}
	y := float64(p.at(part.Legs[anode].Hole).y)
	x := float64(p.at(part.Legs[anode].Hole).x)
	p.leg(g, part, anode, pt{x + 0.9, y}, pt{x + 1.5, y - 0.45*up}, pt{x + 2.1, y}, pt{middle.x - 0.9, y + 0.5*up})
	low := float64(p.at(part.Legs[cathode].Hole).y)
	p.leg(g, part, cathode, pt{middle.x - 0.9, low - 0.5*up})
	c := p.mm(middle.x, middle.y)
	half := 1.0 // of the flat side's angle
	from := math.Pi/2 + half/2
	if up < 0 {
		from = -math.Pi/2 + half/2
	}
	radius := r * p.cell
	lens := &element{form: curve, fill: tone{"", part.Lens}, stroke: ink, width: 0.25}
	lens.steps = append([]step{{'M', []pt{{c.x + radius*math.Cos(from), c.y + radius*math.Sin(from)}}}}, arc(c, radius, from, from+2*math.Pi-half)...)
	lens.steps = append(lens.steps, step{'Z', nil})
	lens.data = []string{"lens", part.Ref}
	color := paper
	color.name = ""
	if isLight(part.Lens) {
		color = tone{"", wiring.Color{Name: "black"}}
	}
	g.add(lens, p.say(middle.x, middle.y-0.1, 7.4, true, 0.5, color, part.Ref))
}

// resistor draws a resistor with its rings.
func (p *picture) resistor(g *element, part *Part) {
	b := part.body
	middle := pt{(b.left + b.right) / 2, (b.top + b.bottom) / 2}
	for i := range part.Legs {
		p.leg(g, part, i, middle)
	}
	g.add(p.slab(b, 0.7, clay, ink))
	rings := bands(part.Ohms)
	upright := b.bottom-b.top > b.right-b.left
	long := max(b.right-b.left, b.bottom-b.top)
	for i, ring := range rings {
		at := 0.17 + 0.5*float64(i)/float64(max(1, len(rings)-2))
		if i == len(rings)-1 {
			at = 0.86
		}
		from := at*long - 0.26
		place := box{b.left + from, b.top + 0.1, b.left + from + 0.52, b.bottom - 0.1}
		if upright {
			place = box{b.left + 0.1, b.top + from, b.right - 0.1, b.top + from + 0.52}
		}
		g.add(p.slab(place, 0, ring.tone, none))
	}
	if !upright {
		p.names = append(p.names, p.say(middle.x, b.bottom+0.95, 7.4, true, 0.5, ink, part.Ref))
	}
}

// capacitor draws a capacitor.
func (p *picture) capacitor(g *element, part *Part) {
	b := part.body
	middle := pt{(b.left + b.right) / 2, (b.top + b.bottom) / 2}
	for i := range part.Legs {
		p.leg(g, part, i, middle)
	}
	grow := 0.5
	body := box{b.left, b.top + grow, b.right, b.bottom - grow}
	if b.right-b.left > b.bottom-b.top {
		body = box{b.left + grow, b.top, b.right - grow, b.bottom}
	}
	g.add(p.slab(body, 0.9, ceramic, ink))
}

// button draws a push button with its four legs.
func (p *picture) button(g *element, part *Part) {
	b := part.body
	for i, leg := range part.Legs {
		x := b.left
		if leg.Hole.right() {
			x = b.right
		}
		p.leg(g, part, i, pt{x, float64(p.at(leg.Hole).y)})
	}
	middle := p.mm((b.left+b.right)/2, (b.top+b.bottom)/2)
	g.add(p.slab(b, 0.5, socket, ink), disc(middle, 1.6*p.cell, epoxy, ink))
	g.add(p.say((b.left+b.right)/2, (b.top+b.bottom)/2, 7.4, true, 0.5, onEpoxy, part.Ref))
}

// piezo draws a piezo disc.
func (p *picture) piezo(g *element, part *Part) {
	b := part.body
	middle := pt{(b.left + b.right) / 2, (b.top + b.bottom) / 2}
	for i := range part.Legs {
		p.leg(g, part, i, pt{middle.x - 2, float64(p.at(part.Legs[i].Hole).y)})
	}
	c, r := p.mm(middle.x, middle.y), (b.right-b.left)/2*p.cell
	g.add(disc(c, r, brass, ink), disc(c, 0.62*r, shaft, metal), p.say(middle.x, middle.y, 7.4, true, 0.5, ink, part.Ref))
}

// lightSensor draws an LDR with the meander of its face.
func (p *picture) lightSensor(g *element, part *Part) {
	b := part.body
	middle, r := pt{b.left + 2.35, (b.top + b.bottom) / 2}, 2.2
	for i := range part.Legs {
		y := float64(p.at(part.Legs[i].Hole).y)
		p.leg(g, part, i, pt{middle.x + 0.9, y + (middle.y-y)*0.3})
	}
	c := p.mm(middle.x, middle.y)
	g.add(disc(c, r*p.cell, light, ink))
	var zigzag []pt
	for i, x := range []float64{-1.4, -1.4, -0.5, -0.5, 0.4, 0.4, 1.3, 1.3} {
		y := 1.0
		if i%4 == 0 || i%4 == 3 {
			y = -1
		}
		zigzag = append(zigzag, p.mm(middle.x+x, middle.y+y))
	}
	g.add(line(0.25*p.cell, ceramic, zigzag...), p.say(middle.x, middle.y-0.1, 7.4, true, 0.5, ink, part.Ref))
}
