package wiring

// Button adds a push button between a pin and a rail, Supply or Ground. The pin needs a pull the other way. key is that of the pin,
// for an error.
func (k *Kit) Button(key, pin, use, rail string) {
	if !k.GPIO(key, pin) {
		return
	}
	k.Begin()
	ref := k.Add(Part{Kind: Button, Use: use, Pins: []string{"one side", "other side"}})
	k.ToHeader(Wire{From: End{ref, 1}}, pin)
	if rail == Supply {
		k.ToSupply(End{ref, 2}, "")
		return
	}
	k.ToGround(End{ref, 2}, "")
}

// drawButton draws a button from above and returns how wide it is.
func (p *plan) drawButton(part *Part, at xy) (width float64) {
	const wide, high, round = 13, 4.6, 1.6
	b := box{at.x - wide/2, at.y - high/2, at.x + wide/2, at.y + high/2}
	cap := xy{b.left + 2.6, at.y}
	p.under = append(p.under, shape{rectangle, b, pale, black},
		shape{rounded, box{cap.x - round, cap.y - round, cap.x + round, cap.y + round}, dark, black})
	p.text(bold, xy{b.right - 0.8, at.y}, 1, 0.5, part.Ref)
	return wide
}
