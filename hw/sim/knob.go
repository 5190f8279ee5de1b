package sim

import (
	"fmt"
	"math"
	"sync/atomic"

	"periph.io/x/conn/v3/physic"
)

// Knob is a potentiometer between ground and the supply of an ADC, with its wiper on one channel. It may be turned from
// any goroutine during a conversion. A new knob is at position 0.
type Knob struct {
	chip     converter
	position atomic.Uint64 // bits of a float64, 0 to 1
	fault    atomic.Int32
	readings atomic.Uint64
	divider  atomic.Pointer[LDR] // nil for a potentiometer
}

// KnobFault is a loose wire of a Knob.
type KnobFault int32

// The faults of a Knob.
const (
	KnobGood  KnobFault = iota
	SupplyOff           // the supply leg is loose: the wiper is at ground
	GroundOff           // the ground leg is loose: the wiper is at the supply
	WiperOff            // the middle leg is loose, or there is no knob: the input floats
)

// String returns "good", "supply off" and so on.
func (f KnobFault) String() string {
	names := [...]string{"good", "supply off", "ground off", "wiper off"}
	if 0 <= f && int(f) < len(names) {
		return names[f]
	}
	return fmt.Sprintf("KnobFault(%d)", int32(f))
}

// SetFault loosens a wire. KnobGood puts all wires back. The knob keeps its position.
func (k *Knob) SetFault(f KnobFault) { k.fault.Store(int32(f)) }

// Fault returns the loose wire.
func (k *Knob) Fault() KnobFault { return KnobFault(k.fault.Load()) }

// wiper returns the voltage at the input as a fraction of the supply, and whether the input floats.
func (k *Knob) wiper() (at float64, floats bool) {
	k.readings.Add(1) // before the position is read: see Readings
	switch k.Fault() {
	case SupplyOff:
		return 0, false
	case GroundOff:
		return 1, false
	case WiperOff:
		return 0, true
	}
	return k.fraction(k.Position()), false
}

// converter is the chip of a knob.
type converter interface {
	VDD() physic.ElectricPotential
	position(code int) float64 // lowest voltage of a code, as a fraction of the supply
}

// Set turns the knob: 0 is ground, 1 is the supply. Values beyond the ends stop at the end; NaN is ignored.
func (k *Knob) Set(position float64) {
	if math.IsNaN(position) {
		return
	}
	k.position.Store(math.Float64bits(min(max(position, 0), 1)))
}

// SetVoltage turns the knob until its wiper is at v, from ground to the supply.
func (k *Knob) SetVoltage(v physic.ElectricPotential) {
	k.setFraction(float64(v) / float64(k.chip.VDD()))
}

// SetCode turns the knob to the lowest voltage that converts to a code, from 0 to the highest code.
func (k *Knob) SetCode(code int) {
	k.setFraction(k.chip.position(code))
}

// Position returns the position of the knob, from 0 to 1.
func (k *Knob) Position() float64 {
	return math.Float64frombits(k.position.Load())
}

// Readings returns the number of conversions so far. The first one after a Set converts the new position, and its result is
// known when the second one begins.
func (k *Knob) Readings() uint64 { return k.readings.Load() }
