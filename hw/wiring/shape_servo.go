package wiring

import "slices"

// Servo adds a servo with its plug on the pins of a module's channel. It joins the group of the module.
func (k *Kit) Servo(signal, supply, ground End, use string) {
	ref := k.Add(Part{Kind: Servo, Use: use, Pins: []string{"GND, brown", "V+, red", "signal, orange"}})
	last := len(k.Parts) - 1
	servo := k.Parts[last]
	servo.Group = k.part(signal.Part).Group
	k.Parts = k.Parts[:last]
	end := len(k.Parts)
	for end > 0 && k.Parts[end-1].Group > servo.Group {
		end--
	}
	k.Parts = slices.Insert(k.Parts, end, servo)
	for i, to := range []End{ground, supply, signal} {
		note := ""
		if to == supply {
			note = servoSupply
		}
		k.SameRow(End{ref, i + 1}, to, note)
	}
}

// servoSupply is the note of a servo's supply: a stalled servo takes 0.7 A and more, and would reset the Pi.
const servoSupply = "5 V of its own supply at the module, never from the Pi"

// Pin returns a pin of a module by name, and adds a missing one.
func (k *Kit) Pin(module, name string) End {
	p := k.part(module)
	if !slices.Contains(p.Pins, name) {
		p.Pins = append(p.Pins, name)
	}
	return End{module, slices.Index(p.Pins, name) + 1}
}

const servoRows = 2

// drawServo draws a servo below its module, with the pin of its signal.
func (p *plan) drawServo(servo *Part, module box, y float64) {
	b := box{module.left, y - 2.4, module.right, y + 2.4}
	p.under = append(p.under, shape{rectangle, b, Color{"", 0xC8, 0xE0, 0xF4}, black})
	ref := p.text(bold, xy{b.left + 1.5, y}, 0, 0.5, servo.Ref)
	signal := p.from(servo.Ref)[2].To
	p.text(plain, xy{ref.right + 1, y}, 0, 0.5, p.fit(plain, b.right-1-ref.right-1, p.pin(signal)+", "+servo.Use))
}
