package wiring

const damping = 1e3 // Ohm, at a piezo disc: a disc also makes a voltage when it is struck

// Piezo adds a piezo disc with its resistor between pin and ground. Its current is below 3.3 V/1 kOhm = 3.3 mA. key is that of
// the pin, for an error.
func (k *Kit) Piezo(key, pin, use string) {
	if !k.GPIO(key, pin) {
		return
	}
	k.Begin()
	resistor := k.Resistor(damping, use)
	disc := k.Add(Part{Kind: Piezo, Use: use, Pins: []string{"one leg", "other leg"}})
	k.ToHeader(Wire{From: End{resistor, 1}, Current: 1000 * Volts3V3 / damping}, pin)
	k.SameRow(End{disc, 1}, End{resistor, 2}, "in the resistor's row")
	k.ToGround(End{disc, 2}, "")
}

// drawPiezo draws a piezo disc and returns how wide it is.
func (p *plan) drawPiezo(part *Part, at xy) (width float64) {
	const wide, high = 10.4, 4.6
	p.under = append(p.under, shape{rounded, box{at.x - wide/2, at.y - high/2, at.x + wide/2, at.y + high/2}, Color{"", 0xE8, 0xD0, 0x90}, black})
	p.text(bold, at, 0.5, 0.5, p.fit(bold, wide, part.Ref))
	return wide
}
