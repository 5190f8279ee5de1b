package wiring

import (
	"slices"
	"strconv"
)

// middle returns the wire from the middle leg of a knob.
func (n *Netlist) middle(knob *Part) Wire {
	wires := n.wiresAt(End{knob.Ref, 2})
	return wires[0]
}

// wiresAt returns the wires with an end at a part's pin.
func (n *Netlist) wiresAt(e End) []Wire {
	return slices.DeleteFunc(slices.Clone(n.Wires), func(w Wire) bool { return w.From != e && w.To != e })
}

// drawKnob draws a potentiometer with its legs to the right. Wires go from the outer legs round it to the rails. It returns the
// start of the middle leg's wire.
func (p *plan) drawKnob(k *Part, y float64) xy {
	const half, leg, round = 5.2, 3.4, 6.5
	body := box{knobLeft, y - half, knobRight, y + half}
	p.under = append(p.under, shape{rectangle, body, pale, black},
		shape{rounded, box{knobLeft + 0.8, y - 3.1, knobLeft + 7, y + 3.1}, white, black},
		shape{rectangle, box{knobLeft + 3.5, y - 2.7, knobLeft + 4.3, y - 0.4}, black, black})
	for pin := 1; pin <= 3; pin++ {
		at := xy{knobRight, y + leg*float64(2-pin)}
		p.under = append(p.under, shape{rectangle, box{at.x, at.y - 0.4, at.x + 2, at.y + 0.4}, faint, dark})
		st := plain
		if len(p.wiresAt(End{k.Ref, pin})) == 0 {
			st = quiet
		}
		p.text(st, xy{at.x - 0.8, at.y}, 1, 0.5, strconv.Itoa(pin))
	}
	const text, end = knobLeft + 7.6, knobRight - 3
	ref := p.text(bold, xy{text, y}, 0, 1, k.Ref)
	p.text(small, xy{ref.right + 1, ref.bottom}, 0, 1, k.Model)
	p.text(plain, xy{text, y}, 0, 0, p.fit(plain, end-text, k.Purpose()))
	for _, w := range p.from(k.Ref) {
		if w.From.Pin == 2 {
			continue
		}
		side := float64(2 - w.From.Pin)
		at := xy{knobRight + 2, y + leg*side}
		p.toRail(w, 0, at, xy{at.x + 1.2, at.y}, xy{at.x + 1.2, y + round*side})
	}
	return xy{knobRight + 2, y}
}

// drawChipKnob draws a knob or a light sensor of a chip or a module with the disc of its middle leg, and returns the end of the disc.
func (p *plan) drawChipKnob(k *Part, y float64) xy {
	w, draw := p.middle(k), p.drawKnob
	if k.Kind == Light {
		draw = p.drawLight
	}
	from := draw(k, y)
	chip := p.short(w.To)
	p.wire(k.Ref, w.Color, from, xy{knobPill, y})
	p.pill(xy{knobPill, y}, 0, w.Color, chip)
	return xy{knobPill + p.pillWidth(chip), y}
}

// The columns of a capacitor and its parts.
const (
	chargeAt, nodeAt, dischargeAt = 62.0, 75.5, 89.0
	capacitorPill                 = dischargeAt + 12
	capacitorEnd                  = capacitorPill + 12
)

// drawCapacitor draws a knob charging a capacitor. The upper row goes from the knob to the header; the capacitor lies between its
// node and ground.
func (p *plan) drawCapacitor(b band) {
	knob, charge, c, discharge := b.parts[0], b.parts[1], b.parts[2], b.parts[3]
	y, low := gridY(b.first+1), gridY(b.first+capacitorAt)
	from, w := p.drawKnob(knob, y), p.middle(knob)
	node, net := xy{nodeAt, y}, "node of "+c.Ref
	half := p.drawTwoLegs(charge, xy{chargeAt, y}) / 2
	p.wire(knob.Ref, w.Color, from, xy{chargeAt - half, y})
	p.wire(net, dark, xy{chargeAt + half, y}, xy{dischargeAt - half, y})
	p.joint(node, dark)
	p.drawTwoLegs(discharge, xy{dischargeAt, y})

	at := xy{nodeAt + 5, low}
	wide := p.drawTwoLegs(c, at) / 2
	p.wire(net, dark, node, xy{nodeAt, low}, xy{at.x - wide, low})
	p.text(bold, xy{at.x + wide + 1, low - 0.8}, 0, 1, c.Ref+" "+c.Model)
	for _, w := range slices.Concat(p.from(discharge.Ref), p.from(c.Ref)) {
		end := xy{dischargeAt + half, y}
		if w.From.Part == c.Ref {
			end = xy{at.x + wide, low}
		}
		if w.To.Part == Header || w.To.Part == Ground {
			p.wire(w.From.Part, w.Color, end, xy{capacitorPill, end.y})
			p.onward(w, xy{capacitorPill, end.y}, p.farOf(w, p.part(w.From.Part)))
		}
	}
}
