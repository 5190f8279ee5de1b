package wiring

// Servo adds a servo with its plug on the pins of a module's channel.
func (k *Kit) Servo(signal, supply, ground End, use string) {
	ref := k.Add(Part{Kind: Servo, Use: use, Pins: []string{"GND, brown", "V+, red", "signal, orange"}})
	for i, to := range []End{ground, supply, signal} {
		k.SameRow(End{ref, i + 1}, to, "")
	}
}

const servoRows = 2

// drawServo draws a servo below its module, with the pin of its signal.
func (p *plan) drawServo(servo *Part, module box, y float64) {
	b := box{module.left, y - 2.4, module.right, y + 2.4}
	p.under = append(p.under, shape{rectangle, b, Color{"", 0xC8, 0xE0, 0xF4}, black})
	ref := p.text(bold, xy{b.left + 1.5, y}, 0, 0.5, servo.Ref)
	signal := p.from(servo.Ref)[2].To
	p.text(plain, xy{ref.right + 1, y}, 0, 0.5, p.fit(plain, b.right-1-ref.right-1, "on "+p.short(signal)+", "+servo.Use))
}
