package wiring

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// leftEnd is what is left of a chip: a knob, or a wire to the rails.
type leftEnd struct {
	pin  int
	knob *Part
	wire Wire
	rows int    // that it takes
	far  string // where the wire from the pin goes
}

// leftOf are the ends on the left of a chip from the top down.
func (n *Netlist) leftOf(chip *Part) []leftEnd {
	var all []leftEnd
	for pin := 1; pin <= len(chip.Pins)/2; pin++ {
		for _, w := range n.Wires {
			switch (End{chip.Ref, pin}) {
			case w.To:
				all = append(all, leftEnd{pin, n.part(w.From.Part), w, 3, n.short(w.From)})
			case w.From:
				all = append(all, leftEnd{pin, nil, w, 1, far(w.To)})
			}
		}
	}
	return all
}

// drawChip draws a chip in its column, straight wires to the right, and on the left its knobs.
func (p *plan) drawChip(b band) {
	c := b.parts[0]
	half := len(c.Pins) / 2
	left := p.leftOf(c)
	rows := 0
	for _, e := range left {
		rows += e.rows
	}
	first := b.first + 1 + max(0, (rows-half-1)/2)
	body := box{p.chip[0], gridY(first) - 3.2, p.chip[1], gridY(first+half-1) + 3.2}
	p.under = append(p.under, shape{rectangle, body, pale, black},
		shape{notch, box{body.middle().x - 2.2, body.top, body.middle().x + 2.2, body.top + 2.2}, white, black})
	p.text(bold, xy{body.left, body.top - 0.8}, 0, 1, p.fit(bold, p.ground[1]-1.5-body.left, c.Ref+" "+c.Model))

	rowOf := func(pin int) int {
		if pin <= half {
			return first + pin - 1
		}
		return first + 2*half - pin
	}
	for i, pin := range c.Pins {
		y := gridY(rowOf(i + 1))
		number := strconv.Itoa(i + 1)
		leg, at, align := box{body.left - 2, y - 0.5, body.left, y + 0.5}, xy{body.left + 1.2, y}, 0.0
		text := number + "  " + pin
		if i >= half {
			leg, at, align, text = box{body.right, y - 0.5, body.right + 2, y + 0.5}, xy{body.right - 1.2, y}, 1, pin+"  "+number
		}
		st := plain
		if len(p.wiresAt(End{c.Ref, i + 1})) == 0 {
			st = quiet
		}
		p.under = append(p.under, shape{rectangle, leg, faint, dark})
		p.text(st, at, align, 0.5, text)
	}
	for _, w := range p.from(c.Ref) {
		if w.From.Pin <= half {
			continue
		}
		y := gridY(rowOf(w.From.Pin))
		text := far(w.To)
		p.pill(xy{body.right + 2, y}, 0, w.Color, text)
		at := xy{body.right + 2 + p.pillWidth(text), y}
		if w.To.Part == Header {
			p.toHeader(w, at)
		} else {
			p.toRail(w, 1, at)
		}
	}
	p.drawLeft(b, left, rowOf)
}

// drawLeft draws the knobs of a chip and routes all that is wired to its left side.
func (p *plan) drawLeft(b band, left []leftEnd, rowOf func(pin int) int) {
	row := b.first
	var trunks []*trunk
	for _, e := range left {
		y := gridY(rowOf(e.pin))
		p.pill(xy{p.chip[0] - 2, y}, 1, e.wire.Color, e.far)
		t := &trunk{net: b.parts[0].Ref + strconv.Itoa(e.pin), color: e.wire.Color, right: []xy{{p.chip[0] - 2 - p.pillWidth(e.far), y}}}
		if e.knob != nil {
			t.left = []xy{p.drawKnob(e.knob, gridY(row+1), e.wire)}
		} else {
			at := xy{p.inner[0] - 1, gridY(row)}
			t.net, t.left = e.wire.To.Part, []xy{at}
			p.toRail(e.wire, 0, at)
		}
		row += e.rows
		trunks = append(trunks, t)
	}
	if len(trunks) > 0 {
		p.route(trunks, p.inner[0], p.inner[1], 2)
	}
}

// wiresAt are the wires that begin or end at a part's pin.
func (n *Netlist) wiresAt(e End) []Wire {
	return slices.DeleteFunc(slices.Clone(n.Wires), func(w Wire) bool { return w.From != e && w.To != e })
}

