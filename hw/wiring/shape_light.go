package wiring

// Light adds a light sensor and its resistor at a channel, as a divider between the rails: more light gives a higher voltage.
func (k *Kit) Light(channel End, ohms float64, use string) {
	ref := k.Add(Part{Kind: Light, Use: use, Pins: []string{"one leg", "other leg"}})
	resistor := k.Resistor(ohms, use)
	k.Jumper(End{ref, 2}, channel)
	k.ToSupply(End{ref, 1}, "more light gives more")
	k.SameRow(End{resistor, 1}, End{ref, 2}, "in the light sensor's row")
	k.ToGround(End{resistor, 2}, "")
}

// divider returns the resistor at a light sensor.
func (n *Netlist) divider(sensor *Part) *Part {
	for _, w := range n.wiresAt(End{sensor.Ref, 2}) {
		if p := n.part(w.From.Part); p.Kind == Resistor {
			return p
		}
	}
	return nil
}

// drawLight draws a light sensor above its resistor, both with a wire to a rail on the left. It returns the start of the channel's
// wire.
func (p *plan) drawLight(sensor *Part, y float64) xy {
	const wide, high, apart, middle = 25.4, 4.6, 3.3, (knobLeft + knobRight) / 2
	upper, lower := xy{middle, y - apart}, xy{middle, y + apart}
	b := box{upper.x - wide/2, upper.y - high/2, upper.x + wide/2, upper.y + high/2}
	p.under = append(p.under, shape{rounded, b, Color{"", 0xFF, 0xE9, 0xA8}, black})
	ref := p.text(bold, xy{b.left + 2, upper.y}, 0, 0.5, sensor.Ref)
	p.text(plain, xy{ref.right + 1, upper.y}, 0, 0.5, p.fit(plain, b.right-2-ref.right-1, sensor.Purpose()))
	node := xy{knobRight + 2, y}
	p.wire(sensor.Ref, dark, xy{b.right, upper.y}, xy{node.x, upper.y}, node)
	p.railOf(sensor, xy{b.left, upper.y})
	if r := p.divider(sensor); r != nil {
		half := p.drawTwoLegs(r, lower) / 2
		p.wire(sensor.Ref, dark, xy{lower.x + half, lower.y}, xy{node.x, lower.y}, node)
		p.railOf(r, xy{lower.x - half, lower.y})
	}
	return node
}

// railOf draws the wire from a part to its rail on the left.
func (p *plan) railOf(part *Part, from xy) {
	for _, w := range p.from(part.Ref) {
		if w.To.Part == Supply || w.To.Part == Ground {
			p.toRail(w, 0, from)
		}
	}
}
