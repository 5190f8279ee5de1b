package sim

import (
	"math"
	"sync/atomic"

	"periph.io/x/conn/v3/physic"
)

// Knob is a potentiometer between ground and the supply of an ADC, with its wiper on one channel. It may be turned from
// any goroutine while the chip converts. A new one is at 0.
type Knob struct {
	chip     converter
	position atomic.Uint64 // bits of a float64 from 0 to 1
}

// converter is the chip that a knob is on.
type converter interface {
	VDD() physic.ElectricPotential
	position(code int) float64 // the lowest that converts to it
}

// Set turns the knob: 0 is ground, 1 the supply. Beyond the ends it stays at the end, and NaN is ignored.
func (k *Knob) Set(position float64) {
	if math.IsNaN(position) {
		return
	}
	k.position.Store(math.Float64bits(min(max(position, 0), 1)))
}

// SetVoltage turns the knob so that its wiper is at v, from ground to the supply.
func (k *Knob) SetVoltage(v physic.ElectricPotential) {
	k.Set(float64(v) / float64(k.chip.VDD()))
}

// SetCode turns the knob to the lowest voltage that the chip converts to this code, from 0 to the highest one.
func (k *Knob) SetCode(code int) {
	k.Set(k.chip.position(code))
}

// Position returns where the knob is, from 0 to 1.
func (k *Knob) Position() float64 {
	return math.Float64frombits(k.position.Load())
}
