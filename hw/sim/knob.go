package sim

import (
	"fmt"
	"math"
	"sync/atomic"

	"periph.io/x/conn/v3/physic"
)

// Knob is a potentiometer between ground and the supply of an ADC, with its wiper on one channel. It may be turned from
// any goroutine while the chip converts. A new one is at 0.
type Knob struct {
	chip     converter
	position atomic.Uint64 // bits of a float64 from 0 to 1
	fault    atomic.Int32
}

// KnobFault is a wire of a Knob that is loose.
type KnobFault int32

// What can be wrong with a Knob.
const (
	KnobGood  KnobFault = iota
	SupplyOff           // the leg to the supply: the wiper is at ground
	GroundOff           // the leg to ground: the wiper is at the supply
	WiperOff            // the middle leg, or there is no knob: the input floats
)

// String returns "good", "supply off" and so on.
func (f KnobFault) String() string {
	names := [...]string{"good", "supply off", "ground off", "wiper off"}
	if 0 <= f && int(f) < len(names) {
		return names[f]
	}
	return fmt.Sprintf("KnobFault(%d)", int32(f))
}

// SetFault takes a wire off, or with KnobGood puts them all back. The knob keeps its position.
func (k *Knob) SetFault(f KnobFault) { k.fault.Store(int32(f)) }

// Fault is the wire that is off.
func (k *Knob) Fault() KnobFault { return KnobFault(k.fault.Load()) }

// wiper is where the input that the knob is on finds it, in parts of the supply, and whether it floats.
func (k *Knob) wiper() (at float64, floats bool) {
	switch k.Fault() {
	case SupplyOff:
		return 0, false
	case GroundOff:
		return 1, false
	case WiperOff:
		return 0, true
	}
	return k.Position(), false
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
