package sim

import (
	"math"
	"sync/atomic"

	"periph.io/x/conn/v3/physic"
)

// Knob is a potentiometer between ground and the reference voltage, with its wiper on one channel of an ADC. It may
// be turned from any goroutine while the chip converts. A new one is at 0.
type Knob struct {
	chip     *MCP300x
	position atomic.Uint64 // bits of a float64 from 0 to 1
}

// Set turns the knob: 0 is ground, 1 the reference voltage. Beyond the ends it stays at the end, and NaN is ignored.
func (k *Knob) Set(position float64) {
	if math.IsNaN(position) {
		return
	}
	k.position.Store(math.Float64bits(min(max(position, 0), 1)))
}

// SetVoltage turns the knob so that its wiper is at v, from ground to the reference voltage.
func (k *Knob) SetVoltage(v physic.ElectricPotential) {
	k.Set(float64(v) / float64(k.chip.VDD()))
}

// SetCode turns the knob to the lowest voltage that the chip converts to this code, from 0 to 1023.
func (k *Knob) SetCode(code int) {
	k.Set(float64(min(max(code, 0), maxCode)) / (maxCode + 1)) // exact: the divisor is a power of 2
}

// Position returns where the knob is, from 0 to 1.
func (k *Knob) Position() float64 {
	return math.Float64frombits(k.position.Load())
}
