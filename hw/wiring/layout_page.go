package wiring

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const (
	padRadius = 2.9
	lineSpace = 4.0 // of texts
)

// drawHeader draws the header, and routes what is wired to it.
func (p *plan) drawHeader() {
	even := p.odd + 8
	p.under = append(p.under, shape{rectangle, box{p.odd - padRadius - 1, top - 5, even + padRadius + 1, headerY(39) + 5}, pale, faint})
	for position := 1; position <= 40; position++ {
		p.drawPin(position, even)
	}
	p.text(quiet, xy{p.odd - padRadius - 1, top - 6}, 0, 1, "end with the SD card")
	p.text(quiet, xy{p.odd - padRadius - 1, headerY(39) + 6}, 0, 0, "end with the USB sockets")

	var trunks []*trunk
	for position := 1; position <= 40; position++ {
		if t := p.nets[position]; t != nil {
			trunks = append(trunks, t)
		}
	}
	if len(trunks) > 0 {
		p.route(trunks, p.outer[0], p.outer[1], 3.2)
	}
}

// drawPin draws a pin with what stands beside it. The wire of an even one leaves downwards, between two odd ones.
func (p *plan) drawPin(position int, even float64) {
	at := xy{p.odd, top + pitch*float64((position-1)/2)}
	if position%2 == 0 {
		at.x = even
	}
	wires := p.at(position)
	pad := shape{rounded, box{at.x - padRadius, at.y - padRadius, at.x + padRadius, at.y + padRadius}, white, faint}
	number, beside := style{8, false, dark}, quiet
	if len(wires) > 0 {
		pad.fill, pad.edge = wires[0].Color, wires[0].Color
		number, beside = onColor(bold, wires[0].Color), bold
	}
	if position == 1 {
		pad.form = rectangle
	}
	p.over = append(p.over, pad)
	p.text(number, at, 0.5, 0.5, strconv.Itoa(position))

	const gap = 0.8
	if position%2 == 0 {
		x := even + padRadius + 2
		if len(wires) == 0 {
			p.text(beside, xy{x, at.y}, 0, 0.5, name(position))
			return
		}
		p.text(beside, xy{x, at.y}, 0, 1, p.role(position))
		p.text(small, xy{x, at.y}, 0, 0, p.tag(position))
		p.wire(name(position), wires[0].Color, xy{at.x, at.y + padRadius}, xy{at.x, headerY(position)}, xy{p.odd - padRadius, headerY(position)})
		return
	}
	x := p.odd - padRadius - 2
	if len(wires) == 0 {
		p.text(beside, xy{x, at.y}, 1, 0.5, name(position))
		return
	}
	p.text(beside, xy{x, at.y - gap}, 1, 1, p.role(position))
	p.text(small, xy{x, at.y + gap}, 1, 0, p.tag(position))
}

// drawRails draws the rails that are in use: from the header to the right side, down both, and joined over the top, one
// arch within the other.
func (p *plan) drawRails() {
	const inner, outer = top - step - 2.5, top - 2*step - 2.5
	for _, w := range p.Wires {
		x, y := p.ground, inner
		switch w.From.Part {
		case Supply:
			x, y = p.supply, outer
		case Ground:
		default:
			continue
		}
		at := xy{x[1], headerY(w.To.Pin)}
		p.wire(w.From.Part, w.Color, xy{p.odd - padRadius, at.y}, at)
		p.joint(at, w.Color)
		p.wires = append(p.wires, line{[]xy{{x[0], max(p.low[x[0]], y+step)}, {x[0], y}, {x[1], y}, {x[1], max(p.low[x[1]], at.y)}},
			1.5, w.Color, w.From.Part})
		p.text(style{size: 9, bold: true, color: w.Color}, xy{(p.supply[0] + p.supply[1]) / 2, y - 1.2}, 0.5, 1, w.From.Part)
	}
}

// drawTexts sets the title and, at the foot, the parts and how the sheet is read.
func (p *plan) drawTexts() {
	heading := style{size: 17, bold: true, color: black}
	width := p.width - 2*margin
	b := p.text(heading, xy{margin, margin}, 0, 0, p.fit(heading, width, "hillock: "+p.Title))
	p.text(plain, xy{margin, b.bottom + 1}, 0, 0,
		"A number on a wire's colour is its pin of the header. Dots join wires, bare crossings do not. Grey pins stay free. Nothing goes to 5V.")

	lines := p.kitList()
	y := p.height - margin - lineSpace*float64(len(lines))
	for _, text := range lines {
		p.text(plain, xy{margin, y}, 0, 0, p.fit(plain, width, text))
		y += lineSpace
	}
}

// kitList is what the kit is made of, a line for each kind of part.
func (n *Netlist) kitList() []string {
	type group struct {
		kind  Kind
		model string
	}
	hints := map[Kind]string{
		Chip:     "seen from above, notch up: pins count down the left side and up the right one",
		Knob:     "seen from the shaft, legs down: 1, 2, 3 from the left; turned right it gives more",
		LED:      "A: anode, long leg; K: cathode, short leg, flat side of the rim",
		Resistor: "either way round",
	}
	refs := map[group][]string{}
	var order []group
	for _, p := range n.Parts {
		g := group{p.Kind, p.Model}
		if refs[g] == nil {
			order = append(order, g)
		}
		ref := p.Ref
		if p.Kind == Chip {
			ref += " on " + p.Use
		}
		refs[g] = append(refs[g], ref)
	}
	slices.SortStableFunc(order, func(a, b group) int { return int(a.kind) - int(b.kind) })
	var lines []string
	for _, g := range order {
		words := strings.TrimSpace(g.kind.String() + " " + g.model)
		lines = append(lines, fmt.Sprintf("%d x %s (%s): %s", len(refs[g]), words, strings.Join(refs[g], ", "), hints[g.kind]))
	}
	if all := n.Current(); all > 0 {
		lines = append(lines, fmt.Sprintf("The pins give at most %.1f mA together; a Pi allows %g mA, and %g mA for one pin.", all, maxAll, maxPin))
	}
	return lines
}
