package sim

import (
	"math"

	"periph.io/x/conn/v3/physic"
)

// LDR is a light-dependent resistor between the supply of an ADC and a channel, with a fixed resistor from the channel to
// ground. Its resistance falls with the light as a power of it: R = Dark at position 0, Bright at position 1, and between
// them the logarithm of R is proportional to the position.
type LDR struct {
	Dark, Bright physic.ElectricResistance // of the sensor; Dark is larger
	Resistor     physic.ElectricResistance // to ground
}

// SetLDR replaces the potentiometer of a knob by a light sensor, and nil restores the potentiometer. The position is then
// the light. SupplyOff is a loose leg of the sensor, GroundOff a missing resistor, and WiperOff a loose wire to the channel.
func (k *Knob) SetLDR(l *LDR) { k.divider.Store(l) }

// fraction returns the voltage at the wiper as a fraction of the supply.
func (k *Knob) fraction(position float64) float64 {
	l := k.divider.Load()
	if l == nil {
		return position
	}
	r := float64(l.Dark) * math.Pow(float64(l.Bright)/float64(l.Dark), position)
	return float64(l.Resistor) / (float64(l.Resistor) + r)
}

// setFraction turns the knob until its wiper is at a fraction of the supply. It stops at the ends.
func (k *Knob) setFraction(v float64) {
	if l := k.divider.Load(); l != nil && !math.IsNaN(v) {
		if v <= 0 { // no sensor is so dark
			k.Set(0)
			return
		}
		r := max(float64(l.Resistor)*(1-v)/v, 0)
		v = math.Log(float64(l.Dark)/r) / math.Log(float64(l.Dark)/float64(l.Bright))
	}
	k.Set(v)
}