// drawKnob draws a potentiometer with its legs to the right, and the outer ones wired round it to the rails. It returns
// where the wire of the middle leg begins.
func (p *plan) drawKnob(k *Part, y float64, middle Wire) xy {
	const left, right, half, leg, round = 16.5, 44.5, 5.2, 3.4, 6.7
	body := box{left, y - half, right, y + half}
	p.under = append(p.under, shape{rectangle, body, pale, black},
		shape{rounded, box{left + 0.8, y - 3.1, left + 7, y + 3.1}, white, black},
		shape{rectangle, box{left + 3.5, y - 2.7, left + 4.3, y - 0.4}, black, black})
	for pin := 1; pin <= 3; pin++ {
		at := xy{right, y + leg*float64(2-pin)}
		p.under = append(p.under, shape{rectangle, box{right, at.y - 0.4, right + 2, at.y + 0.4}, faint, dark})
		p.text(plain, xy{right - 0.8, at.y}, 1, 0.5, strconv.Itoa(pin))
	}
	const text, end = left + 7.6, right - 3
	ref := p.text(bold, xy{text, y}, 0, 1, k.Ref)
	p.text(small, xy{ref.right + 1, ref.bottom}, 0, 1, k.Model)
	p.text(plain, xy{text, y}, 0, 0, p.fit(plain, end-text, k.Use))
	for _, w := range p.from(k.Ref) {
		if w.From.Pin == 2 {
			continue
		}
		side := float64(2 - w.From.Pin)
		at := xy{right + 2, y + leg*side}
		p.toRail(w, 0, at, xy{at.x + 1.2, at.y}, xy{at.x + 1.2, y + round*side})
	}
	chip := p.short(middle.To)
	p.wire(middle.From.Part, middle.Color, xy{right + 2, y}, xy{p.knobPill, y})
	p.pill(xy{p.knobPill, y}, 0, middle.Color, chip)
	return xy{p.knobPill + p.pillWidth(chip), y}
}

// drawChain draws parts with two legs from right to left, the first one wired to the header, the last one to a rail.
func (p *plan) drawChain(b band) {
	y := gridY(b.first + 1)
	const first, apart, above = 37.0, 14.5, 3.5 // the middle of the first, to that of the next, texts above the wire
	var last Wire
	x := first
	for i, part := range b.parts {
		width := p.drawTwoLegs(part, xy{x, y})
		p.text(bold, xy{x, y - above}, 0.5, 1, strings.TrimSpace(part.Ref+" "+part.Model))
		for _, w := range p.from(part.Ref) {
			switch {
			case w.To.Part == Header:
				text := far(w.To)
				p.wire(part.Ref, w.Color, xy{x + width/2, y}, xy{p.knobPill, y})
				p.pill(xy{p.knobPill, y}, 0, w.Color, text)
				p.toHeader(w, xy{p.knobPill + p.pillWidth(text), y})
				p.text(plain, xy{p.inner[0] + 1, y - 0.8}, 0, 1, p.fit(plain, p.ground[1]-p.inner[0]-3, cmp.Or(w.Note, part.Use)))
			case i > 0 && w.To.Part == b.parts[i-1].Ref:
				p.wire(part.Ref, dark, xy{x + width/2, y}, xy{x + apart - p.widthOf(b.parts[i-1])/2, y})
			default:
				last = w
			}
		}
		if i == len(b.parts)-1 {
			p.toRail(last, 0, xy{x - width/2, y})
		}
		x -= apart
	}
}

// widthOf is how wide a part with two legs is, without these.
func (p *plan) widthOf(part *Part) float64 {
	if part.Kind == LED {
		return 5.6
	}
	return 11
}

// drawTwoLegs draws an LED, its cathode on the left, or a resistor.
func (p *plan) drawTwoLegs(part *Part, at xy) (width float64) {
	width = p.widthOf(part)
	if part.Kind == LED {
		r := width / 2
		p.under = append(p.under, shape{rounded, box{at.x - r, at.y - r, at.x + r, at.y + r}, Color{"", 0xFF, 0xD8, 0xD0}, black},
			shape{rectangle, box{at.x - r, at.y - 2, at.x - r + 0.9, at.y + 2}, black, black})
		p.text(plain, xy{at.x - r - 0.6, at.y - 0.6}, 1, 1, "K")
		p.text(plain, xy{at.x + r + 0.5, at.y - 0.6}, 0, 1, "A")
		return width
	}
	p.under = append(p.under, shape{rectangle, box{at.x - width/2, at.y - 1.8, at.x + width/2, at.y + 1.8}, Color{"", 0xEE, 0xDC, 0xB8}, black})
	return width
}
